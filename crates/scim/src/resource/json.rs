//! JSON text to values, with the bounds applied while reading (RFC 8259; RFC 7644 §3.12 `invalidSyntax`).

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Number, Value};

use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::path::excerpt;

/// Reads a body.
///
/// # Errors
/// `invalidSyntax` for what is not JSON, starts with a byte order mark, is nested deeper than the limit, or names a member of an
/// object twice. Attribute names are case-insensitive (RFC 7643 §2.1), so two spellings of one name are twice the same.
pub fn parse_json(bytes: &[u8], limits: &Limits) -> Result<Value> {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(ScimError::invalid_syntax(
            "The body starts with a byte order mark, which JSON does not allow",
        ));
    }
    let refused =
        |e: serde_json::Error| ScimError::invalid_syntax(format!("The body is not acceptable JSON: {e}"));
    let mut reader = Deserializer::from_slice(bytes);
    let value = Bounded { depth_left: limits.body_depth }.deserialize(&mut reader).map_err(refused)?;
    reader.end().map_err(refused)?;
    Ok(value)
}

/// Reads one value that may nest `depth_left` deep.
struct Bounded {
    depth_left: usize,
}

impl Bounded {
    fn inner<E: Error>(&self) -> std::result::Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> std::result::Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self.inner()?)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<Value, A::Error> {
        let mut map = Map::new();
        let mut seen = HashSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(A::Error::custom(format_args!("'{}' is given twice", excerpt(&key))));
            }
            let value = access.next_value_seed(self.inner()?)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
