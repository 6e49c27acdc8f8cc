//! The bodies of Netskope's answers, read leniently: everything but an id may be missing, whatever else is there is left
//! alone. What is only sometimes a string, a number or a boolean is read as any of them.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The schema of what every product knows of an employee (RFC 7643 §4.3).
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The schema of a tenant's own user attributes.
pub(super) const TENANT: &str = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";

/// A boolean (vendor: clients send and servers answer it as text or number, too).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Bool(bool),
    Number(i64),
    Text(String),
}

impl Flag {
    /// Its value, if it is one.
    pub fn get(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Number(number) => Some(*number != 0),
            Self::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
        }
    }
}

/// A counter (vendor: its SDK compares them as text).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Counter {
    Number(u64),
    Text(String),
}

impl Counter {
    /// Its value, if it is one.
    pub fn get(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// One page of a list. Vendor: `Resources` may be missing when it is empty, and clients look for two other spellings.
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(rename = "totalResults")]
    pub total: Option<Counter>,
    #[serde(rename = "Resources", alias = "resources", alias = "data")]
    pub rows: Option<Vec<Object>>,
}

/// What the User-Management API tells of people.
#[derive(Deserialize)]
pub(super) struct People {
    pub data: Vec<Person>,
}

/// Somebody there, once for each importer.
#[derive(Deserialize)]
pub(super) struct Person {
    #[serde(default)]
    pub accounts: Vec<Account>,
}

/// One importer's record of somebody. Only SCIM's own has an id that SCIM knows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub scim_id: Option<String>,
    pub deleted: Option<Flag>,
}

/// Parts of a name.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Name {
    pub given_name: Option<String>,
    pub family_name: Option<String>,
}

/// An e-mail address.
#[derive(Deserialize)]
pub(super) struct Email {
    pub value: Option<String>,
    pub primary: Option<Flag>,
}

/// Times and such. Vendor: `lastModified` may be missing, or a number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meta {
    pub created: Option<Value>,
    pub last_modified: Option<Value>,
}

/// A member of a group; its other keys are not to be relied upon.
#[derive(Deserialize)]
pub(super) struct Member {
    pub value: Option<String>,
}

/// A user or a group: the fields of both, since they are read in the same way.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    pub id: Option<String>,
    pub external_id: Option<String>,
    pub user_name: Option<String>,
    pub active: Option<Flag>,
    pub name: Option<Name>,
    pub emails: Option<Vec<Email>>,
    pub display_name: Option<String>,
    pub title: Option<String>,
    pub user_type: Option<String>,
    pub preferred_language: Option<String>,
    pub locale: Option<String>,
    pub timezone: Option<String>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    pub enterprise: Option<Map<String, Value>>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User")]
    pub tenant: Option<Map<String, Value>>,
    pub members: Option<Vec<Member>>,
    pub meta: Option<Meta>,
}

/// The shapes of an error: the service's own has `status` and a text, the gateway's a `message`.
#[derive(Default, Deserialize)]
pub(super) struct ErrorBody {
    pub id: Option<Value>,
    pub status: Option<Value>,
    pub description: Option<Value>,
    pub detail: Option<Value>,
    pub message: Option<Value>,
}

impl ErrorBody {
    /// Whether the service itself speaks, not the gateway in front of it.
    pub fn is_of_the_service(&self) -> bool {
        self.status.is_some() || self.description.is_some() || self.detail.is_some()
    }

    /// Whether a body that came with a success tells of a failure.
    pub fn is_told(&self) -> bool {
        self.id.is_none() && (self.is_of_the_service() || self.message.is_some())
    }
}
