//! Makes what others spelled fit for a log, or leaves it out.
//!
//! There is no function for bodies, filters, e-mail addresses and tokens: they have no way into a log.

use std::fmt;

const LONGEST: usize = 64;
const HIDDEN: &str = "[redacted]";

/// An id as a client or a vendor spelled it. Prints only if it looks like an id: 1 to 64 of `a-z A-Z 0-9 - _`, at least
/// one of them a digit. So an e-mail address, a name or a whole sentence in an id's place stays out.
#[derive(Clone, Copy, Debug)]
pub struct Id<'a>(pub &'a str);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let looks = self.0.len() <= LONGEST
            && self.0.chars().all(plain)
            && self.0.chars().any(|c| c.is_ascii_digit());
        f.write_str(if looks { self.0 } else { HIDDEN })
    }
}

/// The host of a URL, without user, path and query. Anything else stays out.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a>(pub &'a str);

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after_scheme = self.0.split_once("://").map_or(self.0, |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']');
        let looks = !host.is_empty() && host.len() <= 255 && host.chars().all(plain);
        f.write_str(if looks { host } else { HIDDEN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_what_is_none_does_not() {
        assert_eq!(
            Id("2819c223-7f76-453a-919d-413861904646").to_string(),
            "2819c223-7f76-453a-919d-413861904646"
        );
        for other in ["", "ada@example.com", "Ada Lovelace", "ada", "a/b1", "x\n1", &"1".repeat(65)] {
            assert_eq!(Id(other).to_string(), HIDDEN, "{other}");
        }
    }

    #[test]
    fn hosts_print_without_what_surrounds_them() {
        assert_eq!(Host("https://u:p@api.example.com:8443/a?b=c").to_string(), "api.example.com:8443");
        assert_eq!(Host("http://[::1]:80/x").to_string(), "[::1]:80");
        assert_eq!(Host("https://").to_string(), HIDDEN);
        assert_eq!(Host("not a host").to_string(), HIDDEN);
    }
}
