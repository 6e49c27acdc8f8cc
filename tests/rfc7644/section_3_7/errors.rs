//! §3.7.3: operations that fail, and when nothing more is carried out.

use rstest::rstest;
use serde_json::{Value, json};

use super::{BULK, bulk, bulk_failing, delete, is_error, off, patch, post, put, retitle, send, statuses};
use crate::support::Over;
use crate::support::world::{group, person};

/// What an operation of its own would have as its error an operation of a bulk request has, too. The others go on.
#[rstest]
#[case::get(json!({"method": "GET", "path": "/Users"}), "400", "invalidSyntax")]
#[case::no_endpoint(post("Things", "x", json!({})), "404", "")]
#[case::nested(post("Bulk", "x", json!({"schemas": [BULK], "Operations": []})), "400", "invalidSyntax")]
#[case::search(post("Users/.search", "x", json!({})), "400", "invalidSyntax")]
#[case::nobody(retitle("/Users/nobody", "x"), "404", "")]
#[case::wrong_value(post("Users", "x", json!({"userName": "x", "active": 7})), "400", "invalidValue")]
#[case::no_name(post("Users", "x", json!({"title": "x"})), "400", "invalidValue")]
#[case::no_patch(json!({"method": "PATCH", "path": "/Users/1", "data": {"op": "add"}}), "400", "invalidSyntax")]
#[case::taken(post("Users", "x", person("ada")), "409", "uniqueness")]
#[case::read_only(patch("/Users/ADA", json!([{"op": "replace", "path": "id", "value": "x"}])), "400", "mutability")]
#[case::another_id(put("/Users/ADA", json!({"id": "x", "userName": "ada@example.com"})), "400", "mutability")]
#[case::no_group(retitle("/Groups/ADA", "x"), "404", "")]
#[tokio::test(start_paused = true)]
async fn of_one_operation(
    #[case] operation: Value,
    #[case] status: &str,
    #[case] scim_type: &str,
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let operation: Value = serde_json::from_str(&operation.to_string().replace("ADA", &ada)).unwrap();
    let before = world.still().await;
    let outcomes = bulk(&world, std::slice::from_ref(&operation)).await;
    is_error(&outcomes[0], status, scim_type);
    assert_eq!(outcomes[0]["method"], operation["method"]);
    assert_eq!(world.still().await, before, "{operation}");

    let around = [post("Users", "a", person("eve")), operation, post("Users", "b", person("bob"))];
    let outcomes = bulk(&world, &around).await;
    assert_eq!(statuses(&outcomes), ["201", status, "201"]);
}

/// What arrives together with `active: false` is never a reason not to deactivate.
#[rstest]
#[tokio::test(start_paused = true)]
async fn beside_the_end_of_an_access(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let operations = json!([
        {"op": "replace", "path": "emails", "value": 7},
        {"op": "replace", "path": "active", "value": false},
    ]);
    let outcomes = bulk(&world, &[patch(&ada, operations)]).await;
    is_error(&outcomes[0], "400", "invalidValue");
    let detail = outcomes[0]["response"]["detail"].as_str().unwrap();
    assert!(detail.starts_with("The user was deactivated, but"), "{detail}");
    assert_eq!(world.get(&ada).await.body["active"], false);
}

/// `failOnErrors`: after so many errors nothing is carried out, and what was not is not in the answer.
#[rstest]
#[case(json!(1), &["201", "404"])]
#[case(json!(2), &["201", "404", "201", "404"])]
#[case(json!(3), &["201", "404", "201", "404", "201"])]
#[case(json!(null), &["201", "404", "201", "404", "201"])]
#[tokio::test(start_paused = true)]
async fn that_are_too_many(
    #[case] most: Value,
    #[case] wanted: &[&str],
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    let operations = [
        post("Users", "a", person("ada")),
        delete("/Users/nobody"),
        post("Users", "b", person("eve")),
        delete("/Groups/nothing"),
        post("Groups", "c", group("Team", &["bulkId:a"])),
    ];
    let outcomes = bulk_failing(&world, &operations, most).await;
    assert_eq!(statuses(&outcomes), wanted);
    let made = wanted.iter().filter(|status| **status == "201").count() as u64;
    let count = async |path: &str| world.get(path).await.body["totalResults"].as_u64().unwrap();
    assert_eq!(count("/Users").await + count("/Groups").await, made);
}

/// The answer has what was carried out, be it that the sequence was another.
#[rstest]
#[tokio::test(start_paused = true)]
async fn in_another_sequence(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let operations = [
        post("Groups", "team", group("Team", &["bulkId:new"])),
        delete("/Users/nobody"),
        post("Users", "new", person("new")),
        off(&ada),
    ];
    let outcomes = bulk_failing(&world, &operations, json!(1)).await;
    let told: Vec<_> = outcomes.iter().map(|outcome| outcome["method"].as_str().unwrap()).collect();
    assert_eq!((told, statuses(&outcomes)), (vec!["DELETE", "PATCH"], vec!["404", "200"]));
    assert_eq!(world.get("/Users").await.body["totalResults"], 1);
}

/// What is no bulk request is refused as a whole.
#[rstest]
#[case(json!({"schemas": [BULK]}), 400, "invalidSyntax")]
#[case(json!({"schemas": [BULK], "Operations": [7]}), 400, "invalidSyntax")]
#[case(json!({"schemas": [BULK], "Operations": [], "failOnErrors": 0}), 400, "invalidValue")]
#[tokio::test(start_paused = true)]
async fn of_the_whole(
    #[case] body: Value,
    #[case] status: u16,
    #[case] scim_type: &str,
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let world = over.world();
    let reply = send(&world, &body).await;
    assert_eq!((reply.status, reply.json()["scimType"].as_str()), (status, Some(scim_type)));
}

/// What the tolerant profile forgives the strict one refuses, operation by operation.
#[rstest]
#[tokio::test(start_paused = true)]
async fn in_the_strict_profile(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for (world, wanted) in [(over.world(), ["201", "200", "200"]), (over.strict(), ["400", "400", "400"])] {
        let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
        let bare = json!([{"op": "replace", "path": "title", "value": "x"}]);
        let operations = [
            json!({"method": "POST", "path": "/Users", "data": person("eve")}),
            json!({"method": "PATCH", "path": ada, "data": bare}),
            json!({"method": "PATCH", "path": ada, "data": {"Operations": bare}}),
        ];
        let outcomes = bulk(&world, &operations).await;
        assert_eq!(statuses(&outcomes), wanted, "{outcomes:?}");
    }
}
