//! What makes two requests the same request, sent again.

use crate::kernel::{ClientName, PartsHash};

/// What a request is recognised by.
pub(super) struct Parts<'r> {
    pub(super) client: &'r ClientName,
    pub(super) method: &'r str,
    pub(super) path: &'r str,
    pub(super) query: &'r str,
    /// The same change under another condition is another wish.
    pub(super) conditions: &'r str,
    pub(super) body: &'r [u8],
}

/// A hash of client, method, path, parameters in any order, conditions and body, as hexadecimal digits.
pub(super) fn fingerprint(request: &Parts<'_>) -> String {
    let Parts { client, method, path, query, conditions, body } = *request;
    let mut parameters: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    parameters.sort_unstable();
    let query = parameters.join("&");
    let mut hash = PartsHash::default();
    let texts = [client.as_str(), method, path, &query, conditions].map(str::as_bytes);
    texts.into_iter().chain([body]).for_each(|part| hash.add(part));
    hash.into_hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(client: &str, method: &str, path: &str, query: &str, conditions: &str, body: &str) -> String {
        let client = &ClientName::parse(client).unwrap();
        fingerprint(&Parts { client, method, path, query, conditions, body: body.as_bytes() })
    }

    #[test]
    fn the_same_request_has_the_same() {
        let sent = of("okta", "POST", "/a", "x=1&y=2", "a", "{}");
        assert_eq!(sent, of("okta", "POST", "/a", "y=2&&x=1", "a", "{}"));
    }

    #[test]
    fn any_other_request_has_another() {
        let one = of("okta", "POST", "/a", "x=1", "a", "{}");
        for different in [
            of("okta", "PUT", "/a", "x=1", "a", "{}"),
            of("okta", "POST", "/ax", "=1", "a", "{}"),
            of("okta", "POST", "/a", "x=2", "a", "{}"),
            of("okta", "POST", "/a", "x=1", "", "{}"),
            of("okta", "POST", "/a", "x=1", "a", "{} "),
            of("entra", "POST", "/a", "x=1", "a", "{}"),
        ] {
            assert_ne!(one, different);
        }
    }
}
