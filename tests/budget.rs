//! Native-call budgets, asserted exactly.

use serde_json::json;
use simulator::sophos::Seed;

use crate::support::World;
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn creating_a_user_is_one_call_after_one_look_up() {
    let world = World::sophos(Seed::Empty);
    let made = world.post("/Users", person("ada")).await;
    assert_eq!(made.status, 201, "{made:?}");
    let calls = world.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls[1].starts_with("POST"), "{calls:?}");

    let read = world.get(&format!("/Users/{}", made.id())).await;
    assert_eq!(read.body["title"], "Engineer");
    assert_eq!(read.body["externalId"], "ext-ada");
    assert_eq!(world.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn parking_and_coming_back() {
    let world = World::sophos(Seed::Empty);
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada, &eve])).await;
    assert_eq!(engineers.status, 201, "{engineers:?}");
    world.calls();
    let user = format!("/Users/{ada}");
    let off = world.patch(&user, json!([{"op": "replace", "value": {"active": false}}])).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    let calls = world.calls();
    assert!(calls.len() <= 3, "{calls:?}");
    assert!(world.sim().user_by_email("ada@example.com").is_none());
    let members = world.get(&format!("/Groups/{}", engineers.id())).await;
    assert_eq!(members.body["members"].as_array().unwrap().len(), 2, "{members:?}");
    world.calls();

    let retitled = world.patch(&user, json!([{"op": "replace", "path": "title", "value": "Countess"}])).await;
    assert_eq!((retitled.status, &retitled.body["title"]), (200, &json!("Countess")));
    assert_eq!(world.calls(), Vec::<String>::new());

    let on = world.patch(&user, json!([{"op": "replace", "path": "active", "value": true}])).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert_eq!(on.id(), ada);
    let calls = world.calls();
    assert!(calls.len() <= 3, "{calls:?}");
    let native = world.sim().user_by_email("ada@example.com").unwrap();
    let group = world.sim().group_by_name("Engineers").unwrap();
    assert!(world.sim().members_of(&group.id).contains(&native.id));
}
