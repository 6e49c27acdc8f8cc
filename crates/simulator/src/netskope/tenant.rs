//! The tenant extension: a tenant's own attributes, of any name, within limits.

use serde_json::{Map, Value};

use super::errors::Refusal;
use super::switches::{Switches, TenantOverLimit};

/// The extension in a body.
pub(crate) fn read(value: Option<&Value>, rules: &Switches) -> Result<Map<String, Value>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(values)) => {
            let values = values.iter().filter(|(_, value)| !value.is_null());
            limited(values.map(|(key, value)| (key.clone(), value.clone())).collect(), rules)
        }
        Some(_) => Err(Refusal::bad("the tenant extension is not an object")),
    }
}

/// The attributes within the limits: all of them, or cut, or none of them is taken.
pub(crate) fn limited(values: Map<String, Value>, rules: &Switches) -> Result<Map<String, Value>, Refusal> {
    let most = rules.tenant_max_attributes.unwrap_or(usize::MAX);
    let longest_key = rules.tenant_max_key.unwrap_or(usize::MAX);
    let longest_value = rules.tenant_max_value.unwrap_or(usize::MAX);
    if rules.tenant_over_limit == TenantOverLimit::Truncated {
        let cut = values.into_iter().take(most);
        return Ok(cut
            .map(|(key, value)| (head(&key, longest_key), cut_text(value, longest_value)))
            .collect());
    }
    if values.len() > most {
        return Err(Refusal::bad("the tenant extension has too many attributes"));
    }
    for (key, value) in &values {
        if key.chars().count() > longest_key {
            return Err(Refusal::bad("the name of a tenant attribute is too long"));
        }
        if value.as_str().is_some_and(|text| text.chars().count() > longest_value) {
            return Err(Refusal::bad("the value of a tenant attribute is too long"));
        }
    }
    Ok(values)
}

fn cut_text(value: Value, longest: usize) -> Value {
    match value {
        Value::String(text) => head(&text, longest).into(),
        value => value,
    }
}

fn head(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
