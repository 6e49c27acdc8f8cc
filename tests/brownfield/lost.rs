//! Natives that vanish: relinked, or lost (semantics: lost natives).

use scim_facade::kernel::{Kind, ScimId};
use scim_facade::store::State;
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Event;

use super::{Stranger, appears, group_appears, happens, ids, set, with_email, world};
use crate::support::World;
use crate::support::world::{group, person};

/// Ada, written through us and removed in the console since; her path and her native id.
async fn ada_vanished(world: &World) -> (String, String) {
    let id = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    let native = world.sim().user_by_email("ada@example.com").unwrap().id;
    happens(world, Event::ConsoleDeletesUser { user: native.clone() });
    world.calls();
    (id, native)
}

async fn state(world: &World, id: &str) -> State {
    world.store.shadow(&world.target, Kind::User, &ScimId::new(id)).await.unwrap().unwrap().state
}

#[tokio::test(start_paused = true)]
async fn a_successor_has_the_same_scim_id() {
    let world = world();
    let (id, _) = ada_vanished(&world).await;
    let native = with_email(&world, "ADA@example.com");
    let crew = group_appears(&world, "Crew");
    happens(&world, Event::ConsoleAddsMember { group: crew.clone(), user: native.clone() });
    let read = world.get(&format!("/Users/{id}")).await;
    assert_eq!((read.status, read.id(), &read.body["title"]), (200, id.clone(), &json!("Engineer")));
    assert_eq!(read.body["displayName"], "Stranger", "what differs natively wins");
    assert_eq!(read.body["groups"][0]["value"], json!(crew), "memberships as they are natively");
    assert_eq!(world.calls().len(), 3, "not found, one look-up, and the groups");
    assert_eq!(world.get(&format!("/Users/{native}")).await.status, 404, "the native id names nothing");
    assert_eq!(ids(&world, "/Users", "userName eq \"ada@example.com\"").await, [id.clone()]);
    let audit = world.store.audit(&world.target, 1).await.unwrap();
    assert_eq!((audit[0].outcome.as_str(), audit[0].scim_id.as_str()), ("relinked", id.as_str()));
}

#[tokio::test(start_paused = true)]
async fn without_a_successor_the_names_are_free() {
    let world = world();
    let (id, _) = ada_vanished(&world).await;
    assert_eq!(world.get(&format!("/Users/{id}")).await.status, 404);
    assert_eq!(world.calls().len(), 2, "not found, and one look-up");
    assert_eq!(state(&world, &id).await, State::Lost, "the row is kept");
    assert_eq!(world.get("/Users").await.body["totalResults"], 0);
    for filter in [
        "userName eq \"ada@example.com\"",
        "externalId eq \"ext-ada\"",
        "emails.value eq \"ada@example.com\"",
    ] {
        assert_eq!(ids(&world, "/Users", filter).await, Vec::<String>::new(), "{filter}");
    }
    let mut heir = person("ada");
    heir["externalId"] = json!("heir");
    let heir = world.post("/Users", heir).await;
    assert_eq!(heir.status, 201);
    assert_ne!(heir.id(), id, "somebody else");
    assert_eq!(world.delete(&format!("/Users/{id}")).await.status, 204, "gone counts as done");
    assert_eq!(world.delete(&format!("/Users/{id}")).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn made_again_by_the_same_client_it_is_the_same_person() {
    for read_first in [false, true] {
        let world = world();
        let (id, _) = ada_vanished(&world).await;
        if read_first {
            world.get(&format!("/Users/{id}")).await;
        }
        let again = world.post("/Users", person("ada")).await;
        assert_eq!((again.status, again.id()), (201, id.clone()), "{again:?}");
        assert_eq!(world.sim().users().len(), 1);
        assert_eq!(state(&world, &id).await, State::Live);
    }
}

#[tokio::test(start_paused = true)]
async fn several_possible_successors_decide_nothing() {
    let world = world();
    let (id, _) = ada_vanished(&world).await;
    with_email(&world, "ada@example.com");
    appears(&world, Stranger { name: "Ada", login: Some("ada@example.com"), ..Stranger::default() });
    assert_eq!(world.get(&format!("/Users/{id}")).await.status, 404);
    assert_eq!(state(&world, &id).await, State::Live);
    let one = world.sim().user_by_email("ada@example.com").unwrap().id;
    happens(&world, Event::ConsoleDeletesUser { user: one });
    assert_eq!(world.get(&format!("/Users/{id}")).await.status, 200, "one is left");
}

/// Only a plain "not found" says so; and nobody is lost because a look-up failed.
#[tokio::test(start_paused = true)]
async fn trouble_loses_nobody() {
    let world = world();
    let id = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    let garbage =
        |path: &str| Rule::once(Fault::Garbage { applied: false }).on("GET", path).times(Times::FOREVER);
    world.sim().add_fault(garbage("/directory/users/"));
    let told = world.get(&format!("/Users/{id}")).await;
    assert!(matches!(told.status, 429 | 502), "{told:?}");
    assert_eq!(state(&world, &id).await, State::Live);
    let native = world.sim().user_by_email("ada@example.com").unwrap().id;
    happens(&world, Event::ConsoleDeletesUser { user: native.clone() });
    world.sim().clear_faults();
    // The read by id passes, the look-up fails.
    world.sim().add_fault(garbage("/directory/users").skip(1));
    let told = world.get(&format!("/Users/{id}")).await;
    assert!(matches!(told.status, 429 | 502), "{told:?}");
    assert_eq!(state(&world, &id).await, State::Live);
}

#[tokio::test(start_paused = true)]
async fn a_deactivation_finds_the_successor() {
    let world = world();
    let (id, _) = ada_vanished(&world).await;
    with_email(&world, "ada@example.com");
    let off = world.patch(&format!("/Users/{id}"), set("active", json!(false))).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    assert!(world.sim().users().is_empty(), "whoever took her place has no access either");
}

/// A person adopted by their native id who was thought lost, and is there after all.
#[tokio::test(start_paused = true)]
async fn a_lost_id_that_is_native_does_not_hide_its_object() {
    let world = world();
    let native = with_email(&world, "ada@example.com");
    assert_eq!(world.post("/Users", person("ada")).await.id(), native);
    world.wait(10).await;
    let path = format!("/Users/{native}");
    let missing = || Fault::Status { code: 404, applied: false };
    world.sim().add_fault(Rule::once(missing()).on("GET", &format!("/directory/users/{native}")));
    assert_eq!(world.get(&path).await.status, 404);
    world.wait(10).await;
    let back = world.get(&path).await;
    assert_eq!((back.status, &back.body["title"]), (200, &json!("Engineer")), "{back:?}");
    assert_eq!(world.post("/Users", person("ada")).await.status, 409);
}

#[tokio::test(start_paused = true)]
async fn a_group_is_relinked_or_lost() {
    let world = world();
    let id = world.post("/Groups", group("Crew", &[])).await.id();
    world.wait(10).await;
    let gone = |world: &World| {
        let native = world.sim().group_by_name("Crew").unwrap().id;
        happens(world, Event::ConsoleDeletesGroup { group: native });
    };
    gone(&world);
    let heir = group_appears(&world, "CREW");
    let read = world.get(&format!("/Groups/{id}")).await;
    assert_eq!((read.status, read.id()), (200, id.clone()), "{read:?}");
    happens(&world, Event::ConsoleDeletesGroup { group: heir });
    assert_eq!(world.get(&format!("/Groups/{id}")).await.status, 404);
    let new = world.post("/Groups", group("Crew", &[])).await;
    assert_eq!(new.status, 201, "the name is free: {new:?}");
}
