//! RFC 7643 §3: resources, common attributes, extensions.

use scim::resource::{Meta, Resource};
use scim::{Repair, ScimError};
use serde_json::{Value, json};

use crate::support::{
    CORE, ENTERPRISE, GROUP, S, SOPHOS, T, ada, doc, group, kind, parse_with, rendered, resource, user,
    user_body,
};

/// §3, §3.1: `schemas` names what has data; `meta` is complete.
#[test]
fn a_rendered_resource() {
    let body = Value::Object(rendered(&ada(), &user()));
    assert_eq!(body["schemas"], json!([CORE, ENTERPRISE]));
    assert_eq!(body["id"], "ada-id");
    assert_eq!(
        body["meta"],
        json!({
            "resourceType": "User",
            "created": "2026-01-01T00:00:00Z",
            "lastModified": "2026-02-03T04:05:06.789Z",
            "location": "https://scim.example.com/v2/Users/ada-id",
            "version": "W/\"1\"",
        })
    );
    assert_eq!(body["externalId"], "ext-ada");
    let keys: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((keys.first(), keys.last()), (Some(&"schemas"), Some(&"meta")));
}

#[test]
fn unknown_times_are_left_out() {
    let body = Resource { meta: Meta::default(), ..resource(&doc(user_body(json!({}))), &user()) }.to_map();
    assert_eq!(body["meta"], json!({ "resourceType": "User" }));
    assert_eq!(body["schemas"], json!([CORE]));
}

/// Okta GETs, edits and PUTs: what is rendered must be acceptable, and mean the same, in both profiles.
#[test]
fn a_rendered_resource_can_be_put_back() {
    for profile in [T, S] {
        let (incoming, repairs) = parse_with(Value::Object(rendered(&ada(), &user())), &user(), profile);
        let incoming = incoming.unwrap();
        assert!(repairs.is_empty());
        assert_eq!(incoming.document, ada());
        assert_eq!(incoming.id.as_deref(), Some("ada-id"));
    }
}

/// §3.1: required attributes.
#[test]
fn required_attributes() {
    for profile in [T, S] {
        assert_eq!(kind(parse_with(json!({ "schemas": [CORE] }), &user(), profile).0), "invalidValue");
        assert_eq!(
            kind(parse_with(json!({ "schemas": [CORE], "userName": null }), &user(), profile).0),
            "invalidValue"
        );
        assert_eq!(
            kind(parse_with(json!({ "schemas": [CORE], "userName": "" }), &user(), profile).0),
            "invalidValue"
        );
        assert_eq!(kind(parse_with(json!({ "schemas": [GROUP] }), &group(), profile).0), "invalidValue");
    }
}

/// A backend that does not let a client set a required attribute cannot ask for it.
#[test]
fn required_and_read_only() {
    let mut rt = user();
    let mut schema = (*rt.schema).clone();
    schema.attributes.change("userName", |a| a.mutability = scim::schema::Mutability::ReadOnly);
    rt.schema = std::sync::Arc::new(schema);
    assert!(parse_with(json!({ "schemas": [CORE] }), &rt, S).0.is_ok());
}

/// `schemas` names the core schema, whatever else it names.
#[test]
fn the_core_urn_is_required() {
    let body = json!({ "schemas": [ENTERPRISE], "userName": "x" });
    assert_eq!(kind(parse_with(body.clone(), &user(), S).0), "invalidSyntax");
    assert!(parse_with(body, &user(), T).0.is_ok());
}

#[test]
fn a_body_must_be_an_object() {
    for body in [json!([]), json!("x"), json!(null), json!(5)] {
        assert_eq!(kind(parse_with(body, &user(), T).0), "invalidSyntax");
    }
}

/// §3.3: an extension without data is no error; its read-only attributes are dropped.
#[test]
fn extensions() {
    let (incoming, repairs) = parse_with(
        user_body(json!({ SOPHOS: { "exchangeLogin": "ada.l", "nativeId": "n", "syncedAt": "never" } })),
        &user(),
        S,
    );
    assert!(repairs.is_empty());
    assert_eq!(incoming.unwrap().document.extension(SOPHOS).unwrap().len(), 1);
    assert_eq!(kind(parse_with(user_body(json!({ ENTERPRISE: "x" })), &user(), T).0), "invalidSyntax");
}

/// Attributes of the core schema under its URN, and of an extension under a URN-qualified key.
#[test]
fn qualified_keys() {
    let (incoming, repairs) = parse_with(
        user_body(
            json!({ format!("{ENTERPRISE}:department"): "Looms", format!("{CORE}:title"): "Countess" }),
        ),
        &user(),
        T,
    );
    let document = incoming.unwrap().document;
    assert_eq!(repairs.count(Repair::UrnKey), 2);
    assert_eq!(document.extension(ENTERPRISE).unwrap()["department"], "Looms");
    assert_eq!(document.get("title").unwrap(), "Countess");
}

/// A member that is not understood is never the same as no member.
#[test]
fn members_are_not_lost_by_misunderstanding() {
    for element in [json!({ "value": "" }), json!({ "display": "x" }), json!({ "value": null }), json!({})] {
        let body = json!({ "schemas": [GROUP], "displayName": "E", "members": [element] });
        let parsed = parse_with(body, &group(), T)
            .0
            .and_then(|incoming| scim::patch::Member::all_of(&incoming.document));
        assert_eq!(kind::<Vec<_>>(parsed), "invalidValue");
    }
    let empty = json!({ "schemas": [GROUP], "displayName": "E", "members": [] });
    let incoming = parse_with(empty, &group(), T).0.unwrap();
    assert_eq!(incoming.wrote, ["displayName", "members"]);
}

/// The number of values is bounded.
#[test]
fn too_many_values() {
    let emails: Vec<Value> = (0..5001).map(|n| json!({ "value": n.to_string() })).collect();
    let error: ScimError = parse_with(user_body(json!({ "emails": emails })), &user(), T).0.unwrap_err();
    assert_eq!(error.status, 400);
}

#[test]
fn documents_hold_nothing_unassigned() {
    let mut document = ada();
    document.set("title", json!("Countess"));
    document.set("title", json!(""));
    document.set_extension(ENTERPRISE, "department", Value::Null);
    document.set_extension(SOPHOS, "nativeId", json!("n"));
    assert_eq!(document.get("title"), None);
    assert_eq!(document.extension(ENTERPRISE), None);
    assert_eq!(document.extension(SOPHOS).unwrap().len(), 1);
    assert_eq!(
        (document.active(), document.external_id(), document.display_name()),
        (Some(true), Some("ext-ada"), Some("Ada Lovelace"))
    );
    assert_eq!(document.remove("active"), Some(json!(true).into()));
}
