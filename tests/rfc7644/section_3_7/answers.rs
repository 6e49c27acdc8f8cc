//! §3.7.3: every method, and what is told of it.

use rstest::rstest;
use serde_json::{Value, json};

use super::{bulk, delete, members, off, patch, path_of, post, put, retitle, statuses};
use crate::support::Over;
use crate::support::world::{group, person};

#[rstest]
#[tokio::test(start_paused = true)]
async fn every_method(
    #[values(Over::Memory, Over::Sophos, Over::SophosQuarantines)] over: Over,
    #[values(false, true)] strict: bool,
) {
    let world = if strict { over.strict() } else { over.world() };
    world.backend.prepare(&world.ctx()).await.unwrap();
    let mut paths = Vec::new();
    for name in ["ada", "eve", "bob"] {
        paths.push(format!("/Users/{}", world.post("/Users", person(name)).await.id()));
    }
    let mut king = person("eve");
    king["displayName"] = json!("Eve King");
    let outcomes = bulk(
        &world,
        &[
            post("Users", "new", person("new")),
            put(&paths[1], king),
            retitle(&paths[0], "Countess"),
            off(&paths[0]),
            delete(&paths[2]),
            post("Groups", "team", group("Team", &[])),
        ],
    )
    .await;
    assert_eq!(statuses(&outcomes), ["201", "200", "200", "200", "204", "201"], "{outcomes:?}");
    assert_eq!(world.get(&path_of(&outcomes[0])).await.body["userName"], "new@example.com");
    assert_eq!(world.get(&paths[1]).await.body["displayName"], "Eve King");
    let ada = world.get(&paths[0]).await.body;
    assert_eq!((&ada["title"], &ada["active"]), (&json!("Countess"), &json!(false)));
    assert_eq!(world.get(&paths[2]).await.status, 404);
    assert_eq!(world.get(&path_of(&outcomes[5])).await.body["displayName"], "Team");
}

/// Method, `bulkId`, location and version, in the order of the request; a body only with an error.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_told(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let mut named = retitle(&ada, "Countess");
    named["bulkId"] = json!("second");
    let operations = [post("Users", "first", person("eve")), named, delete("/Groups/nothing")];
    let outcomes = bulk(&world, &operations).await;
    let told = |name: &str| outcomes.iter().map(|outcome| outcome[name].clone()).collect::<Vec<Value>>();
    assert_eq!(told("method"), ["POST", "PATCH", "DELETE"]);
    assert_eq!(told("bulkId"), [json!("first"), json!("second"), Value::Null]);
    assert_eq!(statuses(&outcomes), ["201", "200", "404"]);
    assert_eq!(path_of(&outcomes[1]), ada);
    assert_eq!(path_of(&outcomes[2]), "/Groups/nothing");
    for outcome in &outcomes[..2] {
        assert_eq!(outcome.get("response"), None, "{outcome}");
        let shown = world.get(&path_of(outcome)).await.body;
        assert_eq!(outcome["version"], shown["meta"]["version"], "{outcome}");
        assert_eq!(outcome["location"], shown["meta"]["location"], "{outcome}");
    }
    assert_eq!(outcomes[2]["response"]["status"], "404");
}

/// Operations on one resource happen in the order in which they were sent.
#[rstest]
#[tokio::test(start_paused = true)]
async fn one_after_the_other(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let path = format!("/Users/{ada}");
    let team = format!("/Groups/{}", world.post("/Groups", group("Team", &[])).await.id());
    let member = |op: &str| {
        let path = if op == "add" { "members".to_owned() } else { format!("members[value eq \"{ada}\"]") };
        let mut operation = json!({"op": op, "path": path});
        if op == "add" {
            operation["value"] = json!([{"value": ada}]);
        }
        patch(&team, json!([operation]))
    };
    let on = patch(&path, json!([{"op": "replace", "path": "active", "value": true}]));
    let operations = [
        retitle(&path, "One"),
        off(&path),
        retitle(&path, "Two"),
        on,
        member("add"),
        member("remove"),
        member("add"),
    ];
    let outcomes = bulk(&world, &operations).await;
    assert_eq!(statuses(&outcomes), ["200"; 7], "{outcomes:?}");
    let shown = world.get(&path).await.body;
    assert_eq!((&shown["title"], &shown["active"]), (&json!("Two"), &json!(true)));
    assert_eq!(members(&world, &team).await, [ada]);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn nothing_to_do(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let before = world.still().await;
    assert_eq!(bulk(&world, &[]).await, Vec::<Value>::new());
    assert_eq!(world.still().await, before);
}

/// Nobody is shown the resources, so nothing is read to show them.
#[tokio::test(start_paused = true)]
async fn it_costs_what_its_operations_cost() {
    let world = Over::Sophos.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let team = format!("/Groups/{}", world.post("/Groups", group("Team", &[])).await.id());
    world.wait(10).await;
    world.calls();
    let add = patch(&team, json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]));
    let outcomes = bulk(&world, &[add]).await;
    assert_eq!(statuses(&outcomes), ["200"]);
    let calls = world.calls();
    assert!(calls.len() == 1 && calls[0].starts_with("POST "), "{calls:?}");
}
