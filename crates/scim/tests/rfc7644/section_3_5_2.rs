//! RFC 7644 §3.5.2: PATCH of a user.

use rstest::rstest;
use scim::Repair;
use serde_json::{Value, json};

use crate::support::{
    CORE, ENTERPRISE, PATCH_OP, S, SOPHOS, T, ada, at, doc, kind, patch, patch_body, user_body,
};

fn one(op: &str, path: &str, value: Value) -> Value {
    json!([{ "op": op, "path": path, "value": value }])
}

/// §3.5.2.1, §3.5.2.3: every form of path, in both profiles.
#[rstest]
#[case("add", "title", json!("Countess"), "title", json!("Countess"))]
#[case("replace", "DisplayName", json!("Augusta"), "displayName", json!("Augusta"))]
#[case("replace", "title", json!("Countess"), "title", json!("Countess"))]
#[case("add", "name.middleName", json!("King"), "name", json!({ "givenName": "Ada", "familyName": "Lovelace", "middleName": "King" }))]
#[case("add", "name", json!({ "middleName": "King" }), "name", json!({ "givenName": "Ada", "familyName": "Lovelace", "middleName": "King" }))]
#[case("replace", "active", json!(false), "active", json!(false))]
#[case("replace", "emails", json!([{ "value": "x" }]), "emails", json!([{ "value": "x" }]))]
#[case("add", "emails", json!([{ "value": "x" }]), "emails[1]", json!({ "value": "x" }))]
#[case("replace", "emails[type eq \"work\"].value", json!("x"), "emails", json!([{ "value": "x", "type": "work", "primary": true }]))]
#[case("replace", "emails[type eq \"work\"]", json!({ "value": "x" }), "emails", json!([{ "value": "x" }]))]
#[case("add", "emails[type eq \"work\"]", json!({ "display": "x" }), "emails[0].value", json!("ada@example.com"))]
#[case("add", "emails[type eq \"home\"].value", json!("x"), "emails[1]", json!({ "type": "home", "value": "x" }))]
#[case("replace", "emails.display", json!("x"), "emails[0].display", json!("x"))]
#[case("add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", json!("Looms"), "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", json!("Looms"))]
#[case("add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", json!("grace"), "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", json!({ "value": "grace" }))]
#[case("replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", json!({ "division": "D" }), "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", json!({ "department": "Engines", "division": "D" }))]
#[case("replace", "urn:ietf:params:scim:schemas:core:2.0:User:title", json!("T"), "title", json!("T"))]
fn setting(
    #[case] op: &str,
    #[case] path: &str,
    #[case] value: Value,
    #[case] where_to: &str,
    #[case] wanted: Value,
) {
    for profile in [T, S] {
        let patched = patch(&ada(), one(op, path, value.clone()), profile).unwrap();
        assert_eq!(patched.at(where_to), wanted, "{op} {path}");
        assert!(patched.outcome.changed);
        assert!(patched.repairs.is_empty(), "{:?}", patched.repairs);
    }
}

/// §3.5.2.2, and null, "" and [] as the value of a replace: unassigned.
#[rstest]
#[case(json!([{ "op": "remove", "path": "displayName" }]), "displayName")]
#[case(json!([{ "op": "replace", "path": "displayName", "value": null }]), "displayName")]
#[case(json!([{ "op": "replace", "path": "displayName", "value": "" }]), "displayName")]
#[case(json!([{ "op": "remove", "path": "name.givenName" }]), "name.givenName")]
#[case(json!([{ "op": "remove", "path": "name.givenName" }, { "op": "remove", "path": "name.familyName" }]), "name")]
#[case(json!([{ "op": "remove", "path": "emails" }]), "emails")]
#[case(json!([{ "op": "replace", "path": "emails", "value": [] }]), "emails")]
#[case(json!([{ "op": "remove", "path": "emails[type eq \"work\"]" }]), "emails")]
#[case(json!([{ "op": "remove", "path": "emails[type eq \"work\"].value" }]), "emails")]
#[case(json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "" }]), "emails")]
#[case(json!([{ "op": "remove", "path": "emails.value" }]), "emails")]
#[case(json!([{ "op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" }]), ENTERPRISE)]
#[case(json!([{ "op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" }]), ENTERPRISE)]
fn unassigning(#[case] operations: Value, #[case] gone: &str) {
    for profile in [T, S] {
        let patched = patch(&ada(), operations.clone(), profile).unwrap();
        assert_eq!(patched.at(gone), Value::Null, "{operations}");
        assert!(patched.outcome.changed);
    }
}

/// Decision: removing what is not there, and setting what is there, succeed and change nothing.
#[rstest]
#[case(json!([{ "op": "remove", "path": "nickName" }]), "nickName")]
#[case(json!([{ "op": "remove", "path": "emails[type eq \"home\"]" }]), "emails")]
#[case(json!([{ "op": "add", "path": "emails", "value": [{ "value": "ada@example.com", "type": "work" }] }]), "emails")]
#[case(json!([{ "op": "add", "path": "emails", "value": [] }]), "")]
#[case(json!([{ "op": "add", "path": "emails", "value": null }]), "")]
#[case(json!([{ "op": "replace", "path": "active", "value": true }]), "active")]
fn no_change(#[case] operations: Value, #[case] wrote: &str) {
    for profile in [T, S] {
        let patched = patch(&ada(), operations.clone(), profile).unwrap();
        assert_eq!(patched.doc, ada());
        assert!(!patched.outcome.changed);
        assert_eq!(patched.outcome.wrote.join(" "), wrote);
    }
}

#[rstest]
#[case(json!([{ "op": "replace", "path": "id", "value": "other" }]), "mutability")]
#[case(json!([{ "op": "remove", "path": "id" }]), "mutability")]
#[case(json!([{ "op": "replace", "path": "groups", "value": [{ "value": "g" }] }]), "mutability")]
#[case(json!([{ "op": "add", "path": "groups[value eq \"g\"].display", "value": "x" }]), "mutability")]
#[case(json!([{ "op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z" }]), "mutability")]
#[case(json!([{ "op": "replace", "path": "urn:scim-facade:params:scim:schemas:extension:sophos:2.0:User:nativeId", "value": "x" }]), "mutability")]
#[case(json!([{ "op": "remove", "path": "userName" }]), "mutability")]
#[case(json!([{ "op": "replace", "path": "userName", "value": "" }]), "mutability")]
#[case(json!([{ "op": "remove" }]), "noTarget")]
#[case(json!([{ "op": "remove", "value": { "title": "x" } }]), "noTarget")]
#[case(json!([{ "op": "add", "path": "emails[type eq \"home\" or type eq \"other\"].value", "value": "x" }]), "noTarget")]
#[case(json!([{ "op": "add", "path": "emails[type ne \"work\"].value", "value": "x" }]), "noTarget")]
#[case(json!([{ "op": "add", "path": "emails[type eq \"\"].value", "value": "x" }]), "noTarget")]
#[case(json!([{ "op": "replace", "path": "title" }]), "invalidValue")]
#[case(json!([{ "op": "replace", "path": "active", "value": "perhaps" }]), "invalidValue")]
#[case(json!([{ "op": "replace", "path": "title", "value": 5 }]), "invalidValue")]
#[case(json!([{ "op": "add", "path": "emails[type eq \"work\"]", "value": 5 }]), "invalidValue")]
#[case(json!([{ "op": "replace", "path": "a b", "value": "x" }]), "invalidPath")]
#[case(json!([{ "op": "replace", "path": "name..givenName", "value": "x" }]), "invalidPath")]
#[case(json!([{ "op": "replace", "path": "emails[type eq \"work\"]value", "value": "x" }]), "invalidPath")]
#[case(json!([{ "op": "replace", "path": "name[givenName eq \"x\"].familyName", "value": "x" }]), "invalidPath")]
#[case(json!([{ "op": "replace", "path": ["title"], "value": "x" }]), "invalidPath")]
#[case(json!([{ "op": "replace", "path": "emails[type eq", "value": "x" }]), "invalidFilter")]
#[case(json!([{ "op": "replace", "path": "emails[nonsense eq \"x\"].value", "value": "x" }]), "invalidFilter")]
#[case(json!([{ "op": "move", "path": "title", "value": "x" }]), "invalidSyntax")]
#[case(json!([{ "path": "title", "value": "x" }]), "invalidSyntax")]
#[case(json!(["x"]), "invalidSyntax")]
#[case(json!({ "op": "add" }), "invalidSyntax")]
fn refused_by_both(#[case] operations: Value, #[case] scim_type: &str) {
    for profile in [T, S] {
        assert_eq!(kind(patch(&ada(), operations.clone(), profile)), scim_type, "{operations}");
    }
}

#[test]
fn a_message_needs_operations() {
    for body in
        [json!({ "schemas": [PATCH_OP] }), json!([]), json!({ "schemas": [PATCH_OP], "Operations": null })]
    {
        assert_eq!(kind(patch_body(&ada(), body, T)), "invalidSyntax");
    }
}

/// Writing a read-only attribute with the value that it has is no change.
#[test]
fn read_only_with_its_own_value() {
    for profile in [T, S] {
        let patched = patch(&ada(), one("replace", "id", json!("ada-id")), profile).unwrap();
        assert!(!patched.outcome.changed);
        assert!(patched.outcome.wrote.is_empty());
        assert!(patch(&ada(), json!([{ "op": "remove", "path": "groups" }]), profile).is_ok());
    }
}

/// §3.5.2: all or none.
#[test]
fn an_error_changes_nothing() {
    let before = ada();
    let operations = json!([{ "op": "replace", "path": "active", "value": false }, { "op": "replace", "path": "id", "value": "x" }]);
    let rt = crate::support::user();
    let mut repairs = scim::Repairs::new();
    let patch = scim::patch::Patch::parse(
        crate::support::message(operations),
        &rt,
        T,
        &scim::Limits::default(),
        &mut repairs,
    )
    .unwrap();
    let mut after = before.clone();
    let current = crate::support::rendered(&before, &rt);
    assert!(patch.apply(&mut after, &current, &rt, T, &mut repairs).is_err());
    assert_eq!(after, before);
}

/// Where the two profiles part: the strict one follows the letter and the interoperability profile.
#[rstest]
#[case("replace", "emails[type eq \"home\"].value", json!("x"), "noTarget")]
#[case("remove", "emails[type eq \"home\"].value", Value::Null, "noTarget")]
#[case("replace", "nonsense", json!("x"), "invalidPath")]
#[case("replace", "name.nonsense", json!("x"), "invalidPath")]
#[case("replace", "urn:example:unknown:1.0:thing", json!("x"), "invalidPath")]
#[case("replace", "name", json!({ "nonsense": "x" }), "invalidSyntax")]
fn strict_only(#[case] op: &str, #[case] path: &str, #[case] value: Value, #[case] scim_type: &str) {
    assert_eq!(kind(patch(&ada(), one(op, path, value.clone()), S)), scim_type);
    assert!(patch(&ada(), one(op, path, value), T).is_ok());
}

#[test]
fn a_filter_that_selects_several() {
    let two = doc(user_body(
        json!({ "emails": [{ "value": "a", "type": "work" }, { "value": "b", "type": "work" }] }),
    ));
    let operations = one("replace", "emails[type eq \"work\"].display", json!("x"));
    assert_eq!(kind(patch(&two, operations.clone(), S)), "invalidFilter");
    let patched = patch(&two, operations, T).unwrap();
    assert_eq!((patched.at("emails[0].display"), patched.at("emails[1].display")), (json!("x"), json!("x")));
    for profile in [T, S] {
        let gone =
            patch(&two, json!([{ "op": "remove", "path": "emails[type eq \"work\"]" }]), profile).unwrap();
        assert_eq!(gone.at("emails"), Value::Null);
    }
}

/// §3.5.2.3 merges; the interoperability profile replaces the whole.
#[test]
fn replacing_a_complex_value() {
    let operations = || one("replace", "name", json!({ "givenName": "Augusta" }));
    assert_eq!(
        patch(&ada(), operations(), T).unwrap().at("name"),
        json!({ "givenName": "Augusta", "familyName": "Lovelace" })
    );
    assert_eq!(patch(&ada(), operations(), S).unwrap().at("name"), json!({ "givenName": "Augusta" }));
    let cleared =
        patch(&ada(), one("replace", "name", json!({ "givenName": "", "familyName": "King" })), T).unwrap();
    assert_eq!(cleared.at("name"), json!({ "familyName": "King" }));
}

/// §2.4 of RFC 7643: `primary` moves; whoever had it gets an explicit false.
#[rstest]
#[case(json!([{ "op": "add", "path": "emails", "value": [{ "value": "b", "primary": true }] }]))]
#[case(json!([{ "op": "add", "path": "emails", "value": [{ "value": "b" }] }, { "op": "replace", "path": "emails[value eq \"b\"].primary", "value": true }]))]
#[case(json!([{ "op": "add", "path": "emails[value eq \"b\"].primary", "value": true }]))]
fn primary_moves(#[case] operations: Value) {
    for profile in [T, S] {
        let patched = patch(&ada(), operations.clone(), profile).unwrap();
        assert_eq!(patched.at("emails[0].primary"), json!(false));
        assert_eq!(patched.at("emails[1].primary"), json!(true));
    }
}

/// Of several elements written at once the last one is primary.
#[test]
fn the_last_primary_wins() {
    let two = doc(user_body(
        json!({ "emails": [{ "value": "a", "primary": true }, { "value": "b" }, { "value": "c" }] }),
    ));
    let patched = patch(&two, one("replace", "emails[value ne \"c\"].primary", json!(true)), T).unwrap();
    let primaries: Vec<Value> = (0..3).map(|n| patched.at(&format!("emails[{n}].primary"))).collect();
    assert_eq!(primaries, [json!(false), json!(true), Value::Null]);
}

/// An element that is being built up may have a label and nothing else; one value of two types is two elements.
#[test]
fn elements_in_the_making() {
    let labelled = doc(user_body(json!({ "addresses": [{ "type": "work" }] })));
    let patched =
        patch(&labelled, one("add", "addresses[type eq \"work\"].primary", json!(true)), S).unwrap();
    assert_eq!(patched.at("addresses"), json!([{ "type": "work", "primary": true }]));
    let typed =
        patch(&ada(), one("add", "emails", json!([{ "value": "ada@example.com", "type": "home" }])), S)
            .unwrap();
    assert_eq!(typed.at("emails[1].type"), json!("home"));
}

/// Adding nothing to an extension takes nothing from it.
#[test]
fn adding_a_null_extension() {
    let patched = patch(&ada(), json!([{ "op": "add", "value": { ENTERPRISE: null } }]), T).unwrap();
    assert!(!patched.outcome.changed);
}

#[test]
fn a_new_manager_keeps_nothing_of_the_old() {
    let path = format!("{ENTERPRISE}:manager");
    let with =
        patch(&ada(), one("add", &path, json!({ "value": "grace", "$ref": "Users/grace" })), S).unwrap();
    let other = patch(&with.doc, one("add", &path, json!({ "value": "alan" })), S).unwrap();
    assert_eq!(other.at(&path), json!({ "value": "alan" }));
    let same = patch(&with.doc, one("add", &path, json!({ "value": "grace" })), S).unwrap();
    assert!(!same.outcome.changed);
    for value in [
        json!(""),
        json!({ "value": "" }),
        json!(null),
        json!({ "value": "", "displayName": "x" }),
        json!({}),
    ] {
        let gone = patch(&with.doc, one("replace", &path, value), T).unwrap();
        assert_eq!(gone.at(&path), Value::Null);
    }
    assert_eq!(
        patch(&with.doc, json!([{ "op": "remove", "path": format!("{path}.value") }]), S).unwrap().at(&path),
        Value::Null
    );
}

/// What was not understood neither sets nor clears (OneLogin's `managerId`).
#[test]
fn an_object_of_unknown_members_is_ignored() {
    let path = format!("{ENTERPRISE}:manager");
    let with = patch(&ada(), one("add", &path, json!({ "value": "grace" })), T).unwrap();
    let after = patch(&with.doc, one("replace", &path, json!({ "managerId": "x" })), T).unwrap();
    assert_eq!(after.doc, with.doc);
    assert!(after.used(Repair::UnknownAttribute));
}

/// A list of empty elements is an empty list; one of elements that were not understood is none.
#[test]
fn lists_of_nothing() {
    let replaced = |value: Value| patch(&ada(), one("replace", "emails", value), T).unwrap().at("emails");
    assert_eq!(replaced(json!([{ "value": "", "type": "work" }])), Value::Null);
    assert_eq!(replaced(json!([{ "value": "" }, { "nonsense": 1 }])), Value::Null);
    assert_eq!(
        replaced(json!([{ "nonsense": 1 }])),
        json!([{ "value": "ada@example.com", "type": "work", "primary": true }])
    );
}

/// A removal of `active` is told apart from its absence.
#[rstest]
#[case(json!([{ "op": "remove", "path": "active" }]), true)]
#[case(json!([{ "op": "replace", "path": "active", "value": null }]), true)]
#[case(json!([{ "op": "remove", "path": "active" }, { "op": "add", "path": "active", "value": true }]), false)]
#[case(json!([{ "op": "replace", "path": "active", "value": false }]), false)]
#[case(json!([{ "op": "replace", "path": "title", "value": "x" }]), false)]
fn removed_active(#[case] operations: Value, #[case] removed: bool) {
    assert_eq!(patch(&ada(), operations, S).unwrap().outcome.removed_active, removed);
}

/// `password` is accepted and dropped (Okta).
#[test]
fn password() {
    for operations in
        [one("replace", "password", json!("x")), json!([{ "op": "replace", "value": { "password": "x" } }])]
    {
        let patched = patch(&ada(), operations, T).unwrap();
        assert!(!patched.outcome.changed && patched.outcome.wrote.is_empty());
    }
}

#[test]
fn what_was_written_is_told() {
    let operations = json!([
        { "op": "replace", "path": "name.givenName", "value": "Ada" },
        { "op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "x" },
        { "op": "remove", "path": format!("{ENTERPRISE}:division") },
        { "op": "remove", "path": format!("{SOPHOS}:exchangeLogin") },
    ]);
    let patched = patch(&ada(), operations, S).unwrap();
    assert_eq!(patched.outcome.wrote, ["name", ENTERPRISE, SOPHOS]);
    assert_eq!(patched.doc.get(SOPHOS), None);
}

/// Elements without `value` are told apart by all they hold.
#[test]
fn adding_addresses() {
    let work = json!({ "type": "work", "locality": "London" });
    let home = json!({ "type": "home", "locality": "London" });
    let patched = patch(&ada(), one("add", "addresses", json!([work, home, work])), S).unwrap();
    assert_eq!(patched.at("addresses"), json!([work, home]));
}

/// A thousand operations on a list of thousands stay quick, and counts are bounded.
#[test]
fn many_operations() {
    let emails: Vec<Value> =
        (0..5000).map(|n| json!({ "value": format!("{n}@example.com"), "type": "other" })).collect();
    let before = doc(user_body(json!({ "emails": emails })));
    let again: Value = json!([{ "op": "add", "path": "emails", "value": emails }]);
    assert!(!patch(&before, again, S).unwrap().outcome.changed);
    let operation = |n: usize| json!({ "op": "replace", "path": format!("emails[value eq \"{n}@example.com\"].display"), "value": "x" });
    let operations: Vec<Value> = (0..200).map(operation).collect();
    assert!(patch(&before, json!(operations), S).is_ok());
    let adding =
        |n: usize| json!({ "op": "add", "path": "emails", "value": [{ "value": format!("new{n}") }] });
    let operations: Vec<Value> = (0..1000).map(adding).collect();
    assert_eq!(patch(&before, json!(operations), S).unwrap().at("emails[5999].value"), json!("new999"));
    let too_many: Vec<Value> = (0..1001).map(operation).collect();
    assert_eq!(kind(patch(&before, json!(too_many), S)), "invalidValue");
}

#[test]
fn keys_of_a_path_less_operation() {
    let value = json!({
        "schemas": [CORE], "id": "someone-else", "meta": {}, "userName": "augusta",
        "name.givenName": "Augusta",
        "emails[type eq \"work\"].value": "augusta@example.com",
        format!("{ENTERPRISE}:costCenter"): "C",
        ENTERPRISE: { "division": "D", "manager": "grace" },
        "http://schemas.example.com/x": { "a": 1 }, "adreses": [],
    });
    for op in ["add", "replace"] {
        let patched = patch(&ada(), json!([{ "op": op, "value": value }]), T).unwrap();
        assert_eq!(patched.doc.user_name(), Some("augusta"));
        assert_eq!(patched.at("name"), json!({ "givenName": "Augusta", "familyName": "Lovelace" }));
        assert_eq!(patched.at("emails[0].value"), json!("augusta@example.com"));
        assert_eq!(
            patched.at(ENTERPRISE),
            json!({ "department": "Engines", "costCenter": "C", "division": "D", "manager": { "value": "grace" } })
        );
        assert_eq!(at(&Value::Object(patched.doc.as_map().to_map()), "id"), Value::Null);
        assert_eq!(patched.repairs.count(Repair::IgnoredReadOnlyKey), 3);
        assert_eq!(patched.repairs.count(Repair::UnknownAttribute), 2);
    }
    let cleared = patch(&ada(), json!([{ "op": "replace", "value": { ENTERPRISE: null } }]), T).unwrap();
    assert_eq!(cleared.doc.get(ENTERPRISE), None);
}
