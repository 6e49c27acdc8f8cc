//! The answer body of a resource (RFC 7643 §3).

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Document;
use crate::schema::ResourceType;

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

/// Puts a resource together: `schemas` (the core URN and those of extensions with data), `id`, the document, `meta`.
#[must_use]
pub fn render(doc: Document, id: &str, rt: &ResourceType, meta: &Meta) -> Map<String, Value> {
    let mut schemas = vec![Value::from(rt.schema.id.as_str())];
    let urns = rt.extensions.iter().map(|e| e.schema.id.as_str());
    schemas.extend(urns.filter(|urn| doc.get(urn).is_some()).map(Value::from));
    let attributes = doc.into_map();
    // `schemas`, `id`, `meta`.
    let mut map = Map::with_capacity(attributes.len() + 3);
    map.insert("schemas".to_owned(), Value::Array(schemas));
    map.insert("id".to_owned(), Value::from(id));
    map.extend(attributes);
    map.insert("meta".to_owned(), Value::Object(meta_json(rt, meta)));
    map
}

fn meta_json(rt: &ResourceType, meta: &Meta) -> Map<String, Value> {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let members = [
        ("resourceType", Some(rt.name.clone())),
        ("created", time(meta.created)),
        ("lastModified", time(meta.last_modified)),
        ("location", meta.location.clone()),
        ("version", meta.version.clone()),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))).collect()
}
