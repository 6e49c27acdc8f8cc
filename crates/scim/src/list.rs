//! The answer to a list or search (RFC 7644 §3.4.2).

use serde_json::{Map, Value, json};

/// The URN of a list answer (RFC 7644 §8.2).
pub const LIST_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One page of resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListResponse {
    /// Resources that match, over all pages.
    pub total: u64,
    /// The 1-based index of the first resource of this page.
    pub start_index: u64,
    /// The page.
    pub resources: Vec<Map<String, Value>>,
}

impl ListResponse {
    /// The body. `Resources` is there even if empty (RFC 7644 §3.4.2 allows its absence; Okta and Entra ID read it), and the numbers
    /// are integers.
    #[must_use]
    pub fn into_body(self) -> Value {
        json!({
            "schemas": [LIST_RESPONSE_URN],
            "totalResults": self.total,
            "startIndex": self.start_index,
            "itemsPerPage": self.resources.len(),
            "Resources": self.resources,
        })
    }
}
