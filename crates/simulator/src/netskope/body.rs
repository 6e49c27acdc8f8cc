//! Reading the body of a POST or PUT of a person.

use serde_json::{Map, Value};

use super::errors::Refusal;
use super::model::{ENTERPRISE, ENTERPRISE_URN, PROFILE, TENANT_URN};
use super::switches::{Switches, UnknownAttributes};
use super::tenant;

/// Attributes that are known but not kept: the vendor sets them.
const SET_BY_VENDOR: [&str; 3] = ["schemas", "id", "meta"];

/// What a body says about a person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub user_name: String,
    pub external_id: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub email: String,
    pub active: Option<bool>,
    pub profile: Map<String, Value>,
    pub enterprise: Map<String, Value>,
    pub tenant: Map<String, Value>,
}

impl Draft {
    pub fn read(body: &Map<String, Value>, rules: &Switches) -> Result<Self, Refusal> {
        refuse_unknown(body, rules)?;
        let name = body.get("name").and_then(Value::as_object);
        let part = |key: &str| optional(name.and_then(|name| name.get(key)));
        Ok(Self {
            user_name: optional(body.get("userName"))?.ok_or(Refusal::bad("userName is required"))?,
            external_id: optional(body.get("externalId"))?,
            given_name: part("givenName")?,
            family_name: part("familyName")?,
            email: email(body.get("emails"), rules)?,
            active: body.get("active").map(|value| boolean(value, rules)).transpose()?,
            profile: profile(body, rules)?,
            enterprise: enterprise(body.get(ENTERPRISE_URN))?,
            tenant: tenant::read(body.get(TENANT_URN), rules)?,
        })
    }
}

fn refuse_unknown(body: &Map<String, Value>, rules: &Switches) -> Result<(), Refusal> {
    let known = |key: &str| {
        matches!(key, "userName" | "externalId" | "name" | "emails" | "active" | ENTERPRISE_URN | TENANT_URN)
            || SET_BY_VENDOR.contains(&key)
            || (rules.profile_attributes && PROFILE.contains(&key))
    };
    if rules.unknown_attributes == UnknownAttributes::Rejected && !body.keys().all(|key| known(key)) {
        return Err(Refusal::bad("the resource has an unknown attribute"));
    }
    Ok(())
}

/// A text; null, an empty one and none at all are the same.
pub(crate) fn optional(value: Option<&Value>) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Refusal::bad("an attribute is not a string")),
    }
}

/// A boolean, or its name if that is allowed.
pub(crate) fn boolean(value: &Value, rules: &Switches) -> Result<bool, Refusal> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if rules.bool_as_string && text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if rules.bool_as_string && text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Refusal::bad("an attribute is not a boolean")),
    }
}

/// The one e-mail that is kept: the primary one, else the first.
pub(crate) fn email(value: Option<&Value>, rules: &Switches) -> Result<String, Refusal> {
    let missing = Refusal::bad("emails is required");
    let Some(list) = value.and_then(Value::as_array) else {
        return Err(missing);
    };
    let mut chosen = None;
    for entry in list {
        let primary = entry.get("primary").map_or(Ok(false), |primary| boolean(primary, rules))?;
        if chosen.is_none() || primary {
            chosen = optional(entry.get("value"))?.or(chosen);
        }
        if primary {
            break;
        }
    }
    chosen.filter(|email| email.contains('@')).ok_or(missing)
}

fn profile(body: &Map<String, Value>, rules: &Switches) -> Result<Map<String, Value>, Refusal> {
    let mut kept = Map::new();
    for key in PROFILE.into_iter().filter(|_| rules.profile_attributes) {
        if let Some(text) = optional(body.get(key))? {
            kept.insert(key.to_owned(), text.into());
        }
    }
    Ok(kept)
}

fn enterprise(value: Option<&Value>) -> Result<Map<String, Value>, Refusal> {
    let mut kept = Map::new();
    let Some(values) = value.and_then(Value::as_object) else {
        return Ok(kept);
    };
    for key in ENTERPRISE {
        if let Some(value) = values.get(key).map(|value| enterprise_value(key, value)).transpose()?.flatten()
        {
            kept.insert(key.to_owned(), value);
        }
    }
    Ok(kept)
}

/// A value of the enterprise extension; the manager is an object of which only `value` is kept.
pub(crate) fn enterprise_value(key: &str, value: &Value) -> Result<Option<Value>, Refusal> {
    if key != "manager" {
        return Ok(optional(Some(value))?.map(Value::from));
    }
    let id = if value.is_object() { value.get("value") } else { Some(value) };
    Ok(optional(id)?.map(|id| serde_json::json!({"value": id})))
}
