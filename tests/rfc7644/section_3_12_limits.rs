//! §3.12, §3.4.2.4: what asks for more than the operator allows is refused for what it is, and changes nothing.

use std::collections::BTreeMap;

use rstest::rstest;
use scim::limits::Limits;
use serde_json::{Value, json};

use super::patch_of;
use crate::support::Over;
use crate::support::web::HttpReply;
use crate::support::world::person;

/// A request that is fine within the usual limits, and refused within these.
#[rstest]
#[case::body(|limits: &mut Limits| limits.body_bytes = 200, "POST", "/Users", Some(person("eve")), (413, ""))]
#[case::depth(
    |limits: &mut Limits| limits.body_depth = 2,
    "POST",
    "/Users",
    Some(person("eve")),
    (400, "invalidSyntax")
)]
#[case::values(
    |limits: &mut Limits| limits.values_per_operation = 1,
    "PATCH",
    "/Users/{}",
    patch_of(json!([{"op": "add", "path": "roles", "value": [{"value": "a"}, {"value": "b"}]}])),
    (400, "invalidValue")
)]
#[case::operations(
    |limits: &mut Limits| limits.patch_operations = 1,
    "PATCH",
    "/Users/{}",
    patch_of(json!([{"op": "remove", "path": "title"}, {"op": "remove", "path": "nickName"}])),
    (400, "invalidValue")
)]
#[case::filter(
    |limits: &mut Limits| limits.filter_bytes = 10,
    "GET",
    "/Users?filter=userName+eq+%22a%22",
    None,
    (400, "invalidFilter")
)]
#[case::brackets(
    |limits: &mut Limits| limits.filter_depth = 1,
    "GET",
    "/Users?filter=((userName+eq+%22a%22))",
    None,
    (400, "invalidFilter")
)]
#[case::nodes(
    |limits: &mut Limits| limits.filter_nodes = 1,
    "GET",
    "/Users?filter=userName+eq+%22a%22+and+title+pr",
    None,
    (400, "invalidFilter")
)]
#[case::address(|limits: &mut Limits| limits.uri_bytes = 60, "GET", "/Users?attributes=userName,displayName,title,emails", None, (414, ""))]
#[case::headers(|limits: &mut Limits| limits.header_bytes = 20, "GET", "/Users/{}", None, (431, ""))]
#[tokio::test(start_paused = true)]
async fn past_a_limit(
    #[case] lower: fn(&mut Limits),
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Option<Value>,
    #[case] error: (u16, &str),
) {
    let usual = Over::Memory.world();
    let path = path.replace("{}", &usual.post("/Users", person("ada")).await.id());
    let ask = async |world: &crate::support::World| -> HttpReply {
        world.http(method, &path, &BTreeMap::new(), body.as_ref().map(Value::to_string)).await
    };
    let bounded = usual.set(|settings| lower(&mut settings.limits));
    let before = bounded.still().await;
    let refused = ask(&bounded).await;
    assert_eq!(refused.status, error.0, "{refused:?}");
    let told = refused.json();
    assert_eq!(
        (told["status"].as_str(), told["scimType"].as_str().unwrap_or_default()),
        (Some(&*error.0.to_string()), error.1)
    );
    assert_eq!(before, bounded.still().await);
    let usual = bounded.set(|settings| settings.limits = Limits::default());
    let done = ask(&usual).await;
    assert!(done.status < 300, "{done:?}");
}

/// A longer page than the largest is that one (§3.4.2.4), and the largest is told.
#[tokio::test(start_paused = true)]
async fn pages_are_as_large_as_the_operator_allows() {
    let world = Over::Memory.world().set(|settings| {
        settings.limits = Limits { page_max: 3, page_default: 2, ..Limits::default() };
    });
    for name in ["ada", "bob", "eve", "kim"] {
        world.post("/Users", person(name)).await;
    }
    for (query, expected) in [("", 2), ("?count=9", 3), ("?count=1", 1), ("?filter=title+pr&count=9", 3)] {
        let list = world.http("GET", &format!("/Users{query}"), &BTreeMap::new(), None).await.json();
        assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(4), &json!(expected)), "{query}");
    }
    let config = world.http("GET", "/ServiceProviderConfig", &BTreeMap::new(), None).await.json();
    assert_eq!(config["filter"]["maxResults"], 3);
}
