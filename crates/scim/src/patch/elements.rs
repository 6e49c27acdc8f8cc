//! Changes within multi-valued attributes.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::operation::ElementChange;
use crate::error::{Result, ScimError};
use crate::filter::ElementFilter;
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};

/// Adds values to a list. One that is there already, the same `value` and `type` (RFC 7643 §2.4), takes over what else is said of it.
pub(super) fn append(mut list: Vec<Value>, values: &[Value]) -> Vec<Value> {
    let places = places(&list, values);
    for (at, value) in places.iter().zip(values) {
        match (list.get_mut(*at), value) {
            (Some(Value::Object(there)), Value::Object(map)) => there.extend(map.clone()),
            (Some(_), _) => {}
            (None, value) => list.push(value.clone()),
        }
    }
    settle_primary(&mut list, &places);
    list
}

/// Where each of the values belongs: the place of its like, or the next free one.
fn places(list: &[Value], values: &[Value]) -> Vec<usize> {
    let mut taken: HashMap<Identity<'_>, usize> =
        list.iter().enumerate().map(|(at, v)| (identity(v), at)).collect();
    let mut free = list.len();
    let mut place = |value| {
        let at = *taken.entry(identity(value)).or_insert(free);
        free += usize::from(at == free);
        at
    };
    values.iter().map(&mut place).collect()
}

/// What makes an element the same as another: its `value` and `type`, or all of it if it has no `value`.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Labelled(&'a Value, Option<&'a Value>),
    Whole(&'a Value),
}

fn identity(element: &Value) -> Identity<'_> {
    match element.get("value") {
        Some(value) => Identity::Labelled(value, element.get("type")),
        None => Identity::Whole(element),
    }
}

/// Changes the elements that `filter` selects, or all of them.
pub(super) fn change_elements(
    name: &str,
    mut list: Vec<Value>,
    filter: Option<&ElementFilter>,
    replace: bool,
    change: &ElementChange,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<Vec<Value>> {
    let selects =
        |value: &Value| value.as_object().is_some_and(|element| filter.is_none_or(|f| f.matches(element)));
    let selected: Vec<usize> =
        list.iter().enumerate().filter(|(_, v)| selects(v)).map(|(at, _)| at).collect();
    if selected.is_empty() {
        if let Some(element) = create(name, filter, replace, change, profile, repairs)? {
            list.push(element);
            let at = list.len() - 1;
            settle_primary(&mut list, &[at]);
        }
        return Ok(list);
    }
    // The interoperability profile: a write through a filter means one element.
    if profile == Profile::Strict && filter.is_some() && selected.len() > 1 && writes(change) {
        return Err(ScimError::invalid_filter(format!(
            "The filter selects {} values of '{name}'",
            selected.len()
        )));
    }
    for at in &selected {
        if let Some(element) = list.get_mut(*at) {
            change_element(element, change);
        }
    }
    settle_primary(&mut list, &selected);
    list.retain(|element| !element.is_null());
    Ok(list)
}

/// Whether the change sets something.
fn writes(change: &ElementChange) -> bool {
    match change {
        ElementChange::Remove => false,
        ElementChange::Whole(_) => true,
        ElementChange::Merge(set, _) => !set.is_empty(),
    }
}

/// Changes one element; one that goes becomes null, to be swept up.
fn change_element(element: &mut Value, change: &ElementChange) {
    match (change, element.as_object_mut()) {
        (ElementChange::Merge(set, cleared), Some(map)) => {
            map.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
            for name in cleared {
                map.shift_remove(name);
            }
            if !cleared.is_empty() && is_hollow(map) {
                *element = Value::Null;
            }
        }
        (ElementChange::Whole(map), _) => *element = Value::Object(map.clone()),
        (ElementChange::Remove, _) | (ElementChange::Merge(..), None) => *element = Value::Null,
    }
}

/// Nothing but a label is left.
fn is_hollow(element: &Map<String, Value>) -> bool {
    element.keys().all(|name| name == "type" || name == "primary")
}

/// The filter selects nothing.
///
/// RFC 7644 §3.5.2.3 has `noTarget` for a replace. Entra ID expects add and replace to create the element that the filter describes,
/// and its validator tests it; for an add both profiles do. Removing what is not there is a success; of a sub-attribute `noTarget` by
/// the letter.
fn create(
    name: &str,
    filter: Option<&ElementFilter>,
    replace: bool,
    change: &ElementChange,
    profile: Profile,
    repairs: &mut Repairs,
) -> Result<Option<Value>> {
    let no_target = || ScimError::no_target(format!("The filter selects no value of '{name}'"));
    let set = match change {
        ElementChange::Remove => return Ok(None),
        ElementChange::Whole(set) => set,
        ElementChange::Merge(set, _) if !set.is_empty() => set,
        ElementChange::Merge(..) if profile == Profile::Strict && filter.is_some() => return Err(no_target()),
        ElementChange::Merge(..) => return Ok(None),
    };
    let mut element = match filter {
        None => Map::new(),
        Some(_) if replace && profile == Profile::Strict => return Err(no_target()),
        Some(filter) => filter.template().ok_or_else(no_target)?,
    };
    if filter.is_some() && replace {
        repairs.note(Repair::CreatedByFilter);
    }
    element.extend(set.clone());
    Ok(Some(Value::Object(element)))
}

/// RFC 7643 §2.4: `primary` is true at most once. The last of the elements just written keeps it, all others lose it.
fn settle_primary(list: &mut [Value], touched: &[usize]) {
    let is_primary = |value: &Value| value.get("primary") == Some(&Value::Bool(true));
    let Some(keeps) = touched.iter().copied().rfind(|at| list.get(*at).is_some_and(is_primary)) else {
        return;
    };
    for (at, element) in list.iter_mut().enumerate() {
        if at != keeps
            && is_primary(element)
            && let Some(primary) = element.get_mut("primary")
        {
            *primary = Value::Bool(false);
        }
    }
}
