//! A backend that is down: who loses access loses it, and what is read says what is known.

use rstest::rstest;
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::crash::{Rig, Settling};
use crate::support::World;
use crate::support::world::{group, person};

fn everything(fault: Fault) -> Rule {
    Rule::once(fault).times(Times::FOREVER)
}

fn off() -> serde_json::Value {
    json!([{"op": "replace", "value": {"active": false}}])
}

#[rstest]
#[case::unavailable(Fault::Status { code: 503, applied: false })]
#[case::silent(Fault::Hang { applied: false })]
#[case::resetting(Fault::ResetBefore)]
#[case::too_many(Fault::TooMany { retry_after: Some(60) })]
#[tokio::test(start_paused = true)]
async fn whoever_is_deactivated_meanwhile_is_parked_afterwards(#[case] fault: Fault) {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let _settling = Settling::of(world);
    let ada = world.post("/Users", person("ada")).await.id();
    let team = world.post("/Groups", group("Team", &[&ada])).await.id();
    world.wait(10).await;
    world.sim().add_fault(everything(fault));
    let path = format!("/Users/{ada}");
    let begun = world.clock.now().0;
    let reply = world.patch(&path, off()).await;
    assert_eq!(reply.status, 429, "{reply:?}");
    assert!(reply.retry_after.is_some_and(|seconds| (1..=3600).contains(&seconds)), "{reply:?}");
    assert!(world.clock.now().0 - begun <= 25_000_000);

    let shown = world.get(&path).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{shown:?}");
    assert!(world.sim().user_by_email("ada@example.com").is_some());
    world.sim().clear_faults();
    world.wait(700).await;
    assert!(world.sim().user_by_email("ada@example.com").is_none());
    let shown = world.get(&path).await;
    assert_eq!((&shown.body["active"], &shown.body["title"]), (&json!(false), &json!("Engineer")));
    assert_eq!(shown.body["groups"][0]["value"], json!(team), "her groups are remembered: {shown:?}");

    let on = world.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).await;
    assert_eq!(on.status, 200, "{on:?}");
    let native = world.sim().user_by_email("ada@example.com").unwrap().id;
    let native_team = world.sim().group_by_name("Team").unwrap().id;
    assert_eq!(world.sim().members_of(&native_team), [native]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_wanted_back_before_it_happened_keeps_everything() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    let team = world.post("/Groups", group("Team", &[&ada])).await.id();
    world.sim().add_fault(everything(Fault::Status { code: 503, applied: false }));
    let path = format!("/Users/{ada}");
    assert_eq!(world.patch(&path, off()).await.status, 429);
    world.sim().clear_faults();
    let on = world.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    world.settle().await;
    world.wait(120).await;
    world.settle().await;
    assert!(world.sim().user_by_email("ada@example.com").is_some());
    let shown = world.get(&format!("/Groups/{team}")).await;
    assert_eq!(shown.body["members"][0]["value"], json!(ada), "{shown:?}");
}

#[rstest]
#[case::silent(Fault::Hang { applied: false }, 504)]
#[case::unavailable(Fault::Status { code: 503, applied: false }, 429)]
#[case::too_many(Fault::TooMany { retry_after: Some(60) }, 429)]
#[case::forbidden(Fault::Status { code: 403, applied: false }, 502)]
#[case::garbage(Fault::EmptyBody { applied: true }, 502)]
#[tokio::test(start_paused = true)]
async fn a_read_says_what_is_the_matter(#[case] fault: Fault, #[case] status: u16) {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    for path in [format!("/Users/{ada}"), "/Users".to_owned(), "/Users?filter=title eq \"x\"".to_owned()] {
        world.sim().add_fault(Rule::once(fault.clone()).on("GET", "/directory/").times(Times::FOREVER));
        let begun = world.clock.now().0;
        let reply = world.get(&path).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert!(world.clock.now().0 - begun <= 25_000_000);
        let body = reply.body.to_string().to_lowercase();
        assert!(!body.contains("sophos") && !body.contains("http 5") && !body.contains("html"), "{body}");
        assert_eq!(reply.retry_after.is_some(), status == 429);
        world.sim().clear_faults();
        world.wait(100).await;
    }
}

/// Somebody whose access ended is not given it back by a wish from before.
#[rstest]
#[case::deactivated(true)]
#[case::deleted(false)]
#[tokio::test(start_paused = true)]
async fn a_return_of_unknown_outcome_does_not_survive_a_later_end(#[case] deactivates: bool) {
    for lookups_work in [true, false] {
        for applied in [true, false] {
            let rig = Rig::new(Seed::Empty);
            let world = &rig.world;
            let bob = world.post("/Users", person("bob")).await.id();
            let path = format!("/Users/{bob}");
            assert_eq!(world.patch(&path, off()).await.status, 200);
            world.wait(10).await;
            let hang = Fault::Hang { applied };
            world.sim().add_fault(Rule::once(hang.clone()).on("POST", "/users"));
            if !lookups_work {
                // The first is the look for a person of this name, before anything is sent.
                world.sim().add_fault(Rule::once(hang).on("GET", "/users").times(Times::FOREVER).skip(1));
            }
            let on = json!([{"op": "replace", "value": {"active": true}}]);
            let patch = async { world.patch(&path, on).await };
            let back = async { tokio::time::timeout(std::time::Duration::from_secs(1), patch).await };
            let _ = back.await;
            let whose = format!("applied: {applied}, look-ups work: {lookups_work}");
            let end = if deactivates { world.patch(&path, off()).await } else { world.delete(&path).await };
            assert!(matches!(end.status, 200 | 204 | 429), "{whose}: {end:?}");
            ends_without_access(world, &path, deactivates, &whose).await;
        }
    }
}

async fn ends_without_access(world: &World, path: &str, deactivated: bool, whose: &str) {
    world.wait(700).await;
    world.sim().clear_faults();
    world.settle().await;
    world.wait(10).await;
    world.settle().await;
    assert_eq!(world.sim().users().len(), 0, "{whose}: somebody has access");
    let shown = world.get(path).await;
    match deactivated {
        true => assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{whose}: {shown:?}"),
        false => assert_eq!(shown.status, 404, "{whose}: {shown:?}"),
    }
    let open = super::truth::open_ends(world).await;
    assert_eq!(open, None, "{whose}");
}
