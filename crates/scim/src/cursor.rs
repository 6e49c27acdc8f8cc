//! Cursors (RFC 9865): positions in a list that a client carries from page to page.
//!
//! A cursor is sealed with AES-SIV (RFC 5297) by a key that every replica shares: nobody can make or change one, nobody can
//! read in it where the list stood, and no server has to remember it. What a cursor belongs to (who asked what) is
//! authenticated with it and is no part of it.

use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Result, ScimError};

/// The longest cursor that is looked at, in characters.
const LONGEST: usize = 8192;

/// The first byte of what is sealed: the form of the rest.
const VERSION: u8 = 1;

/// Version, count and time come before the position.
const HEAD: usize = 17;

/// The key of a service's cursors.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of 32 bytes that nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// The key is never shown.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What a cursor carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The `count` of the first page, which is that of every page.
    pub count: u64,
    /// When the page was made that it came with, in seconds since 1970.
    pub issued: i64,
    /// Where the next page starts; what that means is the service's.
    pub position: Vec<u8>,
}

impl Cursor {
    /// The cursor as clients get it: unreserved characters of RFC 3986 alone (RFC 9865 §2). `about` is what it belongs to.
    ///
    /// # Errors
    /// 500 if it can't be sealed: `about` has more than a hundred parts.
    pub fn seal(&self, key: &Key, about: &[&[u8]]) -> Result<String> {
        let mut plain = Vec::with_capacity(HEAD + self.position.len());
        plain.push(VERSION);
        plain.extend(self.count.to_be_bytes());
        plain.extend(self.issued.to_be_bytes());
        plain.extend(&self.position);
        let sealed = Aes128Siv::new(&key.0.into()).encrypt(about, &plain);
        let sealed = sealed.map_err(|_| ScimError::new(500, "The cursor could not be made"))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Reads a cursor that came back. `now` and `lifetime` are in seconds.
    ///
    /// # Errors
    /// `invalidCursor` for one that was not made with this key for `about`, whatever is wrong with it; `expiredCursor` for one
    /// that is older than `lifetime` (RFC 9865 §2.1).
    pub fn open(text: &str, key: &Key, about: &[&[u8]], now: i64, lifetime: u64) -> Result<Self> {
        let cursor = Self::unsealed(text, key, about).ok_or_else(|| {
            ScimError::invalid_cursor(
                "The cursor is not one of this list: ask for the first page with an empty cursor",
            )
        })?;
        // Another replica's clock may be ahead of ours.
        let age = u64::try_from(now.saturating_sub(cursor.issued)).unwrap_or(0);
        if age > lifetime {
            return Err(ScimError::expired_cursor(
                "The cursor has expired: ask for the first page with an empty cursor",
            ));
        }
        Ok(cursor)
    }

    fn unsealed(text: &str, key: &Key, about: &[&[u8]]) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
        let plain = Aes128Siv::new(&key.0.into()).decrypt(about, &sealed).ok()?;
        let (head, position) = plain.split_at_checked(HEAD)?;
        let (version, rest) = head.split_first()?;
        let (count, issued) = rest.split_at_checked(8)?;
        (*version == VERSION).then_some(())?;
        Some(Self {
            count: u64::from_be_bytes(count.try_into().ok()?),
            issued: i64::from_be_bytes(issued.try_into().ok()?),
            position: position.to_vec(),
        })
    }
}
