//! The answer to a list or search (RFC 7644 §3.4.2).

use serde::ser::{Serialize, SerializeMap, Serializer};

/// The URN of a list answer (RFC 7644 §8.2).
pub const LIST_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One page of resources. `Resources` is there even if empty (RFC 7644 §3.4.2 allows its absence; Okta and Entra ID read it).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListResponse<R> {
    /// Resources that match, over all pages.
    pub total: u64,
    /// The 1-based index of the first resource of this page; none on a page by cursor.
    pub start_index: Option<u64>,
    /// The page.
    pub resources: Vec<R>,
    /// The cursor of the next page (RFC 9865 §2); none on the last, and on a page by index.
    pub next_cursor: Option<String>,
}

impl<R: Serialize> Serialize for ListResponse<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("schemas", &[LIST_RESPONSE_URN])?;
        body.serialize_entry("totalResults", &self.total)?;
        if let Some(start_index) = self.start_index {
            body.serialize_entry("startIndex", &start_index)?;
        }
        body.serialize_entry("itemsPerPage", &self.resources.len())?;
        if let Some(cursor) = &self.next_cursor {
            body.serialize_entry("nextCursor", cursor)?;
        }
        body.serialize_entry("Resources", &self.resources)?;
        body.end()
    }
}
