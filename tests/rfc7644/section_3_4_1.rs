//! §3.4.1, reading one resource; §3.9, choosing attributes.

use rstest::rstest;
use serde_json::{Value, json};

use super::refused;
use crate::support::Over;
use crate::support::world::{group, person};

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_not_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada])).await.id();
    let unknown = "00000000-0000-4000-8000-00000000dead";
    for path in [
        format!("/Users/{unknown}"),
        format!("/Groups/{unknown}"),
        format!("/Users/{engineers}"),
        format!("/Groups/{ada}"),
        "/Users/010101001010101011001010101011".to_owned(),
        "/Users/ada@example.com".to_owned(),
    ] {
        refused(&world, "GET", &path, None, (404, "")).await;
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_native_id_is_not_a_second_name(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let still = format!("{:?}", world.still().await);
    let native = still.split("NativeRef { id: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_ne!(native, ada);
    refused(&world, "GET", &format!("/Users/{native}"), None, (404, "")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn attributes_are_chosen(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let read = async |query: &str| world.get(&format!("/Users/{ada}?{query}")).await.body;
    let names = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();

    assert_eq!(names(&read("attributes=username").await), ["schemas", "id", "userName"]);
    let part = read("attributes=name.givenName,emails.value").await;
    assert_eq!(part["name"], json!({"givenName": "ada"}));
    assert_eq!(part["emails"], json!([{"value": "ada@example.com"}]));
    // What is always returned cannot be left out, what is never returned cannot be asked for.
    let most = read("excludedAttributes=id,schemas,title,meta").await;
    assert_eq!((most["id"].as_str(), most.get("title"), most.get("meta")), (Some(ada.as_str()), None, None));
    assert_eq!(names(&read("attributes=password").await), ["schemas", "id"]);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn one_may_choose_or_leave_out_not_both(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    for path in [format!("/Users/{ada}"), "/Users".to_owned()] {
        let path = format!("{path}?attributes=title&excludedAttributes=name");
        refused(&world, "GET", &path, None, (400, "invalidValue")).await;
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn members_of_a_group(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada])).await.id();
    let path = format!("/Groups/{engineers}");
    let member = json!([{
        "value": ada, "$ref": format!("{}/Users/{ada}", crate::support::world::BASE), "type": "User",
    }]);
    assert_eq!(world.get(&path).await.body["members"], member);
    assert_eq!(world.get(&format!("{path}?excludedAttributes=members")).await.body.get("members"), None);
    assert_eq!(world.get(&format!("{path}?attributes=displayName")).await.body.get("members"), None);
    let user = world.get(&format!("/Users/{ada}")).await;
    assert_eq!(user.body["groups"][0]["value"], engineers);
    assert_eq!(user.body["groups"][0]["display"], "Engineers");
}
