//! What the vendor refuses of a large change is told as of a small one, also to the retry.

use rstest::rstest;
use scim::profile::Profile;
use serde_json::Value;
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Event;

use super::super::kinds::happens;
use super::super::truth::open_ends;
use super::{native, set, slow, team};
use crate::support::insist::{patch, replace};
use crate::support::world::{Reply, client, group};

/// A large change in which one member is troublesome, told late or at once.
async fn with_trouble(profile: Profile, event: fn(String) -> Event, late: bool) -> (Reply, bool) {
    let team = team().await;
    let mut who = client("okta");
    who.profile = profile;
    let world = team.rig.world.as_client(who);
    let trouble = team.others[7].clone();
    let ask = replace(&team.others);
    if late {
        slow(&world, 4_000);
    }
    let ((reply, tries), ()) = tokio::join!(world.insist("PATCH", &team.path, &ask), async {
        // After the request was checked.
        world.wait(u64::from(late)).await;
        happens(&world, event(trouble.clone()));
    });
    assert_eq!(tries > 1, late, "{tries} tries");
    let mut wanted = set(&team.others);
    assert!(wanted.remove(&trouble));
    assert_eq!(open_ends(&world).await, None);
    (reply, native(&world) == wanted)
}

fn gone(user: String) -> Event {
    Event::ConsoleDeletesUser { user }
}

fn synced(user: String) -> Event {
    Event::SyncTakesUser { user, source_type: "activeDirectory".to_owned(), domain: None }
}

#[rstest]
#[case::tolerant(Profile::Tolerant, 204)]
#[case::strict(Profile::Strict, 400)]
#[tokio::test(start_paused = true)]
async fn an_unknown_member_is_left_out_and_told(#[case] profile: Profile, #[case] status: u16) {
    let (reply, others_are_in) = with_trouble(profile, gone, true).await;
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(others_are_in);
}

#[rstest]
#[case::at_once(false)]
#[case::to_the_retry(true)]
#[tokio::test(start_paused = true)]
async fn a_synced_member_is_told(#[case] late: bool) {
    let (reply, others_are_in) = with_trouble(Profile::Tolerant, synced, late).await;
    assert_eq!((reply.status, &reply.body["scimType"]), (400, &Value::from("mutability")), "{reply:?}");
    assert!(others_are_in);
}

/// Even a new process tells what was refused before.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_remembered_beyond_a_restart() {
    let team = team().await;
    let world = &team.rig.world;
    slow(world, 4_000);
    happens(world, synced(team.others[7].clone()));
    let ask = replace(&team.others);
    assert_eq!(world.send("PATCH", &team.path, Some(ask.clone())).await.status, 429);
    world.wait(120).await;
    let reply = world.restarted().send("PATCH", &team.path, Some(ask)).await;
    assert_eq!((reply.status, &reply.body["scimType"]), (400, &Value::from("mutability")), "{reply:?}");
}

/// A group that vanishes or is taken over ends the change.
#[rstest]
#[case::vanishes(Event::ConsoleDeletesGroup { group: "Team".to_owned() }, 404)]
#[case::taken_over(Event::SyncTakesGroup { group: "Team".to_owned(), source_type: "activeDirectory".to_owned(), domain: None }, 400)]
#[tokio::test(start_paused = true)]
async fn a_group_that_changes_hands_ends_it(#[case] event: Event, #[case] status: u16) {
    let team = team().await;
    let world = &team.rig.world;
    slow(world, 4_000);
    let ask = replace(&team.others);
    let ((reply, _), ()) = tokio::join!(world.insist("PATCH", &team.path, &ask), async {
        world.wait(10).await;
        happens(world, event);
    });
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(open_ends(world).await, None, "nothing is tried for ever");
}

/// While the vendor is down the change waits; settlement brings it to its end.
#[tokio::test(start_paused = true)]
async fn a_backend_that_is_down_is_waited_for() {
    let team = team().await;
    let world = &team.rig.world;
    let down = Rule::once(Fault::Status { code: 503, applied: false }).on("DELETE", "/user-groups/");
    world.sim().add_fault(down.times(Times::FOREVER).skip(2));
    let ask = replace(&team.others);
    let reply = world.send("PATCH", &team.path, Some(ask.clone())).await;
    assert_eq!(reply.status, 429, "{reply:?}");
    world.settle().await;
    assert_eq!(native(world).len(), super::SIZE - 100, "loss of access first");
    world.sim().clear_faults();
    world.settle().await;
    assert_eq!(native(world), set(&team.others));
    assert_eq!(open_ends(world).await, None);
    world.calls();
    assert_eq!(world.send("PATCH", &team.path, Some(ask)).await.status, 204);
    assert_eq!(world.calls(), Vec::<String>::new(), "it is told without a call");
}

/// A change of the members that also renames the group.
fn renamed(name: &str, people: &[String]) -> Value {
    let mut operations = replace(people)["Operations"].clone();
    let rename = serde_json::json!({"op": "replace", "path": "displayName", "value": name});
    operations.as_array_mut().unwrap().push(rename);
    patch(operations)
}

/// Loss of access first; and whoever is let in waits for the name, which can be refused.
#[tokio::test(start_paused = true)]
async fn a_name_comes_between_who_leaves_and_who_is_let_in() {
    let team = team().await;
    let world = &team.rig.world;
    slow(world, 4_000);
    let (reply, tries) = world.insist("PATCH", &team.path, &renamed("People", &team.others)).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert!(tries > 1);
    assert_eq!(world.sim_members("People").len(), super::SIZE);
    let mut order: Vec<String> =
        world.calls().iter().filter_map(|call| Some(call.split_once(' ')?.0.to_owned())).collect();
    order.retain(|method| method != "GET");
    order.dedup();
    assert_eq!(order, ["DELETE", "PATCH", "POST"]);
}

#[rstest]
#[case::within_one_try(0)]
#[case::over_several(4_000)]
#[tokio::test(start_paused = true)]
async fn a_refused_name_of_a_large_change_lets_nobody_in(#[case] takes_ms: u64) {
    let team = team().await;
    let world = &team.rig.world;
    world.post("/Groups", group("Taken", &[])).await.id();
    slow(world, takes_ms);
    let (reply, _) = world.insist("PATCH", &team.path, &renamed("Taken", &team.others)).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    assert_eq!(native(world).len(), 0, "whoever was to leave has left");
    assert_eq!(open_ends(world).await, None);
}
