//! How Netskope says no: none of it is an error of RFC 7644 §3.12.

use serde_json::{Map, Value, json};

use super::switches::{ErrorStatusText, ErrorTextKey, Switches};
use crate::http::Response;

const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Who says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    /// The gateway in front: `{"message":…}`.
    Gateway,
    /// The SCIM service.
    Service,
}

/// A refusal. `why` is its text and goes into the journal, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub why: &'static str,
    pub retry_after: Option<u32>,
    speaker: Speaker,
}

impl Refusal {
    /// By the service.
    pub fn new(status: u16, why: &'static str) -> Self {
        Self { status, why, retry_after: None, speaker: Speaker::Service }
    }

    pub fn bad(why: &'static str) -> Self {
        Self::new(400, why)
    }

    /// By the gateway.
    pub fn gateway(status: u16, why: &'static str) -> Self {
        Self { speaker: Speaker::Gateway, ..Self::new(status, why) }
    }

    pub fn no_route() -> Self {
        Self::gateway(404, "no Route matched with those values")
    }

    pub fn too_many(retry_after: Option<u32>) -> Self {
        Self { retry_after, ..Self::gateway(429, "API rate limit exceeded") }
    }

    /// What a fault rule makes of a status: the one who would say it says it.
    pub fn of_status(status: u16, retry_after: Option<u32>) -> Self {
        match status {
            429 => Self::too_many(retry_after),
            401 | 403 => Self::gateway(status, "not authorised to execute the specific API"),
            404 => Self::no_route(),
            501 => Self::new(501, "internal error"),
            500.. => Self::gateway(status, "An unexpected error occurred"),
            _ => Self::new(status, "the request failed"),
        }
    }

    pub fn response(&self, rules: &Switches) -> Response {
        let body = match self.speaker {
            Speaker::Gateway => json!({"message": self.why}),
            Speaker::Service if self.status == 501 => self.internal(rules),
            Speaker::Service => self.described(rules),
        };
        let mut response = Response::of_json(self.status, &body);
        if let Some(seconds) = self.retry_after {
            response.headers.push(("retry-after".to_owned(), seconds.to_string()));
        }
        response
    }

    /// 501 is any internal error; its `schemas` is a string.
    fn internal(&self, rules: &Switches) -> Value {
        json!({"status": self.status_text(rules), "schemas": ERROR_URN, "detail": self.why})
    }

    fn described(&self, rules: &Switches) -> Value {
        let key = match rules.error_text_key {
            ErrorTextKey::Description => "description",
            ErrorTextKey::Detail => "detail",
        };
        let mut body = Map::new();
        body.insert("status".to_owned(), self.status_text(rules).into());
        body.insert(key.to_owned(), self.why.into());
        body.insert("schemas".to_owned(), json!([ERROR_URN]));
        Value::Object(body)
    }

    fn status_text(&self, rules: &Switches) -> String {
        match rules.error_status_text {
            ErrorStatusText::Code => self.status.to_string(),
            ErrorStatusText::Failed => "failed".to_owned(),
        }
    }
}
