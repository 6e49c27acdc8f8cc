//! `/ServiceProviderConfig` (RFC 7643 §5), from what a service really does.

use serde_json::{Value, json};

/// The URN of the service provider configuration.
pub const SERVICE_PROVIDER_CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// How lists are paged (RFC 9865 §4). Pages by index and by cursor are both served; by index if a client says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// The page of a client that names no `count`.
    pub default_page_size: u64,
    /// The largest page.
    pub max_page_size: u64,
    /// For how many seconds a cursor is good at least.
    pub cursor_timeout: u64,
}

/// What a service offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// PATCH is served.
    pub patch: bool,
    /// Bulk, with its largest number of operations and its largest body in bytes.
    pub bulk: Option<(usize, usize)>,
    /// The most resources that a filtered list gives.
    pub filter_max_results: u32,
    /// Passwords can be changed.
    pub change_password: bool,
    /// Lists can be sorted.
    pub sort: bool,
    /// Lists can be paged by cursor, too.
    pub pagination: Option<Pagination>,
    /// `If-Match` is honoured.
    pub etag: bool,
    /// Where a human finds help.
    pub documentation_uri: Option<String>,
    /// The roles that people can have are listed (draft-ietf-scim-roles-entitlements).
    pub roles: bool,
    /// The entitlements that people can have are listed (the same draft).
    pub entitlements: bool,
    /// The service holds to the interoperability profile (draft-zollner-scim-interop-profile).
    pub interop_profile_conformant: bool,
}

impl Features {
    /// The resource; `base_url` is the base of the service without a trailing slash.
    #[must_use]
    pub fn to_json(&self, base_url: &str) -> Value {
        let (max_operations, max_payload_size) = self.bulk.unwrap_or_default();
        let mut config = json!({
            "schemas": [SERVICE_PROVIDER_CONFIG_URN],
            "patch": { "supported": self.patch },
            "bulk": {
                "supported": self.bulk.is_some(),
                "maxOperations": max_operations,
                "maxPayloadSize": max_payload_size,
            },
            "filter": { "supported": true, "maxResults": self.filter_max_results },
            "changePassword": { "supported": self.change_password },
            "sort": { "supported": self.sort },
            "etag": { "supported": self.etag },
            // Erratum 8011: `type` and `primary` are part of the schema.
            "authenticationSchemes": [{
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "Authentication by a bearer token in the Authorization header",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": true,
            }],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": format!("{base_url}/ServiceProviderConfig"),
            },
        });
        let Some(map) = config.as_object_mut() else { return config };
        if let Some(uri) = &self.documentation_uri {
            map.insert("documentationUri".to_owned(), Value::from(uri.as_str()));
        }
        if let Some(pagination) = &self.pagination {
            let pagination = json!({
                "cursor": true,
                "index": true,
                "defaultPaginationMethod": "index",
                "defaultPageSize": pagination.default_page_size,
                "maxPageSize": pagination.max_page_size,
                "cursorTimeout": pagination.cursor_timeout,
            });
            map.insert("pagination".to_owned(), pagination);
        }
        // The schema of RFC 7643 §5 does not have it, and clients that validate refuse it: it is there only if it says yes.
        if self.interop_profile_conformant {
            map.insert("interopProfileConformant".to_owned(), Value::Bool(true));
        }
        // The same goes for what draft-ietf-scim-roles-entitlements adds; people's values are multi-valued, with type and primary.
        if self.roles || self.entitlements {
            let of = |supported, several: &str| json!({ "supported": supported, several: true, "primarySupported": true, "typeSupported": true });
            let both = json!({
                "roles": of(self.roles, "multipleRolesSupported"),
                "entitlements": of(self.entitlements, "multipleEntitlementsSupported"),
            });
            map.insert("RolesAndEntitlements".to_owned(), both);
        }
        config
    }
}
