//! One operation without a path to one per attribute.

use serde_json::{Map, Value};

use super::message::{Op, RawOperation};
use crate::error::{Result, ScimError};
use crate::repairs::Repair;
use crate::repairs::value::json_in;
use crate::resource::{Known, Reader};
use crate::schema::ResourceType;

/// An operation on one target.
pub(super) struct Single {
    pub(super) op: Op,
    pub(super) target: Written,
    pub(super) value: Option<Value>,
}

/// How the client named the target.
pub(super) enum Written {
    /// By a `path`.
    Path(String),
    /// By a key of a path-less value.
    Key(String),
    /// By a key of an extension's object in a path-less value.
    Extension { urn: String, key: String },
}

/// Gives an operation with a path as it is, and takes one without apart.
///
/// Okta, Entra ID, Authentik and SailPoint send them; their keys are names, dotted paths, URN-qualified paths, or the URN of an
/// extension with an object below. RFC 7644 §3.5.2.1 knows them too; the interoperability profile refuses them.
pub(super) fn expand(raw: RawOperation, rt: &ResourceType, reader: &mut Reader<'_>) -> Result<Vec<Single>> {
    let RawOperation { op, path, value } = raw;
    if let Some(path) = path {
        return whole_extension(op, path, value, rt, reader);
    }
    if op == Op::Remove {
        return members_only(value, reader);
    }
    if !reader.forgives(Repair::PathlessOperation) {
        return Err(ScimError::invalid_syntax("An operation needs a 'path'"));
    }
    let map = match value {
        Some(Value::Object(map)) => map,
        Some(Value::String(text)) => match json_in(&text, reader.limits) {
            Some(Value::Object(map)) => {
                reader.repairs.note(Repair::JsonText);
                map
            }
            _ => return Err(no_object()),
        },
        _ => return Err(no_object()),
    };
    keys(op, map, rt, reader)
}

fn no_object() -> ScimError {
    ScimError::invalid_value("The value of an operation without a path must be an object")
}

fn keys(op: Op, map: Map<String, Value>, rt: &ResourceType, reader: &mut Reader<'_>) -> Result<Vec<Single>> {
    let mut singles = Vec::with_capacity(map.len());
    for (key, value) in map {
        if ["id", "schemas", "meta"].iter().any(|name| key.eq_ignore_ascii_case(name)) {
            // Okta repeats the id, Authentik the whole head of the resource.
            reader.repairs.note(Repair::IgnoredReadOnlyKey);
            continue;
        }
        match reader.known(rt, &key) {
            Some(Known::Extension(schema)) => singles.extend(extension(op, &schema.id, value)?),
            Some(Known::Core) | None => {
                let repair = if key.contains(':') { Some(Repair::UrnKey) } else { None };
                let repair = repair.or_else(|| key.contains('.').then_some(Repair::DottedKey));
                if let Some(repair) = repair {
                    reader.repairs.note(repair);
                }
                singles.push(Single { op, target: Written::Key(key), value: Some(value) });
            }
        }
    }
    Ok(singles)
}

/// The members of an extension's object, one by one: what it does not name stays. Null unassigns the extension.
fn extension(op: Op, urn: &str, value: Value) -> Result<Vec<Single>> {
    match value {
        Value::Object(map) => {
            let single = |(key, value)| Single {
                op,
                target: Written::Extension { urn: urn.to_owned(), key },
                value: Some(value),
            };
            Ok(map.into_iter().map(single).collect())
        }
        Value::Null if op == Op::Add => Ok(Vec::new()),
        Value::Null => {
            Ok(vec![Single { op: Op::Remove, target: Written::Path(urn.to_owned()), value: None }])
        }
        _ => Err(ScimError::invalid_value(format!("'{urn}' must be an object"))),
    }
}

/// A path that is the URN of an extension stands for all its attributes (RFC 7644 §3.10).
fn whole_extension(
    op: Op,
    path: String,
    value: Option<Value>,
    rt: &ResourceType,
    reader: &mut Reader<'_>,
) -> Result<Vec<Single>> {
    match (rt.extension(&path), value) {
        (Some(schema), Some(value)) if op != Op::Remove => extension(op, &schema.id, value),
        (Some(_), Some(_)) if !reader.forgives(Repair::RemoveWithValue) => {
            Err(ScimError::invalid_value("A remove operation has no 'value'"))
        }
        (Some(_), _) => Ok(vec![Single { op, target: Written::Path(path), value: None }]),
        (None, value) => Ok(vec![Single { op, target: Written::Path(path), value }]),
    }
}

/// RFC 7644 §3.5.2.2: a remove without a path is `noTarget`. One that lists members says clearly enough whom it means.
fn members_only(value: Option<Value>, reader: &mut Reader<'_>) -> Result<Vec<Single>> {
    let no_target = || ScimError::no_target("A remove operation needs a 'path'");
    let Some(Value::Object(map)) = value else { return Err(no_target()) };
    match map.into_iter().next() {
        Some((key, Value::Array(list))) if key.eq_ignore_ascii_case("members") => {
            if !reader.forgives(Repair::PathlessOperation) {
                return Err(no_target());
            }
            Ok(vec![Single { op: Op::Remove, target: Written::Key(key), value: Some(Value::Array(list)) }])
        }
        _ => Err(no_target()),
    }
}
