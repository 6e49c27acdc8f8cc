//! A reconciliation that dies at any boundary and is started again converges.

use std::sync::Arc;

use rstest::rstest;
use scim_facade::delivery::reconcile::Applied;
use scim_facade::kernel::Kind;
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Shadow, State};
use serde_json::json;

use super::scene::{
    Disk, LAG, ctx, edit, edited, is_reconciled, made, native_state, plan, refuse_writes, team,
};
use crate::fault::crash::Rig;
use crate::support::World;

/// One of everything that can differ, and the copy.
async fn prepared() -> (Disk, Arc<MemoryStore>) {
    let disk = Disk::new();
    let mut ids = Vec::new();
    for name in ["drifted", "gone", "other", "back", "ending", "aimed", "looked"] {
        ids.push(made(&disk.world, name).await);
    }
    let [drifted, gone, other, back, ending, aimed, looked] = <[String; 7]>::try_from(ids).unwrap();
    let staff = team(&disk.world, "Staff", &[&drifted, &gone, &other, &back, &ending, &aimed]).await;
    edited(&disk.world, &back, json!({"active": false})).await;
    disk.world.wait(LAG).await;
    refuse_writes(&disk.world);
    for id in [&ending, &aimed] {
        assert_eq!(edit(&disk.world, id, json!({"active": false})).await.status, 429);
    }
    let out = json!([{"op": "remove", "path": format!("members[value eq \"{drifted}\"]")}]);
    assert_eq!(disk.world.patch(&format!("/Groups/{staff}"), out).await.status, 429);
    disk.world.sim().clear_faults();
    // A process died with a change under way.
    let rig = Rig::over(&disk.world, disk.memory.clone());
    let change = json!({"displayName": "Looked At", "userName": "looked.at@example.com"});
    rig.dies_at("after PATCH", edit(&rig.world, &looked, change)).await;
    let copy = disk.copy();

    let world = &disk.world;
    edited(world, &drifted, json!({"displayName": "Drifted"})).await;
    edited(world, &gone, json!({"active": false})).await;
    for id in [&other, &aimed] {
        edited(world, id, json!({"active": false})).await;
        edited(world, id, json!({"active": true})).await;
    }
    edited(world, &back, json!({"active": true})).await;
    world.wait(LAG).await;
    // The deactivation of `ending` was fulfilled by nobody: natively the person is still there.
    (disk, copy)
}

/// What a world is like, but for times and counters.
async fn state(world: &World) -> String {
    let mut rows = Vec::new();
    for kind in [Kind::User, Kind::Group] {
        rows.extend(world.store.in_states(&world.target, kind, &State::ALL, 0, 100).await.unwrap());
    }
    let told = |row: &Shadow| {
        format!("{} {} {:?} {} {:?}", row.scim_id, row.state.as_str(), row.native, row.key, row.document)
    };
    format!("{:#?} {}", rows.iter().map(told).collect::<Vec<_>>(), native_state(world))
}

async fn apply(world: &World, digest: &str) -> Applied {
    let plan = plan(world).await;
    world.facade.reconcile(&ctx(world), &plan, digest).await.unwrap()
}

/// The digest, the boundaries of carrying the plan out, and the world afterwards.
async fn undisturbed() -> (String, usize, String) {
    let (disk, copy) = prepared().await;
    let rig = Rig::over(&disk.world, copy);
    let digest = plan(&rig.world).await.digest();
    let applied = rig.run(None, apply(&rig.world, &digest)).await.unwrap();
    assert_eq!(applied, Applied::Done(8), "{:#?}", rig.boundaries());
    is_reconciled(&rig.world).await;
    (digest, rig.boundaries().len(), state(&rig.world).await)
}

#[rstest]
#[case::the_same_command(false)]
#[case::a_new_plan(true)]
#[tokio::test(start_paused = true)]
async fn a_reconciliation_that_dies_anywhere_converges(#[case] anew: bool) {
    let (digest, boundaries, wanted) = undisturbed().await;
    assert!(boundaries > 40, "{boundaries}");
    for stop_at in 0..boundaries {
        let (disk, copy) = prepared().await;
        let mut rig = Rig::over(&disk.world, copy);
        assert!(rig.run(Some(stop_at), apply(&rig.world, &digest)).await.is_none());
        let at = rig.boundaries().pop().unwrap();
        let world = rig.reborn();
        // Until it is done, nobody else writes.
        world.settle().await;
        let again = if anew { plan(&world).await.digest() } else { digest.clone() };
        let applied = apply(&world, &again).await;
        assert!(matches!(applied, Applied::Done(_)), "stopped {at} (#{stop_at}): {applied:?}");
        is_reconciled(&world).await;
        assert!(
            state(&world).await == wanted,
            "stopped {at} (#{stop_at}):\n{}\nwanted:\n{wanted}",
            state(&world).await
        );
    }
}

/// What was not agreed to is not done under an old digest.
#[tokio::test(start_paused = true)]
async fn what_came_after_the_agreement_needs_another() {
    let (digest, boundaries, _) = undisturbed().await;
    let (disk, copy) = prepared().await;
    let mut rig = Rig::over(&disk.world, copy);
    assert!(rig.run(Some(boundaries / 2), apply(&rig.world, &digest)).await.is_none());
    let world = rig.reborn();
    let (group, now) = (world.sim().group_by_name("Staff").unwrap().id, world.clock.now().0);
    world.sim().event(now, simulator::sophos::Event::ConsoleDeletesGroup { group }).unwrap();
    let Applied::Changed(new) = apply(&world, &digest).await else { panic!("a group is gone since") };
    assert!(matches!(apply(&world, &new).await, Applied::Done(_)));
    is_reconciled(&world).await;
}

/// A backend that refuses for a while: what waits is journalled, and the target stays read-only.
#[tokio::test(start_paused = true)]
async fn a_backend_that_is_down_is_waited_for() {
    let (digest, _, wanted) = undisturbed().await;
    let (mut disk, copy) = prepared().await;
    let world = disk.put_back(&copy);
    refuse_writes(&world);
    assert_eq!(apply(&world, &digest).await, Applied::Unfinished(4));
    assert!(world.store.reconcile(&world.target).await.unwrap().unwrap().restored);
    world.sim().clear_faults();
    assert!(matches!(apply(&world, &digest).await, Applied::Done(_)));
    assert_eq!(state(&world).await, wanted);
}
