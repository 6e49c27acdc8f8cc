use super::*;
use crate::backend::{Locked, Refusal};

fn delta(add: impl IntoIterator<Item = usize>, remove: impl IntoIterator<Item = usize>) -> MemberDelta {
    MemberDelta { add: add.into_iter().map(at).collect(), remove: remove.into_iter().map(at).collect() }
}

/// Carries out a delta as delivery does: what one write leaves goes into another.
async fn changed(world: &World, delta: &MemberDelta) -> Result<Vec<(String, Refusal)>> {
    let mut outcome = world.sophos.change_members(&world.ctx, &group(), delta).await?;
    while !outcome.left.is_empty() {
        let left = std::mem::take(&mut outcome.left);
        let next = world.sophos.change_members(&world.ctx, &group(), &left).await?;
        outcome.refused.extend(next.refused);
        outcome.left = next.left;
    }
    Ok(outcome.refused.into_iter().collect())
}

fn done() -> Reply {
    answer(201, "{}")
}

/// The ids of one call, in the query or the body, and its method.
fn ids_of(call: &str) -> (&str, usize) {
    let ids = call.replace(GROUP, "").matches("00000000-0000").count();
    (call.split(' ').next().unwrap(), ids)
}

fn sent(world: &World) -> Vec<String> {
    world.calls().iter().map(|call| format!("{} {}", ids_of(call).0, ids_of(call).1)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_delta_goes_in_pieces_and_removals_first() {
    let delta = delta(0..250, 300..420);
    let world = world((0..6).map(|_| done()));
    assert_eq!(changed(&world, &delta).await.unwrap(), []);
    world.assert_planned(&Write::ChangeMembers(group(), delta));
    assert_eq!(sent(&world), ["DELETE 50", "DELETE 50", "DELETE 20", "POST 100", "POST 100", "POST 50"]);
}

#[tokio::test(start_paused = true)]
async fn the_calls_are_as_documented() {
    let world = world([answer(200, r#"{"removedUsers":[],"errors":{"usersNotFound":["x"]}}"#), done()]);
    assert_eq!(changed(&world, &delta([1, 2], [3, 4])).await.unwrap(), []);
    assert_eq!(
        world.calls(),
        [
            format!("DELETE /user-groups/{GROUP}/users?ids={},{}", id(3), id(4)),
            format!(r#"POST /user-groups/{GROUP}/users {{"ids":["{}","{}"]}}"#, id(1), id(2)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_no_uuid_is_unknown_or_gone_already() {
    let world = world([done()]);
    let mut delta = delta([1], []);
    delta.add.push(NativeRef::new("stranger"));
    delta.remove.push(NativeRef::new("../x"));
    assert_eq!(changed(&world, &delta).await.unwrap(), [("stranger".to_owned(), Refusal::Unknown)]);
    world.assert_planned(&Write::ChangeMembers(group(), delta));
}

#[tokio::test(start_paused = true)]
async fn unknown_people_are_told_and_the_others_added() {
    let listed = page([person(1), person(3)], 100, 2);
    // Person 4 is too new for lists; person 2 does not exist.
    let world = world([error(404), custom_group(), listed, error(404), ok(&person(4)), done()]);
    let refused = changed(&world, &delta([1, 2, 3, 4], [])).await.unwrap();
    assert_eq!(refused, [(id(2), Refusal::Unknown)]);
    let last = format!(r#"POST /user-groups/{GROUP}/users {{"ids":["{}","{}","{}"]}}"#, id(1), id(3), id(4));
    assert_eq!(world.calls()[5], last);
}

#[tokio::test(start_paused = true)]
async fn when_nobody_is_known_nothing_is_sent_again() {
    let world = world([error(404), custom_group(), page([], 100, 0), error(404)]);
    assert_eq!(changed(&world, &delta([1], [])).await.unwrap(), [(id(1), Refusal::Unknown)]);
    assert_eq!(world.calls().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_missing_group_is_told_as_such() {
    for delta in [delta([1], []), delta([], [1])] {
        let world = world([error(404), error(404)]);
        assert_eq!(refusal(changed(&world, &delta).await), (ErrorKind::NotFound, Sent::Rejected));
        world.calls();
    }
    let world = world([]);
    let nowhere = world.sophos.change_members(&world.ctx, &NativeRef::new("x"), &delta([1], [])).await;
    assert_eq!(refusal(nowhere), (ErrorKind::NotFound, Sent::No));
}

#[tokio::test(start_paused = true)]
async fn a_locked_group_is_told_as_such() {
    for delta in [delta([1], []), delta([], [1])] {
        let world = world([error(409), ok(&synced(9))]);
        let by = Locked { by: "Active Directory".to_owned() };
        assert_eq!(refusal(changed(&world, &delta).await), (ErrorKind::Locked(by), Sent::Rejected));
        world.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn synced_people_are_told_and_the_others_changed() {
    for delta in [delta([1, 2], []), delta([], [1, 2])] {
        let world = world([error(409), custom_group(), page([person(1), synced(2)], 100, 2), done()]);
        let by = Locked { by: "Active Directory".to_owned() };
        assert_eq!(changed(&world, &delta).await.unwrap(), [(id(2), Refusal::Locked(by))]);
        assert_eq!(ids_of(&world.calls()[3]).1, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_already_there_may_be_refused_and_is_left_out() {
    let member = json!({"id": id(1), "groups": {"total": 1, "itemsCount": 1, "items": [{"id": GROUP.to_uppercase()}]}});
    let truncated = json!({"id": id(2), "groups": {"total": 2, "itemsCount": 0, "items": []}});
    let groups = page([json!({"id": GROUP}), json!({"id": id(9)})], 100, 2);
    let world =
        world([error(409), custom_group(), page([member, truncated, person(3)], 100, 3), groups, done()]);
    assert_eq!(changed(&world, &delta([1, 2, 3], [])).await.unwrap(), []);
    assert!(world.calls()[4].ends_with(&format!(r#"{{"ids":["{}"]}}"#, id(3))));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_nothing_explains_stays_one() {
    let world = world([error(409), custom_group(), page([person(1)], 100, 1)]);
    assert_eq!(refusal(changed(&world, &delta([1], [])).await), (ErrorKind::Conflict, Sent::Rejected));
    world.calls();
    let world = self::world([error(404), custom_group(), page([person(1)], 100, 1)]);
    assert_eq!(refusal(changed(&world, &delta([1], [])).await), (ErrorKind::Unavailable, Sent::Rejected));
    world.calls();
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_a_first_piece_has_changed_something() {
    let limited = || testing::answer_with(429, "retry-after", "60");
    let world = world([done(), limited()]);
    assert_eq!(refusal(changed(&world, &delta([1], [2])).await), (ErrorKind::RateLimited, Sent::Maybe));
    let world = self::world([limited()]);
    assert_eq!(refusal(changed(&world, &delta([1], [2])).await), (ErrorKind::RateLimited, Sent::Rejected));
}
