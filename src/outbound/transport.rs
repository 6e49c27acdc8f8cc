//! One HTTP request on the wire, and nothing else: no redirects, no retries.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::Url;
use crate::kernel::Timestamp;

/// The methods that vendors use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, adds, or asks for a token.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A header's value.
#[derive(Clone, Debug)]
pub enum Header {
    /// May be seen.
    Plain(String),
    /// Never shown, not even by `Debug`.
    Secret(SecretString),
}

/// A request as it will be sent.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Header names, in lower case, and values.
    pub headers: Vec<(&'static str, Header)>,
    /// The body, with its content type among the headers.
    pub body: Option<Vec<u8>>,
}

/// Shows neither query nor body: both hold personal data, and a token request's body the secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .field("body", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// An answer of any status, read to its end.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header names, in any case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// How long the backend asks us to wait: `Retry-After`, in seconds or as a date (RFC 9110 section 10.2.3); where there is
    /// none, until its window starts anew (`RateLimit-Reset`, draft-ietf-httpapi-ratelimit-headers).
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let Some(text) = self.header("retry-after").map(str::trim) else {
            let seconds = self.header("ratelimit-reset").filter(|_| self.status == 429)?.trim().parse();
            return seconds.ok().map(Duration::from_secs);
        };
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(Timestamp(date.as_microsecond()).since(now))
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Shows no body: it may hold personal data or a token.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

/// Whether a request without an answer has left us, and may have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It certainly never left: no connection was made.
    No,
    /// No telling.
    Maybe,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection: refused, unknown host, TLS handshake.
    Connect,
    /// The time given was up.
    Timeout,
    /// The connection ended early, or spoke something that is not HTTP.
    Reset,
    /// The answer is larger than is read.
    TooLarge,
    /// The request can't be put into HTTP: a header value with a control character.
    Malformed,
}

/// A request that got no usable answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{kind:?} (left: {left:?}): {log}")]
pub struct TransportError {
    /// Whether it may have left us, and arrived.
    pub left: Left,
    /// Why.
    pub kind: NoAnswer,
    /// For our log: no URL, no body, no secret.
    pub log: String,
}

impl TransportError {
    /// An error that says why in words.
    pub fn new(kind: NoAnswer, left: Left, log: impl Into<String>) -> Self {
        Self { left, kind, log: log.into() }
    }
}

/// Sends one request and reads its answer.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` once and waits no longer than `timeout` for the whole answer.
    ///
    /// # Errors
    /// [`TransportError`] when there is no complete answer; an answer of any status is `Ok`. `Left::No` only where the
    /// request certainly never left.
    async fn send(&self, request: Request, timeout: Duration) -> Result<Response, TransportError>;
}
