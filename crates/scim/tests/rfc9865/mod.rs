//! RFC 9865, cursor-based pagination: what this crate decides. Pages themselves are tested over whole services.

mod cursors;
