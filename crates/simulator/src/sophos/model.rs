//! The things Sophos Central keeps.

use serde::{Deserialize, Serialize};

/// `source.type` of everything made by hand, through the API or by an agent.
pub const CUSTOM: &str = "custom";
/// `source.type` of what comes from Active Directory.
pub const ACTIVE_DIRECTORY: &str = "activeDirectory";
/// `source.type` of what comes from Entra.
pub const ENTRA: &str = "azureActiveDirectory";

/// Something with an id.
pub trait Identified {
    /// The id: a UUID in lower case.
    fn id(&self) -> &str;
}

/// A person in the directory. Times are in microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct User {
    pub id: String,
    pub name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub domain: Option<String>,
    pub exchange_login: Option<String>,
    /// `source.type`.
    pub source: String,
    pub created_at: i64,
    /// Absent on users that appeared by themselves and were never edited.
    pub updated_at: Option<i64>,
}

/// A user group. Its members are kept by the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct Group {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub domain: Option<String>,
    /// `source.type`.
    pub source: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A directory user (or several) with a log-in to the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct Admin {
    /// Not the id of the user.
    pub id: String,
    pub user_ids: Vec<String>,
    pub name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub role_assignments: Vec<Assignment>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A role that an admin has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct Assignment {
    pub id: String,
    pub role_id: String,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct Role {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub predefined: bool,
    /// For people (`user`) or for API credentials (`service`).
    pub for_services: bool,
    pub permission_sets: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Role {
    /// The value of `principalType`.
    #[must_use]
    pub fn principal_type(&self) -> &'static str {
        if self.for_services { "service" } else { "user" }
    }

    /// The value of `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.predefined { "predefined" } else { "custom" }
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tenant {
    pub id: String,
    pub name: &'static str,
    pub geography: &'static str,
    /// The region it lives in, which is also the path prefix of its host.
    pub region: &'static str,
    /// `trial`, `usage` or `term`.
    pub billing: &'static str,
    pub partner: bool,
    pub organization: bool,
    /// Partner Assistance: the customer lets the partner in.
    pub assistance: bool,
    /// Whether the tenant list gives its host.
    pub host_listed: bool,
}

/// What a credential belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum IdType {
    Tenant,
    Partner,
    Organization,
}

impl IdType {
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Partner => "partner",
            Self::Organization => "organization",
        }
    }
}

/// An API credential.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    pub client_id: &'static str,
    pub secret: &'static str,
    pub kind: IdType,
    pub id: String,
    pub may_write: bool,
    pub disabled: bool,
}

macro_rules! identified {
    ($($name:ident),+) => {
        $(impl Identified for $name {
            fn id(&self) -> &str {
                &self.id
            }
        })+
    };
}
identified!(User, Group, Admin, Role);
