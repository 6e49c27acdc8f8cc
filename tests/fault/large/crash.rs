//! A crash at every boundary of a large change.

use rstest::rstest;
use serde_json::Value;

use super::super::crash::Settling;
use super::super::truth::open_ends;
use super::{CHUNKS, Team, native, put, set, team, writes};
use crate::support::World;
use crate::support::insist::replace;

/// What happens after the crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cure {
    /// The client sends the same again.
    Same,
    /// The client sends the same wish in another spelling, while settlement is at it.
    Spelled,
    /// Nobody does anything but settlement.
    Nobody,
}

fn asks(team: &Team) -> (Value, Value) {
    let backwards: Vec<String> = team.others.iter().rev().cloned().collect();
    (replace(&team.others), put(&backwards))
}

async fn boundaries() -> Vec<String> {
    let team = team().await;
    let (ask, _) = asks(&team);
    let reply = team.rig.run(None, team.rig.world.send("PATCH", &team.path, Some(ask))).await;
    assert_eq!(reply.expect("nothing stops it").status, 204);
    assert_eq!(writes(&team.rig.world), CHUNKS);
    assert_eq!(native(&team.rig.world), set(&team.others));
    team.rig.boundaries()
}

async fn crash(stop_at: usize, cure: Cure) {
    let mut team = team().await;
    let (ask, spelled) = asks(&team);
    let died = team.rig.run(Some(stop_at), team.rig.world.send("PATCH", &team.path, Some(ask.clone()))).await;
    let passed = team.rig.boundaries();
    let whose = format!("stopped {} (#{stop_at}), {cure:?}", passed.last().unwrap());
    assert!(died.is_none(), "{whose}: it did not stop");
    let world = team.rig.reborn();
    match cure {
        Cure::Same => assert_eq!(world.insist("PATCH", &team.path, &ask).await.0.status, 204, "{whose}"),
        Cure::Spelled => {
            let _settling = Settling::of(&world);
            assert_eq!(world.insist("PUT", &team.path, &spelled).await.0.status, 200, "{whose}");
        }
        Cure::Nobody => settle(&world).await,
    }
    let journalled = passed.iter().any(|boundary| boundary.starts_with("after a commit"));
    let wanted = if cure == Cure::Nobody && !journalled { &team.members } else { &team.others };
    assert!(native(&world) == set(wanted), "{whose}");
    assert_eq!(open_ends(&world).await, None, "{whose}");
    let calls = world.calls();
    let pages = calls.iter().filter(|call| call.starts_with("GET") && call.contains("/users?")).count();
    let writes = calls.iter().filter(|call| !call.starts_with("GET")).count();
    assert!(writes <= CHUNKS + 1, "{whose}: {writes} writes");
    // Before the plan is stored the members have to be read again; after it, never, but by a new wish of one who was answered.
    let is_answered = passed.last().is_some_and(|last| last.starts_with("after a commit of 1 changes"));
    assert!(pages <= if journalled && !is_answered { 3 } else { 6 }, "{whose}: {pages} pages");
}

async fn settle(world: &World) {
    for _ in 0..3 {
        world.settle().await;
        world.wait(60).await;
    }
}

#[rstest]
#[case::the_same_again(Cure::Same)]
#[case::in_another_spelling(Cure::Spelled)]
#[case::nobody_asks_again(Cure::Nobody)]
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals(#[case] cure: Cure) {
    let all = boundaries().await.len();
    // One read of the group, three pages, nine chunks; begun, a commit for each chunk, ended, answered.
    assert_eq!(all, 2 * (1 + 3 + CHUNKS + 1 + CHUNKS + 2));
    for stop_at in 0..all {
        crash(stop_at, cure).await;
    }
}

/// What a crash leaves is found by a second one, too.
#[tokio::test(start_paused = true)]
async fn one_crash_after_the_other_heals() {
    let mut team = team().await;
    let (ask, _) = asks(&team);
    let first = team.rig.run(Some(20), team.rig.world.send("PATCH", &team.path, Some(ask.clone()))).await;
    assert!(first.is_none());
    let world = team.rig.reborn();
    // The new process dies during its settlement.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(1), world.settle()).await;
    let world = world.restarted();
    assert_eq!(world.insist("PATCH", &team.path, &ask).await.0.status, 204);
    assert_eq!(native(&world), set(&team.others));
    assert!(writes(&world) <= CHUNKS + 2);
}
