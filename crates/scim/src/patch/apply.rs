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

/// Applies all or none (RFC 7644 §3.5.2).
///
/// What is not touched stays shared with whoever else has the document: a group of 5,000 costs no more than one of 50 if only its
/// name changes.
pub(super) fn apply(
    operations: &[Operation],
    doc: &mut Document,
    current: &Map<String, Value>,
    rt: &ResourceType,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<PatchOutcome> {
    let mut touched = Touched::default();
    let map = doc.map_mut();
    let done = all(operations, map, &mut touched, current, profile, repairs)
        .and_then(|removed_active| touched.check_required(map, rt).map(|()| removed_active));
    match done {
        Ok(removed_active) => {
            Ok(PatchOutcome { changed: touched.differs(map), removed_active, wrote: touched.names() })
        }
        Err(error) => {
            touched.put_back(map);
            Err(error)
        }
    }
}

/// Whether `active` ends removed.
fn all(
    operations: &[Operation],
    map: &mut SharedMap,
    touched: &mut Touched,
    current: &Map<String, Value>,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<bool> {
    let mut removed_active = false;
    for operation in operations {
        if let Action::MustBe { sub, value } = &operation.action {
            must_be(operation, sub.as_deref(), value.as_ref(), current)?;
            continue;
        }
        touched.note(operation.top_level(), map);
        one(operation, map, profile, repairs)?;
        if operation.urn.is_none() && operation.name == "active" {
            removed_active = operation.action == Action::Clear;
        }
    }
    Ok(removed_active)
}

/// The top-level attributes that were written, each as it was before.
#[derive(Default)]
struct Touched(Vec<(String, Option<Arc<Value>>)>);

impl Touched {
    fn note(&mut self, name: &str, map: &SharedMap) {
        if !self.0.iter().any(|(known, _)| known == name) {
            self.0.push((name.to_owned(), map.get_shared(name).cloned()));
        }
    }

    fn differs(&self, map: &SharedMap) -> bool {
        self.0.iter().any(|(name, before)| map.get_shared(name) != before.as_ref())
    }

    fn names(self) -> Vec<String> {
        self.0.into_iter().map(|(name, _)| name).collect()
    }

    fn put_back(self, map: &mut SharedMap) {
        for (name, before) in self.0 {
            match before {
                Some(before) => map.insert(name, before),
                None => drop(map.remove(&name)),
            }
        }
    }

    /// RFC 7644 §3.5.2.2: what is required must not become unassigned. It may in between: Entra ID's validator removes and adds
    /// within one request.
    fn check_required(&self, map: &SharedMap, rt: &ResourceType) -> Result<()> {
        let mutability = |detail| Err(ScimError::mutability(detail));
        for (name, before) in self.0.iter().filter_map(|(name, before)| Some((name, before.as_ref()?))) {
            if let Some(extension) = rt.extensions.iter().find(|extension| extension.schema.id == *name) {
                match map.get(name) {
                    Some(after) => lost(&extension.schema.attributes, before, after)?,
                    None if extension.required => return mutability(format!("Data of {name} is required")),
                    None => {}
                }
            } else if !map.contains_key(name)
                && rt.schema.attributes.get(name).is_some_and(Attribute::is_demanded)
            {
                return mutability(format!("'{name}' is required"));
            }
        }
        Ok(())
    }
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
    let name = operation.name.as_str();
    let Some(urn) = &operation.urn else {
        let fixed = map.get_shared(name).filter(|_| operation.immutable).cloned();
        // Taken out, not cloned: after an error it is put back.
        let before = || map.get_mut(name).map(Value::take);
        match outcome(operation, fixed.as_deref(), before, profile, repairs)? {
            Some(after) => map.insert(name, after),
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

/// What becomes of an attribute: its value, or none where nothing is left. `fixed`: the value that it has to keep; `before` gives
/// the one that is to be changed.
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
    let is = data.and_then(|data| data.get(&operation.name));
    let is = sub.map_or(is, |sub| is.and_then(|is| is.get(sub)));
    match is == value {
        true => Ok(()),
        false => Err(ScimError::mutability(format!("'{}' is read-only", operation.name))),
    }
}
