//! Entity tags (RFC 7644 §3.14): weak, from the content.

use std::fmt::Write;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A weak tag of what `of` holds: equal maps have equal tags whatever the order of their members.
///
/// The caller leaves out what must not count, as `meta`.
#[must_use]
pub fn weak(of: &Map<String, Value>) -> String {
    let mut hash = Sha256::new();
    object(of, &mut hash);
    let mut tag = String::from("W/\"");
    for byte in hash.finalize().iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether the value of `If-Match` or `If-None-Match` names `version`, by weak comparison (RFC 9110 §8.8.3.2): `*` names any.
#[must_use]
pub fn matches(header: &str, version: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.trim() == "*" || header.split(',').any(|tag| opaque(tag) == opaque(version))
}

/// Every value is hashed with its kind and length, so that no two different ones run together. Depth is that of a parsed body.
fn value(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Null => hash.update(b"n"),
        Value::Bool(b) => hash.update(if *b { b"t" } else { b"f" }),
        Value::Number(n) => text(b'd', &n.to_string(), hash),
        Value::String(s) => text(b's', s, hash),
        Value::Array(list) => {
            length(b'a', list.len(), hash);
            for item in list {
                self::value(item, hash);
            }
        }
        Value::Object(map) => object(map, hash),
    }
}

fn object(map: &Map<String, Value>, hash: &mut Sha256) {
    let mut members: Vec<_> = map.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    length(b'o', members.len(), hash);
    for (name, member) in members {
        text(b'k', name, hash);
        value(member, hash);
    }
}

fn text(kind: u8, text: &str, hash: &mut Sha256) {
    length(kind, text.len(), hash);
    hash.update(text.as_bytes());
}

fn length(kind: u8, length: usize, hash: &mut Sha256) {
    hash.update([kind]);
    hash.update(length.to_le_bytes());
}
