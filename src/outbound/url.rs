//! URLs that can't be bent: a base host checked once, and routes made of typed, once-encoded parts.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters are encoded, so that no value can end a segment or start a parameter.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a text is no base URL.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UrlError {
    /// It doesn't parse.
    #[error("\"{0}\" is no URL")]
    NotAUrl(String),
    /// It is neither https nor http to this machine.
    #[error("\"{0}\": only https, or http to a loopback address, is allowed")]
    NotSecure(String),
    /// It holds a user name, a query or a fragment.
    #[error("\"{0}\": a base URL has a host and a path, nothing else")]
    TooMuch(String),
}

/// A vendor's host, with an optional path in front of every route. Holds no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    text: String,
    host: String,
    /// What was parsed, so that no call parses the host again.
    parsed: Option<reqwest::Url>,
}

impl Base {
    /// Takes `https://host[:port][/path]`, or the same with `http` where the host is a loopback address.
    ///
    /// # Errors
    /// [`UrlError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = reqwest::Url::parse(text.trim()).map_err(|_| UrlError::NotAUrl(text.to_owned()))?;
        let host = url.host_str().ok_or_else(|| UrlError::NotAUrl(text.to_owned()))?.to_owned();
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(UrlError::TooMuch(host));
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&host)) {
            return Err(UrlError::NotSecure(text.to_owned()));
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), host, parsed: Some(url) })
    }

    /// As [`Base::parse`], but plain http to another machine becomes https: for an address that a vendor told us.
    ///
    /// # Errors
    /// [`UrlError`] as for `parse`.
    pub fn parse_upgrading(text: &str) -> Result<Self, UrlError> {
        match (Self::parse(text), text.trim().strip_prefix("http:")) {
            (Err(UrlError::NotSecure(_)), Some(rest)) => Self::parse(&format!("https:{rest}")),
            (result, _) => result,
        }
    }

    /// A host that is written in our source.
    pub fn known(host: &'static str) -> Self {
        let text = format!("https://{host}");
        Self { parsed: reqwest::Url::parse(&text).ok(), text, host: host.to_owned() }
    }

    /// The host, without its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the host lies under a domain; `domain` starts with a dot.
    pub fn is_under(&self, domain: &str) -> bool {
        self.host.len() > domain.len() && self.host.ends_with(domain)
    }

    /// Whether it is this machine's own.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Whether both name the same host; all loopback addresses are one.
    pub fn same_host(&self, other: &Self) -> bool {
        self.host == other.host || (is_loopback(&self.host) && is_loopback(&other.host))
    }

    /// The last segment of the path in front of the routes.
    pub fn last_segment(&self) -> Option<&str> {
        let (_, after_scheme) = self.text.split_once("://")?;
        let (_, path) = after_scheme.split_once('/')?;
        path.rsplit('/').next()
    }

    /// The address of a route.
    pub fn at(&self, route: &Route) -> Url {
        let Some(mut url) = self.parsed.clone() else { return Url(Err(format!("{}{route}", self.text))) };
        let (path, query) = match route.text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (route.text.as_str(), None),
        };
        match url.path().trim_end_matches('/') {
            "" => url.set_path(path),
            before => url.set_path(&format!("{before}{path}")),
        }
        url.set_query(query);
        Url(Ok(url))
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// One path segment that came from outside, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment(String);

impl Segment {
    /// Encodes a value; `None` for the empty one and for `.` and `..`, which no encoding makes a plain segment.
    pub fn new(value: &str) -> Option<Self> {
        if matches!(value, "" | "." | "..") {
            return None;
        }
        Some(Self(utf8_percent_encode(value, ENCODED).to_string()))
    }
}

/// A path and query below a base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    text: String,
    asked: bool,
}

impl Route {
    /// A path that is written in our source: `/common/v1/directory/users`.
    pub fn new(path: &'static str) -> Self {
        Self { text: path.to_owned(), asked: false }
    }

    /// One more segment.
    #[must_use]
    pub fn id(mut self, segment: &Segment) -> Self {
        self.text.push('/');
        self.text.push_str(&segment.0);
        self
    }

    /// More path that is written in our source: `/groups`.
    #[must_use]
    pub fn then(mut self, path: &'static str) -> Self {
        self.text.push_str(path);
        self
    }

    /// One query parameter.
    #[must_use]
    pub fn query(self, name: &'static str, value: &str) -> Self {
        self.csv(name, [value])
    }

    /// One query parameter with a list, its commas bare.
    #[must_use]
    pub fn csv<'v>(mut self, name: &'static str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.text.push(if self.asked { '&' } else { '?' });
        self.asked = true;
        self.text.push_str(name);
        self.text.push('=');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.extend(utf8_percent_encode(value, ENCODED));
        }
        self
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A whole address. Only [`Base::at`] makes one: parsed, or the text where that can't be parsed.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(Result<reqwest::Url, String>);

impl Url {
    /// The address as it is sent; holds personal data in its query.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Ok(parsed) => parsed.as_str(),
            Err(text) => text,
        }
    }

    /// The same for whoever sends it.
    pub(super) fn into_parsed(self) -> Result<reqwest::Url, String> {
        self.0
    }
}

/// Shows no query.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str().split('?').next().unwrap_or_default())
    }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
