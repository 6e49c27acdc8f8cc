//! The things Netskope keeps.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::choice::choice;

/// The core schema of people.
pub const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core schema of groups.
pub const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The extension of companies.
pub const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The extension with a tenant's own attributes.
pub const TENANT_URN: &str = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";

/// Attributes of a person's profile, as SCIM spells them.
pub(crate) const PROFILE: [&str; 6] =
    ["displayName", "title", "userType", "preferredLanguage", "locale", "timezone"];
/// Attributes of the enterprise extension.
pub(crate) const ENTERPRISE: [&str; 6] =
    ["employeeNumber", "costCenter", "organization", "division", "department", "manager"];

choice!(
    /// Who brought a person or a group. The API for SCIM shows only what came by SCIM.
    Provisioner {
        /// SCIM, or a script on the same API.
        Scim,
        /// The importer of Active Directory.
        AdImporter,
        /// A file.
        Csv,
        /// Somebody in the console.
        Console,
    }
);

/// A person. Times are in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct User {
    pub id: String,
    pub user_name: String,
    pub external_id: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    /// The one e-mail that is kept.
    pub email: String,
    pub active: bool,
    /// displayName, title and so on.
    pub profile: Map<String, Value>,
    pub enterprise: Map<String, Value>,
    pub tenant: Map<String, Value>,
    pub provisioner: Provisioner,
    /// Deletion is soft: the row stays, and only the User-Management API shows it.
    pub deleted: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

impl User {
    /// Somebody active of whom nothing else is known.
    pub(crate) fn new(
        id: String,
        user_name: String,
        email: String,
        provisioner: Provisioner,
        at: i64,
    ) -> Self {
        Self {
            id,
            user_name,
            external_id: None,
            given_name: None,
            family_name: None,
            email,
            active: true,
            profile: Map::new(),
            enterprise: Map::new(),
            tenant: Map::new(),
            provisioner,
            deleted: false,
            created_at: at,
            updated_at: at,
        }
    }
}

/// A group. Its members are kept by the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the vendor's")]
pub struct Group {
    pub id: String,
    pub display_name: String,
    pub external_id: Option<String>,
    pub provisioner: Provisioner,
    pub deleted: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Group {
    /// A group of which only the name is known.
    pub(crate) fn new(id: String, display_name: String, provisioner: Provisioner, at: i64) -> Self {
        let (created_at, updated_at) = (at, at);
        Self { id, display_name, external_id: None, provisioner, deleted: false, created_at, updated_at }
    }
}

/// What a token may do on one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Nothing.
    None,
    /// GET.
    Read,
    /// Every method.
    ReadWrite,
}
