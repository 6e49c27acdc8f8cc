//! §3.7: an operation may do what its client may do, and no more.

use rstest::rstest;
use scim_facade::facade::{Client, Right, Rights};
use serde_json::json;

use super::{bulk, delete, is_error, off, patch, post, put, retitle, statuses};
use crate::support::Over;
use crate::support::world::{client, group, person};

/// Each right is asked for where a request of its own would need it.
#[rstest]
#[case(Right::Create, ["403", "200", "200", "204", "200"])]
#[case(Right::Update, ["201", "403", "200", "204", "403"])]
#[case(Right::Deactivate, ["201", "200", "403", "204", "200"])]
#[case(Right::Delete, ["201", "200", "200", "403", "200"])]
#[tokio::test(start_paused = true)]
async fn of_the_client(
    #[case] without: Right,
    #[case] wanted: [&str; 5],
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    let mut paths = Vec::new();
    for name in ["ada", "eve", "bob"] {
        paths.push(format!("/Users/{}", world.post("/Users", person(name)).await.id()));
    }
    let rights = Rights::of(Right::ALL.into_iter().filter(|right| *right != without));
    let world = world.as_client(Client { rights, ..client("okta") });
    let mut changed = person("ada");
    changed["title"] = json!("Countess");
    let operations = [
        post("Users", "new", person("new")),
        retitle(&paths[0], "Queen"),
        off(&paths[1]),
        delete(&paths[2]),
        put(&paths[0], changed),
    ];
    let outcomes = bulk(&world, &operations).await;
    assert_eq!(statuses(&outcomes), wanted, "{outcomes:?}");
}

/// What another client owns is as safe as it is from a request of its own.
#[rstest]
#[tokio::test(start_paused = true)]
async fn over_what_is_anothers(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let team = format!("/Groups/{}", world.post("/Groups", group("Team", &[])).await.id());
    let other = world.as_client(client("entra"));
    let before = other.still().await;
    let path = format!("/Users/{ada}");
    let add = patch(&team, json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]));
    let outcomes = bulk(&other, &[off(&path), delete(&path), add, delete(&team)]).await;
    for outcome in &outcomes {
        is_error(outcome, "403", "");
    }
    is_error(&bulk(&other, &[post("Users", "a", person("ada"))]).await[0], "409", "uniqueness");
    assert_eq!(other.still().await, before);
}
