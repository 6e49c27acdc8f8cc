//! Sophos's ids are UUIDs; what is none names nothing.

use uuid::Uuid;

use crate::backend::{BackendError, ErrorKind, NativeRef, Sent};
use crate::outbound::Segment;

/// How many ids go into one query (vendor: undocumented here, 50 for the endpoint routes).
pub(super) const IDS_IN_QUERY: usize = 50;
/// How many ids go into one body (vendor: undocumented here, 1000 for the endpoint routes).
pub(super) const IDS_IN_BODY: usize = 100;

/// Whether a text has a UUID's form, of any version and case.
pub(super) fn is_native_id(id: &str) -> bool {
    id.len() == 36 && Uuid::try_parse(id).is_ok()
}

/// The id as a path segment, if it can be one of Sophos's.
pub(super) fn segment(at: &NativeRef) -> Option<Segment> {
    is_native_id(&at.id).then(|| Segment::new(&at.id)).flatten()
}

/// The id as a path segment for a write.
pub(super) fn existing(at: &NativeRef) -> Result<Segment, BackendError> {
    segment(at).ok_or_else(|| BackendError::new(ErrorKind::NotFound, Sent::No, "not one of Sophos's ids"))
}

/// A question or wish that capabilities rule out.
pub(super) fn unsupported(why: &str) -> BackendError {
    BackendError::new(ErrorKind::Invalid, Sent::No, why)
}
