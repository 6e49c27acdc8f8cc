//! §3.4.2.2, filters over a whole directory.

use rstest::rstest;
use serde_json::json;

use super::refused;
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// Ada, an inactive Bob, and Eve, who has neither title nor e-mail of type work; two groups.
async fn directory(over: Over) -> World {
    let world = over.world();
    let mut ada = person("ada");
    ada["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
        json!({"department": "Looms", "employeeNumber": "7", "manager": {"value": "boss"}});
    let ada = world.post("/Users", ada).await.id();
    let mut bob = person("bob");
    bob["active"] = json!(false);
    world.post("/Users", bob).await;
    let mut eve = person("eve");
    eve["emails"] = json!([{"value": "eve@example.com", "type": "home"}]);
    eve.as_object_mut().unwrap().shift_remove("title");
    world.post("/Users", eve).await;
    world.post("/Groups", group("Engineers", &[&ada])).await;
    world.post("/Groups", group("Looms", &[])).await;
    world
}

async fn users(world: &World, filter: &str) -> Vec<String> {
    let query: String =
        percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC).to_string();
    let list = world.get(&format!("/Users?filter={query}")).await;
    assert_eq!(list.status, 200, "{filter}: {list:?}");
    let rows = list.body["Resources"].as_array().unwrap();
    assert_eq!(list.body["totalResults"], rows.len(), "{filter}");
    let name =
        |row: &serde_json::Value| row["userName"].as_str().unwrap().split('@').next().unwrap().to_owned();
    let mut names: Vec<String> = rows.iter().map(name).collect();
    names.sort();
    names
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn every_operator(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    for (filter, want) in [
        ("userName eq \"ADA@example.com\"", vec!["ada"]),
        ("userName ne \"ada@example.com\"", vec!["bob", "eve"]),
        ("userName sw \"A\"", vec!["ada"]),
        ("userName ew \"EXAMPLE.com\"", vec!["ada", "bob", "eve"]),
        ("userName co \"v\"", vec!["eve"]),
        ("title pr", vec!["ada", "bob"]),
        ("not (title pr)", vec!["eve"]),
        ("userName gt \"b\"", vec!["bob", "eve"]),
        ("userName le \"b\"", vec!["ada"]),
        ("active eq true", vec!["ada", "eve"]),
        ("active eq false", vec!["bob"]),
        ("ACTIVE EQ TRUE And userName Sw \"e\"", vec!["eve"]),
        ("userName sw \"a\" or userName sw \"b\" and active eq true", vec!["ada"]),
        ("(userName sw \"a\" or userName sw \"b\") and active eq false", vec!["bob"]),
        ("emails.type eq \"home\"", vec!["eve"]),
        ("emails[type eq \"work\" and value co \"ada\"]", vec!["ada"]),
        ("emails eq \"eve@example.com\"", vec!["eve"]),
        ("name.givenName eq \"Ada\"", vec!["ada"]),
        ("displayName eq \"EVE example\"", vec!["eve"]),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"looms\"", vec!["ada"]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"bob\"", vec!["bob"]),
        ("manager eq \"boss\"", vec!["ada"]),
        ("meta.created gt \"2020-01-01T00:00:00Z\"", vec!["ada", "bob", "eve"]),
        ("meta.lastModified ge \"2020-01-01T01:00:00+01:00\"", vec!["ada", "bob", "eve"]),
        (
            "meta.created lt \"2020-01-01T00:00:00Z\" or meta.version pr and meta.location co \"Users\"",
            vec!["ada", "bob", "eve"],
        ),
        // What is not there is not equal; of several values one that differs is enough.
        ("title ne \"engineer\"", vec!["eve"]),
        ("emails.type ne \"work\"", vec!["eve"]),
        ("not (emails.type eq \"work\")", vec!["eve"]),
        ("nickName eq null and name.familyName eq \"example\"", vec!["ada", "bob", "eve"]),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber ne \"7\"",
            vec!["bob", "eve"],
        ),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value pr", vec!["ada"]),
        ("department co \"OO\" and employeeNumber gt \"6\"", vec!["ada"]),
        ("externalId pr and not (groups pr)", vec!["bob", "eve"]),
        ("meta.lastModified lt \"2020-01-01T00:00:00Z\"", vec![]),
        ("meta.resourceType eq \"User\"", vec!["ada", "bob", "eve"]),
        ("groups.display eq \"Engineers\"", vec!["ada"]),
    ] {
        assert_eq!(users(&world, filter).await, want, "{filter}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn keys(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    let ada = world.get("/Users?filter=userName+eq+%22ada%40example.com%22").await.body["Resources"][0]["id"]
        .clone();
    assert_eq!(users(&world, &format!("id eq {ada}")).await, ["ada"]);
    assert_eq!(users(&world, &format!("id eq {ada} and title eq \"Countess\"")).await, Vec::<String>::new());
    assert_eq!(
        users(&world, &format!("id eq {ada} or userName eq \"eve@example.com\"")).await,
        ["ada", "eve"]
    );
    // externalId is exact.
    assert_eq!(users(&world, "externalId eq \"ext-ada\"").await, ["ada"]);
    assert_eq!(users(&world, "externalId eq \"EXT-ada\"").await, Vec::<String>::new());
    assert_eq!(users(&world, "not (externalId eq \"ext-ada\")").await, ["bob", "eve"]);
    assert_eq!(users(&world, "emails.value eq \"EVE@example.com\"").await, ["eve"]);
    // An inactive person is found by every key.
    for filter in [
        "userName eq \"bob@example.com\"",
        "externalId eq \"ext-bob\"",
        "emails.value eq \"bob@example.com\"",
        "displayName eq \"bob Example\"",
    ] {
        assert_eq!(users(&world, filter).await, ["bob"], "{filter}");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn groups_by_name_and_member(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = directory(over).await;
    let ada = world.get("/Users?filter=userName+eq+%22ada%40example.com%22").await.body["Resources"][0]["id"]
        .clone();
    let total = async |filter: &str| {
        let query = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        let list = world.get(&format!("/Groups?filter={query}")).await;
        assert_eq!(list.status, 200, "{filter}: {list:?}");
        list.body["totalResults"].as_u64().unwrap()
    };
    assert_eq!(total("displayName eq \"engineers\"").await, 1);
    assert_eq!(total("displayName co \"o\"").await, 1);
    assert_eq!(total("displayName pr").await, 2);
    assert_eq!(total(&format!("members.value eq {ada}")).await, 1);
    assert_eq!(total(&format!("members[value eq {ada}]")).await, 1);
    assert_eq!(total(&format!("not (members eq {ada})")).await, 1);
    assert_eq!(total("members pr").await, 1);
    assert_eq!(total("members eq \"nobody\"").await, 0);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn filters_that_make_no_sense(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [directory(over).await, over.strict()] {
        for filter in [
            "userName",
            "userName eq",
            "userName eq \"x",
            "userName is \"x\"",
            "nonsense eq \"x\"",
            "name.nonsense eq \"x\"",
            "active gt true",
            "active co \"t\"",
            "(userName pr",
            "userName pr and",
            "emails[type eq \"work\"",
            "password eq \"x\"",
        ] {
            let query = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
            refused(&world, "GET", &format!("/Users?filter={query}"), None, (400, "invalidFilter")).await;
        }
    }
    let strict = over.strict();
    for filter in ["userName eq ada", "userName eq 7", "active eq \"True\"", "manager eq \"boss\""] {
        let query = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        refused(&strict, "GET", &format!("/Users?filter={query}"), None, (400, "invalidFilter")).await;
    }
}
