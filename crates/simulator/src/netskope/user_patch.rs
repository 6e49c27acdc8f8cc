//! Carrying out a PATCH of a person.

use serde_json::{Map, Value};

use super::body::{boolean, email, enterprise_value, optional};
use super::errors::Refusal;
use super::model::{ENTERPRISE_URN, TENANT_URN, User};
use super::patch::{Field, Op, Operation, field};
use super::switches::{Case, Clearing, Switches};
use super::tenant;

/// Carries one operation out on the person.
pub(crate) fn apply(user: &mut User, operation: &Operation, rules: &Switches) -> Result<(), Refusal> {
    match (&operation.path, &operation.value) {
        (Some(path), value) => one(user, operation.op, &field(path, rules)?, value.as_ref(), rules),
        (None, Some(Value::Object(values))) if operation.op != Op::Remove => all(user, values, rules),
        (None, _) => Err(Refusal::bad("an operation without path needs an object as value")),
    }
}

/// An operation without a path: every attribute of the object by itself, in SCIM's spelling.
fn all(user: &mut User, values: &Map<String, Value>, rules: &Switches) -> Result<(), Refusal> {
    let rules = Switches { path_case: Case::Insensitive, ..rules.clone() };
    for (key, value) in values {
        match (key.as_str(), value) {
            ("id" | "schemas" | "meta", _) => {}
            ("emails", value) => user.email = email(Some(value), &rules)?,
            ("name", Value::Object(parts)) => {
                for (part, value) in parts {
                    one(user, Op::Replace, &field(&format!("name.{part}"), &rules)?, Some(value), &rules)?;
                }
            }
            (urn @ (ENTERPRISE_URN | TENANT_URN), Value::Object(parts)) => {
                for (part, value) in parts {
                    one(user, Op::Replace, &field(&format!("{urn}:{part}"), &rules)?, Some(value), &rules)?;
                }
            }
            (path, value) => one(user, Op::Replace, &field(path, &rules)?, Some(value), &rules)?,
        }
    }
    Ok(())
}

fn one(
    user: &mut User,
    op: Op,
    field: &Field,
    value: Option<&Value>,
    rules: &Switches,
) -> Result<(), Refusal> {
    let value = match op {
        Op::Remove => None,
        Op::Add | Op::Replace => value,
    };
    match field {
        Field::UserName => set_required(&mut user.user_name, value, rules),
        Field::Email => set_required(&mut user.email, value, rules),
        Field::Active => {
            user.active = boolean(value.ok_or(Refusal::bad("active can't be removed"))?, rules)?;
            Ok(())
        }
        Field::GivenName => set(&mut user.given_name, value, rules),
        Field::FamilyName => set(&mut user.family_name, value, rules),
        Field::ExternalId => set(&mut user.external_id, value, rules),
        Field::Profile(key) => {
            let text = text(value, rules)?.map(Value::from);
            put(&mut user.profile, key, text);
            Ok(())
        }
        Field::Enterprise(key) => {
            let kept = if clears(value, rules)? { None } else { value };
            let kept = kept.map(|value| enterprise_value(key, value)).transpose()?.flatten();
            put(&mut user.enterprise, key, kept);
            Ok(())
        }
        Field::Tenant(key) => {
            let mut values = user.tenant.clone();
            let kept = if clears(value, rules)? { None } else { value.cloned() };
            put(&mut values, key, kept);
            user.tenant = tenant::limited(values, rules)?;
            Ok(())
        }
    }
}

fn put(values: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            values.insert(key.to_owned(), value);
        }
        None => {
            values.shift_remove(key);
        }
    }
}

fn set(kept: &mut Option<String>, value: Option<&Value>, rules: &Switches) -> Result<(), Refusal> {
    *kept = text(value, rules)?;
    Ok(())
}

/// An attribute that can't be cleared; it may be one that never changes.
fn set_required(kept: &mut String, value: Option<&Value>, rules: &Switches) -> Result<(), Refusal> {
    let new = optional(value)?.ok_or(Refusal::bad("a required attribute can't be removed"))?;
    if !rules.immutable_username_email {
        *kept = new;
    }
    Ok(())
}

/// The text of a value; nothing when it clears.
fn text(value: Option<&Value>, rules: &Switches) -> Result<Option<String>, Refusal> {
    if clears(value, rules)? { Ok(None) } else { optional(value) }
}

/// Whether a value clears; nothing stands for `remove`. What does not clear although it is empty is refused.
fn clears(value: Option<&Value>, rules: &Switches) -> Result<bool, Refusal> {
    let allowed = match value {
        None => rules.clearing != Clearing::EmptyText,
        Some(value) if value == "" => rules.clearing != Clearing::Remove,
        Some(_) => return Ok(false),
    };
    if allowed { Ok(true) } else { Err(Refusal::bad("the attribute can't be cleared like this")) }
}
