//! Entity tags (RFC 7644 §3.14): weak, from the content; and the conditions that name them.

use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{Result, ScimError};
use crate::resource::Document;

/// What a version covers besides a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Besides {
    /// What the client calls the resource, where the document does not tell.
    pub external_id: Option<Arc<str>>,
    /// What changes with all else that a version is to tell of.
    pub stamp: Option<Value>,
}

/// A weak tag of a document and of what comes with it: the same attributes have the same tag in whatever order they come.
///
/// The caller leaves out what must not count, as `meta`.
#[must_use]
pub fn weak(document: &Document, besides: &Besides) -> Arc<str> {
    document.tag(besides, tag)
}

fn tag(document: &[u8; 32], besides: &Besides) -> String {
    let Besides { external_id, stamp } = besides;
    let name = external_id.as_deref().map(Value::from);
    // No attribute is called so.
    let members = [("externalId", name.as_ref()), ("\u{0}stamp", stamp.as_ref())];
    let mut with = Vec::with_capacity(64);
    object(members.into_iter().filter_map(|(name, value)| Some((name, value?))), &mut with);
    let mut hash = Sha256::new_with_prefix(document);
    hash.update(with);
    let mut tag = String::with_capacity(36);
    tag.push_str("W/\"");
    for byte in hash.finalize().iter().take(16) {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
        tag.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    tag.push('"');
    tag
}

/// What attributes are told from others by; the same in whatever order they come.
pub(crate) fn digest<'m>(of: impl IntoIterator<Item = (&'m str, &'m Value)>) -> [u8; 32] {
    // Written down first and hashed in one go: a hash takes many small pieces far more slowly.
    let mut canonical = Vec::with_capacity(1024);
    object(of, &mut canonical);
    Sha256::digest(&canonical).into()
}

/// What `If-Match` or `If-None-Match` names (RFC 9110 §13.1.1, §13.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any version there is.
    Any,
    /// These, without their quotes and `W/`.
    Listed(Vec<String>),
}

impl Tags {
    /// Reads the values of a header, which can come several times; none if it did not come.
    ///
    /// # Errors
    /// 400 for what is neither `*` nor a list of entity tags in quotes: a condition that was not understood is not taken for
    /// one that holds.
    pub fn parse<'h>(name: &str, values: impl IntoIterator<Item = &'h str>) -> Result<Option<Self>> {
        let malformed = || {
            ScimError::new(
                400,
                format!("'{name}' must be * or entity tags in quotes, such as W/\"3694e05e9dff\""),
            )
        };
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return Ok(None);
        }
        let mut listed = Vec::new();
        let mut any = 0;
        for value in values {
            if value.trim() == "*" {
                any += 1;
            } else {
                list(value, &mut listed).ok_or_else(malformed)?;
            }
        }
        match (any, listed.is_empty()) {
            (0, false) => Ok(Some(Self::Listed(listed))),
            (1, true) => Ok(Some(Self::Any)),
            _ => Err(malformed()),
        }
    }

    /// Whether a version is among them, by weak comparison (RFC 9110 §8.8.3.2). No tag names one that can't be told.
    #[must_use]
    pub fn name(&self, version: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => version.is_some_and(|it| tags.iter().any(|tag| tag == opaque(it))),
        }
    }

    /// Whether one of them could be of [`weak`]'s making.
    #[must_use]
    pub fn could_be_ours(&self) -> bool {
        let is_ours =
            |tag: &String| tag.len() == 32 && tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        matches!(self, Self::Listed(tags) if tags.iter().any(is_ours))
    }
}

/// The conditions under which a request is to be carried out (RFC 7644 §3.14, RFC 9110 §13.1). By default there is none.
///
/// All our versions are weak, and RFC 7644 §3.14 has clients send weak ones in `If-Match`: both headers compare weakly, where
/// RFC 9110 §13.1.1 would have `If-Match` hold for strong ones alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `If-Match`: only if it has one of these versions.
    pub matches: Option<Tags>,
    /// `If-None-Match`: only if it has none of these.
    pub none_matches: Option<Tags>,
}

impl Conditions {
    /// Only if the resource has this version: what the `version` of an operation in a bulk request says (RFC 7644 §3.7).
    ///
    /// # Errors
    /// As [`Tags::parse`].
    pub fn of_version(version: &str) -> Result<Self> {
        Ok(Self { matches: Tags::parse("version", [version])?, none_matches: None })
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.matches.is_none() && self.none_matches.is_none()
    }

    /// Whether `If-Match` holds for a resource of this version; true if it did not come.
    #[must_use]
    pub fn match_holds(&self, version: Option<&str>) -> bool {
        self.matches.as_ref().is_none_or(|tags| tags.name(version))
    }

    /// Whether `If-None-Match` holds for a resource of this version; true if it did not come.
    #[must_use]
    pub fn none_match_holds(&self, version: Option<&str>) -> bool {
        self.none_matches.as_ref().is_none_or(|tags| !tags.name(version))
    }

    /// The refusal of a change whose condition does not hold.
    #[must_use]
    pub fn failed() -> ScimError {
        ScimError::new(412, "The resource does not have the version that the request's condition asks for")
    }
}

/// RFC 9110 §8.8.3 and §5.6.1: entity tags between commas; empty elements count for nothing.
fn list(mut text: &str, tags: &mut Vec<String>) -> Option<()> {
    let blank = |c: char| c == ' ' || c == '\t';
    loop {
        text = text.trim_start_matches(|c: char| blank(c) || c == ',');
        if text.is_empty() {
            return Some(());
        }
        let quoted = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?;
        let (tag, rest) = quoted.split_once('"')?;
        if tag.chars().any(|c| c <= ' ' || c == '\u{7f}') {
            return None;
        }
        tags.push(tag.to_owned());
        text = rest.trim_start_matches(blank);
        if !(text.is_empty() || text.starts_with(',')) {
            return None;
        }
    }
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
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
        Value::Object(map) => object(map.iter().map(|(name, member)| (name.as_str(), member)), to),
    }
}

fn object<'m>(members: impl IntoIterator<Item = (&'m str, &'m Value)>, to: &mut Vec<u8>) {
    let mut members: Vec<_> = members.into_iter().collect();
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
