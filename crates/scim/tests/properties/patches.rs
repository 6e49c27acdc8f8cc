//! PATCH: never panics, never leaves a document that is not canonical, changes all or nothing.

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, sample};
use scim::patch::{Member, MemberOp, Patch};
use scim::resource::{Document, Required};
use scim::{Limits, Profile, Repairs};
use serde_json::{Map, Value, json};

use super::documents::document;
use crate::support::{ENTERPRISE, S, T, group, members, message, rendered, user};

const PATHS: [&str; 26] = [
    "title",
    "active",
    "userName",
    "name",
    "name.givenName",
    "emails",
    "emails.value",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "emails[type eq \"home\"].primary",
    "emails[primary eq true].display",
    "emails[primary eq \"True\"]",
    "emails[value co \"a\" or type pr]",
    "roles",
    "roles[primary eq \"True\"].value",
    "addresses[type eq \"work\"].country",
    "schemas",
    "id",
    "groups",
    "password",
    "manager",
    "nonsense",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:.department",
];

pub(super) fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::from),
        sample::select(vec!["", "a", "True", "false", "work", "home", "[]", "{\"value\":\"x\"}"])
            .prop_map(Value::from),
    ];
    let keys = vec![
        "value",
        "type",
        "primary",
        "display",
        "givenName",
        "name.givenName",
        "$ref",
        "x",
        "active",
        "emails",
        "manager",
        ENTERPRISE,
    ];
    scalar.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            collection::vec((sample::select(keys.clone()), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let op = sample::select(vec!["add", "replace", "remove", "Add"]);
    let path = proptest::option::weighted(0.8, sample::select(&PATHS[..]));
    (op, path, proptest::option::weighted(0.9, value())).prop_map(|(op, path, value)| {
        let mut operation = Map::from_iter([("op".to_owned(), json!(op))]);
        operation.extend(path.map(|path| ("path".to_owned(), json!(path))));
        operation.extend(value.map(|value| ("value".to_owned(), value)));
        Value::Object(operation)
    })
}

fn profile() -> impl Strategy<Value = Profile> {
    sample::select(vec![T, S])
}

proptest! {
    #[test]
    fn documents_stay_canonical(
        before in document(&user()),
        operations in collection::vec(operation(), 0..5),
        profile in profile(),
    ) {
        let rt = user();
        let mut repairs = Repairs::new();
        let parsed = Patch::parse(message(json!(operations)), &rt, profile, &Limits::default(), &mut repairs);
        if let Ok(patch) = parsed {
            let mut after = before.clone();
            match patch.apply(&mut after, &rendered(&before, &rt), &rt, profile, &mut repairs) {
                Err(_) => prop_assert_eq!(&after, &before),
                Ok(outcome) => {
                    prop_assert_eq!(outcome.changed, after != before);
                    prop_assert!(!outcome.changed || !outcome.wrote.is_empty());
                    prop_assert!(!outcome.removed_active || after.active().is_none());
                }
            }
            let mut none = Repairs::new();
            let body = Value::Object(rendered(&after, &rt));
            let again = Document::parse(body, &rt, S, &Limits::default(), Required::Check, &mut none);
            prop_assert_eq!(again.map(|incoming| incoming.document), Ok(after));
            prop_assert!(none.is_empty());
        }
    }

    #[test]
    fn bodies_become_canonical(body in value(), profile in profile()) {
        let rt = user();
        let mut body = body;
        if let Some(map) = body.as_object_mut() {
            map.insert("userName".to_owned(), json!("x"));
        }
        if let Ok(incoming) = Document::parse(body, &rt, profile, &Limits::default(), Required::Check, &mut Repairs::new()) {
            let mut none = Repairs::new();
            let body = Value::Object(rendered(&incoming.document, &rt));
            let again = Document::parse(body, &rt, S, &Limits::default(), Required::Check, &mut none);
            prop_assert_eq!(again.map(|incoming| incoming.document), Ok(incoming.document));
        }
    }

    /// Whatever the value: members go only by a clear request, a list that names them, or a replacement.
    #[test]
    fn no_dialect_empties_a_group(op in sample::select(vec!["add", "remove"]), sent in value(), profile in profile()) {
        let (read, _) = members(json!([{ "op": op, "path": "members", "value": sent }]), profile);
        if let Ok(operations) = read {
            let people = |ids: &[&str]| ids.iter().map(|id| Member { value: (*id).to_owned(), r#type: None }).collect::<Vec<_>>();
            let after = MemberOp::apply_all(&operations, &people(&["one", "two"]));
            prop_assert_eq!(after.iter().filter(|m| m.value == "one" || m.value == "two").count(), if sent.is_null() && op == "remove" { 0 } else { 2 });
        }
    }

    #[test]
    fn any_value_is_no_reason_to_panic(body in value()) {
        let mut repairs = Repairs::new();
        for profile in [T, S] {
            let _ = Patch::parse(body.clone(), &group(), profile, &Limits::default(), &mut repairs);
            let _ = Patch::parse(json!({ "Operations": body }), &user(), profile, &Limits::default(), &mut repairs);
            let _ = Document::parse(body.clone(), &group(), profile, &Limits::default(), Required::Skip, &mut repairs);
        }
    }
}
