//! Operations on a document.

use serde_json::{Map, Value};

use super::PatchOutcome;
use super::elements::{append, change_elements};
use super::operation::{Action, Operation};
use crate::error::{Result, ScimError};
use crate::profile::Profile;
use crate::repairs::Repairs;
use crate::resource::Document;
use crate::schema::{Attributes, ResourceType};

/// Applies all or none (RFC 7644 §3.5.2).
pub(super) fn apply(
    operations: &[Operation],
    doc: &mut Document,
    current: &Map<String, Value>,
    rt: &ResourceType,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<PatchOutcome> {
    let mut copy = doc.clone();
    let mut outcome = PatchOutcome::default();
    for operation in operations {
        if let Action::MustBe { sub, value } = &operation.action {
            must_be(operation, sub.as_deref(), value.as_ref(), current)?;
            continue;
        }
        one(operation, copy.map_mut(), profile, repairs)?;
        if !outcome.wrote.iter().any(|name| name == operation.top_level()) {
            outcome.wrote.push(operation.top_level().to_owned());
        }
        if operation.urn.is_none() && operation.name == "active" {
            outcome.removed_active = operation.action == Action::Clear;
        }
    }
    check_required(doc.as_map(), copy.as_map(), rt)?;
    outcome.changed = copy != *doc;
    *doc = copy;
    Ok(outcome)
}

fn one(
    operation: &Operation,
    map: &mut Map<String, Value>,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<()> {
    let Some(urn) = &operation.urn else {
        return attribute(operation, map, profile, repairs);
    };
    if operation.name.is_empty() {
        map.shift_remove(urn);
        return Ok(());
    }
    let data = map.entry(urn.as_str()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(data) = data {
        attribute(operation, data, profile, repairs)?;
        if data.is_empty() {
            map.shift_remove(urn);
        }
    }
    Ok(())
}

/// Changes one attribute of `data`; what ends up empty is removed.
fn attribute(
    operation: &Operation,
    data: &mut Map<String, Value>,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<()> {
    let name = &operation.name;
    // Taken out, not cloned: an error discards the whole copy.
    let before = data.get_mut(name).map(Value::take);
    let fixed = if operation.immutable { before.clone() } else { None };
    let after = match &operation.action {
        Action::Clear | Action::MustBe { .. } => None,
        Action::Set(value) => Some(value.clone()),
        Action::Merge(set, cleared) => merged(before, set, cleared),
        Action::Append(values) => Some(Value::Array(append(as_list(before), values))),
        Action::Elements { filter, replace, change } => {
            let list =
                change_elements(name, as_list(before), filter.as_ref(), *replace, change, profile, repairs)?;
            Some(list).filter(|list| !list.is_empty()).map(Value::Array)
        }
    };
    // RFC 7643 §2.2: immutable values may be set once.
    if fixed.is_some() && fixed != after {
        return Err(ScimError::mutability(format!("'{name}' is immutable")));
    }
    match after {
        Some(after) => drop(data.insert(name.clone(), after)),
        None => drop(data.shift_remove(name)),
    }
    Ok(())
}

fn as_list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// A single complex value after a merge. One known by its `value` (a manager) is another when that changes, so that nothing of the old
/// one stays, and none without it.
fn merged(before: Option<Value>, set: &Map<String, Value>, cleared: &[String]) -> Option<Value> {
    let mut map = match before {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    };
    if set.get("value").is_some_and(|value| map.get("value") != Some(value)) {
        map.clear();
    }
    map.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
    for name in cleared {
        map.shift_remove(name);
    }
    let gone = map.is_empty() || cleared.iter().any(|name| name == "value");
    (!gone).then_some(Value::Object(map))
}

/// A write to a read-only attribute is none if it changes nothing.
fn must_be(
    operation: &Operation,
    sub: Option<&str>,
    value: Option<&Value>,
    current: &Map<String, Value>,
) -> Result<()> {
    let data = match &operation.urn {
        Some(urn) => current.get(urn).and_then(Value::as_object),
        None => Some(current),
    };
    let is = data.and_then(|data| data.get(&operation.name));
    let is = sub.map_or(is, |sub| is.and_then(|is| is.get(sub)));
    match is == value {
        true => Ok(()),
        false => Err(ScimError::mutability(format!("'{}' is read-only", operation.name))),
    }
}

/// RFC 7644 §3.5.2.2: what is required must not become unassigned. It may in between: Entra ID's validator removes and adds within one
/// request.
fn check_required(before: &Map<String, Value>, after: &Map<String, Value>, rt: &ResourceType) -> Result<()> {
    let lost = |attributes: &Attributes, before: &Map<String, Value>, after: &Map<String, Value>| {
        let lost = |name: &str| before.contains_key(name) && !after.contains_key(name);
        match attributes.iter().find(|a| a.required && lost(&a.name)) {
            Some(attribute) => Err(ScimError::mutability(format!("'{}' is required", attribute.name))),
            None => Ok(()),
        }
    };
    lost(&rt.schema.attributes, before, after)?;
    for extension in &rt.extensions {
        let data =
            |map: &Map<String, Value>| map.get(&extension.schema.id).and_then(Value::as_object).cloned();
        match (data(before), data(after)) {
            (Some(before), Some(after)) => lost(&extension.schema.attributes, &before, &after)?,
            (Some(_), None) if extension.required => {
                return Err(ScimError::mutability(format!("Data of {} is required", extension.schema.id)));
            }
            _ => {}
        }
    }
    Ok(())
}
