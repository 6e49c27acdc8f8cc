//! §3.5.1, replacing.

use rstest::rstest;
use serde_json::{Value, json};

use super::refused;
use crate::support::Over;
use crate::support::world::{group, person};

fn without(mut body: Value, names: &[&str]) -> Value {
    for name in names {
        body.as_object_mut().unwrap().shift_remove(*name);
    }
    body
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_left_out_is_cleared(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let mut body = without(person("ada"), &["title", "displayName", "externalId", "active"]);
    body["nickName"] = json!("Countess");
    let put = world.put(&path, body).await;
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!((put.body.get("title"), put.body.get("displayName")), (None, None));
    assert_eq!(put.body["nickName"], "Countess");
    // These three stay: what the client calls it, whether the person has access, who is a member.
    assert_eq!((&put.body["externalId"], &put.body["active"]), (&json!("ext-ada"), &json!(true)));
    assert_eq!(world.get(&path).await.body, put.body);

    let cleared = world
        .put(&path, {
            let mut body = person("ada");
            body["externalId"] = json!(null);
            body
        })
        .await;
    assert_eq!(cleared.body.get("externalId"), None);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn silence_about_active_changes_nothing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let put = world.put(&path, without(person("ada"), &["active"])).await;
    assert_eq!((put.status, &put.body["active"]), (200, &json!(false)));
    let put = world.put(&path, person("ada")).await;
    assert_eq!((put.status, &put.body["active"]), (200, &json!(true)));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn members_stay_unless_named(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let path = format!("/Groups/{}", world.post("/Groups", group("Engineers", &[&ada])).await.id());
    let members = |reply: &crate::support::world::Reply| {
        let list = reply.body["members"].as_array().cloned().unwrap_or_default();
        list.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let put = world.put(&path, without(group("Analysts", &[]), &["members"])).await;
    assert_eq!((put.status, &put.body["displayName"]), (200, &json!("Analysts")));
    assert_eq!(members(&put), [ada.as_str()]);
    assert_eq!(members(&world.put(&path, group("Analysts", &[&eve])).await), [eve.as_str()]);
    assert_eq!(members(&world.put(&path, group("Analysts", &[])).await), Vec::<String>::new());
    assert_eq!(members(&world.get(&path).await), Vec::<String>::new());
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_answer_to_a_read_can_be_put_back(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let ada = world.post("/Users", person("ada")).await.id();
        let engineers = world.post("/Groups", group("Engineers", &[&ada])).await.id();
        for path in [format!("/Users/{ada}"), format!("/Groups/{engineers}")] {
            world.wait(60).await;
            let before = world.get(&path).await.body;
            let writes = world.native_writes();
            let put = world.put(&path, before.clone()).await;
            assert_eq!((put.status, put.body), (200, before.clone()), "{path}");
            assert_eq!(world.get(&path).await.body, before);
            assert_eq!(world.native_writes(), writes);
        }
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_refused_changes_nothing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let ada = world.post("/Users", person("ada")).await.id();
        world.post("/Users", person("eve")).await;
        let path = format!("/Users/{ada}");
        let with = |name: &str, value: Value| {
            let mut body = person("ada");
            body["title"] = json!("Countess");
            body[name] = value;
            Some(body)
        };
        refused(&world, "PUT", &path, with("id", json!("another")), (400, "mutability")).await;
        refused(&world, "PUT", &path, with("userName", json!("EVE@example.com")), (409, "uniqueness")).await;
        refused(&world, "PUT", &path, with("userName", json!(null)), (400, "invalidValue")).await;
        refused(&world, "PUT", &path, with("name", json!("x")), (400, "invalidValue")).await;
        refused(&world, "PUT", &path, Some(json!("x")), (400, "invalidSyntax")).await;
        refused(&world, "PUT", "/Users/nobody", Some(person("ada")), (404, "")).await;
        refused(&world, "PUT", "/Groups/nobody", Some(group("x", &[])), (404, "")).await;

        let one = world.post("/Groups", group("One", &[&ada])).await.id();
        world.post("/Groups", group("Two", &[])).await;
        let path = format!("/Groups/{one}");
        refused(&world, "PUT", &path, Some(group("two", &[&ada])), (409, "uniqueness")).await;
        refused(&world, "PUT", &path, Some(group("", &[&ada])), (400, "invalidValue")).await;
    }
    let strict = over.strict();
    let path = format!("/Users/{}", strict.post("/Users", person("ada")).await.id());
    let mut body = person("ada");
    body["adreses"] = json!([]);
    refused(&strict, "PUT", &path, Some(body), (400, "invalidSyntax")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_new_name_frees_the_old_one(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let path = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let mut body = person("augusta");
    body["externalId"] = json!("ext-ada");
    let put = world.put(&path, body).await;
    assert_eq!((put.status, &put.body["userName"]), (200, &json!("augusta@example.com")), "{put:?}");
    let again = world.post("/Users", person("ada")).await;
    assert_eq!(again.status, 201, "{again:?}");
    assert_ne!(format!("/Users/{}", again.id()), path);
}
