//! Resource types (RFC 7643 §6) and the resolving of attribute paths against them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::common::COMMON;
use super::{Attribute, RESOURCE_TYPE_URN, Schema, SchemaError, discovered};
use crate::made::Made;
use crate::path::AttrPath;
use crate::query::Returns;

/// A schema that adds to a resource type.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// The schema.
    pub schema: Arc<Schema>,
    /// Whether every resource must have data of it.
    pub required: bool,
}

/// A kind of resource: where it lives and which schemas describe it. Its id is its name.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceType {
    /// `User`, `Group`.
    pub name: String,
    /// `/Users`, `/Groups`.
    pub endpoint: String,
    /// For humans.
    pub description: String,
    /// The core schema.
    pub schema: Arc<Schema>,
    /// The extensions.
    pub extensions: Vec<Extension>,
    /// Made when an answer is projected for the first time. Whoever changes schemas does so before.
    pub(crate) returns: Made<Arc<Returns>>,
}

/// What an attribute path stands for.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    /// The extension that defines the attribute; none for core and common attributes.
    pub extension: Option<&'a Schema>,
    /// The attribute.
    pub attribute: &'a Attribute,
    /// The sub-attribute, if the path names one.
    pub sub: Option<&'a Attribute>,
    /// The extension was not named: its attribute was found because no other schema has one of that name. A strict reader refuses it.
    pub bare: bool,
}

impl<'a> Resolved<'a> {
    /// The key under which a resource holds it: the extension's URN, or the attribute's name.
    #[must_use]
    pub fn top_level(&self) -> &'a str {
        self.extension.map_or(&*self.attribute.name, |schema| schema.id.as_str())
    }

    /// The attribute that holds the value: the sub-attribute if there is one.
    #[must_use]
    pub fn leaf(&self) -> &'a Attribute {
        self.sub.unwrap_or(self.attribute)
    }
}

/// The JSON form (RFC 7643 §6).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    id: String,
    name: String,
    endpoint: String,
    #[serde(default)]
    description: String,
    schema: String,
    #[serde(default)]
    schema_extensions: Vec<WireExtension>,
}

#[derive(Serialize, Deserialize)]
struct WireExtension {
    schema: String,
    required: bool,
}

impl ResourceType {
    /// Reads a resource type from its JSON form and joins it with its schemas.
    ///
    /// # Errors
    /// [`SchemaError::Json`] if the text is not a resource type, [`SchemaError::UnknownSchema`] if `schemas` lacks one that it names.
    pub fn from_json(text: &str, schemas: &[Arc<Schema>]) -> Result<Self, SchemaError> {
        let wire: Wire = serde_json::from_str(text)?;
        let find = |urn: &str| {
            let unknown =
                || SchemaError::UnknownSchema { resource_type: wire.name.clone(), urn: urn.to_owned() };
            schemas.iter().find(|s| s.id.eq_ignore_ascii_case(urn)).cloned().ok_or_else(unknown)
        };
        let extension = |e: &WireExtension| Ok(Extension { schema: find(&e.schema)?, required: e.required });
        Ok(Self {
            schema: find(&wire.schema)?,
            extensions: wire.schema_extensions.iter().map(extension).collect::<Result<_, SchemaError>>()?,
            name: wire.name,
            endpoint: wire.endpoint,
            description: wire.description,
            returns: Made::default(),
        })
    }

    /// The resource type as `/ResourceTypes/{name}` serves it (RFC 7643 §8.6); `location` is its URL.
    #[must_use]
    pub fn to_json(&self, location: &str) -> Value {
        let extension = |e: &Extension| WireExtension { schema: e.schema.id.clone(), required: e.required };
        let wire = Wire {
            id: self.name.clone(),
            name: self.name.clone(),
            endpoint: self.endpoint.clone(),
            description: self.description.clone(),
            schema: self.schema.id.clone(),
            schema_extensions: self.extensions.iter().map(extension).collect(),
        };
        discovered(RESOURCE_TYPE_URN, wire, "ResourceType", location)
    }

    /// Finds what a path names, in any case (RFC 7643 §2.1, RFC 7644 §3.10).
    ///
    /// Gives nothing if the URN, the attribute or the sub-attribute is unknown. An extension's attribute without its URN is found if
    /// no core attribute and exactly one extension has it; [`Resolved::bare`] tells.
    #[must_use]
    pub fn resolve(&self, path: &AttrPath<'_>) -> Option<Resolved<'_>> {
        let (extension, attribute, bare) = match path.urn {
            Some(urn) if self.schema.id.eq_ignore_ascii_case(urn) => (None, self.core(path.name)?, false),
            Some(urn) => {
                let schema = self.extension(urn)?;
                (Some(schema), schema.attributes.get(path.name)?, false)
            }
            None => match self.core(path.name) {
                Some(attribute) => (None, attribute, false),
                None => {
                    let (schema, attribute) = self.only_extension_with(path.name)?;
                    (Some(schema), attribute, true)
                }
            },
        };
        let sub = match path.sub {
            Some(name) => Some(attribute.sub_attributes.get(name)?),
            None => None,
        };
        Some(Resolved { extension, attribute, sub, bare })
    }

    /// The extension with this URN, in any case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        self.extensions.iter().map(|e| &*e.schema).find(|s| s.id.eq_ignore_ascii_case(urn))
    }

    /// The common attributes, then those of the core schema.
    pub fn core_attributes(&self) -> impl Iterator<Item = &Attribute> {
        COMMON.iter().chain(self.schema.attributes.iter())
    }

    fn core(&self, name: &str) -> Option<&Attribute> {
        self.schema.attributes.get(name).or_else(|| COMMON.get(name))
    }

    fn only_extension_with(&self, name: &str) -> Option<(&Schema, &Attribute)> {
        let mut found =
            self.extensions.iter().filter_map(|e| Some((&*e.schema, e.schema.attributes.get(name)?)));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}
