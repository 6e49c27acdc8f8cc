//! §3.4.3, queries by POST: of one kind, and at the root of all.

use std::collections::BTreeMap;

use rstest::rstest;
use scim_facade::backend::Deactivate;
use scim_facade::store::memory::MemoryStore;
use serde_json::{Value, json};

use crate::support::web::HttpReply;
use crate::support::world::{group, person};
use crate::support::{Over, World};

const URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Ada and Eve, two groups.
async fn directory(over: Over) -> World {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    world.post("/Users", person("eve")).await;
    world.post("/Groups", group("Looms", &[&ada])).await;
    world.post("/Groups", group("Bees", &[])).await;
    world
}

async fn search_as_sent(world: &World, path: &str, body: &Value) -> HttpReply {
    world.http("POST", path, &BTreeMap::new(), Some(body.to_string())).await
}

async fn search(world: &World, path: &str, mut body: Value) -> Value {
    body["schemas"] = json!([URN]);
    let reply = search_as_sent(world, path, &body).await;
    assert_eq!(reply.status, 200, "{body}: {reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/scim+json"));
    reply.json()
}

async fn refused(world: &World, path: &str, body: Value, scim_type: &str) {
    let reply = search_as_sent(world, path, &body).await;
    assert_eq!((reply.status, &reply.json()["scimType"]), (400, &json!(scim_type)), "{body}");
}

fn names(list: &Value) -> Vec<String> {
    let name = |row: &Value| row["displayName"].as_str().unwrap().to_owned();
    list["Resources"].as_array().unwrap().iter().map(name).collect()
}

/// The same answer as that to a GET.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_search_is_a_list(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    for (endpoint, query, body) in [
        ("Users", "", json!({})),
        ("Users", "?filter=userName+sw+%22a%22", json!({"filter": "userName sw \"a\""})),
        ("Users", "?startIndex=2&count=1", json!({"startIndex": 2, "count": 1})),
        ("Users", "?attributes=userName,emails.value", json!({"attributes": ["userName", "emails.value"]})),
        ("Users", "?excludedAttributes=groups", json!({"excludedAttributes": ["groups"]})),
        (
            "Users",
            "?sortBy=userName&sortOrder=descending",
            json!({"sortBy": "userName", "sortOrder": "descending"}),
        ),
        ("Groups", "?filter=displayName+eq+%22bees%22", json!({"filter": "displayName eq \"bees\""})),
        ("Groups", "?attributes=members", json!({"attributes": ["members"]})),
    ] {
        let listed = world.http("GET", &format!("/{endpoint}{query}"), &BTreeMap::new(), None).await.json();
        assert_eq!(search(&world, &format!("/{endpoint}/.search"), body).await, listed, "{endpoint}{query}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_root_searches_people_and_groups(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    let all = search(&world, "/.search", json!({})).await;
    assert_eq!((&all["totalResults"], &all["startIndex"]), (&json!(4), &json!(1)), "{all}");
    let kinds: Vec<&Value> =
        all["Resources"].as_array().unwrap().iter().map(|row| &row["meta"]["resourceType"]).collect();
    assert_eq!(kinds, ["User", "User", "Group", "Group"], "people first");
    let found = search(&world, "/.search", json!({"filter": "displayName co \"e\""})).await;
    assert_eq!((found["totalResults"].as_u64(), names(&found).len()), (Some(3), 3), "{found}");
    let found = search(&world, "/.search", json!({"filter": "meta.resourceType eq \"Group\""})).await;
    assert_eq!(found["totalResults"], 2, "{found}");
}

/// §3.4.2.1: what a kind does not have is without a value there; where none has it, the filter makes no sense.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_only_one_kind_has_is_found_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    for (filter, wanted) in [
        ("userName pr", vec!["ada Example", "eve Example"]),
        ("members pr", vec!["Looms"]),
        ("not (members pr)", vec!["ada Example", "Bees", "eve Example"]),
        ("not (members pr) and not (userName pr)", vec!["Bees"]),
        ("members eq null and userName sw \"e\"", vec!["eve Example"]),
        ("userName ne \"ada@example.com\"", vec!["Bees", "eve Example", "Looms"]),
        ("userName sw \"a\" or displayName eq \"bees\"", vec!["ada Example", "Bees"]),
        ("emails[type eq \"work\"] or members[value pr]", vec!["ada Example", "eve Example", "Looms"]),
        ("userName pr and members pr", vec![]),
    ] {
        let found = search(&world, "/.search", json!({"filter": filter, "sortBy": "displayName"})).await;
        assert_eq!(names(&found), wanted, "{filter}");
    }
    for filter in ["nonsense pr", "userName", "displayName eq", "password pr"] {
        refused(&world, "/.search", json!({"schemas": [URN], "filter": filter}), "invalidFilter").await;
    }
    refused(&world, "/.search", json!({"schemas": [URN], "sortBy": "nonsense"}), "invalidPath").await;
}

/// Sorted across both; who lacks the attribute has it unassigned.
#[rstest]
#[tokio::test(start_paused = true)]
async fn the_root_is_sorted_across_both(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    let sorted = |order: &str| json!({"sortBy": "displayName", "sortOrder": order});
    let wanted = ["ada Example", "Bees", "eve Example", "Looms"];
    assert_eq!(names(&search(&world, "/.search", sorted("ascending")).await), wanted);
    let mut back = names(&search(&world, "/.search", sorted("descending")).await);
    back.reverse();
    assert_eq!(back, wanted);
    let by_name = search(&world, "/.search", json!({"sortBy": "userName"})).await;
    assert_eq!(names(&by_name)[..2], ["ada Example", "eve Example"]);
    let by_name = search(&world, "/.search", json!({"sortBy": "userName", "sortOrder": "descending"})).await;
    assert_eq!(names(&by_name)[2..], ["eve Example", "ada Example"]);
}

/// One list over both kinds, whatever the pages.
#[rstest]
#[case(json!({}))]
#[case(json!({"filter": "displayName pr"}))]
#[case(json!({"sortBy": "displayName"}))]
#[tokio::test(start_paused = true)]
async fn pages_of_the_root_show_everything_once(
    #[values(Over::Memory, Over::Sophos)] over: Over,
    #[case] query: Value,
) {
    let world = directory(over).await;
    world.wait(60).await;
    let whole = names(&search(&world, "/.search", query.clone()).await);
    assert_eq!(whole.len(), 4);
    for count in 1..=5 {
        let mut by_index = Vec::new();
        for start in (1..=4).step_by(count) {
            let mut body = query.clone();
            (body["startIndex"], body["count"]) = (json!(start), json!(count));
            let page = search(&world, "/.search", body).await;
            assert_eq!(page["totalResults"], 4, "{page}");
            by_index.extend(names(&page));
        }
        assert_eq!(by_index, whole, "pages of {count}");
        let (mut by_cursor, mut cursor) = (Vec::new(), json!(""));
        loop {
            let mut body = query.clone();
            (body["cursor"], body["count"]) = (cursor, json!(count));
            let page = search(&world, "/.search", body).await;
            assert_eq!(page["totalResults"], 4, "{page}");
            by_cursor.extend(names(&page));
            match page.get("nextCursor") {
                Some(next) => cursor = next.clone(),
                None => break,
            }
        }
        assert_eq!(by_cursor, whole, "pages of {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_search_is_refused() {
    let world = directory(Over::Memory).await;
    for path in ["/.search", "/Users/.search", "/Groups/.search"] {
        let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]});
        refused(&Over::Memory.strict(), path, patch, "invalidSyntax").await;
        refused(&world, path, json!([]), "invalidSyntax").await;
        refused(&world, path, json!({"schemas": [URN], "count": "many"}), "invalidValue").await;
        let both = json!({"schemas": [URN], "attributes": ["id"], "excludedAttributes": ["title"]});
        refused(&world, path, both, "invalidValue").await;
        // Tolerant clients may leave the schema out.
        assert_eq!(search_as_sent(&world, path, &json!({})).await.status, 200);
        refused(&Over::Memory.strict(), path, json!({}), "invalidSyntax").await;
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let reply = world.http(method, path, &BTreeMap::new(), None).await;
            assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method} {path}");
        }
    }
}

/// It is a read: a store that is read-only answers it, nothing is journalled, and the same one is answered anew.
#[tokio::test(start_paused = true)]
async fn a_search_is_no_write() {
    let world = World::memory(Deactivate::Native);
    let body = json!({"filter": "title pr"});
    assert_eq!(search(&world, "/Users/.search", body.clone()).await["totalResults"], 0);
    world.post("/Users", person("ada")).await;
    let before = (world.still().await, world.store.audit(&world.target, 100).await.unwrap());
    assert_eq!(search(&world, "/Users/.search", body).await["totalResults"], 1);
    let after = (world.still().await, world.store.audit(&world.target, 100).await.unwrap());
    assert_eq!(before, after);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_was_put_back_answers_searches() {
    let disk = std::sync::Arc::new(MemoryStore::new());
    let world = World::sophos_with(simulator::sophos::Seed::Empty, disk.clone(), None);
    world.post("/Users", person("ada")).await;
    let mut world = world;
    world.store = std::sync::Arc::new(disk.restored_copy());
    let world = world.set(|_| {});
    assert_eq!(world.post("/Users", person("eve")).await.status, 429, "it is read-only");
    let found = search(&world, "/.search", json!({"filter": "title pr", "cursor": "", "count": 1})).await;
    assert_eq!(found["totalResults"], 1);
}
