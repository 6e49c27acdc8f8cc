//! Entity tags (RFC 7644 §3.14): weak, from the content.

use std::fmt::Write;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A weak tag of what `of` holds: equal maps have equal tags whatever the order of their members.
///
/// The caller leaves out what must not count, as `meta`.
#[must_use]
pub fn weak(of: &Map<String, Value>) -> String {
    // Written down first and hashed in one go: a hash takes many small pieces far more slowly.
    let mut canonical = Vec::with_capacity(1024);
    object(of, &mut canonical);
    let mut tag = String::from("W/\"");
    for byte in Sha256::digest(&canonical).iter().take(16) {
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

/// Every value is written with its kind and length, so that no two different ones run together. Depth is that of a parsed body.
fn value(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Null => to.push(b'n'),
        Value::Bool(b) => to.push(if *b { b't' } else { b'f' }),
        Value::Number(n) => text(b'd', &n.to_string(), to),
        Value::String(s) => text(b's', s, to),
        Value::Array(list) => {
            length(b'a', list.len(), to);
            for item in list {
                self::value(item, to);
            }
        }
        Value::Object(map) => object(map, to),
    }
}

fn object(map: &Map<String, Value>, to: &mut Vec<u8>) {
    let mut members: Vec<_> = map.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    length(b'o', members.len(), to);
    for (name, member) in members {
        text(b'k', name, to);
        value(member, to);
    }
}

fn text(kind: u8, text: &str, to: &mut Vec<u8>) {
    length(kind, text.len(), to);
    to.extend_from_slice(text.as_bytes());
}

fn length(kind: u8, length: usize, to: &mut Vec<u8>) {
    to.push(kind);
    to.extend_from_slice(&length.to_le_bytes());
}
