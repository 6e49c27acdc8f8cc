//! HTTP to the server that is judged.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::check::{Checked, Stop, Wrong};
use crate::clock;
use crate::credential::Credential;
use crate::mask::{MASKED, Mask};
use crate::reply::{Exchange, Reply};
use crate::request::{Identity, Request};

/// The media type of SCIM (RFC 7644 §3.1, §8.1).
pub const SCIM_JSON: &str = "application/scim+json";
/// How much of a body a report quotes, in characters.
const QUOTED: usize = 1_200;
/// How often a request that met 429 is sent again.
const RETRIES: u32 = 4;
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("{0} is not an http or https address")]
    Address(String),
    /// A header is none.
    #[error("a header has the form 'Name: value'")]
    Header,
    /// The HTTP library refused.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
}

/// Sends requests to one server.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    credential: HeaderMap,
    mask: Mask,
    requests: AtomicU32,
    retried: AtomicU32,
}

impl Client {
    /// A client for the server at this base address.
    ///
    /// # Errors
    /// The address or a header is none, or the HTTP library can't start.
    pub fn new(base: &str, credential: &Credential, timeout: Duration) -> Result<Self, ClientError> {
        let base = base.trim_end_matches('/');
        let parsed = reqwest::Url::parse(base).map_err(|_| ClientError::Address(base.to_owned()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(ClientError::Address(base.to_owned()));
        }
        let mut builder = reqwest::Client::builder();
        if is_here(&parsed) {
            builder = builder.no_proxy();
        }
        let http = builder
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("scim-conformance/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
            credential: credential.headers()?,
            mask: Mask::new(credential.secrets()),
            requests: AtomicU32::new(0),
            retried: AtomicU32::new(0),
        })
    }

    /// The base address, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many of them were repetitions after a 429.
    #[must_use]
    pub fn retried(&self) -> u32 {
        self.retried.load(Ordering::Relaxed)
    }

    /// Sends a request, again after a 429 (RFC 6585 §4), and gives the answer.
    ///
    /// # Errors
    /// There was no answer: a finding.
    pub async fn send(&self, request: &Request) -> Checked<Reply> {
        for attempt in 0.. {
            let reply = match self.send_once(request).await {
                // A connection that was kept may be closed just as it is used again (RFC 9112 §9.3.1): a GET goes out again.
                Err(_) if attempt == 0 && request.method == Method::GET => continue,
                answer => answer?,
            };
            if reply.status != 429 || attempt >= RETRIES {
                return Ok(reply);
            }
            self.retried.fetch_add(1, Ordering::Relaxed);
            let asked =
                reply.header("retry-after").and_then(|value| value.parse().ok()).unwrap_or(1 << attempt);
            clock::wait(Duration::from_secs(asked).min(LONGEST_WAIT)).await;
        }
        Err(self.no_answer(request, "was sent too often"))
    }

    async fn send_once(&self, request: &Request) -> Checked<Reply> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut builder = self.http.request(request.method.clone(), self.url(&request.target));
        builder = builder.headers(self.headers(request));
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let answer = builder.send().await.map_err(|error| self.no_answer(request, &told(error)))?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let text = answer.text().await.map_err(|error| self.no_answer(request, &told(error)))?;
        let mut exchange = self.quoted(request);
        exchange.status = status;
        exchange.answer_headers = shown(&headers).map(|line| self.mask.apply(&line)).collect();
        exchange.answer_body = self.cut(&text);
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { status, headers, text, body, exchange })
    }

    /// The absolute address of a request: of a path under the base, an absolute URL, or a path from the host's root, which some
    /// servers give as a location. An address outside the base is put under it: the credential goes nowhere else.
    fn url(&self, target: &str) -> String {
        if target.starts_with(&self.base) {
            return target.to_owned();
        }
        let root =
            self.base.find("://").and_then(|at| self.base.get(at + 3..)?.find('/').map(|to| at + 3 + to));
        let (host, path) = root.map_or((self.base.as_str(), ""), |at| self.base.split_at(at));
        if !path.is_empty() && target.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) {
            return format!("{host}{target}");
        }
        format!("{}/{}", self.base, target.trim_start_matches('/'))
    }

    fn headers(&self, request: &Request) -> HeaderMap {
        let mut headers = HeaderMap::new();
        match &request.identity {
            Identity::Ours => headers.extend(self.credential.clone()),
            Identity::Nobody => {}
            Identity::Other(value) => put(&mut headers, "authorization", value),
        }
        if !request.has_header("accept") {
            put(&mut headers, "accept", SCIM_JSON);
        }
        if request.body.is_some() && !request.has_header("content-type") {
            put(&mut headers, "content-type", SCIM_JSON);
        }
        for (name, value) in &request.headers {
            put(&mut headers, name, value);
        }
        headers
    }

    fn quoted(&self, request: &Request) -> Exchange {
        let mut request_headers: Vec<String> = request
            .headers
            .iter()
            .map(|(name, value)| self.mask.apply(&format!("{name}: {value}")))
            .collect();
        match request.identity {
            Identity::Ours => {}
            Identity::Nobody => request_headers.push("(without a credential)".to_owned()),
            Identity::Other(_) => request_headers.push(format!("Authorization: {MASKED} (a wrong one)")),
        }
        Exchange {
            request: self.mask.apply(&self.cut(&format!("{} {}", request.method, self.url(&request.target)))),
            request_headers,
            request_body: request.body.as_deref().map(|body| self.cut(body)).unwrap_or_default(),
            status: 0,
            answer_headers: Vec::new(),
            answer_body: String::new(),
        }
    }

    /// A text without secrets, and not longer than a report bears.
    fn cut(&self, text: &str) -> String {
        let text = self.mask.apply(text);
        match text.char_indices().nth(QUOTED) {
            Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
            None => text,
        }
    }

    fn no_answer(&self, request: &Request, why: &str) -> Stop {
        let found = self.mask.apply(&format!("no answer: {why}"));
        let exchange = Some(self.quoted(request));
        Stop::Wrong(Box::new(Wrong { expected: "an answer".to_owned(), found, exchange }))
    }
}

/// Whether an address is this machine's: no proxy can reach it.
fn is_here(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Puts a header in, if it is one at all. An empty value takes the header out.
fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else { return };
    if value.is_empty() {
        headers.remove(name);
    } else {
        headers.insert(name, value);
    }
}

/// The headers of an answer that matter to SCIM, as lines.
fn shown(headers: &HeaderMap) -> impl Iterator<Item = String> {
    const NAMES: [&str; 7] =
        ["content-type", "location", "etag", "www-authenticate", "retry-after", "allow", "server"];
    NAMES.into_iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(format!("{name}: {value}"))
    })
}

/// An error of the HTTP library with its causes; the address is in the request already.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
