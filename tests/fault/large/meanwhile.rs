//! What else happens to a group and to its members while a large change is under way.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};

use super::super::truth::open_ends;
use super::{Team, native, put, set, slow, team, writes};
use crate::support::World;
use crate::support::insist::{members, patch, replace};
use crate::support::world::{group, person};

fn one(op: &str, id: &str) -> Value {
    json!([{"op": op, "path": "members", "value": [{"value": id}]}])
}

async fn after(world: &World, seconds: u64, path: &str, operations: Value) {
    world.wait(seconds).await;
    let (reply, _) = world.insist("PATCH", path, &patch(operations)).await;
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
}

async fn rest(world: &World) {
    world.sim().clear_faults();
    world.wait(61).await;
    world.settle().await;
    assert_eq!(open_ends(world).await, None);
}

/// Six chunks take members out, three let others in; each takes four seconds.
async fn slowly() -> Team {
    let team = team().await;
    slow(&team.rig.world, 4_000);
    team
}

#[rstest]
#[case::before_its_turn(2)]
#[case::after_its_turn(35)]
#[tokio::test(start_paused = true)]
async fn a_removal_meanwhile_holds(#[case] seconds: u64) {
    let team = slowly().await;
    let world = &team.rig.world;
    let (first, last) = (&team.others[0], &team.others[259]);
    let ask = replace(&team.others);
    let ((reply, tries), (), ()) = tokio::join!(
        world.insist("PATCH", &team.path, &ask),
        after(world, seconds, &team.path, one("remove", first)),
        after(world, seconds, &team.path, one("remove", last)),
    );
    assert_eq!(reply.status, 204, "{reply:?}");
    assert!(tries > 1, "the retry attaches, and does not let them in again");
    let mut wanted = set(&team.others);
    assert!(wanted.remove(first) && wanted.remove(last));
    assert_eq!(native(world), wanted);
    rest(world).await;
    assert_eq!(native(world), wanted);
}

/// Once a client has its answer it wishes anew, also when it had to ask twice.
#[tokio::test(start_paused = true)]
async fn a_wish_that_was_answered_is_a_new_one_the_next_time() {
    let team = slowly().await;
    let world = &team.rig.world;
    let ask = replace(&team.others);
    let (reply, tries) = world.insist("PATCH", &team.path, &ask).await;
    assert_eq!((reply.status, tries), (204, 2), "the second joins the first");
    after(world, 0, &team.path, one("remove", &team.others[0])).await;
    assert_eq!(native(world).len(), 259);
    assert_eq!(world.insist("PATCH", &team.path, &ask).await.0.status, 204);
    assert_eq!(native(world), set(&team.others));
}

#[tokio::test(start_paused = true)]
async fn an_addition_meanwhile_holds() {
    let team = slowly().await;
    let world = &team.rig.world;
    // One who is out by then, and one whose turn has not come.
    let (first, last) = (&team.members[0], &team.members[259]);
    let ask = replace(&team.others);
    let ((reply, _), (), ()) = tokio::join!(
        world.insist("PATCH", &team.path, &ask),
        after(world, 6, &team.path, one("add", first)),
        after(world, 6, &team.path, one("add", last)),
    );
    assert_eq!(reply.status, 204, "{reply:?}");
    let wanted: BTreeSet<String> = team.others.iter().chain([first, last]).cloned().collect();
    assert_eq!(native(world), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_small_change_waits_for_one_chunk_and_not_for_all() {
    let team = slowly().await;
    let world = &team.rig.world;
    let (ask, begun) = (replace(&team.others), world.clock.now());
    let ((_, _), took) = tokio::join!(world.insist("PATCH", &team.path, &ask), async {
        after(world, 1, &team.path, one("remove", &team.members[259])).await;
        world.clock.now().since(begun).as_secs()
    });
    assert!(took <= 9, "answered after {took} s");
}

#[tokio::test(start_paused = true)]
async fn a_deactivation_of_somebody_waits_for_one_call_at_most() {
    let team = slowly().await;
    let world = &team.rig.world;
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let ask = replace(&team.others);
    let (_, took) = tokio::join!(world.insist("PATCH", &team.path, &ask), async {
        world.wait(1).await;
        let begun = world.clock.now();
        let off = world.patch(&ada, json!([{"op": "replace", "value": {"active": false}}])).await;
        assert_eq!(off.body["active"], false, "{off:?}");
        world.clock.now().since(begun).as_secs()
    });
    assert!(took <= 9, "answered after {took} s");
    assert!(world.sim().user_by_email("ada@example.com").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_of_the_group_ends_it() {
    for seconds in [2, 30] {
        let team = slowly().await;
        let world = &team.rig.world;
        let ask = replace(&team.others);
        let ((reply, _), deleted) = tokio::join!(world.insist("PATCH", &team.path, &ask), async {
            world.wait(seconds).await;
            world.insist("DELETE", &team.path, &Value::Null).await.0
        });
        assert_eq!((reply.status, deleted.status), (404, 204), "{reply:?}");
        assert!(world.sim().group_by_name("Team").is_none());
        rest(world).await;
        assert_eq!(world.get(&team.path).await.status, 404);
    }
}

/// The last wish wins, also when the first is repeated: what was superseded is answered and not sent.
#[rstest]
#[case::within_its_first_try(10)]
#[case::after_it_was_told_to_come_back(30)]
#[tokio::test(start_paused = true)]
async fn of_two_replacements_the_last_wins(#[case] seconds: u64) {
    let team = slowly().await;
    let world = &team.rig.world;
    let half: Vec<String> = team.members[..50].iter().chain(&team.others[130..]).cloned().collect();
    let (first, second) = (replace(&team.others), put(&half));
    let ((one, tries), (last, _)) = tokio::join!(world.insist("PATCH", &team.path, &first), async {
        world.wait(seconds).await;
        world.insist("PUT", &team.path, &second).await
    });
    assert_eq!((one.status, last.status), (204, 200), "{one:?} {last:?}");
    assert_eq!(tries > 1, seconds > 25, "{tries} tries");
    assert_eq!(native(world), set(&half));
    rest(world).await;
    assert_eq!(native(world), set(&half));
}

/// A wish that waits for the backend does not come through after a replacement that knows nothing of it.
#[tokio::test(start_paused = true)]
async fn a_pending_addition_does_not_survive_a_replacement() {
    let team = team().await;
    let world = &team.rig.world;
    let refused = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(refused).on("POST", "/user-groups/").times(Times::FOREVER));
    assert_eq!(world.patch(&team.path, one("add", &team.others[0])).await.status, 429);
    world.sim().clear_faults();
    let (reply, _) = world.insist("PATCH", &team.path, &replace(&team.members[..200])).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    rest(world).await;
    assert_eq!(native(world), set(&team.members[..200]));
}

/// Who is still to be let in stays out, also where a newer PUT wants just those who are in by then.
#[rstest]
#[case::under_its_name("Team")]
#[case::under_another("People")]
#[tokio::test(start_paused = true)]
async fn a_put_that_changes_nobody_ends_what_was_to_come(#[case] name: &str) {
    let team = slowly().await;
    let world = &team.rig.world;
    let mut come = team.others[..200].to_vec();
    come.sort();
    let wanted: Vec<String> = team.members.iter().chain(&come[..100]).cloned().collect();
    let mut body = put(&wanted);
    body["displayName"] = json!(name);
    let add = patch(json!([{"op": "add", "path": "members", "value": members(&come)}]));
    let (_, (reply, _)) = tokio::join!(world.insist("PATCH", &team.path, &add), async {
        world.wait(1).await;
        world.insist("PUT", &team.path, &body).await
    });
    assert_eq!((reply.status, &reply.body["displayName"]), (200, &json!(name)), "{reply:?}");
    rest(world).await;
    assert_eq!(world.sim_members(name).into_iter().collect::<BTreeSet<_>>(), set(&wanted));
}

/// A PUT that has to wait for an older wish is an operation, and is answered with the few members that the group has.
#[tokio::test(start_paused = true)]
async fn a_small_group_is_answered_with_its_members_although_it_took_an_operation() {
    let team = team().await;
    let world = &team.rig.world;
    let path = format!("/Groups/{}", world.post("/Groups", group("Few", &[&team.others[0]])).await.id());
    let refused = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(refused).on("POST", "/user-groups/").times(Times::FOREVER));
    assert_eq!(world.patch(&path, one("add", &team.others[1])).await.status, 429);
    world.sim().clear_faults();
    let (reply, _) = world.insist("PUT", &path, &group("Few", &[&team.others[2]])).await;
    assert_eq!(reply.body["members"][0]["value"], team.others[2], "{reply:?}");
    assert_eq!(reply.body["members"].as_array().map(Vec::len), Some(1), "{reply:?}");
}

/// What may have been sent before a crash counts as unknown: a replacement says what it wants of these people.
#[tokio::test(start_paused = true)]
async fn a_replacement_after_a_crash_undoes_the_chunk_under_way() {
    for boundary in 8..48 {
        let mut team = team().await;
        let ask = replace(&team.others);
        let died = team.rig.run(Some(boundary), team.rig.world.send("PATCH", &team.path, Some(ask))).await;
        assert!(died.is_none());
        let world = team.rig.reborn();
        // The vendor's list does not show yet what was done before the crash.
        let (reply, _) = world.insist("PATCH", &team.path, &replace(&team.members)).await;
        assert_eq!(reply.status, 204, "{reply:?}");
        rest(&world).await;
        assert!(native(&world) == set(&team.members), "#{boundary}");
    }
}

/// Whoever is parked meanwhile keeps the membership that was wished, and comes back with it.
#[rstest]
#[case::let_in(true)]
#[case::taken_out(false)]
#[tokio::test(start_paused = true)]
async fn a_person_parked_meanwhile_comes_back_as_wished(#[case] member: bool) {
    let team = slowly().await;
    let world = &team.rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    let user = format!("/Users/{ada}");
    let mut wanted = team.others.clone();
    match member {
        true => wanted.push(ada.clone()),
        false => after(world, 0, &team.path, one("add", &ada)).await,
    }
    let active = |active: bool| json!([{"op": "replace", "value": {"active": active}}]);
    let ask = replace(&wanted);
    let ((reply, _), ()) =
        tokio::join!(world.insist("PATCH", &team.path, &ask), after(world, 2, &user, active(false)),);
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(native(world), set(&team.others));
    world.sim().clear_faults();
    world.wait(10).await;
    let shown = world.get(&team.path).await.body["members"].to_string().contains(&ada);
    assert_eq!(shown, member, "parked");
    assert_eq!(world.patch(&user, active(true)).await.status, 200);
    let back = world.sim().user_by_email("ada@example.com").expect("she is back").id;
    assert_eq!(native(world).contains(&back), member, "back");
}

/// Many small deltas that wait together can be a large one.
#[tokio::test(start_paused = true)]
async fn small_deltas_that_wait_together_are_carried_out_in_chunks() {
    let team = team().await;
    let world = &team.rig.world;
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 2_000 }).on("POST", "/user-groups/"));
    let add = |ids: &[String]| json!([{"op": "add", "path": "members", "value": members(ids)}]);
    let (first, a, b, c) = tokio::join!(
        world.patch(&team.path, add(&team.others[..1])),
        async {
            world.wait(1).await;
            world.patch(&team.path, add(&team.others[1..90])).await
        },
        async {
            world.wait(1).await;
            world.patch(&team.path, add(&team.others[90..180])).await
        },
        async {
            world.wait(1).await;
            world.patch(&team.path, add(&team.others[180..])).await
        },
    );
    for reply in [first, a, b, c] {
        assert_eq!(reply.status, 204, "{reply:?}");
    }
    assert_eq!(writes(world), 1 + 3);
    assert_eq!(native(world).len(), 2 * super::SIZE);
}
