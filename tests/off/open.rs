//! What is open is remembered by the process that has it, shown at once, and gone as soon as it is closed.

use scim_facade::backend::memory::MemoryConfig;
use scim_facade::backend::{BackendError, ErrorKind, Sent};
use scim_facade::kernel::{Kind, Timestamp};
use scim_facade::store::State;
use serde_json::json;

use super::kinds::Cloud;
use crate::support::World;
use crate::support::world::{group, person};

fn down(sent: Sent) -> BackendError {
    BackendError::new(ErrorKind::Unavailable, sent, "down")
}

async fn rows(world: &World) -> u64 {
    let mut rows = 0;
    for kind in Kind::ALL {
        rows += world.store.count_in(&world.target, kind, &State::ALL).await.unwrap();
    }
    rows
}

fn world() -> World {
    World::memory_without_shadows(MemoryConfig { holds_external_id: true, ..MemoryConfig::default() })
}

#[tokio::test(start_paused = true)]
async fn after_a_write_no_row_is_left() {
    let world = world();
    let ada = world.post("/Users", person("ada")).await.id();
    let staff = world.post("/Groups", group("Staff", &[&ada])).await.id();
    let (user, team) = (format!("/Users/{ada}"), format!("/Groups/{staff}"));
    assert_eq!(rows(&world).await, 0);
    for (path, operation) in [
        (&user, json!({"op": "replace", "path": "title", "value": "Countess"})),
        (&user, json!({"op": "replace", "value": {"active": false}})),
        (&user, json!({"op": "replace", "value": {"active": true, "title": "Lady"}})),
        (&team, json!({"op": "remove", "path": format!("members[value eq \"{ada}\"]")})),
        (&team, json!({"op": "replace", "path": "displayName", "value": "Crew"})),
    ] {
        let done = world.patch(path, json!([operation])).await;
        assert!(matches!(done.status, 200 | 204), "{operation}: {done:?}");
        assert_eq!(rows(&world).await, 0, "{operation}");
    }
    assert_eq!(world.delete(&user).await.status, 204);
    assert_eq!(rows(&world).await, 0);
    assert_eq!(
        world
            .store
            .external_ids(&world.target, &world.client.name, &[scim_facade::kernel::ScimId::new(ada)])
            .await
            .unwrap(),
        []
    );
}

#[tokio::test(start_paused = true)]
async fn a_deactivation_that_can_not_be_sent_is_shown_at_once_and_sent_later() {
    let cloud = Cloud::new();
    let world = cloud.process().world;
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    cloud.memory.fail_next_writes(1, &down(Sent::No));
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    let told = world.patch(&user, off.clone()).await;
    assert_eq!(told.status, 429, "never a success before it is so: {told:?}");
    assert_eq!(world.get(&user).await.body["active"], false, "shown at once");
    assert_eq!(
        cloud.process().world.get(&user).await.body["active"],
        true,
        "by the process that has it alone"
    );
    world.settle().await;
    assert!(cloud.memory.everything(Kind::User)[0].is_inactive());
    assert_eq!(rows(&world).await, 1, "the list may lag");
    world.wait(10).await;
    world.settle().await;
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_create_of_unknown_outcome_gives_one_person() {
    let world = world();
    let memory = world.memory.clone().unwrap();
    memory.fail_next_writes(1, &down(Sent::Maybe));
    let made = world.post("/Users", person("ada")).await;
    assert_eq!(made.status, 201, "it is found: {made:?}");
    assert_eq!(made.id(), memory.everything(Kind::User)[0].at.id);
    // Nobody can look either: the next try finds out.
    memory.fail_next_writes(1, &down(Sent::Maybe));
    memory.fail_next(1, &down(Sent::No));
    let told = world.post("/Users", person("eve")).await;
    assert_eq!(told.status, 429, "{told:?}");
    assert_eq!(world.get("/Users?filter=userName eq \"eve@example.com\"").await.body["totalResults"], 0);
    let again = world.post("/Users", person("eve")).await;
    assert_eq!(again.status, 201, "whoever was told to come back has it: {again:?}");
    assert_eq!(
        (memory.everything(Kind::User).len(), again.id()),
        (2, memory.everything(Kind::User)[1].at.id.clone())
    );
    world.wait(601).await;
    world.settle().await;
    assert_eq!(rows(&world).await, 0, "nobody comes back any more");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lags_shows_what_was_written() {
    let cloud = Cloud::new();
    let world = cloud.process().world;
    let ada = world.post("/Users", person("ada")).await;
    let title = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    let titled = world.patch(&format!("/Users/{}", ada.id()), title).await;
    let list = world.get("/Users").await;
    assert_eq!((&list.body["totalResults"], &list.body["Resources"][0]), (&json!(1), &titled.body));
    assert_eq!(world.get(&format!("/Users/{}", ada.id())).await.body, titled.body);
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_for_good_leaves_nothing_but_an_alarm() {
    let world = world();
    let memory = world.memory.clone().unwrap();
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let id = memory.everything(Kind::User)[0].at.id.clone();
    let by = scim_facade::backend::Locked { by: "Active Directory".to_owned() };
    memory.set_locked(Kind::User, &id, Some(by));
    for _ in 0..3 {
        let refused = world.patch(&user, json!([{"op": "replace", "value": {"active": false}}])).await;
        assert_eq!(refused.status, 400, "{refused:?}");
    }
    assert_eq!(rows(&world).await, 0);
    let open = world.store.due_intents(&world.target, Timestamp(i64::MAX), 10).await.unwrap();
    assert_eq!(open, []);
    assert!(world.telemetry.render().contains("deprovision_impossible"));
}
