//! §3.6, deleting.

use rstest::rstest;
use serde_json::json;

use super::refused;
use crate::support::Over;
use crate::support::world::{group, person};

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_deleted_is_gone(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada, &eve])).await.id();
    let path = format!("/Users/{ada}");
    let gone = world.delete(&path).await;
    assert_eq!((gone.status, gone.body), (204, json!(null)));

    refused(&world, "GET", &path, None, (404, "")).await;
    refused(&world, "DELETE", &path, None, (404, "")).await;
    refused(&world, "PUT", &path, Some(person("ada")), (404, "")).await;
    let off = super::patch_of(json!([{"op": "replace", "path": "active", "value": false}]));
    refused(&world, "PATCH", &path, off, (404, "")).await;
    assert_eq!(world.get("/Users").await.body["totalResults"], 1);
    for filter in [
        "userName%20eq%20%22ada%40example.com%22",
        "externalId%20eq%20%22ext-ada%22",
        "userName%20sw%20%22ada%22",
    ] {
        assert_eq!(world.get(&format!("/Users?filter={filter}")).await.body["totalResults"], 0, "{filter}");
    }
    let members = world.get(&format!("/Groups/{engineers}")).await.body["members"].clone();
    assert_eq!(members.as_array().unwrap().len(), 1);
    assert_eq!(members[0]["value"], eve);

    // The name is free.
    let again = world.post("/Users", person("ada")).await;
    assert_eq!(again.status, 201, "{again:?}");
    assert_ne!(again.id(), ada);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_deleted_group_leaves_its_people(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada])).await.id();
    let path = format!("/Groups/{engineers}");
    assert_eq!(world.delete(&path).await.status, 204);
    refused(&world, "GET", &path, None, (404, "")).await;
    refused(&world, "DELETE", &path, None, (404, "")).await;
    let user = world.get(&format!("/Users/{ada}")).await;
    assert_eq!((user.status, &user.body["active"]), (200, &json!(true)));
    assert_eq!(user.body["groups"].as_array().map_or(0, Vec::len), 0);
    assert_eq!(world.get("/Groups").await.body["totalResults"], 0);
    assert_eq!(world.post("/Groups", group("Engineers", &[&ada])).await.status, 201);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn people_without_access_can_be_deleted(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await;
    assert_eq!(world.delete(&path).await.status, 204);
    refused(&world, "GET", &path, None, (404, "")).await;
    assert_eq!(world.get("/Users").await.body["totalResults"], 0);
    assert_eq!(world.post("/Users", person("ada")).await.status, 201);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_was_never_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let ada = world.post("/Users", person("ada")).await.id();
        for path in [
            "/Users/nobody".to_owned(),
            "/Users/00000000-0000-4000-8000-00000000dead".to_owned(),
            format!("/Groups/{ada}"),
            "/Groups/nothing".to_owned(),
        ] {
            refused(&world, "DELETE", &path, None, (404, "")).await;
        }
        assert_eq!(world.get(&format!("/Users/{ada}")).await.status, 200);
    }
}
