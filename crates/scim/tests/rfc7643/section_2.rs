//! RFC 7643 §2: attributes, their types and characteristics.

use std::sync::Arc;

use rstest::rstest;
use scim::Result;
use scim::patch::{Patch, PatchOutcome};
use scim::resource::fold;
use scim::schema::{Attribute, ResourceType};
use scim::{Limits, Repairs};
use serde_json::{Value, json};

use crate::support::{CORE, ENTERPRISE, S, T, at, doc, kind, message, parse_with, rendered, user, user_body};

/// §2.1: names are case-insensitive; answers use the schema's spelling.
#[test]
fn names_in_any_case() {
    let document = doc(json!({
        "SCHEMAS": [CORE.to_uppercase(), ENTERPRISE],
        "USERNAME": "ada",
        "Emails": [{ "Primary": true, "VALUE": "ada@example.com" }],
        ENTERPRISE.to_uppercase(): { "Department": "bob", "Manager": { "Value": "grace" } },
    }));
    let value = Value::Object(document.as_map().to_map());
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
        assert_eq!(*incoming.document.get("x509Certificates").unwrap(), json!([{ "value": value }]));
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

/// A user whose attribute is not as usual.
fn user_with(attribute: &str, change: impl FnOnce(&mut Attribute)) -> ResourceType {
    let mut user = user();
    Arc::make_mut(&mut user.schema).attributes.change(attribute, change);
    user
}

/// Applies operations to Ada, who has an e-mail address.
fn patched(operations: Value, rt: &ResourceType) -> Result<PatchOutcome> {
    let mut ada = crate::support::ada();
    let current = rendered(&ada, rt);
    let mut repairs = Repairs::new();
    let patch = Patch::parse(message(operations), rt, T, &Limits::default(), &mut repairs)?;
    patch.apply(&mut ada, &current, rt, T, &mut repairs)
}

/// A text has as many characters as its attribute takes, in every kind of write; it is never cut.
#[rstest]
#[case("four", true)]
#[case("vier", true)]
#[case("fünf", true)]
#[case("fünfe", false)]
fn the_length_of_text(#[case] title: &str, #[case] fits: bool) {
    let rt = user_with("title", |title| title.max_length = Some(4));
    let posted = parse_with(user_body(json!({ "title": title })), &rt, T).0;
    let set = json!([{ "op": "add", "path": "title", "value": title }]);
    let refused = [posted.map(drop), patched(set, &rt).map(drop)].map(Result::err);
    let told: Vec<String> = refused.into_iter().flatten().map(|error| error.detail).collect();
    match fits {
        true => assert!(told.is_empty(), "{told:?}"),
        false => assert_eq!(told, ["'title' is longer than 4 characters, which is its limit here"; 2]),
    }
}

/// What is required is demanded of every body (RFC 7644 §3.12: `invalidValue`, §3.5.2.2: `mutability`), unless the service may
/// be able to make it up.
#[rstest]
#[case(false, ["invalidValue", "mutability"])]
#[case(true, ["", ""])]
fn required_attributes(#[case] supplied: bool, #[case] expected: [&str; 2]) {
    let rt = user_with("emails", |emails| (emails.required, emails.supplied) = (true, supplied));
    let posted = parse_with(user_body(json!({})), &rt, T).0.map(drop);
    let removed = patched(json!([{ "op": "remove", "path": "emails" }]), &rt).map(drop);
    let kinds = [posted, removed].map(|done| done.map_or_else(|error| kind(Err::<(), _>(error)), |()| ""));
    assert_eq!(kinds, expected);
}
