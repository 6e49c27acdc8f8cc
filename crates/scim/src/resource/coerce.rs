//! One client's value to a canonical one: names as the schema spells them, types as the schema has them, nothing unassigned.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::path::excerpt;
use crate::profile::Profile;
use crate::repairs::value::{boolean_in, json_in, only_element, value_of_wrapped};
use crate::repairs::{Repair, Repairs};
use crate::schema::{Attribute, AttributeType};

/// What became of a value.
#[derive(Debug, PartialEq)]
pub(crate) enum Coerced {
    /// A canonical value.
    Assigned(Value),
    /// `null`, an empty list, an empty string: "unassigned" (RFC 7643 §2.5).
    Unassigned,
    /// Nothing in it was understood or writable. It neither sets nor clears.
    Ignored,
}

/// The members of a complex value.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Those with a value.
    pub(crate) set: Map<String, Value>,
    /// Those that were named as unassigned.
    pub(crate) cleared: Vec<String>,
    /// Some were dropped: unknown or read-only.
    pub(crate) dropped: bool,
}

impl Fields {
    /// The whole complex value that these members make. One whose `value` is empty is none, whatever else it holds.
    pub(crate) fn whole(self) -> Coerced {
        if self.cleared.iter().any(|name| name == "value") {
            Coerced::Unassigned
        } else if !self.set.is_empty() {
            Coerced::Assigned(Value::Object(self.set))
        } else if self.dropped && self.cleared.is_empty() {
            Coerced::Ignored
        } else {
            Coerced::Unassigned
        }
    }
}

/// Reads values for one request.
pub(crate) struct Reader<'r> {
    pub(crate) profile: Profile,
    pub(crate) limits: &'r Limits,
    pub(crate) repairs: &'r mut Repairs,
}

impl Reader<'_> {
    /// Notes a repair in the tolerant profile, and tells whether it may be applied.
    pub(crate) fn forgives(&mut self, repair: Repair) -> bool {
        if self.profile.is_tolerant() {
            self.repairs.note(repair);
        }
        self.profile.is_tolerant()
    }

    /// Drops what no served schema defines; strict: the error (RFC 7643 §3.1 leaves the choice open).
    pub(crate) fn drop_unknown(&mut self, name: &str) -> Result<()> {
        if self.forgives(Repair::UnknownAttribute) {
            return Ok(());
        }
        Err(ScimError::invalid_syntax(format!("'{}' is not an attribute of this resource", excerpt(name))))
    }

    /// A value of an attribute: a list if the attribute is multi-valued.
    pub(crate) fn value(&mut self, attribute: &Attribute, value: Value) -> Result<Coerced> {
        if attribute.multi_valued { self.list(attribute, value) } else { self.single(attribute, value) }
    }

    /// A list.
    fn list(&mut self, attribute: &Attribute, value: Value) -> Result<Coerced> {
        let items = match value {
            Value::Null => return Ok(Coerced::Unassigned),
            Value::Array(items) => items,
            // Decision for identity providers that put JSON text where JSON belongs.
            Value::String(text) => match json_in(&text, self.limits) {
                Some(Value::Array(items)) if self.forgives(Repair::JsonText) => items,
                _ => return self.one_for_list(attribute, Value::String(text)),
            },
            other => return self.one_for_list(attribute, other),
        };
        self.bounded(attribute, items.len())?;
        let mut list = Vec::with_capacity(items.len());
        let mut ignored_only = !items.is_empty();
        for item in items {
            let named_empty = !item.is_null();
            match self.single(attribute, item)? {
                Coerced::Assigned(value) => list.push(value),
                Coerced::Ignored => continue,
                Coerced::Unassigned if named_empty && !self.forgives(Repair::EmptyElement) => {
                    return Err(invalid(attribute, "has an element without a value"));
                }
                Coerced::Unassigned => {}
            }
            ignored_only = false;
        }
        if list.is_empty() {
            return Ok(if ignored_only { Coerced::Ignored } else { Coerced::Unassigned });
        }
        self.one_primary(attribute, &mut list)?;
        Ok(Coerced::Assigned(Value::Array(list)))
    }

    /// One value in the place of a list.
    fn one_for_list(&mut self, attribute: &Attribute, value: Value) -> Result<Coerced> {
        if self.profile.is_tolerant() && value.as_str() == Some("") {
            self.repairs.note(Repair::EmptyString);
            return Ok(Coerced::Unassigned);
        }
        if !self.forgives(Repair::SingleForArray) {
            return Err(invalid(attribute, "must be an array"));
        }
        self.list(attribute, Value::Array(vec![value]))
    }

    fn bounded(&self, attribute: &Attribute, len: usize) -> Result<()> {
        if len > self.limits.values_per_operation {
            let most = self.limits.values_per_operation;
            return Err(invalid(attribute, &format!("has {len} values; {most} are accepted at once")));
        }
        Ok(())
    }

    /// RFC 7643 §2.4: `primary` is true at most once.
    fn one_primary(&mut self, attribute: &Attribute, list: &mut [Value]) -> Result<()> {
        let is_primary = |v: &Value| v.get("primary") == Some(&Value::Bool(true));
        if attribute.sub_attributes.get("primary").is_none()
            || list.iter().filter(|v| is_primary(v)).nth(1).is_none()
        {
            return Ok(());
        }
        if !self.forgives(Repair::ManyPrimaries) {
            return Err(invalid(attribute, "has more than one primary value"));
        }
        for earlier in list.iter_mut().rev().filter(|v| is_primary(v)).skip(1) {
            if let Some(primary) = earlier.get_mut("primary") {
                *primary = Value::Bool(false);
            }
        }
        Ok(())
    }

    /// One value, or one element of a list.
    pub(crate) fn single(&mut self, attribute: &Attribute, value: Value) -> Result<Coerced> {
        let value = match value {
            Value::Array(list) if list.is_empty() => return Ok(Coerced::Unassigned),
            Value::Array(list) if self.profile.is_tolerant() => match only_element(Value::Array(list)) {
                Ok(one) => {
                    self.repairs.note(Repair::ArrayForSingle);
                    if attribute.is_complex() { one } else { value_of_wrapped(one) }
                }
                Err(_) => return Err(invalid(attribute, "must be a single value")),
            },
            value => value,
        };
        match (attribute.r#type, value) {
            (_, Value::Null) => Ok(Coerced::Unassigned),
            (AttributeType::Complex, value) => self.complex(attribute, value),
            (_, Value::String(text)) if text.is_empty() => self.empty_string(attribute),
            (_, value) => self.simple(attribute, value).map(Coerced::Assigned),
        }
    }

    fn empty_string(&mut self, attribute: &Attribute) -> Result<Coerced> {
        let allowed = attribute.r#type.is_text() || attribute.r#type == AttributeType::Binary;
        if !allowed && !self.profile.is_tolerant() {
            return Err(invalid(attribute, "must not be empty text"));
        }
        self.repairs.note(Repair::EmptyString);
        Ok(Coerced::Unassigned)
    }

    fn complex(&mut self, attribute: &Attribute, value: Value) -> Result<Coerced> {
        match value {
            Value::Object(map) => Ok(self.fields(attribute, map)?.whole()),
            Value::String(text) if self.profile.is_tolerant() => self.text_for_complex(attribute, text),
            _ => Err(invalid(attribute, "must be an object")),
        }
    }

    /// Text where an object belongs: nothing, JSON, or the object's `value`.
    fn text_for_complex(&mut self, attribute: &Attribute, text: String) -> Result<Coerced> {
        if text.is_empty() {
            self.repairs.note(Repair::EmptyString);
            return Ok(Coerced::Unassigned);
        }
        if let Some(Value::Object(map)) = json_in(&text, self.limits) {
            self.repairs.note(Repair::JsonText);
            return Ok(self.fields(attribute, map)?.whole());
        }
        if attribute.sub_attributes.get("value").is_none() {
            return Err(invalid(attribute, "must be an object"));
        }
        self.repairs.note(Repair::BareValue);
        let map = Map::from_iter([("value".to_owned(), Value::String(text))]);
        Ok(self.fields(attribute, map)?.whole())
    }

    /// The members of a complex value. Read-only ones are dropped (RFC 7644 §3.3, §3.5.1).
    pub(crate) fn fields(&mut self, attribute: &Attribute, map: Map<String, Value>) -> Result<Fields> {
        let mut fields = Fields::default();
        for (key, value) in map {
            let Some(sub) = attribute.sub_attributes.get(&key) else {
                self.drop_unknown(&key)?;
                fields.dropped = true;
                continue;
            };
            if sub.is_dropped_on_write() {
                fields.dropped = true;
                continue;
            }
            match self.value(sub, value)? {
                Coerced::Assigned(value) => {
                    fields.set.insert(sub.name.to_string(), value);
                }
                Coerced::Unassigned => fields.cleared.push(sub.name.to_string()),
                Coerced::Ignored => fields.dropped = true,
            }
        }
        Ok(fields)
    }

    /// A value that is neither empty nor complex (RFC 7643 §2.3). The content of references, locales, time zones and phone numbers is
    /// not checked: Entra ID's validator sends random letters and wants them back.
    fn simple(&mut self, attribute: &Attribute, value: Value) -> Result<Value> {
        match (attribute.r#type, value) {
            (AttributeType::Boolean, Value::Bool(b)) => Ok(Value::Bool(b)),
            (AttributeType::Boolean, Value::String(text)) => match boolean_in(&text) {
                Some(b) if self.forgives(Repair::BooleanAsString) => Ok(Value::Bool(b)),
                _ => Err(invalid(attribute, "must be true or false")),
            },
            (AttributeType::Boolean, _) => Err(invalid(attribute, "must be true or false")),
            (AttributeType::Integer, Value::Number(n)) if n.is_i64() || n.is_u64() => Ok(Value::Number(n)),
            (AttributeType::Integer, _) => Err(invalid(attribute, "must be a whole number")),
            (AttributeType::Decimal, Value::Number(n)) => Ok(Value::Number(n)),
            (AttributeType::Decimal, _) => Err(invalid(attribute, "must be a number")),
            (AttributeType::DateTime, Value::String(text)) if timestamp(&text).is_some() => {
                Ok(Value::String(text))
            }
            (AttributeType::DateTime, _) => Err(invalid(attribute, "must be a date and time")),
            (AttributeType::Binary, Value::String(text)) if !is_base64(&text) => {
                Err(invalid(attribute, "must be base64"))
            }
            (_, Value::String(text)) => short_enough(attribute, &text).map(|()| Value::String(text)),
            _ => Err(invalid(attribute, "must be text")),
        }
    }
}

/// RFC 7643 §2.3.6: base64 (RFC 4648 §4), whose padding may be left out; in lines, as certificates come in files.
fn is_base64(text: &str) -> bool {
    const FORM: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let joined: String = text.split_ascii_whitespace().collect();
    GeneralPurpose::new(&STANDARD, FORM).decode(joined).is_ok()
}

/// A text is never cut: who sends one that does not fit is told.
fn short_enough(attribute: &Attribute, text: &str) -> Result<()> {
    match attribute.max_length {
        Some(most) if text.chars().nth(most).is_some() => {
            Err(invalid(attribute, &format!("is longer than {most} characters, which is its limit here")))
        }
        _ => Ok(()),
    }
}

/// An `xsd:dateTime` (RFC 7643 §2.3.5); one without an offset is taken as UTC.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let civil = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| civil().map(|zoned| zoned.timestamp()))
}

/// `invalidValue` for an attribute. The value itself is never repeated.
pub(crate) fn invalid(attribute: &Attribute, what: &str) -> ScimError {
    ScimError::invalid_value(format!("'{}' {what}", attribute.name))
}
