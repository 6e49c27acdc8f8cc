//! The answer to a list or search (RFC 7644 §3.4.2).

use crate::object_text::ObjectText;

/// The URN of a list answer (RFC 7644 §8.2).
pub const LIST_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One page of resources. `Resources` is there even if empty (RFC 7644 §3.4.2 allows its absence; Okta and Entra ID read it).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListResponse<R> {
    /// Resources that match, over all pages.
    pub total: u64,
    /// The 1-based index of the first resource of this page; none on a page by cursor.
    pub start_index: Option<u64>,
    /// The page: each resource as JSON text.
    pub resources: Vec<R>,
    /// The cursor of the next page (RFC 9865 §2); none on the last, and on a page by index.
    pub next_cursor: Option<String>,
}

impl<R: AsRef<[u8]>> ListResponse<R> {
    /// The answer as JSON text.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let resources: usize = self.resources.iter().map(|one| one.as_ref().len() + 1).sum();
        let mut text = Vec::with_capacity(256 + resources);
        let mut body = ObjectText::begin(&mut text);
        body.member("schemas", &[LIST_RESPONSE_URN]);
        body.member("totalResults", &self.total);
        if let Some(start_index) = self.start_index {
            body.member("startIndex", &start_index);
        }
        body.member("itemsPerPage", &self.resources.len());
        if let Some(cursor) = &self.next_cursor {
            body.member("nextCursor", cursor);
        }
        body.list("Resources", &self.resources);
        body.end();
        text
    }
}
