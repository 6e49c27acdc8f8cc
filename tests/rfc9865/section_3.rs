//! §3, cursors in the body of a search.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{crowd, names};
use crate::support::{Over, World};

async fn search(world: &World, mut body: Value) -> (u16, Value) {
    body["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]);
    let reply = world.http("POST", "/Users/.search", &BTreeMap::new(), Some(body.to_string())).await;
    (reply.status, reply.json())
}

#[tokio::test(start_paused = true)]
async fn a_search_is_paged_by_cursor() {
    let world = crowd(Over::Sophos, 3).await;
    let (status, first) = search(&world, json!({"filter": "title pr", "count": 2, "cursor": ""})).await;
    assert_eq!((status, names(&first).len()), (200, 2), "{first}");
    let cursor = &first["nextCursor"];
    let (status, last) = search(&world, json!({"filter": "title pr", "count": 2, "cursor": cursor})).await;
    assert_eq!((status, names(&last).len(), last.get("nextCursor")), (200, 1, None), "{last}");
    // It is the same list in a URL.
    let path = format!("/Users?filter=title+pr&count=2&cursor={}", cursor.as_str().unwrap());
    assert_eq!(names(&world.get(&path).await.body), names(&last));
    let (status, error) = search(&world, json!({"filter": "userName pr", "cursor": cursor})).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidCursor")));
    let (status, error) = search(&world, json!({"cursor": "", "startIndex": 1})).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
}
