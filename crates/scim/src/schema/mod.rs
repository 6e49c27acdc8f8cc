//! Schemas and resource types (RFC 7643 §6, §7): read from the JSON that discovery serves, so that what is served and what is
//! enforced cannot differ.

mod attribute;
mod attributes;
mod common;
mod resource_type;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use attribute::{Attribute, AttributeType, Mutability, Returned, Uniqueness};
pub use attributes::Attributes;
pub use resource_type::{Extension, Resolved, ResourceType};

/// The URN of the schema of schemas.
pub const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
/// The URN of the schema of resource types.
pub const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// Why a schema or resource type was not read. It speaks of the server's own files, never of a client's input.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The text is not JSON, or not of the shape of RFC 7643 §6 or §7.
    #[error("not a schema or resource type: {0}")]
    Json(#[from] serde_json::Error),
    /// A resource type names a schema that is not among the ones given.
    #[error("resource type {resource_type} names the unknown schema {urn}")]
    UnknownSchema {
        /// Which resource type.
        resource_type: String,
        /// The URN without a schema.
        urn: String,
    },
}

/// One schema (RFC 7643 §7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its name for humans.
    pub name: String,
    /// What it describes.
    #[serde(default)]
    pub description: String,
    /// Its attributes.
    pub attributes: Attributes,
}

impl Schema {
    /// Reads a schema from its JSON form; `schemas` and `meta` in it are ignored.
    ///
    /// # Errors
    /// [`SchemaError::Json`] if the text is not a schema.
    pub fn from_json(text: &str) -> Result<Self, SchemaError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The schema as `/Schemas/{urn}` serves it (RFC 7643 §8.7.1); `location` is its URL.
    #[must_use]
    pub fn to_json(&self, location: &str) -> Value {
        discovered(SCHEMA_URN, self, "Schema", location)
    }
}

/// A discovery resource: its own members between `schemas` and `meta`.
fn discovered(urn: &str, body: impl Serialize, resource_type: &str, location: &str) -> Value {
    let mut map = Map::new();
    map.insert("schemas".to_owned(), json!([urn]));
    if let Ok(Value::Object(body)) = serde_json::to_value(body) {
        map.extend(body);
    }
    map.insert("meta".to_owned(), json!({ "resourceType": resource_type, "location": location }));
    Value::Object(map)
}
