//! §3.3, extensions: attributes that an operator declares for a target are as good as any other.

use rstest::rstest;
use scim::profile::Profile;
use scim::schema::{Attribute, AttributeType};
use scim_facade::backend::memory::{CUSTOM, MemoryConfig};
use scim_facade::facade::CustomAttributes;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::world::{BASE, Reply, client, person};

const URN: &str = CUSTOM.urn;

fn attribute(name: &str, r#type: AttributeType) -> Attribute {
    Attribute { name: name.to_owned(), r#type, ..Attribute::default() }
}

/// A target with three attributes of its own: a text of at most five characters, one as long as the product takes, a number
/// and a choice.
fn world() -> World {
    let badge = Attribute {
        max_length: Some(5),
        description: "The number on the badge.".to_owned(),
        ..attribute("badge", AttributeType::String)
    };
    let declared = vec![
        badge,
        attribute("site", AttributeType::String),
        attribute("floor", AttributeType::Integer),
        attribute("remote", AttributeType::Boolean),
    ];
    let world = World::memory_with(MemoryConfig { has_custom: true, ..MemoryConfig::default() });
    world.set(|settings| settings.custom_attributes = CustomAttributes { declared, ..Default::default() })
}

fn with(name: &str, data: Value) -> Value {
    let mut person = person(name);
    person["schemas"].as_array_mut().unwrap().push(json!(URN));
    person[URN] = data;
    person
}

async fn ask(world: &World, path: &str) -> Value {
    world.http("GET", path, &Default::default(), None).await.json()
}

/// What the product has of the only person.
fn native(world: &World) -> Value {
    let people = world.memory.as_ref().unwrap().everything(Kind::User);
    people[0].attrs.get(URN).cloned().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn discovery_tells_of_declared_attributes() {
    let world = world();
    let schema = ask(&world, &format!("/Schemas/{URN}")).await;
    assert_eq!(schema["meta"]["location"], format!("{BASE}/Schemas/{URN}"));
    let told: Vec<(&str, &str)> = schema["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| (attribute["name"].as_str().unwrap(), attribute["description"].as_str().unwrap()))
        .collect();
    let expected = [
        ("badge", "The number on the badge. At most 5 characters."),
        ("site", "At most 64 characters."),
        ("floor", ""),
        ("remote", ""),
    ];
    assert_eq!(told, expected);
    let user = ask(&world, "/ResourceTypes/User").await;
    let extensions = user["schemaExtensions"].as_array().unwrap().clone();
    assert!(extensions.contains(&json!({"schema": URN, "required": false})), "{extensions:?}");
    let all = ask(&world, "/Schemas").await;
    assert!(all["Resources"].as_array().unwrap().contains(&schema));
}

/// A target for which nothing was declared serves no such schema, and its product is shown none of it.
#[tokio::test(start_paused = true)]
async fn nothing_declared_is_nothing_served() {
    let world = World::memory_with(MemoryConfig::default());
    assert_eq!(ask(&world, &format!("/Schemas/{URN}")).await["status"], "404");
    let made = world.post("/Users", with("ada", json!({"badge": "7"}))).await;
    assert_eq!((made.status, &made.body[URN]), (201, &Value::Null), "{made:?}");
    assert_eq!(native(&world), Value::Null);
}

/// Written and read, replaced and removed; the product has what the client has.
#[tokio::test(start_paused = true)]
async fn a_life_of_declared_attributes() {
    let world = world();
    let data = json!({"badge": "A-7", "floor": 3, "remote": false});
    let made = world.post("/Users", with("ada", data.clone())).await;
    assert_eq!((made.status, &made.body[URN]), (201, &data), "{made:?}");
    assert!(made.body["schemas"].as_array().unwrap().contains(&json!(URN)));
    assert_eq!(native(&world), data);
    let path = format!("/Users/{}", made.id());

    let by_path = json!([
        {"op": "replace", "path": format!("{URN}:badge"), "value": "B-8"},
        {"op": "remove", "path": format!("{URN}:remote")},
    ]);
    let patched = world.patch(&path, by_path).await;
    assert_eq!(patched.body[URN], json!({"badge": "B-8", "floor": 3}), "{patched:?}");
    let whole = json!([{"op": "add", "path": URN, "value": {"site": "Oslo"}}]);
    assert_eq!(world.patch(&path, whole).await.status, 200);
    // Entra ID's way.
    let pathless = json!([{"op": "replace", "value": {format!("{URN}:floor"): 4}}]);
    assert_eq!(world.patch(&path, pathless).await.status, 200);
    assert_eq!(world.get(&path).await.body[URN], json!({"badge": "B-8", "floor": 4, "site": "Oslo"}));
    assert_eq!(native(&world), json!({"badge": "B-8", "floor": 4, "site": "Oslo"}));

    let put = world.put(&path, with("ada", json!({"site": "Rome"}))).await;
    assert_eq!(put.body[URN], json!({"site": "Rome"}));
    assert_eq!(native(&world), json!({"site": "Rome"}));
    let gone = world.patch(&path, json!([{"op": "remove", "path": URN}])).await;
    assert_eq!((&gone.body[URN], native(&world)), (&Value::Null, Value::Null), "{gone:?}");
}

#[rstest]
#[case::by_text("badge eq \"a-7\"", 1)]
#[case::by_the_start("badge sw \"A\"", 2)]
#[case::by_number("floor ge 3", 1)]
#[case::by_choice("remote eq true", 1)]
#[case::by_presence("site pr", 0)]
#[tokio::test(start_paused = true)]
async fn people_are_found_by_them(#[case] filter: &str, #[case] found: usize) {
    let world = world();
    world.post("/Users", with("ada", json!({"badge": "A-7", "floor": 3}))).await;
    world.post("/Users", with("bob", json!({"badge": "A-8", "remote": true}))).await;
    world.post("/Users", person("eve")).await;
    let filter = format!("{URN}:{filter}");
    let encoded = percent_encoding::utf8_percent_encode(&filter, percent_encoding::NON_ALPHANUMERIC);
    let page = world.get(&format!("/Users?filter={encoded}")).await;
    assert_eq!(page.body["totalResults"], found, "{page:?}");
}

#[tokio::test(start_paused = true)]
async fn lists_are_sorted_and_cut_by_them() {
    let world = world();
    for (name, floor) in [("ada", 3), ("bob", 1), ("eve", 2)] {
        world.post("/Users", with(name, json!({"floor": floor, "badge": name}))).await;
    }
    let page = world.get(&format!("/Users?sortBy={URN}:floor&attributes={URN}:badge")).await;
    let badges: Vec<&Value> =
        page.body["Resources"].as_array().unwrap().iter().map(|user| &user[URN]["badge"]).collect();
    assert_eq!(badges, ["bob", "eve", "ada"], "{page:?}");
    let first = &page.body["Resources"][0];
    assert_eq!((&first[URN]["floor"], &first["userName"]), (&Value::Null, &Value::Null), "{first}");
}

/// The three writes with the same data.
async fn writes(world: &World, data: &Value) -> [Reply; 3] {
    let made = world.post("/Users", person("ada")).await;
    let path = format!("/Users/{}", made.id());
    let patch = json!([{"op": "add", "path": URN, "value": data}]);
    [
        world.post("/Users", with("bob", data.clone())).await,
        world.put(&path, with("ada", data.clone())).await,
        world.patch(&path, patch).await,
    ]
}

/// The answer names the attribute and the limit, and the product is not asked.
#[rstest]
#[case(json!({"badge": "123456"}), "'badge' is longer than 5 characters")]
#[case(json!({"site": "x".repeat(65)}), "'site' is longer than 64 characters")]
#[case(json!({"floor": "third"}), "'floor' must be a whole number")]
#[case(json!({"remote": 1}), "'remote' must be true or false")]
#[tokio::test(start_paused = true)]
async fn a_value_that_does_not_fit(#[case] data: Value, #[case] told: &str) {
    let world = world();
    for reply in writes(&world, &data).await {
        assert_eq!((reply.status, &reply.body["scimType"]), (400, &json!("invalidValue")), "{reply:?}");
        assert!(reply.body["detail"].as_str().unwrap().starts_with(told), "{reply:?}");
    }
    assert_eq!((native(&world), world.native_writes().len()), (Value::Null, 1));
}

/// An attribute that was not declared is as unknown as any: dropped, or refused by the strict profile.
#[tokio::test(start_paused = true)]
async fn an_attribute_that_was_not_declared() {
    let data = json!({"badge": "A-7", "shoe": 42});
    let world = world();
    for reply in writes(&world, &data).await {
        assert!(reply.status < 300, "{reply:?}");
        assert_eq!(reply.body[URN], json!({"badge": "A-7"}));
    }
    let strict =
        world.as_client(scim_facade::facade::Client { profile: Profile::Strict, ..client("strict") });
    let reply = strict.post("/Users", with("eve", data)).await;
    assert_eq!((reply.status, &reply.body["scimType"]), (400, &json!("invalidSyntax")), "{reply:?}");
}
