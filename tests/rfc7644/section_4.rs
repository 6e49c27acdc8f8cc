//! §4, discovery: what is told is what is there (RFC 7643 §5, §6, §7).

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use serde_json::Value;

use crate::support::world::{group, person};
use crate::support::{Over, World};

async fn read(world: &World, path: &str) -> Value {
    let reply = world.http("GET", path, &BTreeMap::new(), None).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

fn texts<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list["Resources"].as_array().unwrap().iter().map(|one| one[name].as_str().unwrap()).collect()
}

/// Every schema that any resource names is served, discovery's own included; those of messages are not (RFC 7644 §3.1).
#[rstest]
#[tokio::test(start_paused = true)]
async fn every_schema_that_is_named_is_served(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let mut ada = person("ada");
    ada["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
        serde_json::json!({"department": "Looms"});
    assert_eq!(world.post("/Users", ada).await.status, 201);
    assert_eq!(world.post("/Groups", group("Engineers", &[])).await.status, 201);
    let schemas = read(&world, "/Schemas").await;
    let served: BTreeSet<&str> = texts(&schemas, "id").into_iter().collect();
    assert!(served.iter().all(|urn| !urn.starts_with("urn:ietf:params:scim:api:")), "{served:?}");
    let mut named = vec![read(&world, "/ServiceProviderConfig").await];
    for list in ["/Users", "/Groups", "/ResourceTypes", "/Schemas"] {
        named.extend(read(&world, list).await["Resources"].as_array().unwrap().clone());
    }
    for resource in &named {
        for urn in resource["schemas"].as_array().unwrap() {
            assert!(served.contains(urn.as_str().unwrap()), "{urn} is not served");
            assert_eq!(&read(&world, &format!("/Schemas/{}", urn.as_str().unwrap())).await["id"], urn);
        }
    }
    let kinds = read(&world, "/ResourceTypes").await;
    assert!(texts(&kinds, "schema").iter().all(|urn| served.contains(urn)), "{kinds}");
    for extension in
        kinds["Resources"].as_array().unwrap().iter().filter_map(|kind| kind["schemaExtensions"].as_array())
    {
        assert!(
            extension
                .iter()
                .all(|one| served.contains(one["schema"].as_str().unwrap()) && one["required"].is_boolean())
        );
    }
}

/// RFC 7643 §6, §7: a name and a description of everything.
#[rstest]
#[tokio::test(start_paused = true)]
async fn everything_is_described(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let world = over.world();
    let (kinds, schemas) = (read(&world, "/ResourceTypes").await, read(&world, "/Schemas").await);
    for list in [&kinds, &schemas] {
        assert!(
            texts(list, "name").into_iter().chain(texts(list, "description")).all(|text| !text.is_empty())
        );
    }
    for schema in schemas["Resources"].as_array().unwrap() {
        let mut open: Vec<&Value> = schema["attributes"].as_array().unwrap().iter().collect();
        while let Some(attribute) = open.pop() {
            assert!(attribute["description"].as_str().is_some_and(|text| !text.is_empty()), "{attribute}");
            open.extend(attribute["subAttributes"].as_array().into_iter().flatten());
        }
    }
}
