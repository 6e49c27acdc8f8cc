//! §3.5.2, changing attributes.

use rstest::rstest;
use serde_json::{Value, json};

use super::{patch_of, refused};
use crate::support::world::{group, person};
use crate::support::{Over, World};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn ada(world: &World) -> String {
    let mut body = person("ada");
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]);
    body[ENTERPRISE] = json!({"department": "Engines", "manager": {"value": "boss"}});
    let made = world.post("/Users", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/Users/{}", made.id())
}

fn replace(path: &str, value: Value) -> Value {
    json!({"op": "replace", "path": path, "value": value})
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn operations_follow_each_other(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let path = ada(&world).await;
        let reply = world
            .patch(
                &path,
                json!([
                    {"op": "add", "path": "nickName", "value": "Countess"},
                    replace("nickName", json!("Enchantress")),
                    {"op": "remove", "path": "title"},
                    replace("name.familyName", json!("King")),
                    {"op": "add", "path": "emails", "value": [{"value": "ada@home.example.com", "type": "home"}]},
                    replace("emails[type eq \"home\"].display", json!("At home")),
                    replace(&format!("{ENTERPRISE}:department"), json!("Looms")),
                    {"op": "remove", "path": format!("{ENTERPRISE}:manager")},
                ]),
            )
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let body = &reply.body;
        assert_eq!((&body["nickName"], body.get("title")), (&json!("Enchantress"), None));
        assert_eq!(body["name"], json!({"givenName": "ada", "familyName": "King"}));
        assert_eq!(body["emails"][1]["display"], "At home");
        assert_eq!(body[ENTERPRISE], json!({"department": "Looms"}));
        assert_eq!(world.get(&path).await.body, *body);
    }
}

/// Every kind of wrong operation, each after one that is right: all or nothing (§3.5.2).
#[rstest]
#[tokio::test(start_paused = true)]
async fn one_wrong_operation_undoes_all(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let path = ada(&world).await;
        let id = path.trim_start_matches("/Users/");
        world.post("/Users", person("eve")).await;
        for (wrong, error) in [
            (replace("id", json!("another")), (400, "mutability")),
            (replace("meta.location", json!("http://elsewhere/")), (400, "mutability")),
            (replace("groups", json!([{"value": "x"}])), (400, "mutability")),
            (replace("userName[", json!("x")), (400, "invalidFilter")),
            (replace("name..givenName", json!("x")), (400, "invalidPath")),
            (json!({"op": "remove"}), (400, "noTarget")),
            (json!({"op": "move", "path": "title", "value": "x"}), (400, "invalidSyntax")),
            (json!({"op": "replace", "path": "active", "value": "perhaps"}), (400, "invalidValue")),
            (replace("name", json!("Ada")), (400, "invalidValue")),
            (replace("emails[nonsense eq \"x\"].value", json!("x")), (400, "invalidFilter")),
            (replace("userName", json!("EVE@example.com")), (409, "uniqueness")),
            (json!("remove"), (400, "invalidSyntax")),
        ] {
            let body = patch_of(json!([replace("title", json!("Countess")), wrong]));
            refused(&world, "PATCH", &path, body, error).await;
        }
        // What is read-only may be repeated.
        let same = world.patch(&path, json!([replace("id", json!(id))])).await;
        assert_eq!(same.status, 200, "{same:?}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn user_name_cannot_go(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let path = ada(&world).await;
        for operation in [json!({"op": "remove", "path": "userName"}), replace("userName", json!(""))] {
            let reply = world.patch(&path, json!([operation])).await;
            assert_eq!(reply.status, 400, "{operation}: {reply:?}");
            assert_eq!(world.get(&path).await.body["userName"], "ada@example.com");
        }
        let engineers = world.post("/Groups", group("Engineers", &[])).await.id();
        let path = format!("/Groups/{engineers}");
        let reply = world.patch(&path, json!([{"op": "remove", "path": "displayName"}])).await;
        assert_eq!(reply.status, 400, "{reply:?}");
        assert_eq!(world.get(&path).await.body["displayName"], "Engineers");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn where_the_profiles_differ(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let (tolerant, strict) = (over.world(), over.strict());
    let (at, strictly) = (ada(&tolerant).await, ada(&strict).await);
    let urn_key = format!("{ENTERPRISE}:department");
    for (operation, error) in [
        (json!({"op": "Replace", "path": "title", "value": "x"}), "invalidSyntax"),
        (json!({"op": "replace", "value": {"title": "y"}}), "invalidSyntax"),
        (json!({"op": "replace", "value": {urn_key: "y"}}), "invalidSyntax"),
        (replace("phoneNumbers[type eq \"work\"].value", json!("+44")), "noTarget"),
        (replace("active", json!("True")), "invalidValue"),
        (replace(&format!("{ENTERPRISE}:manager"), json!("boss")), "invalidValue"),
        (json!({"op": "remove", "path": "nickName", "value": "x"}), "invalidValue"),
    ] {
        let body = json!([operation]);
        refused(&strict, "PATCH", &strictly, patch_of(body.clone()), (400, error)).await;
        let reply = tolerant.patch(&at, body).await;
        assert_eq!(reply.status, 200, "{operation}: {reply:?}");
    }
    refused(&strict, "PATCH", &strictly, patch_of(json!([])), (400, "invalidSyntax")).await;
    refused(
        &strict,
        "PATCH",
        &strictly,
        patch_of(json!([replace("nonsense", json!(1))])),
        (400, "invalidPath"),
    )
    .await;
    let before = tolerant.still().await;
    assert!(matches!(tolerant.patch(&at, json!([])).await.status, 200 | 204));
    assert!(tolerant.patch(&at, json!([replace("nonsense", json!(1))])).await.status < 300);
    assert_eq!(tolerant.still().await, before);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_changes_nothing_writes_nothing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = ada(&world).await;
    world.wait(60).await;
    let (read, before) = (world.get(&path).await.body, world.still().await);
    for operations in [
        json!([replace("title", json!("Engineer"))]),
        json!([replace("active", json!(true))]),
        json!([{"op": "remove", "path": "nickName"}]),
        json!([{"op": "add", "path": "emails", "value": read["emails"]}]),
        json!([{"op": "replace", "value": {"userName": "ada@example.com", "displayName": "ada Example"}}]),
        json!([replace("externalId", json!("ext-ada"))]),
        json!([{"op": "add", "path": "nickName", "value": "x"}, {"op": "remove", "path": "nickName"}]),
    ] {
        world.wait(1).await;
        let reply = world.patch(&path, operations.clone()).await;
        assert_eq!((reply.status, &reply.body), (200, &read), "{operations}");
        assert_eq!(world.still().await, before, "{operations}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn access_that_nobody_speaks_of_stays(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = ada(&world).await;
    world.patch(&path, json!([replace("active", json!(false))])).await;
    // Removed: answers leave it out, the person has no access all the same.
    let reply = world.patch(&path, json!([{"op": "remove", "path": "active"}])).await;
    assert_eq!((reply.status, reply.body.get("active")), (200, None), "{reply:?}");
    let off = world.get("/Users?filter=active%20eq%20false").await;
    assert_eq!(off.body["totalResults"], 1, "{off:?}");
    let reply = world.patch(&path, json!([replace("title", json!("Countess"))])).await;
    assert_eq!((reply.status, reply.body.get("active")), (200, None));
    let reply = world.patch(&path, json!([replace("active", json!(true))])).await;
    assert_eq!((reply.status, &reply.body["active"]), (200, &json!(true)));
    assert_eq!(reply.body["title"], "Countess");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_not_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let path = ada(&world).await;
        let body = patch_of(json!([replace("title", json!("x"))]));
        refused(&world, "PATCH", "/Users/nobody", body.clone(), (404, "")).await;
        let group = path.replace("Users", "Groups");
        let rename = patch_of(json!([replace("displayName", json!("x"))]));
        refused(&world, "PATCH", &group, rename, (404, "")).await;
    }
}
