//! Memberships while something else happens to the person or to the group.

use rstest::rstest;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use super::kinds::happens;
use super::truth::{native_id, open_ends};
use crate::support::World;
use crate::support::world::{group, person};

fn refuse(method: &str, path: &str, times: Times) -> Rule {
    Rule::once(Fault::Status { code: 503, applied: false }).on(method, path).times(times)
}

fn active(active: bool) -> Value {
    json!([{"op": "replace", "value": {"active": active}}])
}

fn member(op: &str, id: &str) -> Value {
    json!([{"op": op, "path": "members", "value": [{"value": id}]}])
}

struct Team {
    rig: Rig,
    ada: String,
    user: String,
    group: String,
}

/// Ada, in the team or not, and Eve in it.
async fn team(with_ada: bool) -> Team {
    let rig = Rig::new(Seed::Empty);
    let ada = rig.world.post("/Users", person("ada")).await.id();
    let eve = rig.world.post("/Users", person("eve")).await.id();
    let members: &[&str] = if with_ada { &[&ada, &eve] } else { &[&eve] };
    let team = rig.world.post("/Groups", group("Team", members)).await.id();
    rig.world.wait(10).await;
    Team { user: format!("/Users/{ada}"), group: format!("/Groups/{team}"), rig, ada }
}

async fn is_member(team: &Team) -> (bool, bool) {
    let world = &team.rig.world;
    let shown = world.get(&team.group).await.body["members"].to_string().contains(&team.ada);
    let native_team = world.sim().group_by_name("Team").unwrap().id;
    let native = native_id(world, &team.ada).await;
    (shown, native.is_some_and(|id| world.sim().members_of(&native_team).contains(&id)))
}

async fn rest(world: &World) {
    world.sim().clear_faults();
    world.wait(61).await;
    world.settle().await;
    world.wait(10).await;
    world.settle().await;
    assert_eq!(open_ends(world).await, None);
}

/// A removal that waits for the backend is not undone by parking and coming back.
#[rstest]
#[case::removed("remove", true)]
#[case::added("add", false)]
#[tokio::test(start_paused = true)]
async fn a_pending_change_holds_after_the_person_was_parked_and_came_back(
    #[case] op: &str,
    #[case] with_ada: bool,
) {
    for settle_between in [false, true] {
        let team = team(with_ada).await;
        let world = &team.rig.world;
        let method = if op == "add" { "POST" } else { "DELETE" };
        world.sim().add_fault(refuse(method, "/user-groups/", Times::FOREVER));
        assert_eq!(world.patch(&team.group, member(op, &team.ada)).await.status, 429);
        assert_eq!(world.patch(&team.user, active(false)).await.status, 200);
        if settle_between {
            world.sim().clear_faults();
            world.wait(61).await;
            world.settle().await;
            assert_eq!(is_member(&team).await.0, op == "add", "{op}, parked");
        }
        let on = world.patch(&team.user, active(true)).await;
        assert_eq!(on.status, 200, "{on:?}");
        rest(world).await;
        let wanted = op == "add";
        assert_eq!(is_member(&team).await, (wanted, wanted), "{op}, settled between: {settle_between}");
    }
}

/// A wish that waits for the backend is superseded by a newer one, also when the person is parked by then.
#[tokio::test(start_paused = true)]
async fn a_pending_addition_does_not_survive_a_later_removal() {
    let team = team(false).await;
    let world = &team.rig.world;
    world.sim().add_fault(refuse("POST", "/user-groups/", Times::FOREVER));
    assert_eq!(world.patch(&team.group, member("add", &team.ada)).await.status, 429);
    assert_eq!(world.patch(&team.user, active(false)).await.status, 200);
    let removed = world.patch(&team.group, member("remove", &team.ada)).await;
    assert!(matches!(removed.status, 200 | 204), "{removed:?}");
    rest(world).await;
    assert_eq!(is_member(&team).await, (false, false));
    assert_eq!(world.patch(&team.user, active(true)).await.status, 200);
    assert_eq!(is_member(&team).await, (false, false), "back");
}

/// A change while a deactivation is journalled and not yet done holds if the deactivation is taken back.
#[rstest]
#[case::removed("remove", true)]
#[case::added("add", false)]
#[tokio::test(start_paused = true)]
async fn a_change_holds_whether_the_deactivation_happens_or_not(#[case] op: &str, #[case] with_ada: bool) {
    for happens in [false, true] {
        let team = team(with_ada).await;
        let world = &team.rig.world;
        world.sim().add_fault(refuse("DELETE", "/directory/users/", Times::FOREVER));
        assert_eq!(world.patch(&team.user, active(false)).await.status, 429);
        let changed = world.patch(&team.group, member(op, &team.ada)).await;
        assert!(matches!(changed.status, 200 | 204), "{changed:?}");
        let wanted = op == "add";
        assert_eq!(is_member(&team).await.0, wanted, "{op}, while it waits");
        if happens {
            rest(world).await;
        }
        world.sim().clear_faults();
        let on = world.patch(&team.user, active(true)).await;
        assert_eq!(on.status, 200, "{on:?}");
        rest(world).await;
        assert_eq!(is_member(&team).await, (wanted, wanted), "{op}, deactivation happens: {happens}");
    }
}

/// A change while the person is coming back holds, whatever the vendor was told first.
#[rstest]
#[case::removed("remove", true)]
#[case::added("add", false)]
#[tokio::test(start_paused = true)]
async fn a_change_during_the_return_holds(#[case] op: &str, #[case] with_ada: bool) {
    let team = team(with_ada).await;
    let world = &team.rig.world;
    assert_eq!(world.patch(&team.user, active(false)).await.status, 200);
    world.wait(10).await;
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 3_000 }).on("POST", "/directory/users"));
    let (on, changed) = tokio::join!(world.patch(&team.user, active(true)), async {
        world.wait(1).await;
        world.patch(&team.group, member(op, &team.ada)).await
    });
    assert_eq!(on.status, 200, "{on:?}");
    assert!(matches!(changed.status, 200 | 204 | 429), "{changed:?}");
    rest(world).await;
    let wanted = op == "add";
    assert_eq!(is_member(&team).await, (wanted, wanted), "{op}");
}

/// A group that vanishes or is taken over in the middle of a large change.
#[rstest]
#[case::vanishes(Event::ConsoleDeletesGroup { group: "Large".to_owned() }, 404)]
#[case::taken_over(Event::SyncTakesGroup { group: "Large".to_owned(), source_type: "activeDirectory".to_owned(), domain: None }, 400)]
#[tokio::test(start_paused = true)]
async fn a_group_that_changes_hands_ends_the_change(#[case] event: Event, #[case] status: u16) {
    let rig = Rig::new(Seed::Many { users: 60 });
    let world = &rig.world;
    let natives: Vec<String> = world.sim().users().into_iter().map(|user| user.id).collect();
    let names: Vec<&str> = natives.iter().map(String::as_str).collect();
    let path = format!("/Groups/{}", world.post("/Groups", group("Large", &names)).await.id());
    world.wait(10).await;
    // The second removal comes after the event.
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 3_000 }).on("DELETE", "/user-groups/"));
    let all: Vec<Value> = natives.iter().map(|id| json!({"value": id})).collect();
    let (reply, ()) =
        tokio::join!(world.patch(&path, json!([{"op": "remove", "path": "members", "value": all}])), async {
            world.wait(1).await;
            happens(world, event);
        });
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(open_ends(world).await, None, "nothing is tried for ever");
    if status == 400 {
        let shown = world.get(&path).await;
        assert_eq!(shown.body["members"].as_array().unwrap().len(), 10, "the truth is told");
    }
}

/// A person's pending membership goes with the person, and nobody is made a member of it afterwards.
#[tokio::test(start_paused = true)]
async fn a_pending_membership_ends_with_the_person() {
    let team = team(false).await;
    let world = &team.rig.world;
    world.sim().add_fault(refuse("POST", "/user-groups/", Times::FOREVER));
    assert_eq!(world.patch(&team.group, member("add", &team.ada)).await.status, 429);
    assert_eq!(world.delete(&team.user).await.status, 204);
    rest(world).await;
    assert_eq!(is_member(&team).await, (false, false));
    assert_eq!(world.sim().users().len(), 1);
}
