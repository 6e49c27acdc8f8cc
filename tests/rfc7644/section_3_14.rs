//! §3.14, versions.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::Over;
use crate::support::world::{Reply, group, person};

fn version(reply: &Reply) -> String {
    let version = reply.body["meta"]["version"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned();
    assert!(version.starts_with("W/\"") && version.ends_with('"'), "{version}");
    version
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_version_is_that_of_the_content(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let made = world.post("/Users", person("ada")).await;
    let path = format!("/Users/{}", made.id());
    let first = version(&made);
    world.wait(60).await;
    assert_eq!(version(&world.get(&path).await), first);
    assert_eq!(version(&world.get(&format!("{path}?attributes=meta")).await), first);
    let list = world.get("/Users").await.body;
    assert_eq!(list["Resources"][0]["meta"]["version"], first);

    let retitle = |title: &str| json!([{"op": "replace", "path": "title", "value": title}]);
    let changed = world.patch(&path, retitle("Countess")).await;
    assert_ne!(version(&changed), first);
    assert_eq!(version(&world.get(&path).await), version(&changed));
    // The old content has the old version.
    assert_eq!(version(&world.patch(&path, retitle("Engineer")).await), first);

    let off = world.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await;
    assert_ne!(version(&off), first);
    let renamed = world.patch(&path, json!([{"op": "replace", "path": "externalId", "value": "x"}])).await;
    assert_ne!(version(&renamed), version(&off));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_groups_version_follows_its_members(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let path = format!("/Groups/{}", world.post("/Groups", group("Engineers", &[])).await.id());
    let read = async |query: &str| version(&world.get(&format!("{path}{query}")).await);
    let mut seen = vec![read("").await];
    assert_eq!(read("?excludedAttributes=members").await, seen[0]);
    for operation in [
        json!({"op": "add", "path": "members", "value": [{"value": ada}]}),
        json!({"op": "remove", "path": "members"}),
        json!({"op": "replace", "path": "displayName", "value": "Analysts"}),
    ] {
        world.wait(1).await;
        let reply = world.patch(&path, json!([operation])).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let now = read("").await;
        assert_eq!(version(&reply), now);
        assert!(!seen.contains(&now), "{operation}: {seen:?}");
        seen.push(now);
    }
    let list: Value = world.get("/Groups").await.body;
    assert_eq!(list["Resources"][0]["meta"]["version"], *seen.last().unwrap());
}

/// Versions are told; that `If-Match` is honoured is not claimed until it is.
#[rstest]
#[tokio::test(start_paused = true)]
async fn no_more_is_claimed_than_is_done(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let none = std::collections::BTreeMap::new();
    let config = world.http("GET", "/ServiceProviderConfig", &none, None).await.json();
    let made = world.post("/Users", person("ada")).await;
    let stale = std::collections::BTreeMap::from([("If-Match".to_owned(), "W/\"stale\"".to_owned())]);
    let body = person("ada").to_string();
    let put = world.http("PUT", &format!("/Users/{}", made.id()), &stale, Some(body)).await;
    assert_eq!(config["etag"]["supported"], put.status == 412, "{put:?}");
    assert_eq!(config["sort"]["supported"], true);
    assert_eq!(config["bulk"]["supported"], true);
    assert_eq!(config["changePassword"]["supported"], false);
    assert_eq!(config["patch"]["supported"], true);
}
