//! What makes two requests the same request, sent again.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::kernel::ClientName;

/// A hash of client, method, path, parameters in any order, and body, as hexadecimal digits.
///
/// Each part is preceded by its length, so that no two different requests make the same text.
pub(super) fn fingerprint(client: &ClientName, method: &str, path: &str, query: &str, body: &[u8]) -> String {
    let mut parameters: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    parameters.sort_unstable();
    let query = parameters.join("&");
    let mut hash = Sha256::new();
    for part in [client.as_str().as_bytes(), method.as_bytes(), path.as_bytes(), query.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, path: &str, query: &str, body: &str) -> String {
        fingerprint(&ClientName::parse("okta").unwrap(), method, path, query, body.as_bytes())
    }

    #[test]
    fn the_same_request_has_the_same() {
        assert_eq!(of("POST", "/a", "x=1&y=2", "{}"), of("POST", "/a", "y=2&&x=1", "{}"));
    }

    #[test]
    fn any_other_request_has_another() {
        let one = of("POST", "/a", "x=1", "{}");
        let other = ClientName::parse("entra").unwrap();
        for different in [
            of("PUT", "/a", "x=1", "{}"),
            of("POST", "/ax", "=1", "{}"),
            of("POST", "/a", "x=2", "{}"),
            of("POST", "/a", "x=1", "{} "),
            fingerprint(&other, "POST", "/a", "x=1", b"{}"),
        ] {
            assert_ne!(one, different);
        }
    }
}
