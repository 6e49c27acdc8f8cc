//! `PATCH(diff(a, b))` makes b of a, however the difference is spelled.

use proptest::prelude::{Strategy, any, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, sample};
use scim::patch::{Member, MemberOp, Patch};
use scim::resource::Document;
use scim::{Limits, Profile, Repairs};
use serde_json::{Map, Value, json};

use super::documents::document;
use crate::support::{S, T, members, message, rendered, user};

/// How one attribute's difference is spelled.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// `replace` with the new value.
    Replace,
    /// `remove`, then `add`.
    RemoveAndAdd,
    /// Sub-attribute by sub-attribute, element by element.
    InParts,
    /// A `replace` without a path, as Okta and Entra ID send it.
    PathLess,
}

/// Shapes for as many attributes as there are.
fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let all = vec![Shape::Replace, Shape::RemoveAndAdd, Shape::InParts, Shape::PathLess];
    collection::vec(sample::select(all), 40)
}

fn op(op: &str, path: &str, value: Option<&Value>) -> Value {
    let mut operation = json!({ "op": op, "path": path });
    if let Some(value) = value {
        operation["value"] = value.clone();
    }
    operation
}

/// The operations that make `after` of `before`; `prefix` stands before every name.
fn diff(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    prefix: &str,
    (shapes, profile): (&[Shape], Profile),
) -> Vec<Value> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut operations = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let path = format!("{prefix}{name}");
        let shape = shapes[at % shapes.len()];
        match (before.get(name), after.get(name)) {
            (old, new) if old == new => {}
            (_, None) if matches!(shape, Shape::Replace) => {
                operations.push(op("replace", &path, Some(&Value::Null)));
            }
            (_, None) => operations.push(op("remove", &path, None)),
            (Some(Value::Object(old)), Some(Value::Object(new))) if name.starts_with("urn:") => {
                operations.extend(diff(old, new, &format!("{path}:"), (shapes, profile)));
            }
            (old, Some(new)) => operations.extend(changed(&path, old, new, shape, profile)),
        }
    }
    operations
}

/// One attribute gets another value.
fn changed(path: &str, old: Option<&Value>, new: &Value, shape: Shape, profile: Profile) -> Vec<Value> {
    // A replace of a complex value leaves the parts that it does not name, but in the strict profile.
    let merges = new.is_object() && profile == T;
    match (shape, old, new) {
        (Shape::PathLess, _, _) if profile == T && !merges => {
            vec![json!({ "op": "replace", "value": { path: new } })]
        }
        (Shape::InParts, Some(Value::Object(old)), Value::Object(new)) => in_parts(path, old, new),
        (Shape::InParts, Some(Value::Array(old)), Value::Array(new))
            if has_values(old) && has_values(new) =>
        {
            element_by_element(path, old, new)
        }
        (Shape::RemoveAndAdd, Some(_), _) => vec![op("remove", path, None), op("add", path, Some(new))],
        (_, Some(_), _) if merges => vec![op("remove", path, None), op("replace", path, Some(new))],
        (_, None, _) => vec![op("add", path, Some(new))],
        _ => vec![op("replace", path, Some(new))],
    }
}

/// First what is set, `value` before all: one known by another value keeps nothing of the old.
fn in_parts(path: &str, old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Value> {
    let is_another = new.contains_key("value") && old.get("value") != new.get("value");
    let mut set: Vec<_> =
        new.iter().filter(|(name, value)| is_another || old.get(*name) != Some(value)).collect();
    set.sort_by_key(|(name, _)| *name != "value");
    let set = set.into_iter().map(|(name, value)| op("replace", &format!("{path}.{name}"), Some(value)));
    let gone = old.keys().filter(|name| !is_another && !new.contains_key(*name));
    set.chain(gone.map(|name| op("remove", &format!("{path}.{name}"), None))).collect()
}

fn has_values(list: &[Value]) -> bool {
    list.iter().all(|element| element.get("value").is_some())
}

/// Out go those that are not in the new list as they are, by a filter; in come those that are not in the old one.
fn element_by_element(path: &str, old: &[Value], new: &[Value]) -> Vec<Value> {
    let gone = old.iter().filter(|element| !new.contains(element)).map(|element| {
        let kind = match element.get("type") {
            Some(kind) => format!("type eq {kind}"),
            None => "not (type pr)".to_owned(),
        };
        op("remove", &format!("{path}[value eq {} and {kind}]", element["value"]), None)
    });
    let come: Vec<Value> = new.iter().filter(|element| !old.contains(element)).cloned().collect();
    let come = (!come.is_empty()).then(|| op("add", path, Some(&Value::Array(come))));
    gone.chain(come).collect()
}

/// The order of a list means nothing (RFC 7643 §2.4).
fn without_order(document: &Document) -> Map<String, Value> {
    let mut map = document.as_map().to_map();
    for list in map.values_mut().filter_map(Value::as_array_mut) {
        list.sort_by_key(|element| {
            let sorted: std::collections::BTreeMap<_, _> =
                element.as_object().into_iter().flatten().collect();
            format!("{sorted:?}")
        });
    }
    map
}

proptest! {
    #[test]
    fn of_two_users(a in document(&user()), b in document(&user()), shapes in shapes(), profile in sample::select(vec![T, S])) {
        let rt = user();
        let operations = diff(&a.as_map().to_map(), &b.as_map().to_map(), "", (&shapes, profile));
        let mut repairs = Repairs::new();
        if operations.is_empty() {
            prop_assert_eq!(without_order(&a), without_order(&b));
            return Ok(());
        }
        let patch = Patch::parse(message(json!(operations)), &rt, profile, &Limits::default(), &mut repairs);
        let patch = patch.map_err(|e| proptest::test_runner::TestCaseError::fail(format!("{e}: {operations:?}")))?;
        let mut made = a.clone();
        let outcome = patch.apply(&mut made, &rendered(&a, &rt), &rt, profile, &mut repairs);
        prop_assert!(outcome.is_ok(), "{outcome:?}: {operations:?}");
        prop_assert_eq!(without_order(&made), without_order(&b), "{:?}", operations);
    }

    /// Members go by deltas, which know nothing of the rest.
    #[test]
    fn of_two_groups(
        a in collection::btree_set(0_u8..20, 0..12),
        b in collection::btree_set(0_u8..20, 0..12),
        one_by_one in any::<bool>(),
        profile in sample::select(vec![T, S]),
    ) {
        let name = |n: &u8| format!("id-{n}");
        let value = |n: &u8| json!({ "value": name(n) });
        let (gone, come): (Vec<&u8>, Vec<&u8>) = (a.difference(&b).collect(), b.difference(&a).collect());
        let mut operations: Vec<Value> =
            gone.iter().map(|n| op("remove", &format!("members[value eq \"{}\"]", name(n)), None)).collect();
        match one_by_one {
            true => operations.extend(come.iter().map(|n| op("add", "members", Some(&json!([value(n)]))))),
            false => operations.push(op("add", "members", Some(&come.into_iter().map(value).collect()))),
        }
        let read = members(json!(operations), if operations.is_empty() { T } else { profile }).0.unwrap();
        let people = |set: &std::collections::BTreeSet<u8>| {
            set.iter().map(|n| Member { value: name(n), r#type: None }).collect::<Vec<_>>()
        };
        let mut made = MemberOp::apply_all(&read, &people(&a));
        made.sort_by_key(|member| member.value[3..].parse::<u8>().unwrap());
        prop_assert_eq!(made, people(&b));
    }
}
