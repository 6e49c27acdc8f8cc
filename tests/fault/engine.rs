//! A write outlives whoever waits for it, and whoever asks again learns how it ended.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::crash::Rig;
use super::kinds::{ALL, Kind};
use crate::support::world::person;

/// The client hangs up after so many milliseconds.
async fn hangs_up<T>(after_ms: u64, work: impl Future<Output = T>) {
    assert!(
        tokio::time::timeout(Duration::from_millis(after_ms), work).await.is_err(),
        "too fast to hang up"
    );
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_caller_is_gone_goes_on_to_its_end() {
    for kind in ALL.into_iter().filter(|kind| !matches!(kind, Kind::DeleteParked)) {
        for after_ms in [500, 1500, 2500] {
            let (rig, plan) = kind.prepare().await;
            rig.world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 1000 }).times(Times::FOREVER));
            let _ = tokio::time::timeout(Duration::from_millis(after_ms), plan.ask.send(&rig.world)).await;
            rig.world.wait(60).await;
            rig.world.sim().clear_faults();
            if let Some(wrong) = plan.after.differs(&rig.world).await {
                panic!("{kind:?}, hung up after {after_ms} ms: {wrong}");
            }
        }
    }
}

/// The look-ups and the create take longer together than a client waits.
fn slowly() -> Rule {
    Rule::once(Fault::DelayMs { ms: 9_000 }).on("GET", "/directory/").times(Times::FOREVER)
}

fn slow_write(method: &str) -> Rule {
    Rule::once(Fault::DelayMs { ms: 9_500 }).on(method, "/directory/").times(Times::FOREVER)
}

#[rstest]
#[case::soon(0, 201)]
#[case::within_ten_minutes(570, 201)]
#[case::too_late(620, 409)]
#[tokio::test(start_paused = true)]
async fn a_post_that_was_told_to_come_back_gets_its_outcome(#[case] later: u64, #[case] status: u16) {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    hangs_up_at_create(world).await;
    world.wait(20).await;
    let id =
        world.get("/Users?filter=userName eq \"ada@example.com\"").await.body["Resources"][0]["id"].clone();
    assert!(id.is_string());
    world.wait(later).await;
    let again = world.post("/Users", person("ada")).await;
    assert_eq!(again.status, status, "{again:?}");
    if status == 201 {
        assert_eq!(again.body["id"], id);
        assert_eq!(again.body["title"], "Engineer");
    }
    let mut other = person("ada");
    other["externalId"] = json!("somebody else");
    assert_eq!(world.post("/Users", other).await.status, 409);
    assert_eq!(world.sim().users().len(), 1);
}

async fn hangs_up_at_create(world: &crate::support::World) {
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 9_000 }).on("POST", "/users"));
    hangs_up(5_000, world.post("/Users", person("ada"))).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_request_joins_the_one_under_way() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let mut body = person("ada");
    // Another name than the e-mail: a second look-up.
    body["userName"] = json!("ada");
    // Whoami and token are known by now; two look-ups and the create take 27.5 s.
    assert_eq!(world.get("/Users").await.status, 200);
    world.sim().add_fault(slowly());
    world.sim().add_fault(slow_write("POST"));
    let first = world.post("/Users", body.clone()).await;
    assert_eq!(first.status, 429, "{first:?}");
    assert!(first.retry_after.is_some());
    let second = world.post("/Users", body).await;
    assert_eq!(second.status, 201, "{second:?}");
    let posts = world.calls().into_iter().filter(|call| call.starts_with("POST")).count();
    assert_eq!((posts, world.sim().users().len()), (1, 1));
}

#[rstest]
#[case::soon(1, 204)]
#[case::within_ten_minutes(560, 204)]
#[case::too_late(700, 404)]
#[tokio::test(start_paused = true)]
async fn a_delete_that_was_told_to_come_back_is_a_success(#[case] later: u64, #[case] status: u16) {
    for settled in [false, true] {
        let rig = Rig::new(Seed::Empty);
        let world = &rig.world;
        let ada = world.post("/Users", person("ada")).await.id();
        world.wait(10).await;
        let fault = match settled {
            // Settlement brings it to its end, not the request.
            true => Rule::once(Fault::Status { code: 503, applied: false }).on("DELETE", "/users"),
            false => slow_write("DELETE"),
        };
        world.sim().add_fault(fault);
        let path = format!("/Users/{ada}");
        match settled {
            true => assert_eq!(world.delete(&path).await.status, 429),
            false => hangs_up(5_000, world.delete(&path)).await,
        }
        world.wait(30).await;
        world.settle().await;
        assert!(world.sim().users().is_empty());
        assert_eq!(world.get(&path).await.status, 404);
        world.wait(later).await;
        assert_eq!(world.delete(&path).await.status, status, "settled: {settled}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_was_answered_is_not_found_the_next_time() {
    let rig = Rig::new(Seed::Empty);
    let ada = rig.world.post("/Users", person("ada")).await.id();
    let path = format!("/Users/{ada}");
    assert_eq!(rig.world.delete(&path).await.status, 204);
    assert_eq!(rig.world.delete(&path).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_deprovision_overtakes_what_waits() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    world.calls();
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 3_000 }).on("PATCH", "/users"));
    let path = format!("/Users/{ada}");
    let rename = |name: &str| json!([{"op": "replace", "value": {"displayName": name}}]);
    let after = |ms: u64| world.clock.sleep(Duration::from_millis(ms));
    let (first, second, third, off) = tokio::join!(
        world.patch(&path, rename("One")),
        async {
            after(100).await;
            world.patch(&path, rename("Two")).await
        },
        async {
            after(200).await;
            world.patch(&path, rename("Three")).await
        },
        async {
            after(300).await;
            world.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await
        },
    );
    let all = [first.status, second.status, third.status, off.status];
    assert_eq!(all, [200; 4], "{second:?}");
    let writes: Vec<String> = world.calls().into_iter().filter(|call| !call.starts_with("GET")).collect();
    let methods: Vec<&str> = writes.iter().filter_map(|call| call.split(' ').next()).collect();
    assert_eq!(methods, ["PATCH", "DELETE"], "what waited costs nothing: she is parked");
    let shown = world.get(&path).await.body;
    assert_eq!((&shown["active"], &shown["displayName"]), (&json!(false), &json!("Three")));
}
