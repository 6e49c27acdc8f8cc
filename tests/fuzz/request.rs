//! Requests as text, one after the other, sent through the whole application to a small world.

use std::collections::BTreeMap;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use serde_json::Value;

use crate::support::web::HttpReply;
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// What parts one request from the next. Each is a line `METHOD /path`, lines `name: value`, an empty line and a body.
const NEXT: &str = "\n---\n";

/// As many as are sent of one input.
const MOST: usize = 5;

struct Asked {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

/// Sends what the bytes say, in both profiles. Whatever it is: nothing panics, no answer blames the server but 501, every answer
/// is a SCIM body with the right type, and afterwards everybody can be read by the id that a list shows.
///
/// # Panics
/// If that is not so.
pub fn request(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for strict in [false, true] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let world = if strict { Over::Memory.strict() } else { Over::Memory.world() };
            let ids = inhabited(&world).await;
            let text = ids
                .iter()
                .enumerate()
                .fold(text.to_owned(), |text, (n, id)| text.replace(&format!("{{{n}}}"), id));
            for asked in text.split(NEXT).take(MOST).filter_map(read) {
                let reply = world.http(&asked.method, &asked.path, &asked.headers, asked.body).await;
                is_scim(&asked.method, &reply);
            }
            everybody_is_there(&world).await;
        });
    }
}

/// Ada, Bob, who has no access, and a group of both: `{0}`, `{1}` and `{2}`.
async fn inhabited(world: &World) -> [String; 3] {
    let ada = world.post("/Users", person("ada")).await.id();
    let mut bob = person("bob");
    bob["active"] = Value::Bool(false);
    let bob = world.post("/Users", bob).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada, &bob])).await.id();
    [ada, bob, engineers]
}

/// A request, if HTTP could have brought it here.
fn read(text: &str) -> Option<Asked> {
    let (head, body) =
        text.split_once("\n\n").map_or((text, None), |(head, body)| (head, Some(body.to_owned())));
    let mut lines = head.lines();
    let (method, path) = lines.next()?.split_once(' ')?;
    Method::from_bytes(method.as_bytes()).ok()?;
    let uri: Uri = format!("/t/scim/v2{path}").parse().ok()?;
    uri.path().starts_with("/t/scim/v2").then_some(())?;
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        let valid = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
        // How a body is framed is HTTP's business, which is not sent here.
        let framing =
            ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
        (valid && !framing).then(|| (name.to_owned(), value.to_owned()))
    };
    Some(Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: lines.filter_map(header).collect(),
        body,
    })
}

fn is_scim(method: &str, reply: &HttpReply) {
    let status = reply.status;
    assert!(status < 500 || status == 501, "{reply:?}");
    // What a HEAD has no body of is cut off later, by HTTP.
    if method == "HEAD" {
        return;
    }
    if matches!(status, 204 | 304) {
        return assert!(reply.text.is_empty(), "{reply:?}");
    }
    assert_eq!(reply.header("content-type"), Some("application/scim+json"), "{reply:?}");
    let body = reply.json();
    match status {
        200 => assert!(body["schemas"].as_array().is_some_and(|urns| !urns.is_empty()), "{reply:?}"),
        201 => assert!(body["id"].is_string() && reply.header("location").is_some(), "{reply:?}"),
        _ => {
            assert_eq!(body["schemas"], serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
            assert_eq!(body["status"].as_str(), Some(&*status.to_string()), "{reply:?}");
            assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{reply:?}");
        }
    }
    if let Some(rows) = body["Resources"].as_array() {
        assert_eq!(body["itemsPerPage"], rows.len(), "{reply:?}");
        assert!(body["totalResults"].as_u64() >= u64::try_from(rows.len()).ok(), "{reply:?}");
    }
}

async fn everybody_is_there(world: &World) {
    for endpoint in ["/Users", "/Groups"] {
        let list = world.get(endpoint).await;
        assert_eq!(list.status, 200, "{list:?}");
        let rows = list.body["Resources"].as_array().unwrap();
        assert_eq!(list.body["totalResults"], rows.len());
        for row in rows {
            let one = world.get(&format!("{endpoint}/{}", row["id"].as_str().unwrap())).await;
            assert_eq!((one.status, &one.body["meta"]), (200, &row["meta"]), "{one:?}");
        }
    }
}
