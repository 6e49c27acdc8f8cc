//! Resources: reading what clients send, rendering what they get (RFC 7643 §3, RFC 7644 §3.3, §3.5.1).

mod coerce;
mod declared;
mod document;
mod email;
mod incoming;
mod json;
mod location;
mod render;
mod seen;
mod shared_map;

pub(crate) use coerce::{Coerced, Reader, invalid, timestamp};
pub(crate) use declared::Known;
pub use document::{Document, is_unassigned};
pub use email::chosen_email;
pub use incoming::{Incoming, Required};
pub use json::parse_json;
pub use location::Location;
pub use render::{Meta, Reference, Relation, Resource, Shown};
pub use seen::{Attributed, Seen};
pub use shared_map::SharedMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

/// The form in which keys without regard to case are compared and stored: one width, Unicode NFC, in lower case, as RFC 7644 §5
/// wants it of user names (RFC 8265 §3.3.2). What that profile forbids is not refused: whose name it is has decided already.
///
/// Folding twice changes nothing more.
#[must_use]
pub fn fold(key: &str) -> String {
    if key.is_ascii() {
        return key.to_ascii_lowercase();
    }
    let composed: String = key.chars().map(in_one_width).nfc().collect();
    composed.to_lowercase().nfc().collect()
}

/// RFC 8265 §3.3.2, width mapping: fullwidth Latin and halfwidth Katakana as the ordinary characters that they decompose to.
fn in_one_width(one: char) -> char {
    let mut plain = one;
    if matches!(one, '\u{3000}' | '\u{ff01}'..='\u{ff9f}') {
        decompose_compatible(one, |part| plain = part);
    }
    plain
}
