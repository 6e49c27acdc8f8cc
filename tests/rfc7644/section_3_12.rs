//! §3.12, errors: no answer says more than a client may know.

use rstest::rstest;
use serde_json::json;

use super::{patch_of, refused};
use crate::support::Over;
use crate::support::world::person;

#[rstest]
#[tokio::test(start_paused = true)]
async fn status_is_text_and_a_keyword_only_where_there_is_one(
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    world.post("/Users", person("ada")).await;
    let missing = refused(&world, "GET", "/Users/nobody", None, (404, "")).await;
    assert_eq!(missing.body["status"], "404");
    assert_eq!(missing.body.get("scimType"), None);
    let taken = refused(&world, "POST", "/Users", Some(person("ada")), (409, "uniqueness")).await;
    assert_eq!(taken.body["status"], "409");
    let mut keys: Vec<&String> = taken.body.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["detail", "schemas", "scimType", "status"]);
}

/// Values of a request don't come back in the text of an error (they may be personal).
#[rstest]
#[tokio::test(start_paused = true)]
async fn values_are_not_echoed(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let mut body = person("eve");
    body["active"] = json!("verysecret");
    let reply = refused(&world, "POST", "/Users", Some(body), (400, "invalidValue")).await;
    assert!(!reply.body.to_string().contains("verysecret"), "{reply:?}");
    let patch = patch_of(json!([{"op": "replace", "path": "name", "value": "verysecret"}]));
    let reply = refused(&world, "PATCH", &path, patch, (400, "invalidValue")).await;
    assert!(!reply.body.to_string().contains("verysecret"), "{reply:?}");
}
