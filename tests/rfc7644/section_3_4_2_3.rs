//! §3.4.2.3, sorting over a whole directory. What is compared how is tested beside the reader of `sortBy`.

use rstest::rstest;
use serde_json::json;

use super::refused;
use crate::support::world::person;
use crate::support::{Over, World};

async fn directory(over: Over) -> World {
    let world = over.world();
    for (name, title) in [("eve", "b"), ("ada", "a"), ("Bob", "C")] {
        let mut person = person(name);
        person["title"] = json!(title);
        assert_eq!(world.post("/Users", person).await.status, 201);
    }
    world
}

async fn titles(world: &World, query: &str) -> String {
    let list = world.get(&format!("/Users?{query}")).await;
    assert_eq!((list.status, &list.body["totalResults"]), (200, &json!(3)), "{query}: {list:?}");
    let rows = list.body["Resources"].as_array().unwrap();
    rows.iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn ascending_is_the_default(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    assert_eq!(titles(&world, "sortBy=title").await, "abC");
    assert_eq!(titles(&world, "sortBy=title&sortOrder=ascending").await, "abC");
    assert_eq!(titles(&world, "sortBy=title&sortOrder=Descending").await, "Cba");
    assert_eq!(titles(&world, "sortBy=userName").await, "aCb");
    assert_eq!(titles(&world, "sortBy=title&sortOrder=descending&startIndex=2&count=1").await, "b");
    // What is not shown can be sorted by.
    let list = world.get("/Users?sortBy=title&attributes=userName").await;
    assert_eq!(list.body["Resources"][0]["userName"], "ada@example.com");
}

/// An order without an attribute orders nothing.
#[tokio::test(start_paused = true)]
async fn an_order_alone_means_nothing() {
    let world = directory(Over::Memory).await;
    let (with, without) = (world.get("/Users?sortOrder=descending").await, world.get("/Users").await);
    assert_eq!(with.body, without.body);
}

#[rstest]
#[case("sortBy=nonsense", "invalidPath")]
#[case("sortBy=name", "invalidPath")]
#[case("sortBy=password", "invalidPath")]
#[case("sortBy=title&sortOrder=sideways", "invalidValue")]
#[tokio::test(start_paused = true)]
async fn what_makes_no_sense(#[case] query: &str, #[case] scim_type: &str) {
    let world = directory(Over::Sophos).await;
    for endpoint in ["Users", "Groups"] {
        refused(&world, "GET", &format!("/{endpoint}?{query}"), None, (400, scim_type)).await;
    }
}

/// All have to be looked at: more than may be are too many, and the answer tells what to do.
#[tokio::test(start_paused = true)]
async fn too_many_are_not_sorted() {
    let world = directory(Over::Sophos).await.set(|settings| settings.scan_limit = 2);
    let told = refused(&world, "GET", "/Users?sortBy=title", None, (400, "tooMany")).await;
    assert!(told.body["detail"].as_str().unwrap().contains("without filter and sortBy"), "{told:?}");
    assert_eq!(world.get("/Users").await.body["totalResults"], 3);
    let one = world.get("/Users?sortBy=title&filter=userName+eq+%22ada%40example.com%22").await;
    assert_eq!(one.body["totalResults"], 1);
}
