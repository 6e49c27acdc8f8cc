//! The answer to a list or search (RFC 7644 §3.4.2).

use serde_json::{Map, Value, json};

/// The URN of a list answer (RFC 7644 §8.2).
pub const LIST_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One page of resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListResponse {
    /// Resources that match, over all pages.
    pub total: u64,
    /// The 1-based index of the first resource of this page; none on a page by cursor.
    pub start_index: Option<u64>,
    /// The page.
    pub resources: Vec<Map<String, Value>>,
    /// The cursor of the next page (RFC 9865 §2); none on the last, and on a page by index.
    pub next_cursor: Option<String>,
}

impl ListResponse {
    /// The body. `Resources` is there even if empty (RFC 7644 §3.4.2 allows its absence; Okta and Entra ID read it), and the numbers
    /// are integers.
    #[must_use]
    pub fn into_body(self) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
        put("schemas", json!([LIST_RESPONSE_URN]));
        put("totalResults", self.total.into());
        if let Some(start_index) = self.start_index {
            put("startIndex", start_index.into());
        }
        put("itemsPerPage", self.resources.len().into());
        if let Some(cursor) = self.next_cursor {
            put("nextCursor", cursor.into());
        }
        put("Resources", self.resources.into_iter().map(Value::Object).collect());
        Value::Object(body)
    }
}
