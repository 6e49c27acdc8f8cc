//! `[limits]`: what one request may ask for.

use scim::limits::Limits;

use super::problem::Problems;
use super::section::Section;

const KEYS: &[&str] = &[
    "body_bytes",
    "body_depth",
    "bulk_bytes",
    "bulk_operations",
    "filter_bytes",
    "filter_depth",
    "filter_nodes",
    "patch_operations",
    "values_per_operation",
    "page_max",
    "page_default",
    "cursor_lifetime",
    "uri_bytes",
    "header_bytes",
];

/// Reads the limits. The bounds of each are what a provisioning client needs at least, and what a request can cost at most
/// without harm to others.
pub(super) fn read(mut at: Section, problems: &mut Problems) -> Limits {
    let default = Limits::default();
    let mut size = |key: &str, from: u32, to: u32, default: usize| {
        at.number(key, from, to, problems).map_or(default, |number| number as usize)
    };
    let limits = Limits {
        body_bytes: size("body_bytes", 4 * KIB, 64 * MIB, default.body_bytes),
        // A PATCH of an extension's complex values is seven deep; past 100 the JSON reader stops by itself.
        body_depth: size("body_depth", 8, 100, default.body_depth),
        bulk_bytes: size("bulk_bytes", 4 * KIB, 64 * MIB, default.bulk_bytes),
        bulk_operations: size("bulk_operations", 1, 10_000, default.bulk_operations),
        filter_bytes: size("filter_bytes", 256, 64 * KIB, default.filter_bytes),
        filter_depth: size("filter_depth", 4, 100, default.filter_depth),
        filter_nodes: size("filter_nodes", 10, 1000, default.filter_nodes),
        patch_operations: size("patch_operations", 50, 10_000, default.patch_operations),
        values_per_operation: size("values_per_operation", 100, 100_000, default.values_per_operation),
        uri_bytes: size("uri_bytes", KIB, 60 * KIB, default.uri_bytes),
        header_bytes: size("header_bytes", 4 * KIB, 64 * KIB, default.header_bytes),
        ..default
    };
    let page_max = at.number("page_max", 100, 10_000, problems).map_or(default.page_max, u64::from);
    let page_default = at.number("page_default", 1, 10_000, problems).map(u64::from);
    let lifetime = at.duration("cursor_lifetime", "1m", "7d", problems).unwrap_or(default.cursor_lifetime);
    if page_default.is_some_and(|page| page > page_max) {
        problems
            .add(at.key("page_default"), format!("must not be larger than page_max, which is {page_max}"));
    }
    if limits.bulk_bytes < limits.body_bytes {
        let least = limits.body_bytes;
        problems.add(at.key("bulk_bytes"), format!("must not be smaller than body_bytes, which is {least}"));
    }
    at.finish(KEYS, problems);
    let page_default = page_default.unwrap_or(default.page_default).min(page_max);
    Limits { page_max, page_default, cursor_lifetime: lifetime, ..limits }
}

const KIB: u32 = 1024;
const MIB: u32 = 1024 * KIB;
