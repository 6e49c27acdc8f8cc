//! Resources: reading what clients send, rendering what they get (RFC 7643 §3, RFC 7644 §3.3, §3.5.1).

mod coerce;
mod declared;
mod document;
mod incoming;
mod json;
mod render;

pub(crate) use coerce::{Coerced, Reader, invalid, timestamp};
pub(crate) use declared::Known;
pub use document::Document;
pub use incoming::{Incoming, Required};
pub use json::parse_json;
pub use render::{Meta, Resource, Shown};

use unicode_normalization::UnicodeNormalization;

/// The form in which keys without regard to case are compared and stored: Unicode NFC, in lower case.
///
/// Folding twice changes nothing more.
#[must_use]
pub fn fold(key: &str) -> String {
    if key.is_ascii() {
        return key.to_ascii_lowercase();
    }
    let composed: String = key.nfc().collect();
    composed.to_lowercase().nfc().collect()
}
