//! RFC 7643 §2: attributes, their types and characteristics.

use rstest::rstest;
use scim::resource::fold;
use serde_json::{Value, json};

use crate::support::{CORE, ENTERPRISE, S, T, at, doc, kind, parse_with, user, user_body};

/// §2.1: names are case-insensitive; answers use the schema's spelling.
#[test]
fn names_in_any_case() {
    let document = doc(json!({
        "SCHEMAS": [CORE.to_uppercase(), ENTERPRISE],
        "USERNAME": "ada",
        "Emails": [{ "Primary": true, "VALUE": "ada@example.com" }],
        ENTERPRISE.to_uppercase(): { "Department": "bob", "Manager": { "Value": "grace" } },
    }));
    let value = Value::Object(document.as_map().clone());
    assert_eq!(document.user_name(), Some("ada"));
    assert_eq!(at(&value, "emails[0]"), json!({ "primary": true, "value": "ada@example.com" }));
    assert_eq!(value[ENTERPRISE], json!({ "department": "bob", "manager": { "value": "grace" } }));
}

/// §2.3: a value of another type is an error in both profiles.
#[rstest]
#[case(json!({ "displayName": 5 }))]
#[case(json!({ "displayName": true }))]
#[case(json!({ "displayName": { "a": 1 } }))]
#[case(json!({ "displayName": ["a", "b"] }))]
#[case(json!({ "active": "yes" }))]
#[case(json!({ "active": 1 }))]
#[case(json!({ "name": "Ada" }))]
#[case(json!({ "name": 5 }))]
#[case(json!({ "name": { "givenName": 5 } }))]
#[case(json!({ "emails": [5] }))]
#[case(json!({ "emails": [{ "value": "x", "primary": "perhaps" }] }))]
#[case(json!({ "addresses": ["1 Row"] }))]
#[case(json!({ "x509Certificates": [{ "value": "!!!" }] }))]
#[case(json!({ "x509Certificates": [{ "value": "TUlJ=" }] }))]
#[case(json!({ "x509Certificates": [{ "value": "TUlJQ" }] }))]
fn values_of_another_type(#[case] extra: Value) {
    for profile in [T, S] {
        assert_eq!(kind(parse_with(user_body(extra.clone()), &user(), profile).0), "invalidValue", "{extra}");
    }
}

/// §2.3.6: base64, whose padding may be left out; line ends are those of certificates in files.
#[rstest]
#[case("TUlJQg==")]
#[case("TUlJQg")]
#[case("TUlJ\r\nQg==\n")]
fn binary_values(#[case] value: &str) {
    for profile in [T, S] {
        let body = user_body(json!({ "x509Certificates": [{ "value": value }] }));
        let incoming = parse_with(body, &user(), profile).0.unwrap();
        assert_eq!(incoming.document.as_map()["x509Certificates"], json!([{ "value": value }]));
    }
}

/// §2.2, RFC 7644 §3.3: what a client may not set is dropped, and `password` never kept.
#[test]
fn read_only_and_write_only_are_dropped() {
    for profile in [T, S] {
        let (incoming, repairs) = parse_with(
            user_body(json!({
                "id": "x", "meta": { "resourceType": "User" }, "groups": [{ "value": "g" }], "password": "secret",
                ENTERPRISE: { "manager": { "value": "grace", "displayName": "Grace" } },
            })),
            &user(),
            profile,
        );
        let incoming = incoming.unwrap();
        assert!(repairs.is_empty());
        assert_eq!(incoming.id.as_deref(), Some("x"));
        assert_eq!(incoming.wrote, ["userName", ENTERPRISE]);
        let keys: Vec<_> = incoming.document.as_map().keys().collect();
        assert_eq!(keys, ["userName", ENTERPRISE]);
        assert_eq!(incoming.document.extension(ENTERPRISE).unwrap()["manager"], json!({ "value": "grace" }));
    }
}

/// §2.4: `primary` is true once.
#[test]
fn explicit_false_primary_is_kept() {
    let document = doc(user_body(
        json!({ "emails": [{ "value": "a", "primary": false }, { "value": "b", "primary": true }] }),
    ));
    assert_eq!(
        document.get("emails").unwrap(),
        &json!([{ "value": "a", "primary": false }, { "value": "b", "primary": true }])
    );
}

/// §2.5: null and the empty list are "unassigned", in both profiles, and no repair.
#[test]
fn unassigned() {
    for profile in [T, S] {
        let body = user_body(
            json!({ "emails": null, "phoneNumbers": [], "title": null, "name": { "givenName": null }, ENTERPRISE: null }),
        );
        let (incoming, repairs) = parse_with(body, &user(), profile);
        let incoming = incoming.unwrap();
        assert!(repairs.is_empty(), "{repairs:?}");
        assert_eq!(incoming.document.as_map().len(), 1);
        // A PUT needs to know that they were named.
        assert_eq!(incoming.wrote, ["userName", "emails", "phoneNumbers", "title", "name", ENTERPRISE]);
    }
}

/// §2.1: `externalId` and `id` compare by case, `userName` does not; keys are folded by width, NFC and lower case (RFC 7644 §5).
#[rstest]
#[case("ADA@Example.COM", "ada@example.com")]
#[case("\u{c5}SA", "a\u{30a}sa")]
#[case("ΟΔΟΣ", "οδος")]
#[case("ＡＤＡ＠example.com", "ada@example.com")]
#[case("ada　x", "ada x")]
#[case("ﾀﾞﾝ", "ダン")]
fn folding(#[case] one: &str, #[case] other: &str) {
    assert_eq!(fold(one), fold(other));
    assert_eq!(fold(&fold(one)), fold(one));
}
