//! The body of a POST or PUT (RFC 7644 §3.3, §3.5.1).

use std::sync::Arc;

use serde_json::Value;

use super::declared::Known;
use super::{Coerced, Document, Reader, SharedMap};
use crate::error::{Result, ScimError};
use crate::limits::Limits;
use crate::path::AttrPath;
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};
use crate::schema::{Attribute, Attributes, ResourceType, Schema};

/// Whether required attributes must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// They must (POST; PUT by the letter).
    Check,
    /// They may be missing: the caller keeps what it has (midPoint PUTs only what changed).
    Skip,
}

/// A client's POST or PUT body, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// The values.
    pub document: Document,
    /// The `id` that the body claims. It never becomes part of the document.
    pub id: Option<String>,
    /// The top-level attributes that the body named, in canonical spelling, in order, once each: those with a value, those written as
    /// null or empty, and extensions by their URN. Read-only ones are not among them.
    pub wrote: Vec<String>,
}

impl Document {
    /// Reads a POST or PUT body.
    ///
    /// Read-only attributes are dropped (RFC 7644 §3.3, §3.5.1), and so is what may be written and never read (`password`).
    /// Deviations that the tolerant profile forgives are set right and noted in `repairs`.
    ///
    /// # Errors
    /// `invalidSyntax` if the body is no object, or in the strict profile names attributes or schemas that are not served;
    /// `invalidValue` if a value is not of its attribute's type or a required attribute is missing.
    pub fn parse(
        body: Value,
        rt: &ResourceType,
        profile: Profile,
        limits: &Limits,
        required: Required,
        repairs: &mut Repairs,
    ) -> Result<Incoming> {
        let Value::Object(body) = body else {
            return Err(ScimError::invalid_syntax("The body must be a JSON object"));
        };
        let mut builder = Builder {
            reader: Reader { profile, limits, repairs },
            rt,
            out: SharedMap::default(),
            id: None,
            wrote: Vec::new(),
        };
        let mut schemas = None;
        for (key, value) in body {
            match key.eq_ignore_ascii_case("schemas") {
                true => schemas = Some(value),
                false => builder.member(&key, value)?,
            }
        }
        builder.check_declared(schemas)?;
        if required == Required::Check {
            builder.check_required()?;
        }
        Ok(Incoming { document: Self::from_canonical(builder.out), id: builder.id, wrote: builder.wrote })
    }
}

struct Builder<'r, 'a> {
    reader: Reader<'r>,
    rt: &'a ResourceType,
    out: SharedMap,
    id: Option<String>,
    wrote: Vec<String>,
}

impl<'a> Builder<'_, 'a> {
    /// One member of the body.
    fn member(&mut self, key: &str, value: Value) -> Result<()> {
        if key.eq_ignore_ascii_case("id") {
            self.id = value.as_str().filter(|id| !id.is_empty()).map(str::to_owned);
            return Ok(());
        }
        if key.contains(':') {
            match self.reader.known(self.rt, key) {
                Some(Known::Extension(schema)) => return self.extension(schema, value),
                Some(Known::Core) | None => {}
            }
        }
        let path = AttrPath::parse(key, self.reader.profile, self.reader.repairs).ok();
        let resolved = path.and_then(|path| self.rt.resolve(&path)).filter(|found| found.sub.is_none());
        match resolved {
            Some(found) if found.bare && !self.reader.forgives(Repair::BareExtensionAttribute) => {
                self.reader.drop_unknown(key)
            }
            Some(_) if key.contains(':') && !self.reader.forgives(Repair::UrnKey) => {
                self.reader.drop_unknown(key)
            }
            Some(found) => self.attribute(found.extension, found.attribute, value),
            None if key.contains(':') => self.reader.drop_unknown_schema(key),
            None => self.reader.drop_unknown(key),
        }
    }

    /// The data of an extension under its URN (RFC 7643 §3.3).
    fn extension(&mut self, schema: &'a Schema, value: Value) -> Result<()> {
        self.named(&schema.id);
        let map = match value {
            Value::Null => return Ok(()),
            Value::Object(map) => map,
            _ => return Err(ScimError::invalid_syntax(format!("'{}' must be an object", schema.id))),
        };
        for (key, value) in map {
            match schema.attributes.get(&key) {
                Some(attribute) => self.attribute(Some(schema), attribute, value)?,
                None => self.reader.drop_unknown(&key)?,
            }
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        extension: Option<&'a Schema>,
        attribute: &Attribute,
        value: Value,
    ) -> Result<()> {
        if attribute.is_dropped_on_write() {
            return Ok(());
        }
        self.named(extension.map_or(&*attribute.name, |schema| schema.id.as_str()));
        let elements = value.as_array().map(Vec::len);
        let Coerced::Assigned(value) = self.reader.value(attribute, value)? else {
            return no_member_lost(attribute, elements, 0);
        };
        no_member_lost(attribute, elements, value.as_array().map_or(0, Vec::len))?;
        match extension {
            None => self.out.insert(Arc::clone(&attribute.name), value),
            Some(schema) => {
                if let Some(data) = self.out.object_mut(&schema.id) {
                    data.insert(attribute.name.to_string(), value);
                }
            }
        }
        Ok(())
    }

    fn named(&mut self, top_level: &str) {
        if !self.wrote.iter().any(|name| name == top_level) {
            self.wrote.push(top_level.to_owned());
        }
    }

    /// RFC 7643 §3.3: the URN of an extension with data is in `schemas`.
    fn check_declared(&mut self, schemas: Option<Value>) -> Result<()> {
        let declared = self.reader.declared(self.rt, schemas)?;
        for extension in &self.rt.extensions {
            let urn = extension.schema.id.as_str();
            if self.out.contains_key(urn)
                && !declared.contains(&urn)
                && !self.reader.forgives(Repair::UndeclaredExtension)
            {
                return Err(ScimError::invalid_syntax(format!(
                    "'schemas' lacks {urn}, of which there is data"
                )));
            }
        }
        Ok(())
    }

    fn check_required(&self) -> Result<()> {
        require(&self.rt.schema.attributes, |name| self.out.contains_key(name))?;
        for extension in &self.rt.extensions {
            match self.out.get(&extension.schema.id).and_then(Value::as_object) {
                Some(data) => require(&extension.schema.attributes, |name| data.contains_key(name))?,
                None if extension.required => {
                    return Err(ScimError::invalid_value(format!(
                        "Data of {} is required",
                        extension.schema.id
                    )));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Nobody loses a group because an element of `members` was not understood.
fn no_member_lost(attribute: &Attribute, sent: Option<usize>, understood: usize) -> Result<()> {
    if &*attribute.name == "members" && sent.is_some_and(|sent| sent > understood) {
        return Err(ScimError::invalid_value("A member must be an object with the member's id as 'value'"));
    }
    Ok(())
}

fn require(attributes: &Attributes, has: impl Fn(&str) -> bool) -> Result<()> {
    let missing = attributes.iter().find(|a| a.is_demanded() && !a.is_dropped_on_write() && !has(&a.name));
    missing.map_or(Ok(()), |a| Err(ScimError::invalid_value(format!("'{}' is required", a.name))))
}
