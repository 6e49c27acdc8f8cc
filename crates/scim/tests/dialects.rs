//! What identity providers really send, one file each: bodies of POST, PUT and PATCH with what must be there afterwards.

use rstest::rstest;
use scim::Profile;
use scim::patch::{Member, MemberOp};
use scim::resource::Document;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{T, ada, at, group, message, parse_with, patch_body, rendered, user};
use scim::patch::Patch;
use scim::{Limits, Repairs};

#[derive(Deserialize)]
struct Case {
    name: String,
    on: String,
    method: String,
    body: Value,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    has: Map<String, Value>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    members_before: Vec<String>,
    members_after: Option<Vec<String>>,
}

#[rstest]
#[case::authentik(include_str!("dialects/authentik.json"))]
#[case::entra(include_str!("dialects/entra.json"))]
#[case::google(include_str!("dialects/google.json"))]
#[case::jumpcloud(include_str!("dialects/jumpcloud.json"))]
#[case::keycloak(include_str!("dialects/keycloak.json"))]
#[case::okta(include_str!("dialects/okta.json"))]
#[case::onelogin(include_str!("dialects/onelogin.json"))]
#[case::pingone(include_str!("dialects/pingone.json"))]
#[case::sailpoint(include_str!("dialects/sailpoint.json"))]
#[case::salesforce(include_str!("dialects/salesforce.json"))]
#[case::wso2(include_str!("dialects/wso2.json"))]
fn every_request_does_what_its_sender_wants(#[case] cases: &str) {
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    for case in &cases {
        match (case.on.as_str(), case.method.as_str()) {
            ("user", "PATCH") => user_patch(case),
            ("user", _) => user_body(case),
            ("group", "PATCH") => group_patch(case),
            _ => group_body(case),
        }
    }
}

fn check(case: &Case, doc: &Document) {
    let value = Value::Object(doc.as_map().to_map());
    for (path, wanted) in &case.has {
        assert_eq!(&at(&value, path), wanted, "{}: {path}", case.name);
    }
    for path in &case.lacks {
        assert_eq!(at(&value, path), Value::Null, "{}: {path}", case.name);
    }
    canonical(case, doc);
}

/// What came out reads back as it is, without any repair, strictly.
fn canonical(case: &Case, doc: &Document) {
    let rt = if case.on == "user" { user() } else { group() };
    let (again, repairs) = parse_with(Value::Object(rendered(doc, &rt)), &rt, Profile::Strict);
    assert_eq!(&again.unwrap().document, doc, "{}", case.name);
    assert!(repairs.is_empty(), "{}: {repairs:?}", case.name);
}

fn user_patch(case: &Case) {
    let mut before = ada();
    before.set("active", json!(!case.disabled));
    let patched = patch_body(&before, case.body.clone(), T).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    check(case, &patched.doc);
}

fn user_body(case: &Case) {
    let (incoming, _) = parse_with(case.body.clone(), &user(), T);
    check(case, &incoming.unwrap_or_else(|e| panic!("{}: {e}", case.name)).document);
}

fn member(id: &str) -> Member {
    Member { value: id.to_owned(), r#type: None }
}

fn group_patch(case: &Case) {
    let rt = group();
    let mut doc =
        parse_with(json!({ "schemas": [crate::support::GROUP], "displayName": "Engineers" }), &rt, T)
            .0
            .unwrap()
            .document;
    let mut repairs = Repairs::new();
    let mut patch = Patch::parse(case.body.clone(), &rt, T, &Limits::default(), &mut repairs)
        .unwrap_or_else(|e| panic!("{}: {e}", case.name));
    let operations = patch.take_members();
    let mut current = rendered(&doc, &rt);
    current.insert("id".to_owned(), json!("group-id"));
    patch.apply(&mut doc, &current, &rt, T, &mut repairs).unwrap();
    check(case, &doc);
    if let Some(after) = &case.members_after {
        let before: Vec<Member> = case.members_before.iter().map(|id| member(id)).collect();
        let mut left: Vec<String> =
            MemberOp::apply_all(&operations, &before).into_iter().map(|m| m.value).collect();
        left.sort();
        assert_eq!(&left, after, "{}", case.name);
    }
}

fn group_body(case: &Case) {
    let (incoming, _) = parse_with(case.body.clone(), &group(), T);
    let document = incoming.unwrap_or_else(|e| panic!("{}: {e}", case.name)).document;
    check(case, &document);
    if let Some(after) = &case.members_after {
        let members: Vec<String> = Member::all_of(&document).unwrap().into_iter().map(|m| m.value).collect();
        assert_eq!(&members, after, "{}", case.name);
    }
}

/// midPoint PUTs what changed and no more: without `userName` that is an error, unless the caller keeps what it has.
#[test]
fn midpoint_puts_a_part() {
    use scim::resource::Required;
    let cases: Vec<Case> = serde_json::from_str(include_str!("dialects/midpoint.json")).unwrap();
    let body = &cases[0].body;
    let parse = |required| {
        Document::parse(body.clone(), &user(), T, &Limits::default(), required, &mut Repairs::new())
    };
    assert_eq!(parse(Required::Check).unwrap_err().status, 400);
    let incoming = parse(Required::Skip).unwrap();
    assert_eq!(incoming.id.as_deref(), Some("ada-id"));
    assert_eq!(incoming.wrote, ["displayName"]);
}

#[test]
fn a_patch_without_repairs_is_one_that_the_strict_profile_takes_too() {
    let operations = json!([{ "op": "replace", "path": "displayName", "value": "Augusta" }]);
    let tolerant = patch_body(&ada(), message(operations.clone()), T).unwrap();
    let strict = patch_body(&ada(), message(operations), Profile::Strict).unwrap();
    assert!(tolerant.repairs.is_empty());
    assert_eq!(tolerant.doc, strict.doc);
}
