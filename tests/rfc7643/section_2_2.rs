//! §2.2, `required`: what a product takes nobody without is said in `/Schemas` and asked of every write.

use rstest::rstest;
use scim_facade::backend::memory::MemoryConfig;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::world::person;

/// A product that takes nobody without an e-mail address.
fn world(email_from_username: bool) -> World {
    let config = MemoryConfig { requires_email: true, email_from_username, ..MemoryConfig::default() };
    World::memory_with(config)
}

fn nameless(user_name: &str) -> Value {
    let mut person = person("ada");
    person.as_object_mut().unwrap().remove("emails");
    person["userName"] = json!(user_name);
    person
}

/// The e-mail addresses that the product has of everybody.
fn native_emails(world: &World) -> Vec<Value> {
    let people = world.memory.as_ref().unwrap().everything(Kind::User);
    people.into_iter().map(|person| person.attrs.get("emails").cloned().unwrap_or_default()).collect()
}

#[tokio::test(start_paused = true)]
async fn schemas_say_what_is_required() {
    let required = async |world: World| {
        let path = "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User";
        let schema = world.http("GET", path, &Default::default(), None).await.json();
        let attributes = schema["attributes"].as_array().unwrap().clone();
        let emails = attributes.into_iter().find(|attribute| attribute["name"] == "emails").unwrap();
        let subs = emails["subAttributes"].as_array().unwrap().clone();
        let value = subs.into_iter().find(|sub| sub["name"] == "value").unwrap();
        (emails["required"].clone(), value["required"].clone())
    };
    assert_eq!(required(world(true)).await, (json!(true), json!(true)));
    assert_eq!(required(World::memory_with(MemoryConfig::default())).await, (json!(false), json!(false)));
}

/// A userName that is an address makes up for a missing one natively; what comes back is what was written.
#[tokio::test(start_paused = true)]
async fn a_user_name_can_be_the_address() {
    let world = world(true);
    let ada = world.post("/Users", nameless("ada@example.com")).await;
    assert_eq!((ada.status, &ada.body["emails"]), (201, &Value::Null), "{ada:?}");
    let made_up = json!([{"value": "ada@example.com", "type": "work", "primary": true}]);
    assert_eq!(native_emails(&world), [made_up]);
    let path = format!("/Users/{}", ada.id());
    assert_eq!(world.get(&path).await.body["emails"], Value::Null);
    // A client that has renamed her wants the address to follow, for it gave none.
    let renamed = json!([{"op": "replace", "path": "userName", "value": "countess@example.com"}]);
    assert_eq!(world.patch(&path, renamed).await.status, 200);
    assert_eq!(native_emails(&world)[0][0]["value"], "countess@example.com");
    // What it gives is taken, and stays until it takes it away.
    let given = json!([{"op": "add", "path": "emails", "value": [{"value": "work@example.com"}]}]);
    assert_eq!(world.patch(&path, given).await.body["emails"], json!([{"value": "work@example.com"}]));
    assert_eq!(native_emails(&world)[0], json!([{"value": "work@example.com"}]));
}

/// POST, PUT and PATCH are refused that would leave somebody without; the answer says what to do, and nothing is changed.
#[rstest]
#[case::not_an_address(true, "ada")]
#[case::not_to_be_made_up(false, "ada@example.com")]
#[tokio::test(start_paused = true)]
async fn nobody_is_left_without(#[case] email_from_username: bool, #[case] user_name: &str) {
    let world = world(email_from_username);
    let mut ada = nameless(user_name);
    ada["emails"] = json!([{"value": "ada@example.com", "primary": true}]);
    let made = world.post("/Users", ada).await;
    let path = format!("/Users/{}", made.id());
    let before = world.still().await;
    let remove = json!([{"op": "remove", "path": "emails"}]);
    let mut blank = nameless("bob");
    blank["emails"] = json!([{"type": "work"}]);
    let refused = [
        (world.post("/Users", nameless("bob")).await, "invalidValue"),
        (world.post("/Users", blank).await, "invalidValue"),
        (world.put(&path, nameless(user_name)).await, "invalidValue"),
        // RFC 7644 §3.5.2.2.
        (world.patch(&path, remove).await, "mutability"),
    ];
    for (reply, kind) in refused {
        assert_eq!((reply.status, reply.body["scimType"].as_str()), (400, Some(kind)), "{reply:?}");
        let detail = reply.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("'emails.value' is required. Send an e-mail address"), "{detail}");
    }
    assert_eq!(world.still().await, before);
}

/// Loss of access first: what is missing is told, and the person has no access.
#[tokio::test(start_paused = true)]
async fn a_deactivation_stands_all_the_same() {
    let world = world(true);
    let mut ada = nameless("ada");
    ada["emails"] = json!([{"value": "ada@example.com"}]);
    let path = format!("/Users/{}", world.post("/Users", ada).await.id());
    let mut leaving = nameless("ada");
    leaving["active"] = json!(false);
    let reply = world.put(&path, leaving).await;
    assert_eq!(reply.status, 400, "{reply:?}");
    assert_eq!(world.get(&path).await.body["active"], false);
}
