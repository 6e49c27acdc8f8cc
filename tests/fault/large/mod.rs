//! Large changes of members: journalled, carried out in chunks, found again by whoever asks again.

mod crash;
mod meanwhile;
mod refused;
mod store;

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::crash::Rig;
use crate::support::World;
use crate::support::insist::members;
use crate::support::world::group;

/// So many are members, and so many others are to be.
const SIZE: usize = 260;
/// What that takes: removals by fifty and additions by a hundred.
const CHUNKS: usize = 6 + 3;

/// A group of people whom nobody wrote, and others who are in no group.
struct Team {
    rig: Rig,
    path: String,
    members: Vec<String>,
    others: Vec<String>,
}

async fn team() -> Team {
    let rig = Rig::new(Seed::Many { users: 2 * SIZE });
    let people: Vec<String> = rig.world.sim().users().into_iter().map(|user| user.id).collect();
    let (members, others) = people.split_at(SIZE);
    let names: Vec<&str> = members.iter().map(String::as_str).collect();
    let path = format!("/Groups/{}", rig.world.post("/Groups", group("Team", &names)).await.id());
    rig.world.wait(10).await;
    rig.world.calls();
    Team { path, members: members.to_vec(), others: others.to_vec(), rig }
}

/// From now on a change of members takes so long.
fn slow(world: &World, ms: u64) {
    for method in ["POST", "DELETE"] {
        let slowly = Rule::once(Fault::DelayMs { ms }).on(method, "/user-groups/").times(Times::FOREVER);
        world.sim().add_fault(slowly);
    }
}

fn native(world: &World) -> BTreeSet<String> {
    world.sim_members("Team").into_iter().collect()
}

fn set(ids: &[String]) -> BTreeSet<String> {
    ids.iter().cloned().collect()
}

/// The changes of members that the vendor has seen since the last look.
fn writes(world: &World) -> usize {
    world.calls().iter().filter(|call| !call.starts_with("GET") && call.contains("/users")).count()
}

/// The body of a PUT.
fn put(ids: &[String]) -> Value {
    let mut body = group("Team", &[]);
    body["members"] = members(ids);
    body
}
