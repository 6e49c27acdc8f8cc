//! Every repair: a request that needs it, its count in the tolerant profile, and what the strict profile says.

use std::collections::BTreeSet;

use scim::bulk::{BULK_REQUEST_URN, BulkRequest};
use scim::query::Projection;
use scim::{Limits, Profile, Repair, Repairs, Result};
use serde_json::{Value, json};

use crate::support::{
    CORE, ENTERPRISE, GROUP, PATCH_OP, S, T, ada, group, kind, members, message, parse_with, patch_body,
    user, user_body,
};

type Outcome = (Result<()>, Repairs);

fn post(body: Value, profile: Profile) -> Outcome {
    let (result, repairs) = parse_with(body, &user(), profile);
    (result.map(drop), repairs)
}

fn patched(body: Value, profile: Profile) -> Outcome {
    match patch_body(&ada(), body, profile) {
        Ok(patched) => (Ok(()), patched.repairs),
        Err(error) => (Err(error), Repairs::new()),
    }
}

fn ops(operations: Value, profile: Profile) -> Outcome {
    patched(message(operations), profile)
}

fn group_ops(operations: Value, profile: Profile) -> Outcome {
    let (result, repairs) = members(operations, profile);
    (result.map(drop), repairs)
}

fn filter(text: &str, profile: Profile) -> Outcome {
    let mut repairs = Repairs::new();
    let parsed = scim::filter::parse(text, profile, &Limits::default(), &mut repairs);
    let result = parsed.and_then(|f| f.bind(&user(), profile, &mut repairs)).map(drop);
    (result, repairs)
}

fn attributes(text: &str, profile: Profile) -> Outcome {
    let mut repairs = Repairs::new();
    let result =
        Projection::parse(Some(text), None, &user(), profile, &Limits::default(), &mut repairs).map(drop);
    (result, repairs)
}

fn bulk(operation: Value, profile: Profile) -> Outcome {
    let mut repairs = Repairs::new();
    let body = json!({ "schemas": [BULK_REQUEST_URN], "Operations": [operation] });
    let read = BulkRequest::parse(body, profile, &Limits::default(), &mut repairs);
    (read.and_then(|mut read| read.operations.remove(0).wish).map(drop), repairs)
}

/// A request that needs the repair, and what the strict profile answers to it.
fn example(repair: Repair, profile: Profile) -> (Outcome, &'static str) {
    let manager = format!("{ENTERPRISE}:manager");
    match repair {
        Repair::OpCase => (ops(json!([{ "op": "Remove", "path": "title" }]), profile), "invalidSyntax"),
        Repair::OperationKeyCase => (
            patched(
                json!({ "schemas": [PATCH_OP], "operations": [{ "Op": "remove", "Path": "title" }] }),
                profile,
            ),
            "invalidSyntax",
        ),
        Repair::UnknownOperationKey => {
            (ops(json!([{ "name": "x", "op": "remove", "path": "title" }]), profile), "invalidSyntax")
        }
        Repair::BooleanAsString => (post(user_body(json!({ "active": "True" })), profile), "invalidValue"),
        Repair::PathlessOperation => {
            (ops(json!([{ "op": "add", "value": { "title": "x" } }]), profile), "invalidSyntax")
        }
        Repair::DottedKey => {
            (ops(json!([{ "op": "add", "value": { "name.givenName": "x" } }]), profile), "invalidSyntax")
        }
        Repair::UrnKey => {
            (post(user_body(json!({ format!("{ENTERPRISE}:division"): "x" })), profile), "invalidSyntax")
        }
        Repair::IgnoredReadOnlyKey => {
            (ops(json!([{ "op": "add", "path": "schemas", "value": [CORE] }]), profile), "mutability")
        }
        Repair::MissingSchemas => (post(json!({ "userName": "x", "schemas": [] }), profile), "invalidSyntax"),
        Repair::UnknownSchema => (
            post(
                json!({ "userName": "x", "schemas": [CORE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"] }),
                profile,
            ),
            "invalidSyntax",
        ),
        Repair::Scim1Schema => (
            post(json!({ "userName": "x", "schemas": ["urn:scim:schemas:core:1.0"] }), profile),
            "invalidSyntax",
        ),
        Repair::UndeclaredExtension => (
            post(json!({ "userName": "x", "schemas": [CORE], ENTERPRISE: { "division": "x" } }), profile),
            "invalidSyntax",
        ),
        Repair::BareExtensionAttribute => (filter("division pr", profile), "invalidFilter"),
        Repair::UnknownAttribute => (post(user_body(json!({ "adreses": [] })), profile), "invalidSyntax"),
        Repair::SingleForArray => {
            (post(user_body(json!({ "emails": { "value": "x" } })), profile), "invalidValue")
        }
        Repair::ArrayForSingle => (
            ops(
                json!([{ "op": "add", "path": "title", "value": [{ "$ref": null, "value": "x" }] }]),
                profile,
            ),
            "invalidValue",
        ),
        Repair::BareValue => {
            (ops(json!([{ "op": "add", "path": manager, "value": "grace" }]), profile), "invalidValue")
        }
        Repair::JsonText => {
            (post(user_body(json!({ "roles": ["{\"value\":\"25\"}"] })), profile), "invalidValue")
        }
        Repair::EmptyString => {
            (ops(json!([{ "op": "replace", "path": manager, "value": "" }]), profile), "invalidValue")
        }
        Repair::EmptyElement => {
            (post(user_body(json!({ "emails": [{ "value": "", "type": "work" }] })), profile), "invalidValue")
        }
        Repair::ManyPrimaries => {
            let emails = json!([{ "value": "a", "primary": true }, { "value": "b", "primary": true }]);
            (post(user_body(json!({ "emails": emails })), profile), "invalidValue")
        }
        Repair::EmptyPatch => (ops(json!([]), profile), "invalidSyntax"),
        Repair::CreatedByFilter => (
            ops(json!([{ "op": "replace", "path": "roles[primary eq true].value", "value": "x" }]), profile),
            "noTarget",
        ),
        Repair::RemoveWithValue => {
            (ops(json!([{ "op": "remove", "path": "title", "value": "x" }]), profile), "invalidValue")
        }
        Repair::MemberListRemove => (
            group_ops(json!([{ "op": "remove", "path": "members", "value": [{ "value": "a" }] }]), profile),
            "invalidValue",
        ),
        Repair::WrappedMembers => {
            let value = json!({ "members": [{ "value": "a" }] });
            (group_ops(json!([{ "op": "add", "path": "members", "value": value }]), profile), "invalidValue")
        }
        Repair::MemberDetail => (
            group_ops(
                json!([{ "op": "add", "path": "members[value eq \"a\"].display", "value": "x" }]),
                profile,
            ),
            "mutability",
        ),
        Repair::MissingBulkId => {
            (bulk(json!({ "method": "POST", "path": "/Users", "data": {} }), profile), "invalidSyntax")
        }
        Repair::BareOperations => {
            let operations = json!([{ "op": "remove", "path": "title" }]);
            let operation = json!({ "method": "PATCH", "path": "/Users/1", "data": operations });
            (bulk(operation, profile), "invalidSyntax")
        }
        Repair::DotAfterUrn => (
            ops(json!([{ "op": "remove", "path": format!("{ENTERPRISE}:.manager") }]), profile),
            "invalidPath",
        ),
        Repair::QuotedBoolean => (filter("active eq \"True\"", profile), "invalidFilter"),
        Repair::UnquotedWord => (filter("userName eq ada", profile), "invalidFilter"),
        Repair::ComparedValuePath => (filter("emails[type eq \"work\"].value pr", profile), "invalidFilter"),
        Repair::FilteredProjection => (attributes("emails[type eq \"work\"]", profile), "invalidPath"),
    }
}

#[test]
fn tolerant_applies_and_counts_strict_refuses() {
    for repair in Repair::ALL {
        let ((result, repairs), _) = example(*repair, T);
        assert_eq!(result, Ok(()), "{}", repair.name());
        assert!(repairs.count(*repair) > 0, "{}", repair.name());
        let ((result, _), scim_type) = example(*repair, S);
        assert_eq!(kind(result), scim_type, "{}", repair.name());
    }
}

#[test]
fn names_are_unique_and_in_snake_case() {
    let names: BTreeSet<_> = Repair::ALL.iter().map(|repair| repair.name()).collect();
    assert_eq!(names.len(), Repair::ALL.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_'))
    );
}

#[test]
fn counting() {
    let mut repairs = Repairs::new();
    assert!(repairs.is_empty());
    repairs.note(Repair::OpCase);
    repairs.note(Repair::FilteredProjection);
    repairs.note(Repair::OpCase);
    assert_eq!(repairs.iter().collect::<Vec<_>>(), [(Repair::OpCase, 2), (Repair::FilteredProjection, 1)]);
}

/// The values that the repairs give.
#[test]
fn repaired_values() {
    let parsed = |extra: Value| parse_with(user_body(extra), &user(), T).0.unwrap().document;
    let emails = json!([{ "value": "a", "primary": "True" }, { "value": "b", "primary": "TRUE" }, { "value": "" }, null]);
    let document = parsed(
        json!({ "emails": emails, "active": "FALSE", "roles": "[{\"value\":\"x\"}]", "phoneNumbers": [{ "value": "", "type": "work" }] }),
    );
    assert_eq!(
        document.get("emails").unwrap(),
        &json!([{ "value": "a", "primary": false }, { "value": "b", "primary": true }])
    );
    assert_eq!(document.active(), Some(false));
    assert_eq!(document.get("roles").unwrap(), &json!([{ "value": "x" }]));
    assert_eq!(document.get("phoneNumbers"), None);
    // JSON text in a simple sub-attribute is text (Entra ID's app roles).
    let text = json!([{ "value": "{\"id\":\"1\",\"value\":\"25\"}" }]);
    assert_eq!(parsed(json!({ "roles": text })).get("roles").unwrap(), &text);
    // The extension's own data wins a bare attribute its place.
    assert_eq!(parsed(json!({ "department": "x" })).extension(ENTERPRISE).unwrap()["department"], "x");
    let one = json!({ "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], "displayName": "E", "members": ["a", "b"] });
    let (incoming, repairs) = parse_with(one, &group(), T);
    assert_eq!(
        incoming.unwrap().document.get("members").unwrap(),
        &json!([{ "value": "a" }, { "value": "b" }])
    );
    assert_eq!((repairs.count(Repair::BareValue), repairs.count(Repair::UnknownSchema)), (2, 1));
}

/// In the strict profile an empty string is what the RFC says it is: nothing worth keeping, and no error.
#[test]
fn empty_text_in_the_strict_profile() {
    let (incoming, repairs) =
        parse_with(user_body(json!({ "name": { "middleName": "" }, "title": "" })), &user(), S);
    assert_eq!(incoming.unwrap().document.as_map().len(), 1);
    assert_eq!(repairs.count(Repair::EmptyString), 2);
}
