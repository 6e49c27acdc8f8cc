//! The answer body of a resource (RFC 7643 §3).

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::{Attributed, Document};
use crate::query::Projection;
use crate::schema::ResourceType;

pub(super) const EXTERNAL_ID: &str = "externalId";

/// What goes into `meta` besides the resource type (RFC 7643 §3.1). What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// When the resource came into being.
    pub created: Option<Timestamp>,
    /// When it last changed.
    pub last_modified: Option<Timestamp>,
    /// Its URL.
    pub location: Option<String>,
    /// Its entity tag, as in the `ETag` header.
    pub version: Option<String>,
}

/// A reference to another resource (RFC 7643 §2.4).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    /// Its `id`.
    pub value: Arc<str>,
    /// Its URL.
    #[serde(rename = "$ref")]
    pub location: String,
    /// What it is, or what it is to the resource that refers to it.
    pub r#type: &'static str,
    /// Its name, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

/// The resources that a resource is related to: a user's `groups`, a group's `members`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The attribute.
    pub attribute: &'static str,
    /// Its values, at least one.
    pub references: Vec<Reference>,
}

/// A resource put together: `schemas` (the core URN and those of extensions with data), `id`, the document, `meta`. Its parts
/// are shared with whoever gave them; they are copied only for [`Resource::to_map`].
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its type.
    pub resource_type: Arc<ResourceType>,
    /// Its `id`.
    pub id: String,
    /// What the client calls it, where the document does not tell.
    pub external_id: Option<String>,
    /// Its attributes.
    pub document: Document,
    /// What it is related to, where that is known. The document does not have the attribute.
    pub relation: Option<Relation>,
    /// Its `meta`.
    pub meta: Meta,
}

impl Resource {
    /// The resource as JSON, to be looked at or changed.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        let seen = self.seen(None);
        let document = self.document.attributes().map(|(name, _)| name);
        let relation = self.relation.iter().map(|relation| relation.attribute);
        let names =
            ["schemas", "id", EXTERNAL_ID].into_iter().chain(document).chain(relation).chain(["meta"]);
        names.filter_map(|name| Some((name.to_owned(), seen.attribute(name)?.clone()))).collect()
    }

    /// The resource with this choice of attributes.
    #[must_use]
    pub fn shown(self, projection: &Projection) -> Shown {
        Shown { resource: self, projection: projection.clone() }
    }

    pub(super) fn schemas(&self) -> impl Iterator<Item = &str> {
        let extensions = self.resource_type.extensions.iter().map(|extension| extension.schema.id.as_str());
        let core = std::iter::once(self.resource_type.schema.id.as_str());
        core.chain(extensions.filter(|urn| self.document.get(urn).is_some()))
    }
}

/// A resource as one client gets it. It is written down in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    resource: Resource,
    projection: Projection,
}

impl Shown {
    /// The resource's `id`, whatever was chosen.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.resource.id
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (resource, chosen) = (&self.resource, &self.projection);
        let mut map = serializer.serialize_map(None)?;
        chosen.write("schemas", &List(|| resource.schemas()), &mut map)?;
        chosen.write("id", &resource.id, &mut map)?;
        if let Some(name) = &resource.external_id {
            chosen.write(EXTERNAL_ID, name, &mut map)?;
        }
        let written = resource.document.written().unwrap_or_default();
        for (at, (name, value)) in resource.document.attributes().enumerate() {
            match written.get(at) {
                Some(text) => chosen.write(name, text, &mut map)?,
                None => chosen.write(name, value, &mut map)?,
            }
        }
        if let Some(Relation { attribute, references }) = &resource.relation {
            chosen.write(attribute, references, &mut map)?;
        }
        chosen.write("meta", &Members(|| resource.meta.members(&resource.resource_type)), &mut map)?;
        map.end()
    }
}

impl Meta {
    /// As JSON, of a resource of this type.
    pub(super) fn to_value(&self, rt: &ResourceType) -> Value {
        self.members(rt).map(|(name, known)| (name.to_owned(), Value::String(known.to_string()))).collect()
    }

    fn members<'m>(&'m self, rt: &'m ResourceType) -> impl Iterator<Item = (&'static str, Known<'m>)> {
        let time = |at: Option<Timestamp>| at.map(Known::Time);
        let text = |text: &'m Option<String>| text.as_deref().map(Known::Text);
        let members = [
            ("resourceType", Some(Known::Text(&rt.name))),
            ("created", time(self.created)),
            ("lastModified", time(self.last_modified)),
            ("location", text(&self.location)),
            ("version", text(&self.version)),
        ];
        members.into_iter().filter_map(|(name, known)| Some((name, known?)))
    }
}

/// What is known of a resource.
enum Known<'m> {
    Text(&'m str),
    Time(Timestamp),
}

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Time(at) => at.fmt(f),
        }
    }
}

impl Serialize for Known<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Time(at) => serializer.collect_str(at),
        }
    }
}

/// What an iterator gives, as a list.
struct List<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// What an iterator gives, as an object.
struct Members<F>(F);

impl<'m, I: Iterator<Item = (&'static str, Known<'m>)>, F: Fn() -> I> Serialize for Members<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}
