//! Requests and answers as plain data, free of any HTTP library.

use std::time::Duration;

use serde_json::Value;

/// A request as the simulator sees it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The raw path (still percent-encoded), without the query.
    pub path: String,
    /// The raw query, without the question mark.
    pub query: Option<String>,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body. A `?` in the target starts the query.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self { method: method.to_owned(), path: path.to_owned(), query, ..Self::default() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Sets a JSON body and its content type.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    /// The first header of this (lower-case) name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A JSON answer.
    #[must_use]
    pub fn of_json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// The first header of this (lower-case) name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` when it is not JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// What the shell (or an in-process caller) has to do with an answer besides sending it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Just send it.
    Send,
    /// Send it after this long. The request took effect before the wait.
    Delay(Duration),
    /// Reset the connection; the request had no effect. There is no answer.
    ResetBefore,
    /// Reset the connection; the request had its effect. There is no answer.
    ResetAfter,
    /// Never answer; the request had no effect.
    HangBefore,
    /// Never answer; the request had its effect.
    HangAfter,
}

impl Effect {
    /// Whether the caller ever gets to see the answer.
    #[must_use]
    pub fn answers(&self) -> bool {
        matches!(self, Self::Send | Self::Delay(_))
    }
}
