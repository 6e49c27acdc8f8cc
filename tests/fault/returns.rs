//! A return that meets the unexpected, and rows that must not say what did not happen.

use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use super::kinds::{console_makes, happens};
use super::truth::open_ends;
use crate::support::world::person;

/// The object that a returning person was to be linked to is deleted behind our back.
#[tokio::test(start_paused = true)]
async fn a_return_survives_the_loss_of_its_object() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let bob = world.post("/Users", person("bob")).await.id();
    let path = format!("/Users/{bob}");
    let active = |active: bool| json!([{"op": "replace", "value": {"active": active}}]);
    assert_eq!(world.patch(&path, active(false)).await.status, 200);
    console_makes(world, "bob Example", "bob@example.com");
    world.wait(10).await;
    // Found by the search, and then not to be read.
    let unreadable = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(unreadable.clone()).on("GET", "/users/").times(Times::FOREVER));
    world.sim().add_fault(Rule::once(unreadable).on("PATCH", "/users/").times(Times::FOREVER));
    assert_eq!(world.patch(&path, active(true)).await.status, 429);
    happens(world, Event::ConsoleDeletesUser { user: "bob@example.com".to_owned() });
    world.sim().clear_faults();
    for _ in 0..4 {
        world.wait(70).await;
        world.settle().await;
    }
    assert_eq!(open_ends(world).await, None);
    let on = world.patch(&path, active(true)).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert!(world.sim().user_by_email("bob@example.com").is_some());
}

/// A refused first change of somebody whom nobody wrote before leaves nothing behind.
#[tokio::test(start_paused = true)]
async fn a_refused_first_change_is_not_shown() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let sam = console_makes(world, "Sam Stone", "sam@example.com");
    console_makes(world, "Ada", "ada@example.com");
    world.wait(10).await;
    let path = format!("/Users/{sam}");
    let emails = json!([{"value": "ada@example.com", "type": "work", "primary": true}]);
    let wanted = json!({"displayName": "Sam King", "emails": emails});
    let refused = world.patch(&path, json!([{"op": "replace", "value": wanted}])).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let shown = world.get(&path).await;
    assert_eq!(shown.body["displayName"], "Sam Stone", "{shown:?}");
    assert_eq!(shown.body["emails"][0]["value"], "sam@example.com");
}

fn searches(fault: Fault) -> Rule {
    let mut rule = Rule::once(fault).on("GET", "/users").times(Times::FOREVER);
    rule.matching.query_contains = Some("search".to_owned());
    rule
}

/// A create that waits for the backend does not hold up those who lose their access.
#[tokio::test(start_paused = true)]
async fn settlement_ends_access_first() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    let down = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(down.clone()).on("POST", "/users").times(Times::FOREVER));
    world.sim().add_fault(searches(down.clone()).skip(1));
    world.sim().add_fault(Rule::once(down).on("DELETE", "/users").times(Times::FOREVER));
    let (eve, off) = tokio::join!(world.post("/Users", person("eve")), async {
        world.wait(2).await;
        world.patch(&format!("/Users/{ada}"), json!([{"op": "replace", "value": {"active": false}}])).await
    });
    assert_eq!((eve.status, off.status), (429, 429));
    world.wait(700).await;
    world.sim().clear_faults();
    let still_down = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(searches(still_down));
    let begun = world.clock.now().0;
    let gone = async {
        while world.sim().user_by_email("ada@example.com").is_some() {
            world.wait(1).await;
        }
        world.clock.now().0 - begun
    };
    let took = tokio::select! {
        took = gone => took,
        () = world.settle() => panic!("settled without ending her access"),
    };
    assert!(took <= 5_000_000, "{took} µs");
}
