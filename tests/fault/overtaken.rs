//! A change of unknown outcome that a loss of access overtakes.

use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use crate::support::World;
use crate::support::world::{group, person};

/// A change whose outcome can't be learnt.
async fn trouble(world: &World, path: &str) {
    let silent = Rule::once(Fault::Hang { applied: false }).times(Times::FOREVER);
    let down = Rule::once(Fault::Status { code: 503, applied: false }).times(Times::FOREVER);
    world.sim().add_fault(silent.on("PATCH", "/users/"));
    // The first read is the one before the change.
    world.sim().add_fault(down.clone().on("GET", "/users/").skip(1));
    world.sim().add_fault(down.on("DELETE", "/users/"));
    let name = json!([{"op": "replace", "path": "displayName", "value": "Ada Byron"}]);
    assert_eq!(world.patch(path, name).await.status, 429);
    world.wait(700).await;
}

async fn overtaken(world: &World, path: &str, end: impl AsyncFn() -> u16) {
    trouble(world, path).await;
    assert_eq!(end().await, 429);
    world.sim().clear_faults();
    world.wait(700).await;
    world.settle().await;
    assert!(world.sim().user_by_email("ada@example.com").is_none());
}

/// Nobody has written her before: taking the change back must not take her with it.
#[tokio::test(start_paused = true)]
async fn whoever_was_never_written_is_parked_and_not_lost() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let event = json!({"kind": "consoleCreatesUser", "name": "Ada", "email": "ada@example.com"});
    let event: Event = serde_json::from_value(event).unwrap();
    let id = world.sim().event(world.clock.now().0, event).unwrap();
    let path = format!("/Users/{id}");
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    overtaken(world, &path, async || world.patch(&path, off.clone()).await.status).await;
    let shown = world.get(&path).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{shown:?}");
    let on = world.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert!(world.sim().user_by_email("ada@example.com").is_some());
}

/// She is wanted back before she is gone: she has her true name, and keeps what was written since.
#[tokio::test(start_paused = true)]
async fn whoever_was_never_written_keeps_what_came_later() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let event = json!({"kind": "consoleCreatesUser", "name": "Ada", "email": "ada@example.com"});
    let event: Event = serde_json::from_value(event).unwrap();
    let path = format!("/Users/{}", world.sim().event(world.clock.now().0, event).unwrap());
    trouble(world, &path).await;
    let off = json!([{"op": "replace", "value": {"active": false, "title": "Countess"}}]);
    // The repetition of one that is journalled keeps what else it says.
    for _ in 0..2 {
        assert_eq!(world.patch(&path, off.clone()).await.status, 429);
    }
    world.sim().clear_faults();
    let on = json!([{"op": "replace", "value": {"active": true}}]);
    let back = world.patch(&path, on.clone()).await;
    assert!(matches!(back.status, 200 | 429), "{back:?}");
    world.wait(700).await;
    world.settle().await;
    world.wait(10).await;
    assert_eq!(world.patch(&path, on).await.status, 200);
    let shown = world.get(&path).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(true)), "{shown:?}");
    assert_eq!(shown.body["displayName"], world.sim().user_by_email("ada@example.com").unwrap().name);
    assert_eq!(shown.body["title"], "Countess", "{shown:?}");
}

#[tokio::test(start_paused = true)]
async fn a_known_person_is_parked() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.wait(10).await;
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    overtaken(world, &path, async || world.patch(&path, off.clone()).await.status).await;
    let shown = world.get(&path).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{shown:?}");
    assert_eq!(shown.body["title"], "Engineer");
    assert!(
        world
            .store
            .due_intents(&world.target, scim_facade::kernel::Timestamp(i64::MAX), 9)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn a_known_person_is_deleted() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.wait(10).await;
    overtaken(world, &path, async || world.delete(&path).await.status).await;
    assert_eq!(world.get(&path).await.status, 404);
    assert!(
        world
            .store
            .due_intents(&world.target, scim_facade::kernel::Timestamp(i64::MAX), 9)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn held_meanwhile() -> (Rig, String, String) {
    let rig = Rig::quarantining(Seed::Empty).await;
    let world = &rig.world;
    let id = world.post("/Users", person("ada")).await.id();
    let team = world.post("/Groups", group("Team", &[])).await.id();
    let native = world.sim().user_by_email("ada@example.com").unwrap().id;
    let at = world.sim().groups().into_iter().find(|group| group.name == "Team").unwrap().id;
    world.wait(10).await;
    let down = Rule::once(Fault::Status { code: 503, applied: false }).times(Times::FOREVER);
    world.sim().add_fault(down.on("POST", &format!("/{at}/users")));
    let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(world.patch(&format!("/Groups/{team}"), add).await.status, 429);
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(world.patch(&format!("/Users/{id}"), off).await.status, 200);
    world.sim().clear_faults();
    // The first try arrives after all.
    let late = Event::ConsoleAddsMember { group: at, user: native };
    world.sim().event(world.clock.now().0, late).unwrap();
    (rig, id, team)
}

/// Whoever is in quarantine has no other group, however late a request to add them arrives.
#[tokio::test(start_paused = true)]
async fn an_addition_that_the_quarantine_overtakes_gives_nothing() {
    let (rig, id, team) = held_meanwhile().await;
    rig.world.wait(700).await;
    rig.world.settle().await;
    assert_eq!(rig.world.sim_members("Team"), Vec::<String>::new());
    let shown = rig.world.get(&format!("/Groups/{team}")).await;
    assert_eq!(shown.body["members"][0]["value"], json!(id), "kept for her return: {shown:?}");
}

/// What the console gave to somebody in quarantine can be taken away here.
#[tokio::test(start_paused = true)]
async fn who_is_in_quarantine_leaves_a_group_natively() {
    let (rig, id, team) = held_meanwhile().await;
    let out = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
    assert_eq!(rig.world.patch(&format!("/Groups/{team}"), out).await.status, 200);
    assert_eq!(rig.world.sim_members("Team"), Vec::<String>::new());
}
