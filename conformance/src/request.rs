//! Requests to the server that is judged.

use reqwest::Method;
use serde_json::Value;

/// How a request says who sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// With the credential of the run.
    #[default]
    Ours,
    /// Not at all.
    Nobody,
    /// With this value of `Authorization`.
    Other(String),
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query under the base, or an absolute URL under the base.
    pub target: String,
    /// Headers; these win over those that every request has.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// Who sends it.
    pub identity: Identity,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: Vec::new(), body: None, identity: Identity::Ours }
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    /// With this text as its body.
    #[must_use]
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// As somebody else.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(have, _)| have.eq_ignore_ascii_case(name))
    }
}
