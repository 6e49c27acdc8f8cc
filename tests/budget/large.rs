//! What a large change of members costs, over any number of tries, with the vendor's rate limits on. Every call counts,
//! those that the vendor refused included.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{filled, people};
use crate::support::World;
use crate::support::insist::{members, patch, replace};

/// Reading 5,000 members, removing them by fifty, adding as many by a hundred.
const LEAST: usize = 50 + 100 + 50;

async fn five_thousand_and_others(in_hand: u32) -> (World, String, Vec<String>) {
    let (world, people) = people(10_000);
    let at = filled(&world, &people[..5000]).await;
    world.wait(10).await;
    world.limit(in_hand).await;
    (world, at, people)
}

fn are_members(world: &World, ids: &[String]) -> bool {
    let members: BTreeSet<String> = world.sim_members("Big").into_iter().collect();
    members == ids.iter().cloned().collect()
}

#[rstest]
#[case::with_a_full_bucket(300)]
#[case::with_half_a_bucket(150)]
#[case::with_an_empty_bucket(0)]
#[tokio::test(start_paused = true)]
async fn five_thousand_for_five_thousand_others_cost_hardly_more_than_the_least(#[case] in_hand: u32) {
    let (world, at, people) = five_thousand_and_others(in_hand).await;
    let (reply, tries) = world.insist("PATCH", &at, &replace(&people[5000..])).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert!(tries > 1 || in_hand == 300, "it takes longer than a client waits");
    let calls = world.calls();
    assert!(calls.len() * 10 <= LEAST * 11, "{} calls, {tries} tries", calls.len());
    assert!(are_members(&world, &people[5000..]));
}

/// The body of a PUT, in any spelling.
fn put(ids: &[String]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Big",
        "members": members(ids),
    })
}

#[tokio::test(start_paused = true)]
async fn a_put_costs_no_more_and_is_answered_without_members() {
    let (world, at, people) = five_thousand_and_others(150).await;
    let (reply, _) = world.insist("PUT", &at, &put(&people[5000..])).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!((&reply.body["displayName"], reply.body.get("members")), (&json!("Big"), None));
    let calls = world.calls().len();
    assert!(calls * 10 <= LEAST * 11, "{calls} calls");
    assert!(are_members(&world, &people[5000..]));
}

#[tokio::test(start_paused = true)]
async fn another_spelling_after_a_restart_reads_nothing_again() {
    let (mut world, at, people) = five_thousand_and_others(120).await;
    let others = &people[5000..];
    assert_eq!(world.send("PATCH", &at, Some(replace(others))).await.status, 429);
    world.wait(60).await;
    world = world.restarted();
    let shuffled: Vec<String> = others.iter().rev().cloned().collect();
    let (reply, _) = world.insist("PUT", &at, &put(&shuffled)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let calls = world.calls();
    assert!(calls.len() * 10 <= LEAST * 11, "{} calls", calls.len());
    let pages = calls.iter().filter(|call| call.starts_with("GET") && call.contains("/users?")).count();
    assert!((50..54).contains(&pages), "{pages} pages were read");
    assert!(are_members(&world, others));
}

#[rstest]
#[case::cleared(json!([{"op": "remove", "path": "members"}]))]
#[case::filtered(json!([{"op": "remove", "path": "members[type eq \"User\"]"}]))]
#[tokio::test(start_paused = true)]
async fn clearing_costs_the_reading_and_the_removals(#[case] operations: Value) {
    let (world, at, _) = five_thousand_and_others(150).await;
    let (reply, _) = world.insist("PATCH", &at, &patch(operations)).await;
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
    let calls = world.calls().len();
    assert!(calls * 10 <= 150 * 11, "{calls} calls");
    assert!(are_members(&world, &[]));
}

#[tokio::test(start_paused = true)]
async fn a_large_delta_reads_nothing() {
    let (world, at, people) = five_thousand_and_others(20).await;
    let (into, out) = (&people[5000..8000], &people[..2000]);
    let both = json!([
        {"op": "add", "path": "members", "value": members(into)},
        {"op": "remove", "path": "members", "value": members(out)},
    ]);
    let (reply, _) = world.insist("PATCH", &at, &patch(both)).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    let calls = world.calls();
    assert!(calls.iter().all(|call| !call.starts_with("GET")), "{calls:?}");
    assert!(calls.len() * 10 <= (40 + 30) * 11, "{} calls", calls.len());
    assert!(are_members(&world, &people[2000..8000]));
}

/// The retry that comes after it ended is answered without a look at the group; then the same wish is a new one.
#[tokio::test(start_paused = true)]
async fn what_ended_while_nobody_waited_is_told_once() {
    let (world, at, people) = five_thousand_and_others(60).await;
    let body = replace(&people[5000..]);
    assert_eq!(world.send("PATCH", &at, Some(body.clone())).await.status, 429);
    world.wait(500).await;
    assert!(are_members(&world, &people[5000..]));
    world.calls();
    assert_eq!(world.send("PATCH", &at, Some(body.clone())).await.status, 204);
    assert_eq!(world.calls(), Vec::<String>::new());
    world.wait(60).await;
    world.limit(300).await;
    assert_eq!(world.send("PATCH", &at, Some(body)).await.status, 204);
    assert_eq!(world.calls().len(), 51, "the group and its members are read");
}
