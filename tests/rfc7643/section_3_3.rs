//! §3.3, extensions: attributes that an operator declares for a target are as good as any other.

use rstest::rstest;
use scim::profile::Profile;
use scim::schema::{Attribute, AttributeType};
use scim_facade::backend::memory::{CUSTOM, MemoryConfig};
use scim_facade::facade::CustomAttributes;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};
use simulator::Simulator;
use simulator::http::Request;
use simulator::netskope::{Profile as Manners, TENANT_URN};

use crate::support::World;
use crate::support::world::{BASE, Reply, client, person};

/// A product with a place for such attributes.
#[derive(Clone, Copy, Debug)]
enum Product {
    Memory,
    Netskope,
}

impl Product {
    fn urn(self) -> &'static str {
        match self {
            Self::Memory => CUSTOM.urn,
            Self::Netskope => TENANT_URN,
        }
    }

    /// A target with four attributes of its own: a text of at most five characters, one as long as the product takes, a
    /// number and a choice.
    fn world(self) -> World {
        self.as_it_is(Manners::Live2026)
    }

    fn as_it_is(self, manners: Manners) -> World {
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
        let custom = CustomAttributes { declared, ..CustomAttributes::default() };
        let names = custom.names().map(str::to_owned).collect();
        let world = match self {
            Self::Memory => World::memory_with(MemoryConfig { has_custom: true, ..MemoryConfig::default() }),
            Self::Netskope => World::netskope_as(manners.switches(), |config| config.own_attributes = names),
        };
        world.set(|settings| settings.custom_attributes = custom)
    }

    /// What the product has of the only person.
    fn native(self, world: &World) -> Value {
        let own = match self {
            Self::Memory => {
                world.memory.as_ref().unwrap().everything(Kind::User)[0].attrs.get(CUSTOM.urn).cloned()
            }
            Self::Netskope => Some(json!(world.netskope_sim().users()[0].tenant)),
        };
        own.filter(|own| *own != json!({})).unwrap_or_default()
    }

    /// Somebody with such data.
    fn person(self, name: &str, data: Value) -> Value {
        let mut person = person(name);
        person["schemas"].as_array_mut().unwrap().push(json!(self.urn()));
        person[self.urn()] = data;
        person
    }
}

fn attribute(name: &str, r#type: AttributeType) -> Attribute {
    Attribute { name: name.into(), r#type, ..Attribute::default() }
}

async fn ask(world: &World, path: &str) -> Value {
    world.http("GET", path, &Default::default(), None).await.json()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn discovery_tells_of_declared_attributes(
    #[values(Product::Memory, Product::Netskope)] product: Product,
) {
    let (world, urn) = (product.world(), product.urn());
    let schema = ask(&world, &format!("/Schemas/{urn}")).await;
    assert_eq!(schema["meta"]["location"], format!("{BASE}/Schemas/{urn}"));
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
    assert!(extensions.contains(&json!({"schema": urn, "required": false})), "{extensions:?}");
    let all = ask(&world, "/Schemas").await;
    assert!(all["Resources"].as_array().unwrap().contains(&schema));
}

/// A target for which nothing was declared serves no such schema; what the product has of it is neither shown nor changed.
#[tokio::test(start_paused = true)]
async fn nothing_declared_is_nothing_served() {
    let world = World::netskope_as(Manners::Live2026.switches(), |_| {});
    assert_eq!(ask(&world, &format!("/Schemas/{TENANT_URN}")).await["status"], "404");
    let made = world.post("/Users", Product::Netskope.person("ada", json!({"badge": "7"}))).await;
    assert_eq!((made.status, &made.body[TENANT_URN]), (201, &Value::Null), "{made:?}");
    assert_eq!(Product::Netskope.native(&world), Value::Null);
    others_write(&world, "badge", "8");
    let put = world.put(&format!("/Users/{}", made.id()), person("ada")).await;
    assert_eq!((put.status, &put.body[TENANT_URN]), (200, &Value::Null), "{put:?}");
    assert_eq!(Product::Netskope.native(&world), json!({"badge": "8"}));
}

/// Somebody else's script sets an attribute of the tenant's own.
fn others_write(world: &World, name: &str, value: &str) {
    let mut sim = world.netskope_sim();
    let path = format!("/api/v2/scim/Users/{}", sim.users()[0].id);
    let request = Request::new("PUT", &path).header("authorization", "Bearer netskope-token");
    let mut body =
        json!({"userName": "ada@example.com", "emails": [{"value": "ada@example.com", "type": "work"}]});
    body[TENANT_URN] = json!(sim.users()[0].tenant);
    body[TENANT_URN][name] = json!(value);
    let request = Request { body: body.to_string().into_bytes(), ..request };
    let (answer, _) = sim.handle(world.clock.now().0, &request);
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// What another script keeps there, and nobody has declared, is neither shown nor taken away, by a PATCH or by the PUT that
/// stands in for it.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_not_declared_is_left_alone(
    #[values(Manners::Live2026, Manners::Spec2024)] manners: Manners,
) {
    let product = Product::Netskope;
    let world = product.as_it_is(manners);
    let made = world.post("/Users", product.person("ada", json!({"badge": "A-7"}))).await;
    others_write(&world, "shoe", "42");
    world.wait(60).await;
    let path = format!("/Users/{}", made.id());
    assert_eq!(world.get(&path).await.body[TENANT_URN], json!({"badge": "A-7"}));
    let change = json!([{"op": "replace", "path": format!("{TENANT_URN}:badge"), "value": "B-8"}]);
    let changed = world.patch(&path, change).await;
    assert_eq!(changed.body[TENANT_URN], json!({"badge": "B-8"}), "{changed:?}");
    assert_eq!(product.native(&world), json!({"badge": "B-8", "shoe": "42"}));
    let gone = world.patch(&path, json!([{"op": "remove", "path": TENANT_URN}])).await;
    assert_eq!((gone.status, &gone.body[TENANT_URN]), (200, &Value::Null), "{gone:?}");
    assert_eq!(product.native(&world), json!({"shoe": "42"}));
}

/// Written and read, replaced and removed; the product has what the client has.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_life_of_declared_attributes(#[values(Product::Memory, Product::Netskope)] product: Product) {
    let (world, urn) = (product.world(), product.urn());
    let data = json!({"badge": "A-7", "floor": 3, "remote": false});
    let made = world.post("/Users", product.person("ada", data.clone())).await;
    assert_eq!((made.status, &made.body[urn]), (201, &data), "{made:?}");
    assert!(made.body["schemas"].as_array().unwrap().contains(&json!(urn)));
    assert_eq!(product.native(&world), data);
    let path = format!("/Users/{}", made.id());

    let by_path = json!([
        {"op": "replace", "path": format!("{urn}:badge"), "value": "B-8"},
        {"op": "remove", "path": format!("{urn}:remote")},
    ]);
    let patched = world.patch(&path, by_path).await;
    assert_eq!(patched.body[urn], json!({"badge": "B-8", "floor": 3}), "{patched:?}");
    let whole = json!([{"op": "add", "path": urn, "value": {"site": "Oslo"}}]);
    assert_eq!(world.patch(&path, whole).await.status, 200);
    // Entra ID's way.
    let pathless = json!([{"op": "replace", "value": {format!("{urn}:floor"): 4}}]);
    assert_eq!(world.patch(&path, pathless).await.status, 200);
    assert_eq!(world.get(&path).await.body[urn], json!({"badge": "B-8", "floor": 4, "site": "Oslo"}));
    assert_eq!(product.native(&world), json!({"badge": "B-8", "floor": 4, "site": "Oslo"}));

    let put = world.put(&path, product.person("ada", json!({"site": "Rome"}))).await;
    assert_eq!(put.body[urn], json!({"site": "Rome"}));
    assert_eq!(product.native(&world), json!({"site": "Rome"}));
    let gone = world.patch(&path, json!([{"op": "remove", "path": urn}])).await;
    assert_eq!((&gone.body[urn], product.native(&world)), (&Value::Null, Value::Null), "{gone:?}");
}

#[rstest]
#[case::by_text("badge eq \"a-7\"", 1)]
#[case::by_the_start("badge sw \"A\"", 2)]
#[case::by_number("floor ge 3", 1)]
#[case::by_choice("remote eq true", 1)]
#[case::by_presence("site pr", 0)]
#[tokio::test(start_paused = true)]
async fn people_are_found_by_them(
    #[case] filter: &str,
    #[case] found: usize,
    #[values(Product::Memory, Product::Netskope)] product: Product,
) {
    let (world, urn) = (product.world(), product.urn());
    world.post("/Users", product.person("ada", json!({"badge": "A-7", "floor": 3}))).await;
    world.post("/Users", product.person("bob", json!({"badge": "A-8", "remote": true}))).await;
    world.post("/Users", person("eve")).await;
    let filter = format!("{urn}:{filter}");
    let encoded = percent_encoding::utf8_percent_encode(&filter, percent_encoding::NON_ALPHANUMERIC);
    let page = world.get(&format!("/Users?filter={encoded}")).await;
    assert_eq!(page.body["totalResults"], found, "{page:?}");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn lists_are_sorted_and_cut_by_them(#[values(Product::Memory, Product::Netskope)] product: Product) {
    let (world, urn) = (product.world(), product.urn());
    for (name, floor) in [("ada", 3), ("bob", 1), ("eve", 2)] {
        world.post("/Users", product.person(name, json!({"floor": floor, "badge": name}))).await;
    }
    let page = world.get(&format!("/Users?sortBy={urn}:floor&attributes={urn}:badge")).await;
    let badges: Vec<&Value> =
        page.body["Resources"].as_array().unwrap().iter().map(|user| &user[urn]["badge"]).collect();
    assert_eq!(badges, ["bob", "eve", "ada"], "{page:?}");
    let first = &page.body["Resources"][0];
    assert_eq!((&first[urn]["floor"], &first["userName"]), (&Value::Null, &Value::Null), "{first}");
}

/// The three writes with the same data.
async fn writes(product: Product, world: &World, data: &Value) -> [Reply; 3] {
    let made = world.post("/Users", person("ada")).await;
    let path = format!("/Users/{}", made.id());
    let patch = json!([{"op": "add", "path": product.urn(), "value": data}]);
    [
        world.post("/Users", product.person("bob", data.clone())).await,
        world.put(&path, product.person("ada", data.clone())).await,
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
async fn a_value_that_does_not_fit(
    #[case] data: Value,
    #[case] told: &str,
    #[values(Product::Memory, Product::Netskope)] product: Product,
) {
    let world = product.world();
    for reply in writes(product, &world, &data).await {
        assert_eq!((reply.status, &reply.body["scimType"]), (400, &json!("invalidValue")), "{reply:?}");
        assert!(reply.body["detail"].as_str().unwrap().starts_with(told), "{reply:?}");
    }
    assert_eq!((product.native(&world), world.native_writes().len()), (Value::Null, 1));
}

/// An attribute that was not declared is as unknown as any: dropped, or refused by the strict profile.
#[rstest]
#[tokio::test(start_paused = true)]
async fn an_attribute_that_was_not_declared(#[values(Product::Memory, Product::Netskope)] product: Product) {
    let data = json!({"badge": "A-7", "shoe": 42});
    let (world, urn) = (product.world(), product.urn());
    for reply in writes(product, &world, &data).await {
        assert!(reply.status < 300, "{reply:?}");
        assert_eq!(reply.body[urn], json!({"badge": "A-7"}));
    }
    let strict =
        world.as_client(scim_facade::facade::Client { profile: Profile::Strict, ..client("strict") });
    let reply = strict.post("/Users", product.person("eve", data)).await;
    assert_eq!((reply.status, &reply.body["scimType"]), (400, &json!("invalidSyntax")), "{reply:?}");
}
