//! draft-ietf-scim-roles-entitlements: what people can have is listed, read-only, where the product says it.

use std::collections::BTreeMap;

use rstest::rstest;
use scim_facade::backend::memory::{MemoryConfig, Offer};
use scim_facade::kernel::Catalogue;
use serde_json::{Value, json};

use crate::support::web::HttpReply;
use crate::support::world::person;
use crate::support::{Over, World};

const OFFERS: &[Offer] = &[
    Offer {
        catalogue: Catalogue::Roles,
        value: "admin",
        display: "Administrator",
        r#type: Some("it"),
        contains: &["reader"],
    },
    Offer {
        catalogue: Catalogue::Roles,
        value: "reader",
        display: "Reader",
        r#type: Some("business"),
        contains: &[],
    },
    Offer {
        catalogue: Catalogue::Entitlements,
        value: "licence 1/2",
        display: "Licence",
        r#type: None,
        contains: &[],
    },
];

fn world(offers: &'static [Offer]) -> World {
    World::memory_with(MemoryConfig { offers, ..MemoryConfig::default() })
}

async fn ask(world: &World, method: &str, path: &str) -> HttpReply {
    world.http(method, path, &BTreeMap::new(), None).await
}

async fn listed(world: &World, path: &str) -> Value {
    let reply = ask(world, "GET", path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn values(list: &Value) -> Vec<&str> {
    list["Resources"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_role_is_a_resource_of_its_own() {
    let world = world(OFFERS);
    let reply = ask(&world, "GET", "/Roles/admin").await;
    let role = reply.json();
    let location = "http://127.0.0.1:2/t/scim/v2/Roles/admin";
    assert_eq!(
        role,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Role"],
            "id": "admin",
            "value": "admin",
            "display": "Administrator",
            "type": "it",
            "supported": true,
            "contains": ["reader"],
            "meta": {"resourceType": "Role", "location": location, "version": reply.header("etag").unwrap()},
        })
    );
    let known = BTreeMap::from([("If-None-Match".to_owned(), reply.header("etag").unwrap().to_owned())]);
    assert_eq!(world.http("GET", "/Roles/admin", &known, None).await.status, 304);
    let entitlement = listed(&world, "/Entitlements/licence%201%2F2?attributes=display").await;
    assert_eq!(entitlement["display"], "Licence");
    assert_eq!(entitlement["meta"], Value::Null);
    for path in ["/Roles/nobody", "/Roles/licence%201%2F2", "/Roles/admin/more"] {
        assert_eq!(ask(&world, "GET", path).await.status, 404, "{path}");
    }
}

#[rstest]
#[case("", 2, &["admin", "reader"])]
#[case("?filter=type+eq+%22IT%22", 1, &["admin"])]
#[case("?filter=supported+eq+true+and+contains+eq+%22reader%22", 1, &["admin"])]
#[case("?filter=value+eq+%22none%22", 0, &[])]
#[case("?count=1", 2, &["admin"])]
#[case("?startIndex=2&count=5", 2, &["reader"])]
#[case("?startIndex=3", 2, &[])]
#[case("?count=0", 2, &[])]
#[tokio::test(start_paused = true)]
async fn roles_are_listed_filtered_and_paged(
    #[case] query: &str,
    #[case] total: u64,
    #[case] expected: &[&str],
) {
    let list = listed(&world(OFFERS), &format!("/Roles{query}")).await;
    assert_eq!(list["totalResults"], total, "{list}");
    assert_eq!(list["itemsPerPage"], expected.len());
    assert_eq!(values(&list), expected);
}

/// Sorting is offered (`sort` of the ServiceProviderConfig), so it works here, too. What is equal stays in the product's order.
#[rstest]
#[case("?sortBy=display&sortOrder=descending", &["reader", "admin"])]
#[case("?sortBy=type", &["reader", "admin"])]
#[case("?sortBy=TYPE&sortOrder=Descending", &["admin", "reader"])]
#[case("?sortBy=supported&sortOrder=descending", &["admin", "reader"])]
#[case("?sortBy=contains", &["admin", "reader"])]
#[case("?sortBy=contains&sortOrder=descending", &["reader", "admin"])]
#[case("?sortBy=type&startIndex=2&count=1", &["admin"])]
#[case("?sortBy=type&filter=display+pr", &["reader", "admin"])]
#[case("?sortBy=display&sortOrder=descending&attributes=value", &["reader", "admin"])]
#[case("?sortBy=type&excludedAttributes=type", &["reader", "admin"])]
#[case("?sortOrder=descending", &["admin", "reader"])]
#[tokio::test(start_paused = true)]
async fn roles_are_sorted(#[case] query: &str, #[case] expected: &[&str]) {
    let list = listed(&world(OFFERS), &format!("/Roles{query}")).await;
    assert_eq!((values(&list), &list["totalResults"]), (expected.to_vec(), &json!(2)), "{list}");
}

#[rstest]
#[case("filter=userName+eq+%22a%22", "invalidFilter")]
#[case("sortBy=userName", "invalidPath")]
#[case("sortBy=meta", "invalidPath")]
#[case("sortBy=type&sortOrder=sideways", "invalidValue")]
#[case("attributes=id&excludedAttributes=type", "invalidValue")]
#[case("startIndex=x", "invalidValue")]
#[tokio::test(start_paused = true)]
async fn a_query_that_makes_no_sense_is_400(#[case] query: &str, #[case] scim_type: &str) {
    let reply = ask(&world(OFFERS), "GET", &format!("/Roles?{query}")).await;
    assert_eq!((reply.status, &reply.json()["scimType"]), (400, &json!(scim_type)), "{reply:?}");
}

/// As for people and groups: what is chosen, and what is returned in any case.
#[tokio::test(start_paused = true)]
async fn attributes_of_roles_are_chosen() {
    let world = world(OFFERS);
    let list = listed(&world, "/Roles?attributes=display&count=1").await;
    let urn = "urn:ietf:params:scim:schemas:core:2.0:Role";
    assert_eq!(list["Resources"][0], json!({"schemas": [urn], "id": "admin", "display": "Administrator"}));
    let list = listed(&world, "/Roles?excludedAttributes=display,contains,meta&count=1").await;
    assert_eq!(
        list["Resources"][0],
        json!({"schemas": [urn], "id": "admin", "value": "admin", "type": "it", "supported": true})
    );
}

#[rstest]
#[case(OFFERS, true, true)]
#[case(&OFFERS[..2], true, false)]
#[case(&OFFERS[2..], false, true)]
#[case(&[], false, false)]
#[tokio::test(start_paused = true)]
async fn no_more_is_served_than_there_is(
    #[case] offers: &'static [Offer],
    #[case] roles: bool,
    #[case] entitlements: bool,
) {
    let world = world(offers);
    let (types, schemas) = (listed(&world, "/ResourceTypes").await, listed(&world, "/Schemas").await);
    let config = listed(&world, "/ServiceProviderConfig").await;
    assert_eq!(config.get("RolesAndEntitlements").is_some(), roles || entitlements);
    for (name, list, served) in [("Role", "roles", roles), ("Entitlement", "entitlements", entitlements)] {
        let has = |of: &Value, key: &str, value: &str| {
            of["Resources"].as_array().unwrap().iter().any(|one| one[key] == value)
        };
        let urn = format!("urn:ietf:params:scim:schemas:core:2.0:{name}");
        assert_eq!(has(&types, "schema", &urn), served);
        assert_eq!(has(&schemas, "id", &urn), served);
        if roles || entitlements {
            assert_eq!(config["RolesAndEntitlements"][list]["supported"], served);
        }
        let endpoint = format!("/{}{}", list[..1].to_uppercase(), &list[1..]);
        let (all, one, post) = (
            ask(&world, "GET", &endpoint).await.status,
            ask(&world, "GET", &format!("/ResourceTypes/{name}")).await.status,
            ask(&world, "POST", &endpoint).await,
        );
        assert_eq!((all, one), if served { (200, 200) } else { (404, 404) }, "{endpoint}");
        assert_eq!(post.status, if served { 405 } else { 404 });
        assert_eq!(post.header("allow"), served.then_some("GET, HEAD"));
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn they_cannot_be_written(#[values("POST", "PUT", "PATCH", "DELETE")] method: &str) {
    let world = world(OFFERS);
    for path in ["/Roles", "/Entitlements", "/Roles/admin", "/Entitlements/licence%201%2F2"] {
        let reply = world.http(method, path, &BTreeMap::new(), Some(person("ada").to_string())).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")), "{reply:?}");
        assert_eq!(reply.json()["status"], "405");
    }
    assert_eq!(values(&listed(&world, "/Roles").await), ["admin", "reader"]);
}

/// Sophos Central has neither: for it these are no endpoints.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_product_without_them_has_no_such_endpoints(
    #[values("/Roles", "/Entitlements", "/Roles/admin")] path: &str,
    #[values("GET", "HEAD", "POST", "DELETE")] method: &str,
) {
    assert_eq!(ask(&Over::Sophos.world(), method, path).await.status, 404);
}

/// RFC 9865 §2: a page without `nextCursor` would be taken for the last one.
#[tokio::test(start_paused = true)]
async fn pages_by_cursor_are_refused() {
    let world = world(OFFERS);
    for cursor in ["", "x"] {
        let reply = ask(&world, "GET", &format!("/Roles?cursor={cursor}&count=1")).await;
        assert_eq!((reply.status, &reply.json()["scimType"]), (400, &json!("invalidCursor")), "{reply:?}");
    }
}
