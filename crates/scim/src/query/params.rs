//! A raw query string to names and values (WHATWG URL, `application/x-www-form-urlencoded`).

use crate::error::{Result, ScimError};

/// The parameters, names in lower case: clients write `startindex` (Microsoft's samples). `+` and `%20` are both a space; characters
/// that should have been encoded, as `"`, stand for themselves, and so does a `%` without two digits.
pub(super) fn parse(raw: &str) -> Result<Vec<(String, String)>> {
    let mut params = Vec::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        params.push((decode(name)?.to_ascii_lowercase(), decode(value)?));
    }
    Ok(params)
}

fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match (byte, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (byte, _) => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| ScimError::invalid_syntax("The query string is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
