//! §3.7: the sequence may be another than the client's, as long as the result is the same. Loss of access goes first.

use rstest::rstest;
use serde_json::{Value, json};

use super::{bulk, off, patch, post, retitle, statuses};
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// The native writes of some operations, which all have to succeed.
async fn writes(world: &World, operations: &[Value]) -> Vec<String> {
    let before = world.native_writes().len();
    let outcomes = bulk(world, operations).await;
    assert!(statuses(&outcomes).iter().all(|status| status.starts_with('2')), "{outcomes:?}");
    world.native_writes().split_off(before)
}

async fn made(world: &World, name: &str) -> String {
    format!("/Users/{}", world.post("/Users", person(name)).await.id())
}

/// Whoever loses access does not wait for others.
#[rstest]
#[tokio::test(start_paused = true)]
async fn loss_of_access_first(#[values(Over::Memory, Over::Sophos, Over::SophosQuarantines)] over: Over) {
    let world = over.world();
    world.backend.prepare(&world.ctx()).await.unwrap();
    let (ada, eve) = (made(&world, "ada").await, made(&world, "eve").await);
    let alone = writes(&world, &[off(&eve)]).await;
    assert!(!alone.is_empty());
    let operations =
        [post("Users", "a", person("new")), post("Groups", "b", group("Team", &["bulkId:a"])), off(&ada)];
    let writes = writes(&world, &operations).await;
    let shapes = |calls: &[String]| calls.iter().map(|call| shape(call)).collect::<Vec<_>>();
    assert_eq!(shapes(&writes[..alone.len()]), shapes(&alone), "{writes:?}");
    assert!(writes.len() > alone.len());
}

/// A call without the ids in it.
fn shape(call: &str) -> String {
    let words = call.split(['/', '"', ' ', '?', '=', ',']);
    words.map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "ID" } else { word }).collect()
}

/// What else is said of the same person keeps its place, and so does an end of access that comes with other changes.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_keeps_its_place(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = made(&world, "ada").await;
    let on = patch(&ada, json!([{"op": "replace", "path": "active", "value": true}]));
    let outcomes = bulk(&world, &[off(&ada), on, retitle(&ada, "x"), off(&ada)]).await;
    assert_eq!(statuses(&outcomes), ["200"; 4], "{outcomes:?}");
    assert_eq!(world.get(&ada).await.body["active"], false);

    // Eve gets Bob's name after he has given it away.
    let (bob, eve) = (made(&world, "bob").await, made(&world, "eve").await);
    let rename = |path: &str, name: &str, more: Value| {
        let mut value =
            json!({"userName": name, "emails": [{"value": name, "type": "work", "primary": true}]});
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        patch(path, json!([{"op": "replace", "value": value}]))
    };
    let outcomes = bulk(
        &world,
        &[
            rename(&bob, "robert@example.com", json!({})),
            rename(&eve, "bob@example.com", json!({"active": false})),
        ],
    )
    .await;
    assert_eq!(statuses(&outcomes), ["200", "200"], "{outcomes:?}");
}
