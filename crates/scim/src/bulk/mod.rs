//! Bulk (RFC 7644 §3.7): many operations in one request.
//!
//! `request` reads the message and its operations, each by itself: what is wrong with one is that one's error. `order` says in which
//! sequence they are carried out, so that what refers to a new resource waits for it. `references` puts the new resource's id where
//! its `bulkId` stood. `response` renders the outcomes. Carrying out is the caller's: an operation is what a request of its own
//! would be.

mod order;
mod references;
mod request;
mod response;

pub use order::order;
pub use references::References;
pub use request::{Action, BulkRequest, Operation, Subject, Wish};
pub use response::{Outcome, response};

/// The URN of a bulk request (RFC 7644 §8.2).
pub const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// The URN of a bulk answer (RFC 7644 §8.2).
pub const BULK_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// What stands before the `bulkId` of a reference (RFC 7644 §3.7.2).
const REFERENCE: &str = "bulkId:";
