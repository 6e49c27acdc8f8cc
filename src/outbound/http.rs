//! The transport of production: reqwest with rustls. What reqwest would do by itself is switched off.

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{self, Handle};

use super::{Header, Left, Method, NoAnswer, Request, Response, Transport, TransportError};

/// How the transport of production is set up.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// How long making a connection, TLS included, may take.
    pub connect_timeout: Duration,
    /// How many bytes of an answer's body are read at most.
    pub max_answer: usize,
    /// A proxy for every request; may hold a password. Environment variables are never read.
    pub proxy: Option<SecretString>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(5), max_answer: 16 * 1024 * 1024, proxy: None }
    }
}

/// The transport can't be set up: the proxy's address, or the machine's certificates. Holds no secret.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client can't be set up: {0}")]
pub struct HttpError(String);

/// Sends over real sockets. A connection belongs to the runtime that makes it and ends with it, so that each has its own:
/// nobody waits for another thread, and a write does not lose its connection when the web's threads end.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    config: HttpConfig,
    clients: Arc<RwLock<Vec<Own>>>,
}

/// The client of one runtime, or of whoever asks without one.
#[derive(Debug)]
struct Own {
    runtime: Option<runtime::Id>,
    client: reqwest::Client,
}

impl HttpTransport {
    /// Sets the transport up; opens no connection.
    ///
    /// # Errors
    /// [`HttpError`] for an unusable proxy address or certificate store.
    pub fn new(config: &HttpConfig) -> Result<Self, HttpError> {
        let own = Own { runtime: running(), client: client(config)? };
        Ok(Self { config: config.clone(), clients: Arc::new(RwLock::new(vec![own])) })
    }

    /// The client of the runtime that asks.
    fn client(&self) -> Result<reqwest::Client, TransportError> {
        let asking = running();
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = clients.iter().find(|own| own.runtime == asking) {
            return Ok(own.client.clone());
        }
        drop(clients);
        let failed = |HttpError(log)| TransportError::new(NoAnswer::Connect, Left::No, log);
        let made = client(&self.config).map_err(failed)?;
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        clients.push(Own { runtime: asking, client: made.clone() });
        Ok(made)
    }

    fn prepare(
        &self,
        request: Request,
        timeout: Duration,
    ) -> Result<reqwest::RequestBuilder, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let client = self.client()?;
        let builder = match request.url.into_parsed() {
            Ok(url) => client.request(method, url),
            Err(text) => client.request(method, text),
        };
        let mut builder = builder.timeout(timeout);
        for (name, value) in &request.headers {
            builder = builder.header(*name, header_value(name, value)?);
        }
        Ok(match request.body {
            Some(body) => builder.body(body),
            None => builder,
        })
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Response, TransportError> {
        let too_large = || {
            let log = format!("answer over {} bytes", self.config.max_answer);
            TransportError::new(NoAnswer::TooLarge, Left::Maybe, log)
        };
        let limit = u64::try_from(self.config.max_answer).unwrap_or(u64::MAX);
        let announced = answer.content_length().unwrap_or(0);
        if announced > limit {
            return Err(too_large());
        }
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(chunk) = answer.chunk().await.map_err(|error| classify(&error))? {
            if body.len() + chunk.len() > self.config.max_answer {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request, timeout: Duration) -> Result<Response, TransportError> {
        let answer = self.prepare(request, timeout)?.send().await.map_err(|error| classify(&error))?;
        self.read(answer).await
    }
}

/// The runtime on which this is run.
fn running() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

fn client(config: &HttpConfig) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(config.connect_timeout)
        // Well below the idle limit of usual gateways, so that a write seldom meets a connection that is being closed.
        .pool_idle_timeout(Duration::from_secs(20))
        .user_agent(concat!("scim-facade/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = &config.proxy {
        let proxy = reqwest::Proxy::all(proxy.expose_secret())
            .map_err(|_| HttpError("the proxy's address is no URL".to_owned()))?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| HttpError(root_cause(&error)))
}

fn header_value(name: &str, value: &Header) -> Result<HeaderValue, TransportError> {
    let made = match value {
        Header::Plain(text) => HeaderValue::from_str(text),
        Header::Secret(secret) => HeaderValue::from_str(secret.expose_secret()).map(|mut value| {
            value.set_sensitive(true);
            value
        }),
    };
    let malformed =
        |_| TransportError::new(NoAnswer::Malformed, Left::No, format!("header {name} can't be sent"));
    made.map_err(malformed)
}

/// A failed connection attempt, its own timeout included, sent nothing; whatever comes later may have.
fn classify(error: &reqwest::Error) -> TransportError {
    let (kind, left) = if error.is_connect() {
        (NoAnswer::Connect, Left::No)
    } else if error.is_builder() {
        (NoAnswer::Malformed, Left::No)
    } else if error.is_timeout() {
        (NoAnswer::Timeout, Left::Maybe)
    } else {
        (NoAnswer::Reset, Left::Maybe)
    };
    TransportError::new(kind, left, root_cause(error))
}

/// The innermost cause; the outer ones name the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = match error.source() {
        Some(source) => source,
        None => return "request failed".to_owned(),
    };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
