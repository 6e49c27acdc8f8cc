//! §3.1, `id`, `externalId` and `meta`; §3.3, `schemas`.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::Over;
use crate::support::insist::patch;
use crate::support::world::{BASE, client, group, person};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn time(body: &Value, name: &str) -> jiff::Timestamp {
    body["meta"][name].as_str().unwrap_or_else(|| panic!("{body}")).parse().unwrap()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn location_is_where_the_resource_is(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await;
    let engineers = world.post("/Groups", group("Engineers", &[&ada.id()])).await;
    for (endpoint, name, made) in [("Users", "User", ada), ("Groups", "Group", engineers)] {
        let location = json!(format!("{BASE}/{endpoint}/{}", made.id()));
        assert_eq!(
            (&made.body["meta"]["location"], &made.body["meta"]["resourceType"]),
            (&location, &json!(name))
        );
        let read = world.get(&format!("/{endpoint}/{}", made.id())).await.body;
        let list = world.get(&format!("/{endpoint}")).await.body;
        assert_eq!(read["meta"]["location"], location);
        assert_eq!(list["Resources"][0]["meta"], read["meta"]);
    }
}

/// `meta.location` is the same as `Content-Location`, whatever the client wants to see.
#[rstest]
#[tokio::test(start_paused = true)]
async fn location_is_a_header_too(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ask = async |method: &str, path: &str, body: Option<Value>| {
        let reply = world.http(method, path, &BTreeMap::new(), body.map(|body| body.to_string())).await;
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply
    };
    let made = ask("POST", "/Users", Some(person("ada"))).await;
    let location = made.json()["meta"]["location"].as_str().unwrap().to_owned();
    let (path, none) = (location.strip_prefix(BASE).unwrap(), None);
    let rename = patch(json!([{"op": "replace", "path": "title", "value": "New"}]));
    for reply in [
        ask("GET", path, none.clone()).await,
        ask("GET", &format!("{path}?attributes=userName"), none.clone()).await,
        ask("PATCH", path, Some(rename)).await,
        ask("PUT", path, Some(person("ada"))).await,
    ] {
        assert_eq!(reply.header("content-location"), Some(&*location), "{reply:?}");
    }
    for path in ["/ServiceProviderConfig", "/ResourceTypes/User", &format!("/Schemas/{CORE}")] {
        let reply = ask("GET", path, None).await;
        assert_eq!(reply.header("content-location"), Some(&*format!("{BASE}{path}")));
        assert_eq!(reply.json()["meta"]["location"], format!("{BASE}{path}"));
    }
    assert_eq!(made.header("location"), made.header("content-location"));
    assert_eq!(ask("GET", "/Users", None).await.header("content-location"), None);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn created_stays_and_last_modified_moves(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let ada = world.post("/Users", person("ada")).await;
    let engineers = world.post("/Groups", group("Engineers", &[])).await;
    let rename = json!([{"op": "replace", "path": "displayName", "value": "New"}]);
    for made in
        [(format!("/Users/{}", ada.id()), ada.body), (format!("/Groups/{}", engineers.id()), engineers.body)]
    {
        let (path, first) = made;
        let created = time(&first, "created");
        assert_eq!(time(&first, "lastModified"), created, "{path}");
        world.wait(60).await;
        let read = world.get(&path).await.body;
        assert_eq!(read["meta"], first["meta"], "{path}");
        let changed = world.patch(&path, rename.clone()).await.body;
        assert_eq!(time(&changed, "created"), created, "{path}");
        assert!(time(&changed, "lastModified") > time(&first, "lastModified"), "{path}");
        let again = world.get(&path).await.body;
        assert_eq!(again["meta"], changed["meta"], "{path}");
        world.wait(60).await;
        let same = world.patch(&path, rename.clone()).await.body;
        assert_eq!(same["meta"], changed["meta"], "{path}: nothing was changed");
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn coming_and_going_keeps_id_and_created(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let made = world.post("/Users", person("ada")).await;
    let path = format!("/Users/{}", made.id());
    let set = |active: bool| json!([{"op": "replace", "path": "active", "value": active}]);
    let mut last = time(&made.body, "lastModified");
    for active in [false, true, false, true] {
        world.wait(60).await;
        let reply = world.patch(&path, set(active)).await;
        assert_eq!((reply.status, reply.id()), (200, made.id()));
        assert_eq!(time(&reply.body, "created"), time(&made.body, "created"));
        assert!(time(&reply.body, "lastModified") > last, "active {active}: {:?}", reply.body["meta"]);
        last = time(&reply.body, "lastModified");
        assert_eq!(world.get(&path).await.body["meta"], reply.body["meta"]);
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn every_client_has_its_own_external_id(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let okta = over.world();
    let entra = okta.as_client(client("entra"));
    let path = format!("/Users/{}", okta.post("/Users", person("ada")).await.id());
    assert_eq!(entra.get(&path).await.body.get("externalId"), None);
    let name = json!([{"op": "add", "path": "externalId", "value": "entra-1"}]);
    assert_eq!(entra.patch(&path, name).await.body["externalId"], "entra-1");
    assert_eq!(okta.get(&path).await.body["externalId"], "ext-ada");
    let found = async |world: &crate::support::World, name: &str| {
        let list = world.get(&format!("/Users?filter=externalId%20eq%20%22{name}%22")).await;
        list.body["totalResults"].as_u64().unwrap()
    };
    assert_eq!((found(&okta, "ext-ada").await, found(&okta, "entra-1").await), (1, 0));
    assert_eq!((found(&entra, "ext-ada").await, found(&entra, "entra-1").await), (0, 1));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn schemas_name_what_is_there(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let plain = world.post("/Users", person("ada")).await;
    let mut body = person("eve");
    body[ENTERPRISE] = json!({"department": "Looms"});
    let extended = world.post("/Users", body).await;
    let urns = |body: &Value| {
        let urns = body["schemas"].as_array().unwrap().iter();
        urns.map(|urn| urn.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(urns(&plain.body)[0], CORE);
    assert!(!urns(&plain.body).contains(&ENTERPRISE.to_owned()));
    assert!(urns(&extended.body).contains(&ENTERPRISE.to_owned()));
    for body in [&plain.body, &extended.body] {
        let keys = body.as_object().unwrap().keys().filter(|key| key.starts_with("urn:"));
        let listed: Vec<String> = urns(body);
        assert!(keys.into_iter().all(|key| listed.contains(key)), "{body}");
    }
    let path = format!("/Users/{}", extended.id());
    let gone =
        world.patch(&path, json!([{"op": "remove", "path": format!("{ENTERPRISE}:department")}])).await;
    assert!(!urns(&gone.body).contains(&ENTERPRISE.to_owned()), "{gone:?}");
}
