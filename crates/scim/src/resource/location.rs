//! A resource's URL.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::ser::{Serialize, Serializer};

/// What is encoded in an id: all but letters, digits and what every URL shows as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// A resource's URL (RFC 7643 §3.1): written out when it is told, compared by its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    base: Arc<str>,
    endpoint: &'static str,
    id: Arc<str>,
}

impl Location {
    /// The URL of what has this id at an endpoint. `base` is the service provider's base URL and `endpoint` a name, both without
    /// a slash at the end.
    pub fn new(base: &Arc<str>, endpoint: &'static str, id: impl Into<Arc<str>>) -> Self {
        Self { base: Arc::clone(base), endpoint, id: id.into() }
    }

    /// The URL as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        // Most ids are. To look at all their bytes at once is faster than to stop at the first that is not.
        let id = match self.id.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
            true => Cow::Borrowed(&*self.id),
            false => utf8_percent_encode(&self.id, SEGMENT).into(),
        };
        let mut text = String::with_capacity(self.base.len() + self.endpoint.len() + id.len() + 2);
        for part in [&self.base, "/", self.endpoint, "/", &id] {
            text.push_str(part);
        }
        text
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}
