//! Netskope's ids are UUIDs (vendor: its own SDK relies on letters, digits, `_` and `-` alone); what is none names nothing.

use crate::backend::{BackendError, ErrorKind, NativeRef, Sent};
use crate::outbound::Segment;

/// How many ids go into one body (vendor: no limit is known; its own plugin sends 5,000).
pub(super) const IDS_IN_BODY: usize = 1000;

/// Longer than any id that was ever seen.
const LONGEST: usize = 128;

/// Whether a text can be an id. Checked before any address is made of it: `..` with a tab is no id.
pub(super) fn is_native_id(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// The id as a path segment, if it can be one of Netskope's.
pub(super) fn segment(at: &NativeRef) -> Option<Segment> {
    is_native_id(&at.id).then(|| Segment::new(&at.id)).flatten()
}

/// The id as a path segment for a write.
pub(super) fn existing(at: &NativeRef) -> Result<Segment, BackendError> {
    segment(at).ok_or_else(|| BackendError::new(ErrorKind::NotFound, Sent::No, "not one of Netskope's ids"))
}

/// A question or wish that capabilities rule out.
pub(super) fn unsupported(why: &str) -> BackendError {
    BackendError::new(ErrorKind::Invalid, Sent::No, why)
}
