//! A raw query string to names and values (WHATWG URL, `application/x-www-form-urlencoded`).

use std::borrow::Cow;

use crate::error::{Result, ScimError};

/// The parameters. `+` and `%20` are both a space; characters that should have been encoded, as `"`, stand for themselves, and so
/// does a `%` without two digits.
pub(super) fn parse(raw: &str) -> impl Iterator<Item = Result<(Cow<'_, str>, Cow<'_, str>)>> {
    raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    })
}

fn decode(text: &str) -> Result<Cow<'_, str>> {
    let is_coded = |byte: &u8| matches!(byte, b'+' | b'%');
    if !text.as_bytes().iter().any(is_coded) {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(is_coded) {
        let (plain, coded) = rest.split_at(at);
        bytes.extend_from_slice(plain);
        rest = match coded {
            [b'%', high, low, after @ ..] if let (Some(high), Some(low)) = (digit(*high), digit(*low)) => {
                bytes.push(high << 4 | low);
                after
            }
            [code, after @ ..] => {
                bytes.push(if *code == b'+' { b' ' } else { *code });
                after
            }
            [] => coded,
        };
    }
    bytes.extend_from_slice(rest);
    let text = String::from_utf8(bytes).map(Cow::Owned);
    text.map_err(|_| ScimError::invalid_syntax("The query string is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
