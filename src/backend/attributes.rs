//! SCIM attributes as more than one vendor takes them: parts of a name, one e-mail address. Pure.

use std::sync::Arc;

use scim::resource::{Document, chosen_email};
use serde_json::{Map, Value, json};

/// Text that is more than blanks.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Puts one part of a name into a document; null takes it away.
pub(super) fn set_name(document: &mut Document, part: &str, value: Value) {
    let mut name = match document.remove("name").map(Arc::unwrap_or_clone) {
        Some(Value::Object(name)) => name,
        _ => Map::new(),
    };
    match value {
        Value::Null => drop(name.shift_remove(part)),
        value => drop(name.insert(part.to_owned(), value)),
    }
    document.set("name", Value::Object(name));
}

/// Puts the e-mail address of a backend that keeps one into a document, where [`Document::email`] takes it from.
pub(super) fn set_email(document: &mut Document, value: Value) {
    let mut emails = match document.remove("emails").map(Arc::unwrap_or_clone) {
        Some(Value::Array(emails)) => emails,
        _ => Vec::new(),
    };
    let chosen = chosen_email(&emails);
    match (chosen, value) {
        (Some(at), Value::Null) => drop(emails.remove(at)),
        (Some(at), value) => emails[at]["value"] = value,
        (None, Value::Null) => {}
        (None, value) => emails.push(json!({ "value": value, "type": "work", "primary": true })),
    }
    document.set("emails", Value::Array(emails));
}
