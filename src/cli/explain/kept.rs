//! What stays with the facade: attributes for which the backend has no field.

use std::collections::BTreeSet;

use scim::resource::Document;
use serde_json::Value;

use crate::backend::Backend;
use crate::kernel::Kind;
use crate::store::{Op, Shadow};

/// The names of the attributes that were written and that no native field shows.
pub(super) fn all(written: &[Op], backend: &dyn Backend) -> Vec<String> {
    let wrote: BTreeSet<&str> = written
        .iter()
        .filter_map(|op| match op {
            Op::Audit(row) => Some(row.what.iter().map(String::as_str)),
            _ => None,
        })
        .flatten()
        .collect();
    let mut names = BTreeSet::new();
    for op in written {
        match op {
            Op::Insert(row) | Op::Update(row) => {
                for name in &wrote {
                    names.extend(of_attribute(row, name, backend));
                }
            }
            Op::Link(..) if backend.capabilities().user.external_id.is_none() => {
                names.insert("externalId".to_owned());
            }
            _ => {}
        }
    }
    names.into_iter().collect()
}

/// The attribute's name if it is kept here alone; those of its parts if only some of them are.
fn of_attribute(row: &Shadow, name: &str, backend: &dyn Backend) -> Vec<String> {
    // Whether somebody has access is decided, not kept.
    let Some(value) = row.document.get(name).filter(|_| name != "active") else { return Vec::new() };
    if is_in_shadow_only(row.kind, &row.document, name, other(value), backend) {
        return vec![name.to_owned()];
    }
    let Value::Object(parts) = value else { return Vec::new() };
    let separator = if name.starts_with("urn:") { ':' } else { '.' };
    let kept = parts.iter().filter(|(part, value)| {
        let mut parts = parts.clone();
        parts.insert((*part).clone(), other(value));
        is_in_shadow_only(row.kind, &row.document, name, Value::Object(parts), backend)
    });
    kept.map(|(part, _)| format!("{name}{separator}{part}")).collect()
}

/// Whether another value of an attribute would change no native field.
fn is_in_shadow_only(
    kind: Kind,
    document: &Document,
    name: &str,
    value: Value,
    backend: &dyn Backend,
) -> bool {
    let mut otherwise = document.clone();
    otherwise.set(name, value);
    backend.desired(kind, document) == backend.desired(kind, &otherwise)
}

/// The same value with every text in it changed.
fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(format!("{text}x")),
        Value::Bool(is) => Value::Bool(!is),
        Value::Array(list) => Value::Array(list.iter().map(other).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), other(v))).collect()),
        Value::Null | Value::Number(_) => Value::from("x"),
    }
}
