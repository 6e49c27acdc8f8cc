//! SCIM attributes as more than one vendor takes them: parts of a name, one e-mail address. Pure.

use scim::resource::Document;
use serde_json::{Map, Value, json};

/// Text that is more than blanks.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The primary e-mail, else the first, else a userName of that form.
pub(super) fn email_of(document: &Document) -> Option<String> {
    let emails = document.get("emails").and_then(Value::as_array);
    let chosen = emails.and_then(|emails| text(emails.get(chosen_email(emails)?)?.get("value")));
    chosen.or_else(|| text(document.get("userName")).filter(|name| is_email(name)))
}

/// Which element of `emails` a backend gets that keeps one.
fn chosen_email(emails: &[Value]) -> Option<usize> {
    let usable = |email: &Value| text(email.get("value")).is_some();
    let primary = |email: &Value| usable(email) && email.get("primary") == Some(&Value::Bool(true));
    emails.iter().position(primary).or_else(|| emails.iter().position(usable))
}

fn is_email(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let parts = text.rsplit_once('@');
    plain
        && parts
            .is_some_and(|(local, domain)| !local.is_empty() && !local.contains('@') && !domain.is_empty())
}

/// Puts one part of a name into a document; null takes it away.
pub(super) fn set_name(document: &mut Document, part: &str, value: Value) {
    let mut name = match document.remove("name") {
        Some(Value::Object(name)) => name,
        _ => Map::new(),
    };
    match value {
        Value::Null => drop(name.shift_remove(part)),
        value => drop(name.insert(part.to_owned(), value)),
    }
    document.set("name", Value::Object(name));
}

/// Puts the e-mail address of a backend that keeps one into a document, where [`email_of`] would take it from.
pub(super) fn set_email(document: &mut Document, value: Value) {
    let mut emails = match document.remove("emails") {
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
