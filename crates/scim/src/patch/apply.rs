//! Operations on a document.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::PatchOutcome;
use super::elements::{append, change_elements};
use super::operation::{Action, Operation};
use crate::error::{Result, ScimError};
use crate::profile::Profile;
use crate::repairs::Repairs;
use crate::resource::{Document, SharedMap};
use crate::schema::{Attribute, Attributes, ResourceType};

/// Applies all or none (RFC 7644 §3.5.2): to a copy, which takes the document's place if it has become another.
///
/// A copy shares what is not touched: a group of 5,000 costs no more than one of 50 if only its name changes.
pub(super) fn apply(
    operations: &[Operation],
    doc: &mut Document,
    current: &Map<String, Value>,
    rt: &ResourceType,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<PatchOutcome> {
    let mut copy = doc.clone();
    let (before, after) = (doc.as_map(), copy.map_mut());
    let mut outcome = PatchOutcome::default();
    all(operations, after, &mut outcome, current, profile, repairs)?;
    check_required(&outcome.wrote, before, after, rt)?;
    outcome.changed = outcome.wrote.iter().any(|name| before.get_shared(name) != after.get_shared(name));
    if outcome.changed {
        *doc = copy;
    }
    Ok(outcome)
}

fn all(
    operations: &[Operation],
    map: &mut SharedMap,
    outcome: &mut PatchOutcome,
    current: &Map<String, Value>,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<()> {
    for operation in operations {
        if let Action::MustBe { sub, value } = &operation.action {
            must_be(operation, sub.as_deref(), value.as_ref(), current)?;
            continue;
        }
        let top_level = operation.top_level();
        if !outcome.wrote.iter().any(|known| known == top_level) {
            outcome.wrote.push(top_level.to_owned());
        }
        one(operation, map, profile, repairs)?;
        if operation.urn.is_none() && &*operation.name == "active" {
            outcome.removed_active = operation.action == Action::Clear;
        }
    }
    Ok(())
}

/// RFC 7644 §3.5.2.2: what is required must not become unassigned. It may in between: Entra ID's validator removes and adds
/// within one request.
fn check_required(wrote: &[String], before: &SharedMap, after: &SharedMap, rt: &ResourceType) -> Result<()> {
    let mutability = |detail| Err(ScimError::mutability(detail));
    for (name, before) in wrote.iter().filter_map(|name| Some((name, before.get(name)?))) {
        if let Some(extension) = rt.extensions.iter().find(|extension| extension.schema.id == *name) {
            match after.get(name) {
                Some(after) => lost(&extension.schema.attributes, before, after)?,
                None if extension.required => return mutability(format!("Data of {name} is required")),
                None => {}
            }
        } else if !after.contains_key(name)
            && rt.schema.attributes.get(name).is_some_and(Attribute::is_demanded)
        {
            return mutability(format!("'{name}' is required"));
        }
    }
    Ok(())
}

/// Refuses data of an extension that lost what is required.
fn lost(attributes: &Attributes, before: &Value, after: &Value) -> Result<()> {
    let is_lost = |name: &str| before.get(name).is_some() && after.get(name).is_none();
    match attributes.iter().find(|a| a.is_demanded() && is_lost(&a.name)) {
        Some(attribute) => Err(ScimError::mutability(format!("'{}' is required", attribute.name))),
        None => Ok(()),
    }
}

fn one(operation: &Operation, map: &mut SharedMap, profile: Profile, repairs: &mut Repairs) -> Result<()> {
    let name = &*operation.name;
    let Some(urn) = &operation.urn else {
        let fixed = map.get_shared(name).filter(|_| operation.immutable).cloned();
        let before = || map.get_mut(name).map(Value::take);
        match outcome(operation, fixed.as_deref(), before, profile, repairs)? {
            Some(after) => map.insert(Arc::clone(&operation.name), after),
            None => drop(map.remove(name)),
        }
        return Ok(());
    };
    if name.is_empty() {
        map.remove(urn);
        return Ok(());
    }
    if let Some(data) = map.object_mut(urn) {
        let fixed = data.get(name).filter(|_| operation.immutable).cloned();
        let before = || data.get_mut(name).map(Value::take);
        match outcome(operation, fixed.as_ref(), before, profile, repairs)? {
            Some(after) => drop(data.insert(name.to_owned(), after)),
            None => drop(data.shift_remove(name)),
        }
        if data.is_empty() {
            map.remove(urn);
        }
    }
    Ok(())
}

/// What becomes of an attribute: its value, or none where nothing is left. `fixed`: the value that it has to keep; `before` takes
/// out the one that is to be changed.
fn outcome(
    operation: &Operation,
    fixed: Option<&Value>,
    before: impl FnOnce() -> Option<Value>,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<Option<Value>> {
    let name = &operation.name;
    let after = match &operation.action {
        Action::Clear | Action::MustBe { .. } => None,
        Action::Set(value) => Some(value.clone()),
        Action::Merge(set, cleared) => merged(before(), set, cleared),
        Action::Append(values) => Some(Value::Array(append(as_list(before()), values))),
        Action::Elements { filter, replace, change } => {
            let list = change_elements(
                name,
                as_list(before()),
                filter.as_ref(),
                *replace,
                change,
                profile,
                repairs,
            )?;
            Some(list).filter(|list| !list.is_empty()).map(Value::Array)
        }
    };
    // RFC 7643 §2.2: immutable values may be set once.
    if fixed.is_some() && fixed != after.as_ref() {
        return Err(ScimError::mutability(format!("'{name}' is immutable")));
    }
    Ok(after)
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
    let is = data.and_then(|data| data.get(&*operation.name));
    let is = sub.map_or(is, |sub| is.and_then(|is| is.get(sub)));
    match is == value {
        true => Ok(()),
        false => Err(ScimError::mutability(format!("'{}' is read-only", operation.name))),
    }
}
