//! §3.7.1, §3.7.2: operations that refer to what others make.

use rstest::rstest;
use serde_json::json;

use super::{
    ENTERPRISE, bulk, delete, id_of, is_error, members, off, patch, path_of, post, retitle, statuses,
};
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// A group before its members, and a person before the manager.
#[rstest]
#[tokio::test(start_paused = true)]
async fn in_any_order(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let mut ada = person("ada");
    ada["schemas"].as_array_mut().unwrap().push(json!(ENTERPRISE));
    ada[ENTERPRISE] = json!({"manager": {"value": "bulkId:eve"}});
    let outcomes = bulk(
        &world,
        &[
            post("Groups", "team", group("Team", &["bulkId:ada", "bulkId:eve"])),
            post("Users", "ada", ada),
            post("Users", "eve", person("eve")),
        ],
    )
    .await;
    assert_eq!(statuses(&outcomes), ["201", "201", "201"], "{outcomes:?}");
    let bulk_ids: Vec<_> = outcomes.iter().map(|outcome| outcome["bulkId"].as_str().unwrap()).collect();
    assert_eq!(bulk_ids, ["team", "ada", "eve"]);
    let (ada, eve) = (id_of(&outcomes[1]), id_of(&outcomes[2]));
    let mut found = members(&world, &path_of(&outcomes[0])).await;
    found.sort_unstable();
    let mut wanted = [ada.clone(), eve.clone()];
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    let shown = world.get(&format!("/Users/{ada}")).await.body;
    assert_eq!(shown[ENTERPRISE]["manager"]["value"], json!(eve));
}

/// New people join a group that exists, by every form of a value.
#[rstest]
#[case::list(json!([{"op": "add", "path": "members", "value": [{"value": "bulkId:ada"}]}]))]
#[case::replacement(json!([{"op": "replace", "path": "members", "value": [{"value": "bulkId:ada", "type": "User"}]}]))]
#[case::without_a_path(json!([{"op": "add", "value": {"members": [{"value": "bulkId:ada"}]}}]))]
#[tokio::test(start_paused = true)]
async fn new_members(
    #[case] operations: serde_json::Value,
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    let team = format!("/Groups/{}", world.post("/Groups", group("Team", &[])).await.id());
    let outcomes = bulk(&world, &[patch(&team, operations), post("Users", "ada", person("ada"))]).await;
    assert_eq!(statuses(&outcomes), ["200", "201"], "{outcomes:?}");
    assert_eq!(members(&world, &team).await, [id_of(&outcomes[1])]);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn in_a_path(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let operations = [
        retitle("/Users/bulkId:ada", "Countess"),
        off("/Users/bulkId:ada"),
        delete("/Users/bulkId:eve"),
        post("Users", "ada", person("ada")),
        post("Users", "eve", person("eve")),
    ];
    let outcomes = bulk(&world, &operations).await;
    assert_eq!(statuses(&outcomes), ["200", "200", "204", "201", "201"], "{outcomes:?}");
    assert_eq!(path_of(&outcomes[0]), path_of(&outcomes[3]));
    let ada = world.get(&path_of(&outcomes[3])).await.body;
    assert_eq!((&ada["title"], &ada["active"]), (&json!("Countess"), &json!(false)));
    assert_eq!(world.get(&path_of(&outcomes[4])).await.status, 404);
}

/// A reference to nothing, and one to what failed: those operations fail, and nothing of them happens. The others go on.
#[rstest]
#[tokio::test(start_paused = true)]
async fn that_lead_nowhere(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    world.post("/Users", person("taken")).await;
    let outcomes = bulk(
        &world,
        &[
            post("Groups", "a", group("A", &["bulkId:nobody"])),
            post("Groups", "b", group("B", &["bulkId:taken"])),
            post("Users", "taken", person("taken")),
            retitle("/Users/bulkId:taken", "Countess"),
            delete("/Users/bulkId:nobody"),
            post("Groups", "c", group("C", &["bulkId:fine"])),
            post("Users", "fine", person("fine")),
            post("Groups", "d", group("D", &["bulkId:b"])),
        ],
    )
    .await;
    let (unknown, failed) = (("400", "invalidValue"), ("409", ""));
    let wanted = [unknown, failed, ("409", "uniqueness"), failed, unknown, ("201", ""), ("201", ""), failed];
    for (outcome, (status, scim_type)) in outcomes.iter().zip(wanted) {
        match status {
            "201" => assert_eq!(outcome["status"], "201", "{outcome}"),
            _ => {
                is_error(outcome, status, scim_type);
                assert_eq!(outcome.get("location"), None, "{outcome}");
            }
        }
    }
    assert_eq!(outcomes.len(), wanted.len());
    let groups = world.get("/Groups").await.body;
    assert_eq!((&groups["totalResults"], &groups["Resources"][0]["displayName"]), (&json!(1), &json!("C")));
}

fn managed(name: &str, manager: &str) -> serde_json::Value {
    let mut person = person(name);
    person["schemas"].as_array_mut().unwrap().push(json!(ENTERPRISE));
    person[ENTERPRISE] = json!({"manager": {"value": format!("bulkId:{manager}")}});
    person
}

async fn people(world: &World) -> u64 {
    world.get("/Users").await.body["totalResults"].as_u64().unwrap()
}

/// §3.7.1: nobody can be made before the other is. Whoever has no part in it is made.
#[rstest]
#[tokio::test(start_paused = true)]
async fn in_a_circle(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let outcomes = bulk(
        &world,
        &[
            post("Users", "ada", managed("ada", "eve")),
            post("Users", "eve", managed("eve", "ada")),
            post("Users", "joe", managed("joe", "joe")),
            post("Users", "bob", managed("bob", "tim")),
            post("Users", "tim", person("tim")),
            post("Groups", "team", group("Team", &["bulkId:ada"])),
        ],
    )
    .await;
    for at in [0, 1, 2, 5] {
        is_error(&outcomes[at], "409", "");
    }
    assert_eq!((statuses(&outcomes)[3], statuses(&outcomes)[4]), ("201", "201"));
    assert_eq!(people(&world).await, 2);
    assert_eq!(world.get("/Groups").await.body["totalResults"], 0);
}

/// What two operations call themselves is nobody's name.
#[rstest]
#[tokio::test(start_paused = true)]
async fn to_one_of_two(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let outcomes = bulk(
        &world,
        &[
            post("Users", "x", person("ada")),
            post("Users", "x", person("eve")),
            post("Groups", "team", group("Team", &["bulkId:x"])),
        ],
    )
    .await;
    is_error(&outcomes[0], "400", "invalidValue");
    is_error(&outcomes[1], "400", "invalidValue");
    is_error(&outcomes[2], "409", "");
    assert_eq!(people(&world).await, 0);
}

/// A reference stands for a whole value. Text that only looks like one stays.
#[rstest]
#[tokio::test(start_paused = true)]
async fn that_are_none(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let mut ada = person("ada");
    ada["title"] = json!("see bulkId:eve");
    let outcomes = bulk(&world, &[post("Users", "ada", ada)]).await;
    assert_eq!(statuses(&outcomes), ["201"]);
    assert_eq!(world.get(&path_of(&outcomes[0])).await.body["title"], "see bulkId:eve");
}
