//! §3.14, conditions: `If-Match` and `If-None-Match` (RFC 9110 §13.1).

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};
use simulator::sophos::Event;

use super::patch_of;
use crate::support::web::HttpReply;
use crate::support::world::{group, person};
use crate::support::{Over, World};

const MATCH: &str = "If-Match";
const NONE_MATCH: &str = "If-None-Match";

/// Sends a request with one header.
async fn ask(
    world: &World,
    method: &str,
    path: &str,
    header: (&str, &str),
    body: Option<Value>,
) -> HttpReply {
    let headers = BTreeMap::from([(header.0.to_owned(), header.1.to_owned())]);
    world.http(method, path, &headers, body.map(|body| body.to_string())).await
}

/// Sends a request that has to be refused and to change nothing.
async fn refused(
    world: &World,
    method: &str,
    path: &str,
    header: (&str, &str),
    body: Option<Value>,
    status: u16,
) {
    let before = world.still().await;
    let reply = ask(world, method, path, header, body).await;
    assert_eq!(reply.status, status, "{method} {header:?}: {reply:?}");
    let error = reply.json();
    assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(error["status"], status.to_string());
    assert!(error.get("scimType").is_none() && !error["detail"].as_str().unwrap().is_empty(), "{error}");
    assert_eq!(before, world.still().await, "{method} {header:?} was refused and changed something");
}

fn tag(reply: &HttpReply) -> String {
    let tag = reply.header("etag").unwrap_or_else(|| panic!("no ETag: {reply:?}")).to_owned();
    let body = reply.json();
    assert_eq!(body["meta"]["version"], tag, "{body}");
    tag
}

fn title(title: &str) -> Option<Value> {
    patch_of(json!([{"op": "replace", "path": "title", "value": title}]))
}

/// Somebody with the path, an earlier version and the version now.
async fn changed_once(world: &World) -> (String, String, String) {
    let made = world.http("POST", "/Users", &BTreeMap::new(), Some(person("ada").to_string())).await;
    let path = format!("/Users/{}", made.json()["id"].as_str().unwrap());
    let changed = ask(world, "PATCH", &path, (MATCH, &tag(&made)), title("Countess")).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    (path, tag(&made), tag(&changed))
}

fn changes() -> [(&'static str, Option<Value>); 4] {
    let mut put = person("ada");
    put["title"] = json!("Duchess");
    let off = patch_of(json!([{"op": "replace", "path": "active", "value": false}]));
    [("PUT", Some(put)), ("PATCH", title("Duchess")), ("PATCH", off), ("DELETE", None)]
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_change_of_another_version_is_412(
    #[values(Over::Memory, Over::Sophos, Over::SophosQuarantines)] over: Over,
    #[values(false, true)] strict: bool,
) {
    let world = if strict { over.strict() } else { over.world() };
    let (path, earlier, now) = changed_once(&world).await;
    for (method, body) in changes() {
        for stale in [earlier.clone(), format!("\"other\", {earlier}"), "W/\"\"".to_owned()] {
            refused(&world, method, &path, (MATCH, &stale), body.clone(), 412).await;
        }
        // RFC 9110 §13.1.2: for whatever is no read.
        refused(&world, method, &path, (NONE_MATCH, "*"), body.clone(), 412).await;
        refused(&world, method, &path, (NONE_MATCH, &now), body, 412).await;
    }
    let read = world.get(&path).await.body;
    assert_eq!((&read["title"], &read["active"]), (&json!("Countess"), &json!(true)));
}

#[rstest]
#[case::any("*")]
#[case::one("W/{}")]
#[case::strong("{}")]
#[case::several("W/\"other\" , W/{},\"more\"")]
#[tokio::test(start_paused = true)]
async fn a_change_of_this_version_is_made(
    #[values(Over::Memory, Over::Sophos, Over::SophosQuarantines)] over: Over,
    #[case] header: &str,
) {
    let world = over.world();
    let (path, earlier, mut now) = changed_once(&world).await;
    for (method, body) in changes() {
        let done =
            ask(&world, method, &path, (MATCH, &header.replace("{}", now.trim_start_matches("W/"))), body)
                .await;
        assert!(matches!(done.status, 200 | 204), "{method}: {done:?}");
        if method != "DELETE" {
            now = tag(&done);
            assert_eq!(now, tag(&ask(&world, "GET", &path, (NONE_MATCH, &earlier), None).await));
        }
    }
    assert_eq!(world.get(&path).await.status, 404);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_read_of_a_version_that_the_client_has_is_304(
    #[values(Over::Memory, Over::Sophos)] over: Over,
    #[values("/Users", "/Groups")] endpoint: &str,
) {
    let world = over.world();
    let body = if endpoint == "/Users" { person("ada") } else { group("Engineers", &[]) };
    let made = world.http("POST", endpoint, &BTreeMap::new(), Some(body.to_string())).await;
    let path = format!("{endpoint}/{}", made.json()["id"].as_str().unwrap());
    let now = tag(&made);
    for same in [now.clone(), "*".to_owned(), format!("\"other\",{}", now.trim_start_matches("W/"))] {
        let same = ask(&world, "GET", &path, (NONE_MATCH, &same), None).await;
        assert_eq!((same.status, same.text.as_str(), same.header("etag")), (304, "", Some(now.as_str())));
        assert_eq!(same.header("content-type"), None);
    }
    let other = ask(&world, "GET", &path, (NONE_MATCH, "W/\"other\""), None).await;
    assert_eq!((other.status, tag(&other)), (200, now.clone()));
    assert_eq!(ask(&world, "GET", &path, (MATCH, &now), None).await.status, 200);
    refused(&world, "GET", &path, (MATCH, "W/\"other\""), None, 412).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_condition_that_cannot_be_read_is_400(
    #[values(MATCH, NONE_MATCH)] name: &str,
    #[values("", "abc", "W/abc", "\"a\" \"b\"", "\"a", "*, \"a\"")] value: &str,
) {
    let world = Over::Memory.world();
    let (path, ..) = changed_once(&world).await;
    refused(&world, "GET", &path, (name, value), None, 400).await;
    for (method, body) in changes() {
        refused(&world, method, &path, (name, value), body, 400).await;
    }
}

/// RFC 9110 §13.2.1: where there is nothing, no condition is looked at. A collection has no version.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_not_there_has_no_conditions(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    for (method, body) in changes().into_iter().chain([("GET", None)]) {
        refused(&world, method, "/Users/nobody", (MATCH, "*"), body, 404).await;
    }
    let made = ask(&world, "POST", "/Users", (NONE_MATCH, "*"), Some(person("ada"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(ask(&world, "GET", "/Users", (MATCH, "W/\"other\""), None).await.status, 200);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn of_two_who_change_the_same_version_one_is_refused(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let (path, _, now) = changed_once(&world).await;
    let (a, b) = tokio::join!(
        ask(&world, "PATCH", &path, (MATCH, &now), title("Duchess")),
        ask(&world, "PATCH", &path, (MATCH, &now), title("Baroness")),
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{a:?} {b:?}");
    let winner = if a.status == 200 { "Duchess" } else { "Baroness" };
    assert_eq!(world.get(&path).await.body["title"], winner);
}

/// The version is that of a live read: somebody has changed the person in the product.
#[tokio::test(start_paused = true)]
async fn a_change_in_the_product_is_another_version() {
    let world = Over::Sophos.world();
    let (path, _, now) = changed_once(&world).await;
    // So long our own change could be what is not shown yet.
    world.wait(10).await;
    let native = world.sim().users()[0].id.clone();
    let renamed = Event::ConsoleEditsUser {
        user: native,
        name: Some("Lady Ada".to_owned()),
        first_name: None,
        last_name: None,
        email: None,
        exchange_login: None,
    };
    world.sim().event(world.clock.now().0, renamed).unwrap();
    for (method, body) in changes() {
        refused(&world, method, &path, (MATCH, &now), body, 412).await;
    }
    let read = ask(&world, "GET", &path, (NONE_MATCH, &now), None).await;
    assert_eq!((read.status, &read.json()["displayName"]), (200, &json!("Lady Ada")));
    assert_eq!(ask(&world, "DELETE", &path, (MATCH, &tag(&read)), None).await.status, 204);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn members_are_changed_of_one_version_only(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let made =
        world.http("POST", "/Groups", &BTreeMap::new(), Some(group("Engineers", &[]).to_string())).await;
    let (path, first) = (format!("/Groups/{}", made.json()["id"].as_str().unwrap()), tag(&made));
    let add = |id: &str| patch_of(json!([{"op": "add", "path": "members", "value": [{"value": id}]}]));
    world.wait(1).await;
    let joined = ask(&world, "PATCH", &path, (MATCH, &first), add(&ada)).await;
    assert_eq!(joined.status, 200, "{joined:?}");
    assert_ne!(tag(&joined), first);
    let rename = patch_of(json!([{"op": "replace", "path": "displayName", "value": "Analysts"}]));
    let none = patch_of(json!([{"op": "remove", "path": "members"}]));
    let changes = [("PATCH", add(&eve)), ("PATCH", rename), ("PATCH", none), ("DELETE", None)];
    for (method, body) in changes.into_iter().chain([("PUT", Some(group("Engineers", &[&eve])))]) {
        refused(&world, method, &path, (MATCH, &first), body, 412).await;
    }
    let put = ask(&world, "PUT", &path, (MATCH, &tag(&joined)), Some(group("Engineers", &[&eve]))).await;
    assert_eq!((put.status, &put.json()["members"][0]["value"]), (200, &json!(eve)));
    assert_eq!(ask(&world, "DELETE", &path, (MATCH, &tag(&put)), None).await.status, 204);
}
