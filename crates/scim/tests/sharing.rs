//! What two documents have in common is there once, whatever becomes of either.

use std::sync::Arc;

use rstest::rstest;
use scim::resource::{Document, SharedMap};
use serde_json::{Value, json};

use crate::support::{CORE, ENTERPRISE, T, ada, message, parse_with, patch, patch_into, user};

/// The members that both share.
fn shared<'m>(one: &'m SharedMap, other: &SharedMap) -> Vec<&'m str> {
    let is_shared = |name: &&str| {
        one.get_shared(name).zip(other.get_shared(name)).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
    };
    one.keys().filter(is_shared).collect()
}

fn names(map: &SharedMap) -> Vec<&str> {
    map.keys().collect()
}

fn members(object: Value) -> SharedMap {
    serde_json::from_value(object).unwrap()
}

#[rstest]
#[case::replace("active", json!({ "op": "replace", "path": "active", "value": false }))]
#[case::remove("displayName", json!({ "op": "remove", "path": "displayName" }))]
#[case::part("name", json!({ "op": "add", "path": "name.givenName", "value": "Augusta" }))]
#[case::element("emails", json!({ "op": "add", "path": "emails", "value": [{ "value": "a@example.com" }] }))]
#[case::filtered("emails", json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@example.com" }))]
#[case::extension(ENTERPRISE, json!({ "op": "add", "path": format!("{ENTERPRISE}:department"), "value": "Looms" }))]
fn a_patch_copies_only_what_it_changes(#[case] changed: &str, #[case] operation: Value) {
    let (before, untouched) = (ada(), ada());
    let after = patch(&before, json!([operation]), T).unwrap().doc;
    let others: Vec<&str> = before.as_map().keys().filter(|name| *name != changed).collect();
    assert_eq!(shared(before.as_map(), after.as_map()), others);
    assert_ne!(after.get(changed), before.get(changed));
    assert_eq!(before, untouched);
}

#[rstest]
#[case::refused(false, json!([
    { "op": "add", "path": "emails", "value": [{ "value": "a@example.com" }] },
    { "op": "remove", "path": "userName" },
]))]
#[case::nothing_new(true, json!([
    { "op": "add", "path": "name.givenName", "value": "Ada" },
    { "op": "remove", "path": "displayName" },
    { "op": "add", "path": "displayName", "value": "Ada Lovelace" },
]))]
fn a_patch_that_changes_nothing_copies_nothing(#[case] done: bool, #[case] operations: Value) {
    let before = ada();
    let mut after = before.clone();
    let outcome = patch_into(&mut after, message(operations), T).map(|(outcome, _)| outcome.changed);
    assert_eq!(outcome.ok(), done.then_some(false));
    assert_eq!(shared(before.as_map(), after.as_map()), names(before.as_map()));
    assert_eq!(names(after.as_map()), names(before.as_map()));
}

#[rstest]
#[case::set(&|map: &mut SharedMap| map.insert("a", json!("z")))]
#[case::changed(&|map: &mut SharedMap| *map.get_mut("a").unwrap() = json!("z"))]
#[case::within(&|map: &mut SharedMap| drop(map.object_mut("a").unwrap().insert("y".into(), json!("z"))))]
#[case::removed(&|map: &mut SharedMap| drop(map.remove("a")))]
#[case::left_out(&|map: &mut SharedMap| map.retain(|name, _| name != "a"))]
#[case::extended(&|map: &mut SharedMap| map.extend([("a", json!("z")), ("new", json!(1))]))]
fn a_change_of_one_member_leaves_the_others_shared(#[case] change: &dyn Fn(&mut SharedMap)) {
    let before = members(json!({ "a": { "x": 1 }, "b": ["long"], "c": "text" }));
    let mut after = before.clone();
    assert_eq!(shared(&before, &after), ["a", "b", "c"]);
    change(&mut after);
    assert_eq!(shared(&before, &after), ["b", "c"]);
    assert_eq!(before, members(json!({ "a": { "x": 1 }, "b": ["long"], "c": "text" })));
    assert_ne!(before, after);
}

#[test]
fn names_are_the_schemas_own() {
    let user = user();
    let body =
        json!({ "schemas": [CORE], "username": "ada@example.com", "TITLE": "Countess", "active": true });
    let document = parse_with(body, &user, T).0.unwrap().document;
    let name_of = |name: &str| user.schema.attributes.get(name).unwrap().name.as_ptr();
    let told = names(document.as_map());
    assert_eq!(told, ["userName", "title", "active"]);
    assert!(told.iter().all(|name| name.as_ptr() == name_of(name)));
}

/// What one member was is another's from then on.
#[test]
fn a_value_is_taken_over_as_it_is() {
    let from = ada();
    let mut to = Document::default();
    to.set("name", Arc::clone(from.as_map().get_shared("name").unwrap()));
    assert_eq!(shared(to.as_map(), from.as_map()), ["name"]);
}

#[rstest]
#[case::same(json!({ "a": 1, "b": { "c": [1, 2] } }), true)]
#[case::another_order(json!({ "b": { "c": [1, 2] }, "a": 1 }), true)]
#[case::another_value(json!({ "a": 2, "b": { "c": [1, 2] } }), false)]
#[case::deeper(json!({ "a": 1, "b": { "c": [2, 1] } }), false)]
#[case::another_name(json!({ "a": 1, "c": { "c": [1, 2] } }), false)]
#[case::one_more(json!({ "a": 1, "b": { "c": [1, 2] }, "d": 1 }), false)]
#[case::one_less(json!({ "a": 1 }), false)]
fn order_does_not_count_when_members_are_compared(#[case] other: Value, #[case] equal: bool) {
    let one = json!({ "a": 1, "b": { "c": [1, 2] } });
    assert_eq!(members(one.clone()) == members(other.clone()), equal);
    let is_written_alike = serde_json::to_vec(&one).unwrap() == serde_json::to_vec(&other).unwrap();
    assert_eq!(members(one).is_identical(&members(other)), is_written_alike);
}

/// It is stored as the object that it is, and reads what was stored as one before.
#[test]
fn the_stored_form_is_that_of_a_json_object() {
    let document = ada();
    let text = serde_json::to_string(document.as_map()).unwrap();
    assert_eq!(text, serde_json::to_string(&document.as_map().to_map()).unwrap());
    let map: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    let read: SharedMap = serde_json::from_str(&text).unwrap();
    assert_eq!((names(&read), &read), (names(document.as_map()), document.as_map()));
    assert_eq!(Document::from_canonical(map), Document::from_canonical(read));
}

#[test]
fn members_keep_their_places() {
    let mut map = members(json!({ "a": 1, "b": 2, "c": 3, "d": 4 }));
    map.insert("b", json!(5));
    map.remove("a");
    map.insert("a", json!(6));
    assert!(map.object_mut("c").is_none());
    map.object_mut("e").unwrap();
    assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"b":5,"c":3,"d":4,"a":6,"e":{}}"#);
}
