//! The bounds of one request.

/// What one request may ask for. Every parser of this crate takes it, so that no input can cost without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of JSON in a body: 32. At most 100 is of use, the JSON reader stops there by itself.
    pub body_depth: usize,
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
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_depth: 32,
            filter_bytes: 4096,
            filter_depth: 32,
            filter_nodes: 200,
            patch_operations: 1000,
            values_per_operation: 5000,
            page_max: 1000,
            page_default: 100,
        }
    }
}
