//! RFC 7644 §3.5.2: PATCH of a group's members, as deltas.

use rstest::rstest;
use scim::patch::{Member, MemberOp};
use scim::{Profile, Repair};
use serde_json::{Value, json};

use crate::support::{S, T, kind, members};

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn people(names: &[&str]) -> Vec<Member> {
    names.iter().map(|id| Member { value: (*id).to_owned(), r#type: None }).collect()
}

fn read(operations: Value, profile: Profile) -> Vec<MemberOp> {
    members(operations.clone(), profile).0.unwrap_or_else(|e| panic!("{operations}: {e}"))
}

#[test]
fn by_the_letter() {
    for profile in [T, S] {
        let operations = json!([
            { "op": "add", "path": "members", "value": [{ "value": "a", "type": "User", "display": "A", "$ref": "../Users/a" }, { "value": "b" }, { "value": "b" }] },
            { "op": "remove", "path": "members[value eq \"a\"]" },
            { "op": "remove", "path": "MEMBERS[VALUE EQ \"a\" or value eq \"b\"]" },
            { "op": "replace", "path": "members", "value": [{ "value": "c" }] },
            { "op": "replace", "path": "members", "value": [] },
            { "op": "remove", "path": "members" },
            { "op": "add", "path": "members", "value": [] },
        ]);
        let a = Member { value: "a".to_owned(), r#type: Some("User".to_owned()) };
        assert_eq!(
            read(operations, profile),
            [
                MemberOp::Add(vec![a, people(&["b"]).remove(0)]),
                MemberOp::Remove(ids(&["a"])),
                MemberOp::Remove(ids(&["a", "b"])),
                MemberOp::Replace(people(&["c"])),
                MemberOp::Replace(Vec::new()),
                MemberOp::Clear,
            ]
        );
    }
}

/// A remove with a list takes those and nobody else; strict: `invalidValue`.
#[rstest]
#[case(json!([{ "value": "a" }]))]
#[case(json!([{ "$ref": null, "value": "a" }]))]
#[case(json!({ "members": [{ "$ref": null, "value": "a" }] }))]
#[case(json!({ "value": "a" }))]
#[case(json!(["a"]))]
#[case(json!("a"))]
fn remove_with_a_list(#[case] value: Value) {
    let operations = json!([{ "op": "Remove", "path": "members", "value": value }]);
    assert_eq!(read(operations.clone(), T), [MemberOp::Remove(ids(&["a"]))]);
    let strict = json!([{ "op": "remove", "path": "members", "value": value }]);
    assert_eq!(kind(members(strict, S).0), "invalidValue");
}

#[test]
fn path_less() {
    for (op, wanted) in [
        ("add", MemberOp::Add(people(&["a"]))),
        ("replace", MemberOp::Replace(people(&["a"]))),
        ("remove", MemberOp::Remove(ids(&["a"]))),
    ] {
        let operations = json!([{ "op": op, "value": { "members": [{ "value": "a" }] } }]);
        assert_eq!(read(operations.clone(), T), [wanted]);
        assert!(members(operations, S).0.is_err());
    }
    assert_eq!(kind(members(json!([{ "op": "remove", "value": { "members": null } }]), T).0), "noTarget");
    assert_eq!(kind(members(json!([{ "op": "remove", "value": {} }]), T).0), "noTarget");
}

/// A value that is not understood is an error: never an empty list, never a clearing.
#[rstest]
#[case(json!(5))]
#[case(json!(true))]
#[case(json!(""))]
#[case(json!({}))]
#[case(json!([{}]))]
#[case(json!([{ "display": "a" }]))]
#[case(json!([{ "value": null }]))]
#[case(json!([{ "value": "" }]))]
#[case(json!([{ "value": 5 }]))]
#[case(json!([{ "value": "a" }, null]))]
#[case(json!([""]))]
#[case(json!([["a"]]))]
#[case(json!({ "members": 5 }))]
#[case(json!({ "members": [{}] }))]
#[case(json!({ "users": [{ "value": "a" }] }))]
fn not_understood(#[case] value: Value) {
    for op in ["add", "replace", "remove"] {
        for profile in [T, S] {
            let result = members(json!([{ "op": op, "path": "members", "value": value }]), profile).0;
            assert!(result.is_err(), "{op} {value}");
            assert!(["invalidValue", "invalidSyntax"].contains(&kind(result)), "{op} {value}");
        }
    }
}

/// An empty list to remove removes nobody.
#[test]
fn remove_of_an_empty_list() {
    assert_eq!(read(json!([{ "op": "remove", "path": "members", "value": [] }]), T), []);
    // Null is no value (RFC 7643 §2.5): a remove without value and filter.
    assert_eq!(read(json!([{ "op": "remove", "path": "members", "value": null }]), T), [MemberOp::Clear]);
}

#[test]
fn filters_that_say_more() {
    let read = read(json!([{ "op": "remove", "path": "members[type eq \"Group\" and value sw \"a\"]" }]), S);
    assert!(matches!(read[..], [MemberOp::RemoveMatching(_)]));
    let group = |id: &str| Member { value: id.to_owned(), r#type: Some("Group".to_owned()) };
    let mut before = people(&["a1", "b"]);
    before.extend([group("a2"), group("b2")]);
    let after: Vec<String> = MemberOp::apply_all(&read, &before).into_iter().map(|m| m.value).collect();
    assert_eq!(after, ["a1", "b", "b2"]);
}

/// A filter over what members do not have would remove nobody and look as if it had.
#[test]
fn filters_that_nobody_could_fulfil() {
    let operations = json!([{ "op": "remove", "path": "members[display eq \"Ada\"]" }]);
    assert_eq!(kind(members(operations, T).0), "invalidFilter");
}

#[test]
fn unquoted_ids() {
    let (operations, repairs) =
        members(json!([{ "op": "remove", "path": "members[value eq 2819c223-7f76]" }]), T);
    assert_eq!(operations.unwrap(), [MemberOp::Remove(ids(&["2819c223-7f76"]))]);
    assert_eq!(repairs.count(Repair::UnquotedWord), 1);
    let (operations, _) = members(json!([{ "op": "remove", "path": "members[value eq 123]" }]), T);
    assert_eq!(operations.unwrap(), [MemberOp::Remove(ids(&["123"]))]);
    assert_eq!(
        kind(members(json!([{ "op": "remove", "path": "members[value eq x]" }]), S).0),
        "invalidFilter"
    );
}

/// Sub-attributes of members are immutable (RFC 7643 §4.2).
#[test]
fn details() {
    for op in ["add", "replace"] {
        let operations = json!([{ "op": op, "path": "members[value eq \"a\"].display", "value": "A" }]);
        assert_eq!(read(operations.clone(), T), []);
        assert_eq!(kind(members(operations, S).0), "mutability");
        let value = json!([{ "op": op, "path": "members[value eq \"a\"].value", "value": "b" }]);
        assert_eq!(kind(members(value, T).0), "mutability");
    }
    let gone = json!([{ "op": "remove", "path": "members[value eq \"a\"].value" }]);
    assert_eq!(read(gone, T), [MemberOp::Remove(ids(&["a"]))]);
    // It would be a clearing in disguise.
    assert_eq!(kind(members(json!([{ "op": "remove", "path": "members.value" }]), T).0), "mutability");
    assert_eq!(kind(members(json!([{ "op": "remove", "path": "members.display" }]), T).0), "mutability");
}

#[test]
fn replace_through_a_filter() {
    let operations =
        json!([{ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }]);
    assert_eq!(read(operations, T), [MemberOp::Remove(ids(&["a"])), MemberOp::Add(people(&["b"]))]);
}

#[test]
fn deltas_mean_what_the_rfc_says() {
    let before = people(&["a", "b", "c"]);
    let after = |operations: &[MemberOp]| -> Vec<String> {
        MemberOp::apply_all(operations, &before).into_iter().map(|m| m.value).collect()
    };
    assert_eq!(after(&[MemberOp::Add(people(&["b", "d"]))]), ["a", "b", "c", "d"]);
    assert_eq!(after(&[MemberOp::Remove(ids(&["b", "x"]))]), ["a", "c"]);
    assert_eq!(after(&[MemberOp::Remove(ids(&["b"])), MemberOp::Add(people(&["b"]))]), ["a", "c", "b"]);
    assert_eq!(after(&[MemberOp::Replace(people(&["z"])), MemberOp::Add(people(&["a"]))]), ["z", "a"]);
    assert_eq!(after(&[MemberOp::Clear]), Vec::<String>::new());
}

#[test]
fn five_thousand_members_at_once_and_no_more() {
    let list = |n: usize| (0..n).map(|n| json!({ "value": n.to_string() })).collect::<Vec<Value>>();
    let operations = |n| json!([{ "op": "add", "path": "members", "value": list(n) }]);
    assert!(matches!(&read(operations(5000), S)[..], [MemberOp::Add(all)] if all.len() == 5000));
    assert_eq!(kind(members(operations(5001), S).0), "invalidValue");
}
