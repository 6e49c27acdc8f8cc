//! §3.3, creating.

use rstest::rstest;
use serde_json::json;

use super::refused;
use crate::support::world::{group, person};
use crate::support::{Over, World};

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_answer_is_the_whole_resource(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let mut body = person("ada");
    // Read-only attributes of a client are ignored.
    body["id"] = json!("mine");
    body["groups"] = json!([{"value": "x"}]);
    body["meta"] =
        json!({"resourceType": "Group", "location": "http://elsewhere/", "created": "1999-01-01T00:00:00Z"});
    body["password"] = json!("secret");
    let made = world.post("/Users", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_ne!(made.id(), "mine");
    assert_eq!(made.body["groups"].as_array().map_or(0, Vec::len), 0);
    assert_eq!(made.body["meta"]["resourceType"], "User");
    assert_ne!(made.body["meta"]["created"], "1999-01-01T00:00:00Z");
    assert_eq!(made.body["name"], json!({"givenName": "ada", "familyName": "Example"}));
    assert_eq!(made.body["externalId"], "ext-ada");
    assert!(made.body.get("password").is_none());
    assert_eq!(world.get(&format!("/Users/{}", made.id())).await.body, made.body);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn user_names_are_unique_whatever_their_case(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let mut second = person("other");
    second["userName"] = json!("ADA@example.com");
    refused(&world, "POST", "/Users", Some(second.clone()), (409, "uniqueness")).await;
    // Disabled people keep their name.
    world.patch(&format!("/Users/{ada}"), json!([{"op": "replace", "path": "active", "value": false}])).await;
    refused(&world, "POST", "/Users", Some(second), (409, "uniqueness")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn group_names_are_unique(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    assert_eq!(world.post("/Groups", group("Engineers", &[])).await.status, 201);
    refused(&world, "POST", "/Groups", Some(group("engineers", &[])), (409, "uniqueness")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn external_ids_may_repeat_in_the_tolerant_profile_only(
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let twin = |name: &str| {
        let mut body = person(name);
        body["externalId"] = json!("same");
        body
    };
    let world = over.world();
    assert_eq!(world.post("/Users", twin("ada")).await.status, 201);
    assert_eq!(world.post("/Users", twin("eve")).await.status, 201);
    let both = world.get("/Users?filter=externalId%20eq%20%22same%22").await;
    assert_eq!(both.body["totalResults"], 2);

    let strict = over.strict();
    let ada = strict.post("/Users", twin("ada")).await.id();
    refused(&strict, "POST", "/Users", Some(twin("eve")), (409, "uniqueness")).await;
    let eve = format!("/Users/{}", strict.post("/Users", person("eve")).await.id());
    refused(&strict, "PUT", &eve, Some(twin("eve")), (409, "uniqueness")).await;
    let rename = super::patch_of(json!([{"op": "replace", "path": "externalId", "value": "same"}]));
    refused(&strict, "PATCH", &eve, rename, (409, "uniqueness")).await;
    // One's own is no conflict.
    assert_eq!(strict.put(&format!("/Users/{ada}"), twin("ada")).await.status, 200);
    // A group of that name is another resource.
    let mut engineers = group("Engineers", &[]);
    engineers["externalId"] = json!("same");
    assert_eq!(strict.post("/Groups", engineers.clone()).await.status, 201);
    engineers["displayName"] = json!("Analysts");
    refused(&strict, "POST", "/Groups", Some(engineers), (409, "uniqueness")).await;
}

#[tokio::test(start_paused = true)]
async fn addresses_are_unique_only_where_the_backend_refuses_them() {
    let twin = || {
        let mut body = person("eve");
        body["emails"] = person("ada")["emails"].clone();
        body
    };
    let memory = Over::Memory.world();
    memory.post("/Users", person("ada")).await;
    assert_eq!(memory.post("/Users", twin()).await.status, 201);

    let sophos = Over::Sophos.world();
    sophos.post("/Users", person("ada")).await;
    let reply = sophos.post("/Users", twin()).await;
    assert!(super::is_error(&reply, 409, "uniqueness"), "{reply:?}");
    assert!(
        sophos.get("/Users?filter=userName%20eq%20%22eve%40example.com%22").await.body["totalResults"] == 0
    );
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_required_must_be_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let mut body = person("ada");
        body.as_object_mut().unwrap().remove("userName");
        refused(&world, "POST", "/Users", Some(body.clone()), (400, "invalidValue")).await;
        body["userName"] = json!(null);
        refused(&world, "POST", "/Users", Some(body.clone()), (400, "invalidValue")).await;
        body["userName"] = json!("");
        refused(&world, "POST", "/Users", Some(body), (400, "invalidValue")).await;
        let nameless = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]});
        refused(&world, "POST", "/Groups", Some(nameless), (400, "invalidValue")).await;
        refused(&world, "POST", "/Users", Some(json!([])), (400, "invalidSyntax")).await;
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_body_of_the_wrong_shape_makes_nothing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let with = |name: &str, value| {
        let mut body = person("ada");
        body[name] = value;
        Some(body)
    };
    for world in [over.world(), over.strict()] {
        for (name, value) in [("active", json!("perhaps")), ("name", json!("Ada")), ("title", json!(7))] {
            refused(&world, "POST", "/Users", with(name, value), (400, "invalidValue")).await;
        }
    }
    let strict = over.strict();
    refused(&strict, "POST", "/Users", with("nonsense", json!("x")), (400, "invalidSyntax")).await;
    refused(&strict, "POST", "/Users", with("active", json!("True")), (400, "invalidValue")).await;
    refused(&strict, "POST", "/Users", with("emails", json!("ada@example.com")), (400, "invalidValue")).await;
    let made = over.world().post("/Users", with("nonsense", json!("x")).unwrap()).await;
    assert_eq!((made.status, made.body.get("nonsense")), (201, None));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn members_that_are_unknown(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let unknown = "00000000-0000-4000-8000-00000000dead";
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let made = world.post("/Groups", group("Engineers", &[&ada, unknown, "no id at all"])).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["members"].as_array().unwrap().len(), 1);
    assert_eq!(made.body["members"][0]["value"], ada);

    let strict = over.strict();
    let ada = strict.post("/Users", person("ada")).await.id();
    let two = Some(group("Engineers", &[&ada, "no id at all"]));
    let reply = refused(&strict, "POST", "/Groups", two, (400, "invalidValue")).await;
    assert!(reply.body["detail"].as_str().unwrap().contains("no id at all"));
    let reply = strict.post("/Groups", group("Engineers", &[&ada, unknown])).await;
    assert!(super::is_error(&reply, 400, "invalidValue"), "{reply:?}");
    assert_eq!(strict.get("/Groups").await.body["totalResults"], 0);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn groups_are_no_members(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let inner = world.post("/Groups", group("Inner", &[])).await.id();
    refused(&world, "POST", "/Groups", Some(group("Outer", &[&inner])), (400, "invalidValue")).await;
    let mut told = group("Outer", &[]);
    told["members"] = json!([{"value": "any", "type": "Group"}]);
    refused(&world, "POST", "/Groups", Some(told), (400, "invalidValue")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn without_access_from_the_start(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world: World = over.world();
    let mut body = person("ada");
    body["active"] = json!(false);
    let made = world.post("/Users", body).await;
    assert_eq!((made.status, &made.body["active"]), (201, &json!(false)));
    let found = world.get("/Users?filter=userName%20eq%20%22ada%40example.com%22").await;
    assert_eq!(found.body["Resources"][0]["active"], false);
    if over == Over::Sophos {
        assert_eq!(world.native_writes(), Vec::<String>::new());
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_answer_can_be_chosen(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let made = world.post("/Users?attributes=userName", person("ada")).await;
    let names: Vec<&String> = made.body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["schemas", "id", "userName"]);
    let before = world.still().await;
    let reply = world.post("/Users?attributes=no%20path", person("eve")).await;
    assert_eq!(reply.status, 400);
    assert_eq!(world.still().await, before);
}
