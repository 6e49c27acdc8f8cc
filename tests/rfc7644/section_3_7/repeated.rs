//! §3.7: a bulk request that is sent again, because nobody knows what became of it.

use rstest::rstest;
use serde_json::{Value, json};

use super::{bulk, delete, id_of, is_error, members, off, path_of, post, statuses};
use crate::support::Over;
use crate::support::world::{group, person};

fn a_team() -> [Value; 3] {
    [
        post("Groups", "team", group("Team", &["bulkId:ada", "bulkId:eve"])),
        post("Users", "ada", person("ada")),
        post("Users", "eve", person("eve")),
    ]
}

/// Nothing is done twice, and everybody learns the same ids: what refers to them works, too.
#[rstest]
#[tokio::test(start_paused = true)]
async fn comes_to_the_same(#[values(Over::Memory, Over::Sophos, Over::SophosQuarantines)] over: Over) {
    let world = over.world();
    world.backend.prepare(&world.ctx()).await.unwrap();
    let bob = format!("/Users/{}", world.post("/Users", person("bob")).await.id());
    let joe = format!("/Users/{}", world.post("/Users", person("joe")).await.id());
    let mut operations = a_team().to_vec();
    operations.extend([off(&bob), delete(&joe)]);
    let first = bulk(&world, &operations).await;
    assert_eq!(statuses(&first), ["201", "201", "201", "200", "204"], "{first:?}");
    // Members who are there are added once more: that is no other member.
    let writes = || {
        let lasting = |call: &String| !call.ends_with("/users") && !call.contains("members");
        world.native_writes().into_iter().filter(lasting).collect::<Vec<_>>()
    };
    let people = || world.native_writes().iter().filter(|call| call.ends_with("/directory/users")).count();
    let before = (writes(), people());
    for _ in 0..3 {
        world.wait(60).await;
        let again = bulk(&world, &operations).await;
        assert_eq!(statuses(&again), statuses(&first), "{again:?}");
        for (again, first) in again.iter().zip(&first) {
            assert_eq!(path_of(again), path_of(first));
        }
    }
    assert_eq!((writes(), people()), before);
    assert_eq!(members(&world, &path_of(&first[0])).await.len(), 2);
    assert_eq!(world.get("/Users").await.body["totalResults"], 3);
}

/// Also for people who begin without access.
#[rstest]
#[tokio::test(start_paused = true)]
async fn knows_who_is_inactive(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let mut ada = person("ada");
    ada["active"] = json!(false);
    let operations = [post("Users", "ada", ada), post("Groups", "team", group("Team", &["bulkId:ada"]))];
    let first = bulk(&world, &operations).await;
    assert_eq!(statuses(&first), ["201", "201"], "{first:?}");
    world.wait(60).await;
    let again = bulk(&world, &operations).await;
    assert_eq!(statuses(&again), ["201", "201"], "{again:?}");
    assert_eq!(path_of(&again[0]), path_of(&first[0]));
    assert_eq!(world.get(&path_of(&first[0])).await.body["active"], false);
}

/// Ten minutes later nobody is owed an answer: the names are taken, as they are for a request of its own.
#[rstest]
#[tokio::test(start_paused = true)]
async fn comes_too_late(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let first = bulk(&world, &a_team()).await;
    assert_eq!(statuses(&first), ["201"; 3]);
    world.wait(601).await;
    let again = bulk(&world, &a_team()).await;
    is_error(&again[0], "409", "");
    is_error(&again[1], "409", "uniqueness");
    is_error(&again[2], "409", "uniqueness");
}

/// Within one request nothing is a repetition.
#[rstest]
#[tokio::test(start_paused = true)]
async fn is_not_what_is_in_one(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let joe = format!("/Users/{}", world.post("/Users", person("joe")).await.id());
    world.wait(60).await;
    let twice = [
        post("Users", "a", person("ada")),
        post("Users", "b", person("ada")),
        post("Groups", "c", group("Team", &[])),
        post("Groups", "d", group("Team", &[])),
        delete(&joe),
        delete(&joe),
    ];
    let outcomes = bulk(&world, &twice).await;
    assert_eq!(statuses(&outcomes), ["201", "409", "201", "409", "204", "404"], "{outcomes:?}");
    is_error(&outcomes[1], "409", "uniqueness");
}

/// Whoever has another externalId is somebody else, also for a client that is owed an answer.
#[rstest]
#[tokio::test(start_paused = true)]
async fn is_not_what_says_something_else(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    bulk(&world, &[post("Users", "a", person("ada"))]).await;
    world.wait(1).await;
    let mut other = person("ada");
    other["externalId"] = json!("ext-other");
    is_error(&bulk(&world, &[post("Users", "a", other)]).await[0], "409", "uniqueness");
}

/// What came to half is completed.
#[rstest]
#[tokio::test(start_paused = true)]
async fn completes_what_is_missing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let half = bulk(&world, &a_team()[1..2]).await;
    let ada = id_of(&half[0]);
    world.wait(60).await;
    let whole = bulk(&world, &a_team()).await;
    assert_eq!(statuses(&whole), ["201"; 3], "{whole:?}");
    assert_eq!(id_of(&whole[1]), ada);
    let team = path_of(&whole[0]);
    let mut found = members(&world, &team).await;
    let mut wanted = vec![ada.clone(), id_of(&whole[2])];
    wanted.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, wanted);
}
