//! What the messages of the protocol share: PATCH and bulk (RFC 7644 §3.5.2, §3.7).

use serde_json::{Map, Value};

use crate::error::{Result, ScimError};
use crate::path::excerpt;
use crate::repairs::Repair;
use crate::resource::Reader;

/// Whether `schemas` names the message.
pub(crate) fn check_schemas(schemas: Option<Value>, wanted: &str, reader: &mut Reader<'_>) -> Result<()> {
    let urns = match schemas {
        Some(Value::Array(urns)) => urns,
        None | Some(Value::Null) => Vec::new(),
        Some(one) => vec![one],
    };
    let named = urns.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(wanted)));
    let repair = if urns.is_empty() { Repair::MissingSchemas } else { Repair::UnknownSchema };
    match named || reader.forgives(repair) {
        true => Ok(()),
        false => Err(ScimError::invalid_syntax(format!("'schemas' must hold {wanted}"))),
    }
}

/// The members with these names; the others are unknown.
pub(crate) fn members<const N: usize>(
    map: Map<String, Value>,
    names: [&str; N],
    reader: &mut Reader<'_>,
) -> Result<[Option<Value>; N]> {
    let mut found = [const { None }; N];
    for (key, value) in map {
        let known = names.iter().zip(found.iter_mut()).find(|(name, _)| name.eq_ignore_ascii_case(&key));
        let repair = match &known {
            Some((name, _)) if **name == key => None,
            Some(_) => Some(Repair::OperationKeyCase),
            None => Some(Repair::UnknownOperationKey),
        };
        if repair.is_some_and(|repair| !reader.forgives(repair)) {
            return Err(ScimError::invalid_syntax(format!(
                "'{}' is not a member of this message",
                excerpt(&key)
            )));
        }
        if let Some((_, place)) = known {
            *place = Some(value);
        }
    }
    Ok(found)
}
