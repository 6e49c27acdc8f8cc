//! Seeing through the ways in which identity providers misspell values. Each function recognises one deviation and nothing else.

use serde_json::Value;

use crate::limits::Limits;
use crate::resource::parse_json;

/// [`Repair::BooleanAsString`](super::Repair::BooleanAsString), [`Repair::QuotedBoolean`](super::Repair::QuotedBoolean): `"True"`, `"false"`.
pub(crate) fn boolean_in(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// [`Repair::JsonText`](super::Repair::JsonText): text that is a JSON object or array.
pub(crate) fn json_in(text: &str, limits: &Limits) -> Option<Value> {
    let looks_like_it = text.trim_start().starts_with(['{', '[']);
    let value = looks_like_it.then(|| parse_json(text.as_bytes(), limits).ok())??;
    (value.is_object() || value.is_array()).then_some(value)
}

/// [`Repair::ArrayForSingle`](super::Repair::ArrayForSingle): the one element of a list.
pub(crate) fn only_element(value: Value) -> Result<Value, Value> {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.pop().ok_or(Value::Null),
        other => Err(other),
    }
}

/// [`Repair::ArrayForSingle`](super::Repair::ArrayForSingle) on a simple attribute: Entra ID wraps even those, `[{"$ref": null, "value": "x"}]`.
pub(crate) fn value_of_wrapped(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.contains_key("value") => map.remove("value").unwrap_or_default(),
        other => other,
    }
}

/// [`Repair::WrappedMembers`](super::Repair::WrappedMembers): the list within `{"members": […]}`.
pub(crate) fn wrapped_members(value: Value) -> Result<Value, Value> {
    match value {
        Value::Object(map) if map.len() == 1 && map.keys().all(|k| k.eq_ignore_ascii_case("members")) => {
            map.into_iter().next().map(|(_, list)| list).ok_or(Value::Null)
        }
        other => Err(other),
    }
}

/// [`Repair::Scim1Schema`](super::Repair::Scim1Schema): what a URN of SCIM 1.x is called in SCIM 2.0, for a resource type's core URN.
pub(crate) fn scim1_successor<'a>(urn: &str, core: &'a str) -> Option<&'a str> {
    if urn.eq_ignore_ascii_case("urn:scim:schemas:core:1.0") {
        Some(core)
    } else if urn.eq_ignore_ascii_case("urn:scim:schemas:extension:enterprise:1.0") {
        Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")
    } else {
        None
    }
}
