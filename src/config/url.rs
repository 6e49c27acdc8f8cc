//! Addresses, checked before anything is sent to them.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::problem::Problems;
use super::section::Section;

/// Whether an address can only be reached from this machine.
pub(super) fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().is_loopback()
}

/// Reads a base URL: https, or http to this machine only; no user, query or fragment. The trailing slash is taken off.
///
/// # Errors
/// What to do instead.
pub(super) fn base(text: &str) -> Result<String, String> {
    let url =
        Url::parse(text.trim()).map_err(|_| "must be a URL like \"https://scim.example.com\"".to_owned())?;
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() || !matches!(url.scheme(), "http" | "https") {
        return Err("must start with https:// and a host".to_owned());
    }
    if url.scheme() == "http" && !names_this_machine(host) {
        return Err("plain http is only for this machine (127.0.0.1, [::1], localhost): use https".to_owned());
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err("must not hold a user, a password, a query or a fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The same for the value of a key.
pub(super) fn checked(at: &Section, key: &str, text: &str, problems: &mut Problems) -> Option<String> {
    base(text).map_err(|advice| problems.add(at.key(key), advice)).ok()
}

fn names_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_at_home() {
        assert_eq!(base("https://scim.example.com/"), Ok("https://scim.example.com".to_owned()));
        assert_eq!(base("http://127.0.0.1:8080/id"), Ok("http://127.0.0.1:8080/id".to_owned()));
        assert_eq!(base("http://[::1]:1"), Ok("http://[::1]:1".to_owned()));
        for other in [
            "http://example.com",
            "ftp://x",
            "x",
            "https://u@x",
            "https://x/?a=b",
            "https://x/#f",
            "file:///x",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
        ] {
            assert!(base(other).is_err(), "{other}");
        }
    }
}
