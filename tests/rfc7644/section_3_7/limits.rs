//! §3.7.4: how large a bulk request may be.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::json;

use super::{BULK, delete, post, send};
use crate::support::Over;
use crate::support::world::person;

#[rstest]
#[case(1001)]
#[case(10_000)]
#[tokio::test(start_paused = true)]
async fn too_many_operations(#[case] count: usize, #[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let before = world.still().await;
    let operations = vec![post("Users", "x", person("ada")); count];
    let reply = send(&world, &json!({"schemas": [BULK], "Operations": operations})).await;
    let body = reply.json();
    assert_eq!((reply.status, &body["status"]), (413, &json!("413")));
    assert!(body["detail"].as_str().unwrap().contains("1000 are accepted at once (maxOperations)"), "{body}");
    assert_eq!(world.still().await, before);
}

/// The bytes are limited, too, whether the client announces them or not; no other endpoint takes as many.
#[tokio::test(start_paused = true)]
async fn too_many_bytes() {
    let world = Over::Memory.world();
    const LARGEST: usize = 4 * 1024 * 1024;
    let of_length = |length: usize| {
        let frame = json!({"schemas": [BULK], "Operations": [], "x": ""}).to_string();
        frame.replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "x".repeat(length - frame.len())))
    };
    let none = BTreeMap::new();
    let fits = world.http("POST", "/Bulk", &none, Some(of_length(LARGEST))).await;
    assert_eq!(fits.status, 200, "{fits:?}");
    let reply = world.http("POST", "/Bulk", &none, Some(of_length(LARGEST + 1))).await;
    let detail = reply.json()["detail"].clone();
    assert_eq!(
        (reply.status, detail),
        (413, json!("The body is larger than 4194304 bytes (maxPayloadSize)"))
    );
    let elsewhere = world.http("POST", "/Users", &none, Some(of_length(1024 * 1024 + 1))).await;
    assert_eq!(elsewhere.status, 413, "{elsewhere:?}");
}

/// What is nested too deep for a request of its own is so for an operation, which stands deeper in its body.
#[tokio::test(start_paused = true)]
async fn depth() {
    let world = Over::Memory.world();
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let user = |depth: usize| format!("{{\"userName\":\"ada\",\"x\":{}}}", nested(depth));
    let bulk = |depth: usize| {
        let data = user(depth);
        format!(
            "{{\"schemas\":[\"{BULK}\"],\"Operations\":[{{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":{data}}}]}}"
        )
    };
    let none = BTreeMap::new();
    for (depth, alone, within) in [(31, 201, 200), (32, 400, 400), (10_000, 400, 400)] {
        let world = Over::Memory.world();
        assert_eq!(world.http("POST", "/Bulk", &none, Some(bulk(depth))).await.status, within, "{depth}");
        let world = Over::Memory.world();
        assert_eq!(world.http("POST", "/Users", &none, Some(user(depth))).await.status, alone, "{depth}");
    }
    assert_eq!(world.get("/Users").await.body["totalResults"], 0);
}

/// §4: clients learn the limits before they meet them.
#[rstest]
#[tokio::test(start_paused = true)]
async fn are_told(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let config = world.http("GET", "/ServiceProviderConfig", &BTreeMap::new(), None).await.json();
    let wanted = json!({"supported": true, "maxOperations": 1000, "maxPayloadSize": 4_194_304});
    assert_eq!(config["bulk"], wanted);
}

/// As many operations as are accepted are carried out.
#[tokio::test(start_paused = true)]
async fn as_many_as_fit() {
    let world = Over::Memory.world();
    let nobody = |n: usize| delete(&format!("/Users/{n}"));
    let operations: Vec<_> = (0..1000).map(nobody).collect();
    let outcomes = super::bulk(&world, &operations).await;
    assert_eq!((outcomes.len(), super::statuses(&outcomes)[999]), (1000, "404"));
}

#[rstest]
#[case("GET")]
#[case("PUT")]
#[case("PATCH")]
#[case("DELETE")]
#[tokio::test(start_paused = true)]
async fn only_a_post_is_one(#[case] method: &str) {
    let world = Over::Memory.world();
    let reply = world.http(method, "/Bulk", &BTreeMap::new(), None).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
}
