//! The envelope: `schemas` and `Operations`, each with `op`, `path` and `value` (RFC 7644 §3.5.2).

use serde_json::Value;

use crate::error::{Result, ScimError};
use crate::message::{check_schemas, members};
use crate::path::excerpt;
use crate::repairs::Repair;
use crate::resource::Reader;

/// The URN of a PATCH body (RFC 7644 §8.2).
pub const PATCH_OP_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Replace,
    Remove,
}

/// An operation as it was sent. A null `path` or `value` is none.
pub(super) struct RawOperation {
    pub(super) op: Op,
    pub(super) path: Option<String>,
    pub(super) value: Option<Value>,
}

/// Reads the envelope.
pub(super) fn read(body: Value, reader: &mut Reader<'_>) -> Result<Vec<RawOperation>> {
    let Value::Object(body) = body else {
        return Err(ScimError::invalid_syntax("The body must be a JSON object"));
    };
    let [schemas, operations] = members(body, ["schemas", "Operations"], reader)?;
    check_schemas(schemas, PATCH_OP_URN, reader)?;
    let Some(Value::Array(operations)) = operations else {
        return Err(ScimError::invalid_syntax("'Operations' must be an array"));
    };
    // Entra ID's validator sends none when a group has nothing that it can replace.
    if operations.is_empty() && !reader.forgives(Repair::EmptyPatch) {
        return Err(ScimError::invalid_syntax("'Operations' is empty"));
    }
    if operations.len() > reader.limits.patch_operations {
        let most = reader.limits.patch_operations;
        return Err(ScimError::invalid_value(format!(
            "{} operations; {most} are accepted at once",
            operations.len()
        )));
    }
    operations.into_iter().map(|operation| self::operation(operation, reader)).collect()
}

fn operation(operation: Value, reader: &mut Reader<'_>) -> Result<RawOperation> {
    let Value::Object(operation) = operation else {
        return Err(ScimError::invalid_syntax("An operation must be a JSON object"));
    };
    let [op, path, value] = members(operation, ["op", "path", "value"], reader)?;
    let op = self::op(op.as_ref(), reader)?;
    let path = match path {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim().to_owned()).filter(|path| !path.is_empty()),
        Some(_) => return Err(ScimError::invalid_path("'path' must be text")),
    };
    // A value of null is one for add and replace ("unassigned", RFC 7643 §2.5), and none for remove.
    let value = value.filter(|value| op != Op::Remove || !value.is_null());
    if op != Op::Remove && value.is_none() {
        return Err(ScimError::invalid_value("An add or replace operation needs a 'value'"));
    }
    Ok(RawOperation { op, path, value })
}

fn op(op: Option<&Value>, reader: &mut Reader<'_>) -> Result<Op> {
    let name = op.and_then(Value::as_str).unwrap_or_default();
    let known = [("add", Op::Add), ("replace", Op::Replace), ("remove", Op::Remove)];
    match known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        // Entra ID without its compliance flag: Add, Replace, Remove.
        Some((known, op)) if known == name || reader.forgives(Repair::OpCase) => Ok(op),
        _ => Err(ScimError::invalid_syntax(format!(
            "'op' must be add, replace or remove, not '{}'",
            excerpt(name)
        ))),
    }
}
