//! What happens by itself: a quarantined person is parked when it is time, whatever stops the process.

use std::time::Duration;

use scim_facade::kernel::ClientName;
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use super::kinds::happens;
use super::truth::open_ends;
use crate::support::world::{QUARANTINE, group, person};

const DAY: u64 = 24 * 3600;

/// Ada in quarantine for a day already, in Team for clients.
async fn quarantined() -> (Rig, String, String) {
    let Rig { world, crash, disk } = Rig::quarantining(Seed::Empty).await;
    let world = world.set(|settings| settings.policy.park_after = Some(Duration::from_secs(DAY)));
    let id = world.post("/Users", person("ada")).await.id();
    let team = world.post("/Groups", group("Team", &[&id])).await.id();
    let off =
        world.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await;
    assert_eq!(off.status, 200, "{off:?}");
    world.wait(DAY + 60).await;
    (Rig { world, crash, disk }, id, team)
}

#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_parks_once() {
    let boundaries = {
        let (rig, ..) = quarantined().await;
        rig.run(None, rig.world.settle()).await;
        assert!(rig.world.sim().user_by_email("ada@example.com").is_none());
        rig.boundaries().len()
    };
    for stop_at in 0..boundaries {
        let (mut rig, id, team) = quarantined().await;
        rig.run(Some(stop_at), rig.world.settle()).await;
        let world = rig.reborn();
        for _ in 0..2 {
            world.settle().await;
            world.wait(10 * 60).await;
        }
        let at = rig.boundaries().pop().unwrap_or_default();
        assert!(world.sim().user_by_email("ada@example.com").is_none(), "stopped {at}");
        assert_eq!(open_ends(&world).await, None, "stopped {at}");
        let shown = world.get(&format!("/Users/{id}")).await;
        assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "stopped {at}");
        let on =
            world.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": true}}])).await;
        assert_eq!(on.status, 200, "stopped {at}: {on:?}");
        let native = world.sim().user_by_email("ada@example.com").unwrap().id;
        assert_eq!(world.sim_members("Team"), [native], "stopped {at}");
        assert_eq!(world.get(&format!("/Groups/{team}")).await.body["members"][0]["value"], json!(id));
    }
}

/// A directory has taken the person over meanwhile: without access, and nobody's to delete.
#[tokio::test(start_paused = true)]
async fn who_became_synced_stays_in_quarantine() {
    let (rig, id, _) = quarantined().await;
    let world = &rig.world;
    let user = world.sim().user_by_email("ada@example.com").unwrap().id;
    happens(world, Event::SyncTakesUser { user, source_type: "activeDirectory".to_owned(), domain: None });
    world.settle().await;
    assert_eq!(open_ends(world).await, None);
    let shown = world.get(&format!("/Users/{id}")).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)));
    assert_eq!(world.sim().users().len(), 1);
}

/// The product is down when it is time: later is early enough.
#[tokio::test(start_paused = true)]
async fn a_product_that_is_down_is_tried_again() {
    let (rig, ..) = quarantined().await;
    let world = &rig.world;
    let down = Rule::once(Fault::Status { code: 503, applied: false }).times(Times::FOREVER);
    world.sim().add_fault(down);
    world.settle().await;
    assert_eq!(world.sim().users().len(), 1);
    world.sim().clear_faults();
    world.wait(20 * 60).await;
    world.settle().await;
    assert_eq!(world.sim().users().len(), 0);
}

/// Entra's soft delete while the product is down, and a successor of the same name: the old names are free.
#[tokio::test(start_paused = true)]
async fn names_changed_while_the_product_was_down_are_changed_with_the_quarantine() {
    let rig = Rig::quarantining(Seed::Empty).await;
    let world = &rig.world;
    let id = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    let down = Rule::once(Fault::Status { code: 503, applied: false }).times(Times::FOREVER);
    world.sim().add_fault(down);
    let soft_delete = json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "userName", "value": "d3c0ada@example.com"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "d3c0ada@example.com"},
    ]);
    let user = format!("/Users/{id}");
    for _ in 0..2 {
        assert_eq!(world.patch(&user, soft_delete.clone()).await.status, 429);
    }
    world.sim().clear_faults();
    world.wait(700).await;
    world.settle().await;
    assert!(world.sim().user_by_email("ada@example.com").is_none());
    let native = world.sim().user_by_email("d3c0ada@example.com").expect("renamed").id;
    assert_eq!(world.sim_members(QUARANTINE), [native]);
    assert_eq!(world.get(&user).await.body["userName"], "d3c0ada@example.com");
    let successor = world.post("/Users", person("ada")).await;
    assert_eq!(successor.status, 201, "{successor:?}");
    let back = json!([
        {"op": "Replace", "path": "active", "value": "True"},
        {"op": "Replace", "path": "userName", "value": "ada@example.com"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@example.com"},
    ]);
    let refused = world.patch(&user, back).await;
    assert_eq!((refused.status, &refused.body["scimType"]), (409, &json!("uniqueness")), "{refused:?}");
    assert_eq!(world.get(&user).await.body["active"], false);
}

/// Whoever is parked again because of a device log-in stays parked, whatever stops the process.
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_parks_again() {
    let prepare = async || {
        let rig = Rig::new(Seed::Empty);
        let id = rig.world.post("/Users", person("ada")).await.id();
        let off = json!([{"op": "replace", "value": {"active": false}}]);
        rig.world.patch(&format!("/Users/{id}"), off).await;
        rig.world.wait(2 * DAY).await;
        happens(&rig.world, Event::DeviceLogin { login: "ada@example.com".to_owned() });
        assert_eq!(rig.world.sim().users().len(), 1);
        (rig, id)
    };
    let look = async |rig: &Rig, stop_at| {
        let facade = ClientName::parse("facade").unwrap();
        rig.run(stop_at, rig.world.facade.look_for_the_resurrected(&facade)).await;
    };
    let boundaries = {
        let (rig, _) = prepare().await;
        look(&rig, None).await;
        assert_eq!(rig.world.sim().users().len(), 0);
        rig.boundaries().len()
    };
    for stop_at in 0..boundaries {
        let (mut rig, id) = prepare().await;
        look(&rig, Some(stop_at)).await;
        let at = rig.boundaries().pop().unwrap_or_default();
        rig.world = rig.reborn();
        rig.world.settle().await;
        look(&rig, None).await;
        assert_eq!(rig.world.sim().users().len(), 0, "stopped {at}");
        assert_eq!(open_ends(&rig.world).await, None, "stopped {at}");
        assert_eq!(rig.world.get(&format!("/Users/{id}")).await.body["active"], false, "stopped {at}");
    }
}
