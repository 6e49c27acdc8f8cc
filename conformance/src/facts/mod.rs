//! What the server says about itself (RFC 7644 §4), read once before anything is judged.

mod attribute;
mod resource_type;

use reqwest::Method;
use serde_json::Value;

use crate::check::{Checked, Stop};
use crate::client::Client;
use crate::request::Request;
pub use attribute::Attribute;
pub use resource_type::ResourceType;

/// The schema of people (RFC 7643 §4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups (RFC 7643 §4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension (RFC 7643 §4.3).
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What is assumed of a server that doesn't say: the core of RFC 7643.
const ASSUMED: &str = include_str!("assumed.json");

/// What a server advertises.
#[derive(Debug, Default)]
pub struct Facts {
    /// `/ServiceProviderConfig`; null if it is not served.
    pub config: Value,
    /// `/ResourceTypes`, or what is assumed.
    pub types: Vec<ResourceType>,
    /// `/Schemas`, or what is assumed.
    pub schemas: Vec<Value>,
    /// What had to be assumed.
    pub notes: Vec<String>,
}

impl Facts {
    /// Asks the server.
    ///
    /// # Errors
    /// The server does not answer at all.
    pub async fn read(client: &Client) -> Result<Self, String> {
        let assumed: Value = serde_json::from_str(ASSUMED).map_err(|error| error.to_string())?;
        let mut notes = Vec::new();
        let config = ask(client, "/ServiceProviderConfig").await?;
        let config = config.filter(|body| body.get("patch").is_some()).unwrap_or_else(|| {
            notes.push("no /ServiceProviderConfig: PATCH and filters are assumed, nothing else".to_owned());
            assumed["config"].clone()
        });
        let listed =
            |body: Option<Value>| body.map(|body| resources(&body)).filter(|found| !found.is_empty());
        let types = listed(ask(client, "/ResourceTypes").await?).unwrap_or_else(|| {
            notes.push("no /ResourceTypes: /Users and /Groups are assumed".to_owned());
            resources(&assumed["types"])
        });
        let schemas = listed(ask(client, "/Schemas").await?).unwrap_or_else(|| {
            notes.push("no /Schemas: the core schemas are assumed".to_owned());
            resources(&assumed["schemas"])
        });
        let types = types.iter().map(ResourceType::parse).collect();
        Ok(Self { config, types, schemas, notes })
    }

    /// Whether `/ServiceProviderConfig` says that a feature is supported.
    #[must_use]
    pub fn supports(&self, feature: &str) -> bool {
        self.config.pointer(&format!("/{feature}/supported")).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A number of `/ServiceProviderConfig`, by JSON pointer.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.config.pointer(pointer).and_then(Value::as_u64)
    }

    /// The resource type with this schema.
    #[must_use]
    pub fn resource_type(&self, schema: &str) -> Option<&ResourceType> {
        self.types.iter().find(|found| found.schema.eq_ignore_ascii_case(schema))
    }

    /// The schema with this URN.
    #[must_use]
    pub fn schema(&self, urn: &str) -> Option<&Value> {
        self.schemas.iter().find(|schema| {
            schema.get("id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(urn))
        })
    }

    /// The attributes of a schema.
    #[must_use]
    pub fn attributes(&self, urn: &str) -> Vec<Attribute> {
        let attributes =
            self.schema(urn).and_then(|schema| schema.get("attributes")).and_then(Value::as_array);
        attributes.map(|found| found.iter().map(Attribute::new).collect()).unwrap_or_default()
    }

    /// An attribute of a schema, as `userName` or `name.givenName`. The common attributes (RFC 7643 §3.1) are in no schema
    /// and always there.
    #[must_use]
    pub fn attribute(&self, urn: &str, path: &str) -> Option<Attribute> {
        let mut names = path.split('.');
        let first = names.next()?;
        let mut found = self.attributes(urn).into_iter().find(|attribute| attribute.is_called(first));
        if found.is_none() && !urn.contains(":extension:") {
            found = Attribute::common(first);
        }
        names.try_fold(found?, |attribute, name| {
            attribute.sub_attributes().into_iter().find(|sub| sub.is_called(name))
        })
    }
}

/// The resources of a list; of a bare array, too, which some servers answer.
fn resources(body: &Value) -> Vec<Value> {
    let list = body.get("Resources").unwrap_or(body);
    list.as_array().cloned().unwrap_or_default()
}

/// An answer's body, if it is 200.
async fn ask(client: &Client, path: &str) -> Result<Option<Value>, String> {
    let answer: Checked<_> = client.send(&Request::new(Method::GET, path)).await;
    match answer {
        Ok(reply) => Ok((reply.status == 200).then_some(reply.body)),
        Err(Stop::Wrong(wrong) | Stop::Odd(wrong)) => Err(wrong.found),
        Err(Stop::Skip(why)) => Err(why),
    }
}
