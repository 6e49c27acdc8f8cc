//! Requests that are meant to cost: each is refused for what it is, and leaves nothing behind.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::TOKEN;
use super::scene::{Scene, Serving};
use crate::support::insist::patch;

/// What many repetitions may leave behind: the allocator keeps pages for each thread, and which threads get the large bodies is
/// chance. If the bodies themselves were kept it would be twice as much at least.
const SLACK_KIB: u64 = 32 * 1024;

/// Sends bytes as they are, and gives the status and the SCIM error that come back.
async fn raw(serving: &Serving, bytes: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(serving.at).await.unwrap();
    // Whoever is refused may be refused before it has sent everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

fn request(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("{method} /sophos/scim/v2{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n");
    let length = format!("Content-Type: application/scim+json\r\nContent-Length: {}\r\n", body.len());
    [head.as_bytes(), length.as_bytes(), b"Connection: close\r\n\r\n", body].concat()
}

fn nested(open: &str, close: &str) -> Vec<u8> {
    let bomb = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    format!("{{\"userName\":\"a\",\"name\":{bomb}}}").into_bytes()
}

fn crowd(count: usize) -> Vec<u8> {
    let members: Vec<Value> = (0..count).map(|number| json!({"value": format!("m{number}")})).collect();
    patch(json!([{"op": "add", "path": "members", "value": members}])).to_string().into_bytes()
}

fn bulk(operations: &[Value]) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations})
}

fn filter(length: usize) -> String {
    format!("/Users?filter=userName+eq+%22{}%22", "x".repeat(length))
}

#[derive(Clone, Copy, Debug)]
enum Hostile {
    Arrays,
    Objects,
    Unclosed,
    Brackets,
    LongFilter,
    LongAddress,
    Crowd,
    Operations,
    Bulk,
    Filter,
    Twice,
    NoUtf8,
    Huge,
    HugeInPieces,
}

impl Hostile {
    fn request(self, group: &str) -> Vec<u8> {
        let post = |body: &[u8]| request("POST", "/Users", body);
        let crew = |body: &[u8]| request("PATCH", &format!("/Groups/{group}"), body);
        match self {
            Self::Arrays => post(&nested("[", "]")),
            Self::Objects => post(&nested("{\"a\":", "}")),
            Self::Unclosed => post("[".repeat(500_000).as_bytes()),
            Self::Brackets => {
                let deep = format!("{}title+pr{}", "(".repeat(1000), ")".repeat(1000));
                request("GET", &format!("/Users?filter={deep}"), b"")
            }
            Self::LongFilter => request("GET", &filter(5_000), b""),
            Self::LongAddress => request("GET", &filter(60_000), b""),
            Self::Crowd => crew(&crowd(5_001)),
            Self::Operations => {
                let operation = json!({"op": "replace", "path": "displayName", "value": "x"});
                crew(patch(vec![operation; 1_001].into()).to_string().as_bytes())
            }
            Self::Bulk => {
                let operation = json!({"method": "DELETE", "path": "/Users/1"});
                request("POST", "/Bulk", bulk(&vec![operation; 10_000]).to_string().as_bytes())
            }
            // In an address it would not even be read.
            Self::Filter => {
                let filter = format!("userName eq \"{}\"", "x".repeat(1_048_000));
                request("POST", "/Users/.search", json!({"filter": filter}).to_string().as_bytes())
            }
            Self::Twice => post(br#"{"userName":"a@example.com","active":true,"active":false}"#),
            Self::NoUtf8 => post(b"{\"userName\":\"\xff\xfe\"}"),
            // It is refused for what it says, before anything of it has come.
            Self::Huge => {
                let whole = post(&vec![b' '; 1024 * 1024 + 1]);
                whole[..whole.len() - 1024 * 1024 - 1].to_vec()
            }
            Self::HugeInPieces => {
                let head = "POST /sophos/scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
                let rest = format!("Authorization: Bearer {TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n");
                let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                format!("{head}{rest}{}1\r\n \r\n0\r\n\r\n", piece.repeat(16)).into_bytes()
            }
        }
    }

    fn error(self) -> (u16, &'static str) {
        match self {
            Self::Brackets | Self::LongFilter | Self::Filter => (400, "invalidFilter"),
            Self::LongAddress => (414, ""),
            Self::Crowd | Self::Operations => (400, "invalidValue"),
            Self::Bulk | Self::Huge | Self::HugeInPieces => (413, ""),
            _ => (400, "invalidSyntax"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_meant_to_cost_is_refused_and_leaves_nothing_behind() {
    let (scene, serving) = Scene::peopled().await;
    let all = [
        Hostile::Arrays,
        Hostile::Objects,
        Hostile::Unclosed,
        Hostile::Brackets,
        Hostile::LongFilter,
        Hostile::LongAddress,
        Hostile::Crowd,
        Hostile::Operations,
        Hostile::Bulk,
        Hostile::Filter,
        Hostile::Twice,
        Hostile::NoUtf8,
        Hostile::Huge,
        Hostile::HugeInPieces,
    ];
    let calls = scene.sim().journal().len();
    let round = async |times: usize| {
        for hostile in all {
            let (bytes, (status, keyword)) = (hostile.request(&scene.engineers), hostile.error());
            for _ in 0..times {
                let (got, body) = raw(&serving, &bytes).await;
                assert_eq!(got, status, "{hostile:?}: {body}");
                assert_eq!(body["status"], status.to_string(), "{hostile:?}: {body}");
                assert_eq!(body["scimType"].as_str().unwrap_or_default(), keyword, "{hostile:?}: {body}");
            }
        }
    };
    round(10).await;
    let before = serving.program.memory();
    round(30).await;
    let after = serving.program.memory();
    assert!(after < before + SLACK_KIB, "grew from {before} KiB to {after} KiB");
    assert_eq!(scene.sim().journal().len(), calls, "nothing of it reached the product");
    assert_eq!(serving.get(&format!("/Users/{}", scene.ada)).await.status, 200);
    serving.stop().await;
}

/// A head past the bounds of the HTTP server below us never reaches us: it is refused at once without a body, and the
/// connection ends. The longest that does reach us is refused as everything else is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_are_too_long_for_http() {
    let (scene, serving) = Scene::peopled().await;
    let address = |length: usize| {
        let path = "/sophos/scim/v2";
        request("GET", &format!("/{}", "x".repeat(length - path.len() - 1)), b"")
    };
    let headers = |more: usize| {
        let more: String = (0..more).map(|number| format!("X-{number}: x\r\n")).collect();
        let line =
            format!("GET /sophos/scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n");
        format!("{line}Connection: close\r\n{more}\r\n").into_bytes()
    };
    let filter = request("GET", &filter(1024 * 1024), b"");
    for (bytes, status, is_ours) in [
        (&address(65_534)[..], 414, true),
        (&address(65_535)[..], 400, false),
        // No more is read than this, so that the answer is not lost in what was not read.
        (&filter[..131_072], 431, false),
        (&headers(93)[..], 200, true),
        (&headers(94)[..], 431, false),
    ] {
        let (got, body) = raw(&serving, bytes).await;
        assert_eq!((got, body.is_object()), (status, is_ours), "{} bytes: {body}", bytes.len());
    }
    // Whoever sends it all may be cut off before it reads why.
    let mut stream = TcpStream::connect(serving.at).await.unwrap();
    let _ = stream.write_all(&filter).await;
    let _ = stream.read_to_end(&mut Vec::new()).await;
    assert_eq!(serving.get(&format!("/Users/{}", scene.ada)).await.status, 200);
    serving.stop().await;
}

/// Many who send a part of a body and then nothing: others are answered, and when they hang up nothing is left of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_bodies_keep_nobody_waiting() {
    let (scene, serving) = Scene::peopled().await;
    let slow = request("POST", "/Users", &vec![b' '; 1024 * 1024]);
    let hang = async || {
        let mut waiting = Vec::new();
        for _ in 0..200 {
            let mut stream = TcpStream::connect(serving.at).await.unwrap();
            stream.write_all(&slow[..40_000]).await.unwrap();
            waiting.push(stream);
        }
        assert_eq!(serving.get(&format!("/Users/{}", scene.ada)).await.status, 200);
    };
    hang().await;
    let before = serving.program.memory();
    for _ in 0..8 {
        hang().await;
    }
    let after = serving.program.memory();
    assert!(after < before + SLACK_KIB, "grew from {before} KiB to {after} KiB");
    serving.stop().await;
}
