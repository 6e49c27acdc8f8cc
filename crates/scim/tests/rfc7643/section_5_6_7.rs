//! RFC 7643 §5, §6, §7: discovery, and the schemas of §8.7 with their errata.

use std::sync::Arc;

use rstest::rstest;
use scim::discovery::{Features, Pagination};
use scim::path::AttrPath;
use scim::schema::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, Uniqueness};
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, SOPHOS, group, schema, schemas, user};

const ALL: [&str; 7] = [
    schema!("core/User.json"),
    schema!("core/Group.json"),
    schema!("core/ServiceProviderConfig.json"),
    schema!("core/ResourceType.json"),
    schema!("core/Schema.json"),
    schema!("enterprise/User.json"),
    schema!("sophos/User.json"),
];

fn nulls(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Array(list) => list.iter().map(nulls).sum(),
        Value::Object(map) => map.values().map(nulls).sum(),
        _ => 0,
    }
}

/// §7: what is read is what is served, and reading that again gives the same. Entra ID's validator wants no nulls.
#[test]
fn schemas_survive_reading_and_writing() {
    for text in ALL {
        let schema = Schema::from_json(text).unwrap();
        let served = schema.to_json("https://x/Schemas/u");
        assert_eq!(Schema::from_json(&served.to_string()).unwrap(), schema);
        assert_eq!(nulls(&served), 0);
        assert_eq!(served["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:Schema"]));
        assert_eq!(served["meta"], json!({ "resourceType": "Schema", "location": "https://x/Schemas/u" }));
        let file: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            served["attributes"].as_array().unwrap().len(),
            file["attributes"].as_array().unwrap().len()
        );
    }
}

/// §7: every attribute that is served has the characteristics that the RFC lists.
#[test]
fn every_attribute_is_complete() {
    fn check(attribute: &Value) {
        for name in ["name", "type", "multiValued", "description", "required", "mutability", "returned"] {
            assert!(attribute.get(name).is_some(), "{attribute}: {name}");
        }
        let subs = attribute.get("subAttributes").and_then(Value::as_array);
        assert_eq!(attribute["type"] == "complex", subs.is_some(), "{attribute}");
        assert_eq!(
            attribute["type"] == "reference",
            attribute.get("referenceTypes").is_some(),
            "{attribute}"
        );
        subs.into_iter().flatten().for_each(check);
    }
    for text in ALL {
        let served = Schema::from_json(text).unwrap().to_json("x");
        served["attributes"].as_array().unwrap().iter().for_each(check);
    }
}

/// §8.7.1: all attributes of the core User are there.
#[test]
fn the_user_is_complete() {
    let names: Vec<_> = user().schema.attributes.iter().map(|a| a.name.clone()).collect();
    let wanted = "userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active password emails \
                  phoneNumbers ims photos addresses groups entitlements roles x509Certificates";
    assert_eq!(names.join(" "), wanted);
    assert_eq!(user().schema.description, "User Account");
}

/// Errata 5607 (referenceTypes is a list), 6001 (URLs compare by case).
#[rstest]
#[case("profileUrl")]
#[case("photos.value")]
#[case("groups.$ref")]
#[case("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref")]
fn references_are_case_exact(#[case] path: &str) {
    let rt = user();
    let path = AttrPath::parse(path, scim::Profile::Strict, &mut scim::Repairs::new()).unwrap();
    let found = rt.resolve(&path).unwrap();
    assert_eq!(found.leaf().r#type, AttributeType::Reference);
    assert!(found.leaf().case_exact);
    assert!(!found.leaf().reference_types.is_empty());
}

/// Entra ID's validator builds its requests from the canonical values of `type`.
#[rstest]
#[case("emails")]
#[case("phoneNumbers")]
#[case("ims")]
#[case("photos")]
#[case("addresses")]
fn types_have_canonical_values(#[case] name: &str) {
    let rt = user();
    assert!(
        !rt.schema
            .attributes
            .get(name)
            .unwrap()
            .sub_attributes
            .get("TYPE")
            .unwrap()
            .canonical_values
            .is_empty()
    );
}

#[test]
fn characteristics_as_read() {
    let rt = user();
    let attributes = &rt.schema.attributes;
    assert_eq!(attributes.get("USERNAME").unwrap().uniqueness, Uniqueness::Server);
    assert_eq!(attributes.get("password").unwrap().returned, Returned::Never);
    assert_eq!(attributes.get("groups").unwrap().mutability, Mutability::ReadOnly);
    let members = group().schema.attributes.get("members").unwrap().clone();
    let of = |name: &str| members.sub_attributes.get(name).unwrap().mutability;
    assert_eq!(["value", "$ref", "type"].map(of), [Mutability::Immutable; 3]);
    // Accepted from clients that send it, and never kept.
    assert_eq!(of("display"), Mutability::ReadOnly);
    let sophos = rt.extension(SOPHOS).unwrap();
    let writable: Vec<_> = sophos
        .attributes
        .iter()
        .filter(|a| a.mutability == Mutability::ReadWrite)
        .map(|a| &*a.name)
        .collect();
    assert_eq!(writable, ["exchangeLogin"]);
}

/// Erratum 8011: `type` and `primary` belong to the schema of authentication schemes.
#[test]
fn authentication_schemes_have_type_and_primary() {
    let schema = Schema::from_json(schema!("core/ServiceProviderConfig.json")).unwrap();
    let schemes = schema.attributes.get("authenticationSchemes").unwrap();
    assert!(schemes.sub_attributes.get("type").is_some());
    assert!(schemes.sub_attributes.get("primary").is_some());
}

/// A service may narrow what it serves; look-ups follow.
#[test]
fn attributes_can_be_narrowed() {
    let mut schema = (*user().schema).clone();
    schema.attributes.retain(|a| &*a.name != "ims");
    schema.attributes.change("Title", |a| a.mutability = Mutability::ReadOnly);
    assert!(schema.attributes.get("ims").is_none());
    assert!(schema.attributes.get("x509certificates").is_some());
    assert_eq!(schema.attributes.get("title").unwrap().mutability, Mutability::ReadOnly);
    schema.attributes.change("active", |a| a.name = "zeal".into());
    assert!(schema.attributes.get("ZEAL").is_some() && schema.attributes.get("active").is_none());
    assert!(schema.attributes.get("addresses").is_some() && schema.attributes.get("userName").is_some());
    let rebuilt: scim::schema::Attributes =
        schema.attributes.iter().cloned().collect::<Vec<Attribute>>().into();
    assert_eq!(rebuilt, schema.attributes);
}

/// §6, §8.6.
#[test]
fn resource_types() {
    let served = user().to_json("https://x/ResourceTypes/User");
    assert_eq!(served["id"], "User");
    assert_eq!(served["endpoint"], "/Users");
    assert_eq!(
        served["schemaExtensions"],
        json!([{ "schema": ENTERPRISE, "required": false }, { "schema": SOPHOS, "required": false }])
    );
    assert_eq!(ResourceType::from_json(&served.to_string(), &schemas()).unwrap(), user());
    let plain = ResourceType::from_json(schema!("core/ResourceTypes/User.json"), &schemas()).unwrap();
    assert_eq!(plain.extensions.len(), 1);
    let none: [Arc<Schema>; 0] = [];
    assert!(ResourceType::from_json(schema!("core/ResourceTypes/User.json"), &none).is_err());
    assert!(ResourceType::from_json("{", &none).is_err());
}

/// §5: the configuration is an instance of its own schema.
#[test]
fn service_provider_config() {
    let features = Features {
        patch: true,
        bulk: Some((100, 1000)),
        filter_max_results: 200,
        etag: true,
        pagination: Some(Pagination { default_page_size: 100, max_page_size: 1000, cursor_timeout: 3600 }),
        documentation_uri: Some("https://docs.example.com".to_owned()),
        ..Features::default()
    };
    let config = features.to_json("https://x/v2");
    assert_eq!(config["patch"]["supported"], true);
    assert_eq!(config["bulk"], json!({ "supported": true, "maxOperations": 100, "maxPayloadSize": 1000 }));
    assert_eq!(config["filter"], json!({ "supported": true, "maxResults": 200 }));
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    assert_eq!(config["meta"]["location"], "https://x/v2/ServiceProviderConfig");
    assert_eq!(config["documentationUri"], "https://docs.example.com");
    let schema = Schema::from_json(schema!("core/ServiceProviderConfig.json")).unwrap();
    // The RFC's schema does not have it: it is only told where it holds.
    assert!(config.get("interopProfileConformant").is_none());
    for attribute in schema.attributes.iter().filter(|a| &*a.name != "interopProfileConformant") {
        assert!(config.get(&*attribute.name).is_some(), "{}", attribute.name);
    }
    for name in config.as_object().unwrap().keys() {
        assert!(
            ["schemas", "meta"].contains(&name.as_str()) || schema.attributes.get(name).is_some(),
            "{name}"
        );
    }
}

/// RFC 7644 §3.10: how paths resolve.
#[rstest]
#[case("ID", Some("id"))]
#[case("schemas", Some("schemas"))]
#[case("Meta.LastModified", Some("meta"))]
#[case("urn:ietf:params:scim:schemas:core:2.0:User:username", Some("userName"))]
#[case("URN:IETF:params:scim:schemas:extension:ENTERPRISE:2.0:User:Manager.Value", Some(ENTERPRISE))]
#[case("name.surname", None)]
#[case("userName.value", None)]
#[case("urn:ietf:params:scim:schemas:core:2.0:Group:displayName", None)]
#[case("nonsense", None)]
fn resolving(#[case] path: &str, #[case] wanted: Option<&str>) {
    let rt = user();
    let path = AttrPath::parse(path, scim::Profile::Strict, &mut scim::Repairs::new()).unwrap();
    assert_eq!(rt.resolve(&path).map(|found| found.top_level()), wanted);
}

#[test]
fn a_bare_extension_attribute_resolves_if_only_one_has_it() {
    let mut rt = user();
    let bare = AttrPath { urn: None, name: "department", sub: None };
    let found = rt.resolve(&bare).unwrap();
    assert!(found.bare);
    let mut twin = (*rt.extensions[0].schema).clone();
    twin.id = "urn:example:twin".to_owned();
    rt.extensions.push(scim::schema::Extension { schema: Arc::new(twin), required: false });
    assert!(rt.resolve(&bare).is_none());
}
