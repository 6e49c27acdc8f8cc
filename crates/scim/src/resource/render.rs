//! The answer body of a resource (RFC 7643 §3).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Attributed, Document, Location};
use crate::object_text::ObjectText;
use crate::query::Projection;
use crate::schema::ResourceType;

pub(super) const EXTERNAL_ID: &str = "externalId";

const META: &str = "meta";

/// What goes into `meta` besides the resource type (RFC 7643 §3.1). What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// When the resource came into being.
    pub created: Option<Timestamp>,
    /// When it last changed.
    pub last_modified: Option<Timestamp>,
    /// Its URL.
    pub location: Option<Location>,
    /// Its entity tag, as in the `ETag` header.
    pub version: Option<Arc<str>>,
}

/// All that comes with a document, but for what it is related to: what two resources of one type are told apart by that have the
/// same document.
#[derive(Debug)]
pub(super) struct Beside {
    id: Arc<str>,
    external_id: Option<Arc<str>>,
    meta: Meta,
}

/// A reference to another resource (RFC 7643 §2.4).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    /// Its `id`.
    pub value: Arc<str>,
    /// Its URL.
    #[serde(rename = "$ref")]
    pub location: Location,
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
    pub id: Arc<str>,
    /// What the client calls it, where the document does not tell.
    pub external_id: Option<Arc<str>>,
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
        let names = ["schemas", "id", EXTERNAL_ID].into_iter().chain(document).chain(relation).chain([META]);
        names.filter_map(|name| Some((name.to_owned(), seen.attribute(name)?.clone()))).collect()
    }

    /// The resource with this choice of attributes. What is shown as usual is written once, where the document is kept.
    #[must_use]
    pub fn shown(&self, chosen: &Projection) -> Shown {
        // Most resources need no more.
        let mut text = Vec::with_capacity(1024);
        let mut members = ObjectText::begin(&mut text);
        if chosen.is_usual(|name| [EXTERNAL_ID, META].contains(&name) || self.document.get(name).is_some()) {
            let usual = || (self.beside(), self.usual_members());
            members.members(&self.document.text(|beside| self.is_beside(beside), usual));
        } else {
            self.write_members(chosen, &mut members);
        }
        if let Some(Relation { attribute, references }) = &self.relation {
            chosen.write(attribute, references, &mut members);
        }
        members.end();
        Shown { id: Arc::clone(&self.id), text }
    }

    fn usual_members(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(1024);
        self.write_members(&Projection::all(&self.resource_type), &mut ObjectText::bare(&mut text));
        text
    }

    /// All members but the relation.
    fn write_members(&self, chosen: &Projection, to: &mut ObjectText<'_>) {
        chosen.write("schemas", &List(|| self.schemas()), to);
        chosen.write("id", &*self.id, to);
        if let Some(name) = &self.external_id {
            chosen.write(EXTERNAL_ID, name, to);
        }
        for (name, value) in self.document.attributes() {
            chosen.write(name, value, to);
        }
        chosen.write(META, &Members(|| self.meta.members(&self.resource_type)), to);
    }

    fn is_beside(&self, Beside { id, external_id, meta }: &Beside) -> bool {
        (id, external_id, meta) == (&self.id, &self.external_id, &self.meta)
    }

    fn beside(&self) -> Beside {
        Beside { id: Arc::clone(&self.id), external_id: self.external_id.clone(), meta: self.meta.clone() }
    }

    pub(super) fn schemas(&self) -> impl Iterator<Item = &str> {
        let extensions = self.resource_type.extensions.iter().map(|extension| extension.schema.id.as_str());
        let core = std::iter::once(self.resource_type.schema.id.as_str());
        core.chain(extensions.filter(|urn| self.document.get(urn).is_some()))
    }
}

/// A resource as one client gets it: JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    id: Arc<str>,
    text: Vec<u8>,
}

impl Shown {
    /// The resource's `id`, whatever was chosen.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The resource as JSON text, to be sent.
    #[must_use]
    pub fn into_text(self) -> Vec<u8> {
        self.text
    }
}

impl AsRef<[u8]> for Shown {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

impl Meta {
    /// As JSON, of a resource of this type.
    pub(super) fn to_value(&self, rt: &ResourceType) -> Value {
        self.members(rt).map(|(name, known)| (name.to_owned(), Value::String(known.to_string()))).collect()
    }

    fn members<'m>(&'m self, rt: &'m ResourceType) -> impl Iterator<Item = (&'static str, Known<'m>)> {
        let time = |at: Option<Timestamp>| at.map(Known::Time);
        let text = |text: &'m str| Known::Text(text.into());
        let location = self.location.as_ref();
        let members = [
            ("resourceType", Some(text(&rt.name))),
            ("created", time(self.created)),
            ("lastModified", time(self.last_modified)),
            ("location", location.map(|at| Known::Text(at.to_text().into()))),
            ("version", self.version.as_deref().map(text)),
        ];
        members.into_iter().filter_map(|(name, known)| Some((name, known?)))
    }
}

/// What is known of a resource.
enum Known<'m> {
    Text(Cow<'m, str>),
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
