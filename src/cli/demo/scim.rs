//! The demo's SCIM client: plain HTTP, as an identity provider sends it.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;

use super::super::failed::Failed;

/// A client of one target.
pub(super) struct Scim {
    http: Client,
    base: String,
    token: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// An HTTP client for this machine: no proxy, no redirects, no retries, no certificates.
pub(super) fn http() -> Result<Client, Failed> {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tls_certs_only([])
        .timeout(Duration::from_secs(60))
        .build()
        .map_err(|error| Failed::new(format!("no HTTP client: {error}")))
}

impl Scim {
    pub(super) fn new(base: &str, token: &str) -> Result<Self, Failed> {
        Ok(Self { http: http()?, base: base.to_owned(), token: token.to_owned() })
    }

    /// Sends a request to a path below the base.
    pub(super) async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Failed> {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request =
                request.header("content-type", "application/scim+json; charset=utf-8").body(body.to_string());
        }
        let lost = |error: reqwest::Error| Failed::new(format!("the facade did not answer: {error}"));
        let answer = request.send().await.map_err(lost)?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(lost)?;
        Ok(Reply { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}

impl Reply {
    /// A text of the body: `/name/givenName`.
    pub(super) fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The resource's id.
    pub(super) fn id(&self) -> &str {
        self.text("/id")
    }

    /// What it says, in a line.
    pub(super) fn summary(&self) -> String {
        let mut facts = Vec::new();
        if let Some(total) = self.body.get("totalResults") {
            facts.push(format!("totalResults {total}"));
        }
        for name in ["id", "userName", "displayName", "title", "active", "detail"] {
            if let Some(value) = self.body.get(name) {
                facts.push(format!("{name} {value}"));
            }
        }
        if let Some(members) = self.body.get("members").and_then(Value::as_array) {
            facts.push(format!("{} members", members.len()));
        }
        format!("{} {}", self.status, facts.join(", ")).trim_end().to_owned()
    }
}
