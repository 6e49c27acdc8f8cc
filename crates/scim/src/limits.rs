//! The bounds of one request.

use std::time::Duration;

/// What one request may ask for. Every parser of this crate takes it, so that no input can cost without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of a body in bytes: 1 MiB.
    pub body_bytes: usize,
    /// Nesting of JSON in a body: 32. At most 100 is of use, the JSON reader stops there by itself.
    pub body_depth: usize,
    /// Size of the body of a bulk request in bytes: 4 MiB.
    pub bulk_bytes: usize,
    /// Operations of one bulk request: 1000.
    pub bulk_operations: usize,
    /// Length of a filter in bytes: 4096.
    pub filter_bytes: usize,
    /// Nesting of brackets in a filter: 32. The parser recurses once per level.
    pub filter_depth: usize,
    /// Comparisons and operators of a filter: 200. Evaluation recurses at most once per node.
    pub filter_nodes: usize,
    /// Operations of one PATCH: 1000.
    pub patch_operations: usize,
    /// Values of one multi-valued attribute in a body or an operation: 5000.
    pub values_per_operation: usize,
    /// Largest page of a list: 1000.
    pub page_max: u64,
    /// Page of a list where the client names none: 100.
    pub page_default: u64,
    /// For how long a cursor can be used at least (RFC 9865 §4, `cursorTimeout`): an hour.
    pub cursor_lifetime: Duration,
    /// Length of path and query of an address in bytes: 16 KiB, for a filter is three times as long percent-encoded.
    pub uri_bytes: usize,
    /// Length of all header names and values together in bytes: 32 KiB.
    pub header_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_depth: 32,
            bulk_bytes: 4 * 1024 * 1024,
            bulk_operations: 1000,
            filter_bytes: 4096,
            filter_depth: 32,
            filter_nodes: 200,
            patch_operations: 1000,
            values_per_operation: 5000,
            page_max: 1000,
            page_default: 100,
            cursor_lifetime: Duration::from_secs(3600),
            uri_bytes: 16 * 1024,
            header_bytes: 32 * 1024,
        }
    }
}
