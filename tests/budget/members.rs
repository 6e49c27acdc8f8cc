//! What changing members costs: the delta, whatever the group's size.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use simulator::faults::{Fault, Rule};
use simulator::sophos::Seed;

use super::{change, filled, people, spent};
use crate::support::World;
use crate::support::insist::patch;
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn one_more_in_a_large_group_is_one_call() {
    for size in [101, 400, 5000] {
        let (world, people) = people(size + 1);
        let at = filled(&world, &people[..size]).await;
        assert_eq!(world.patch(&at, change("add", &people[size..])).await.status, 204);
        spent(&world, &["POST /user-groups/"]);
        let out = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", people[0])}]);
        assert_eq!(world.patch(&at, out).await.status, 204);
        spent(&world, &["DELETE /user-groups/"]);
        assert_eq!(world.sim_members("Big").len(), size);
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_that_wait_together_are_one_call() {
    let world = Arc::new(World::sophos(Seed::Empty));
    let mut people = Vec::new();
    for number in 0..21 {
        people.push(world.post("/Users", person(&format!("p{number}"))).await.id());
    }
    let at = format!("/Groups/{}", world.post("/Groups", group("Staff", &[])).await.id());
    world.calls();
    // While the first is on its way the others come.
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 1000 }).on("POST", "/user-groups/"));
    let tasks = people.iter().map(|id| {
        let (world, at, add) = (world.clone(), at.clone(), change("add", std::slice::from_ref(id)));
        tokio::spawn(async move { world.patch(&at, add).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().status, 200);
    }
    let writes: Vec<String> = world.calls().into_iter().filter(|call| !call.starts_with("GET")).collect();
    assert_eq!(writes.len(), 2, "the first, and twenty together: {writes:?}");
    assert_eq!(world.sim_members("Staff").len(), 21);
}

#[tokio::test(start_paused = true)]
async fn many_members_are_a_call_per_hundred_added_and_per_fifty_removed() {
    let (world, people) = people(520);
    let at = filled(&world, &people[..200]).await;
    assert_eq!(world.patch(&at, change("add", &people[200..450])).await.status, 204);
    spent(&world, &["POST /user-groups/"; 3]);
    assert_eq!(world.patch(&at, change("remove", &people[..120])).await.status, 204);
    spent(&world, &["DELETE /user-groups/"; 3]);
    assert_eq!(world.sim_members("Big").len(), 330);
}

/// A condition is worth one look at the group, and none at its members.
#[tokio::test(start_paused = true)]
async fn a_member_under_a_condition_is_a_look_and_a_call() {
    let (world, people) = people(401);
    let at = filled(&world, &people[..400]).await;
    let version =
        world.get(&format!("{at}?excludedAttributes=members")).await.body["meta"]["version"].clone();
    world.calls();
    let headers = BTreeMap::from([("If-Match".to_owned(), version.as_str().unwrap().to_owned())]);
    let body = patch(change("add", &people[400..])).to_string();
    assert_eq!(world.http("PATCH", &at, &headers, Some(body)).await.status, 204);
    spent(&world, &["GET /user-groups/", "POST /user-groups/"]);
    let body = patch(change("remove", &people[..1])).to_string();
    assert_eq!(world.http("PATCH", &at, &headers, Some(body)).await.status, 412);
    let calls = world.calls();
    assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
    let headers = BTreeMap::from([("If-None-Match".to_owned(), "*".to_owned())]);
    assert_eq!(world.http("GET", &at, &headers, None).await.status, 304);
    spent(&world, &["GET /user-groups/"]);
}
