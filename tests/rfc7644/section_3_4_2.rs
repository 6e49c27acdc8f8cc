//! §3.4.2, lists: the envelope, pages, what is shown in them.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::refused;
use crate::support::world::{group, person};
use crate::support::{Over, World};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

async fn with_people(over: Over, names: &[&str]) -> World {
    let world = over.world();
    for name in names {
        assert_eq!(world.post("/Users", person(name)).await.status, 201);
    }
    world
}

fn names(list: &Value) -> Vec<String> {
    let rows = list["Resources"].as_array().unwrap();
    rows.iter().map(|row| row["userName"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_empty_list_is_a_list(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    for path in [
        "/Users",
        "/Groups",
        "/Users?filter=userName%20eq%20%22nobody%22",
        "/Groups?filter=displayName+eq+%22x%22",
    ] {
        let list = world.get(path).await;
        assert_eq!(list.status, 200);
        let want = json!({
            "schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
        });
        assert_eq!(list.body, want, "{path}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn pages_show_everyone_once(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = with_people(over, &["a", "b", "c", "d", "e", "f", "g"]).await;
    // Two without access: on Sophos they are not among the native rows.
    for name in ["b", "f"] {
        let found = world.get(&format!("/Users?filter=userName%20eq%20%22{name}%40example.com%22")).await;
        let id = found.body["Resources"][0]["id"].as_str().unwrap().to_owned();
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        assert_eq!(world.patch(&format!("/Users/{id}"), off).await.status, 200);
    }
    world.wait(60).await;
    for count in 1..=8 {
        let mut seen = Vec::new();
        let mut from = 1;
        loop {
            let page = world.get(&format!("/Users?startIndex={from}&count={count}")).await.body;
            assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(from)));
            let found = names(&page);
            assert_eq!(page["itemsPerPage"], found.len());
            assert!(found.len() <= count);
            if found.is_empty() {
                break;
            }
            from += found.len();
            seen.extend(found);
        }
        assert_eq!(seen.len(), 7, "count {count}: {seen:?}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "count {count}: {seen:?}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn pages_right_after_writing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = with_people(over, &["a", "b", "c"]).await;
    let mut seen = BTreeSet::new();
    for from in 1..=3 {
        let page = world.get(&format!("/Users?startIndex={from}&count=1")).await.body;
        assert_eq!(page["totalResults"], 3);
        seen.extend(names(&page));
    }
    assert_eq!(seen.len(), 3);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn odd_numbers(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = with_people(over, &["a", "b", "c"]).await;
    let shape = async |query: &str| {
        let list = world.get(&format!("/Users?{query}")).await.body;
        let number = |name: &str| list[name].as_u64().unwrap();
        (number("totalResults"), number("startIndex"), number("itemsPerPage"))
    };
    assert_eq!(shape("startIndex=0").await, (3, 1, 3));
    assert_eq!(shape("startIndex=-5&count=2").await, (3, 1, 2));
    assert_eq!(shape("count=0").await, (3, 1, 0));
    assert_eq!(shape("count=-1").await, (3, 1, 0));
    assert_eq!(shape("count=1000000").await, (3, 1, 3));
    assert_eq!(shape("startIndex=101&count=100").await, (3, 101, 0));
    assert_eq!(shape("STARTINDEX=2&Count=1").await, (3, 2, 1));
    let filter = "filter=title%20eq%20%22Engineer%22";
    assert_eq!(shape(&format!("{filter}&startIndex=2&count=1")).await, (3, 2, 1));
    assert_eq!(shape(&format!("{filter}&count=0")).await, (3, 1, 0));
    assert_eq!(shape(&format!("{filter}&startIndex=9")).await, (3, 9, 0));
    for query in ["count=many", "startIndex=1.5", "startIndex=1&cursor="] {
        refused(&world, "GET", &format!("/Users?{query}"), None, (400, "invalidValue")).await;
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_list_shows_what_a_read_shows(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = with_people(over, &["ada"]).await;
    let list = world.get("/Users").await.body;
    let mut listed = list["Resources"][0].clone();
    let mut read = world.get(&format!("/Users/{}", listed["id"].as_str().unwrap())).await.body;
    for body in [&mut listed, &mut read] {
        body.as_object_mut().unwrap().shift_remove("groups");
    }
    assert_eq!(listed, read);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn members_are_listed_if_asked_for(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    world.post("/Groups", group("Engineers", &[&ada])).await;
    for (query, shown) in [
        ("", false),
        ("?excludedAttributes=members", false),
        ("?attributes=members", true),
        ("?filter=displayName%20eq%20%22Engineers%22", false),
        ("?filter=displayName%20eq%20%22Engineers%22&attributes=displayName,members", true),
        ("?filter=members%20eq%20%22ADA%22&attributes=id", false),
    ] {
        let query = query.replace("ADA", &ada);
        let list = world.get(&format!("/Groups{query}")).await.body;
        assert_eq!(list["totalResults"], 1, "{query}");
        let members = &list["Resources"][0]["members"];
        assert_eq!(members.is_array(), shown, "{query}: {list}");
    }
}
