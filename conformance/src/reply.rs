//! An answer, and what can be expected of it.

use reqwest::header::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use crate::check::{Checked, Stop, Wrong};

/// The schema of an error (RFC 7644 §3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The schema of a list (RFC 7644 §3.4.2).
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// A request and its answer as a report quotes them: tokens masked, bodies cut.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// `METHOD URL`.
    pub request: String,
    /// Headers that are not the same in every request, and the media type.
    pub request_headers: Vec<String>,
    /// The body that was sent.
    pub request_body: String,
    /// The status of the answer; 0 if there was none.
    pub status: u16,
    /// The headers that matter to SCIM.
    pub answer_headers: Vec<String>,
    /// The body of the answer.
    pub answer_body: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub body: Value,
    /// What a report quotes.
    pub exchange: Exchange,
}

impl Reply {
    /// An answer with this body, for tests.
    #[cfg(test)]
    #[must_use]
    pub fn of(body: Value) -> Self {
        let exchange = Exchange {
            request: String::new(),
            request_headers: Vec::new(),
            request_body: String::new(),
            status: 200,
            answer_headers: Vec::new(),
            answer_body: body.to_string(),
        };
        Self { status: 200, headers: HeaderMap::new(), text: body.to_string(), body, exchange }
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A value of the body, by JSON pointer; null if there is none.
    #[must_use]
    pub fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The resource's id; empty if there is none.
    #[must_use]
    pub fn id(&self) -> &str {
        self.at("/id").as_str().unwrap_or_default()
    }

    /// The finding that this answer is not as expected.
    #[must_use]
    pub fn wrong(&self, expected: impl Into<String>) -> Stop {
        self.wrong_because(expected, "")
    }

    /// The finding, with what was found instead.
    #[must_use]
    pub fn wrong_because(&self, expected: impl Into<String>, found: impl Into<String>) -> Stop {
        Stop::Wrong(Box::new(self.told(expected, found)))
    }

    /// The finding that this answer is allowed, but unusual.
    #[must_use]
    pub fn odd(&self, expected: impl Into<String>) -> Stop {
        Stop::Odd(Box::new(self.told(expected, "")))
    }

    fn told(&self, expected: impl Into<String>, found: impl Into<String>) -> Wrong {
        Wrong { expected: expected.into(), found: found.into(), exchange: Some(self.exchange.clone()) }
    }

    /// Goes on if it is so.
    ///
    /// # Errors
    /// The finding.
    pub fn want(&self, is_so: bool, expected: impl Into<String>) -> Checked {
        if is_so { Ok(()) } else { Err(self.wrong(expected)) }
    }

    /// Goes on if the status is one of these.
    ///
    /// # Errors
    /// The finding.
    pub fn want_status(&self, statuses: &[u16]) -> Checked {
        let words: Vec<String> = statuses.iter().map(ToString::to_string).collect();
        self.want(statuses.contains(&self.status), format!("status {}", words.join(" or ")))
    }

    /// Goes on if a value of the body is this one.
    ///
    /// # Errors
    /// The finding.
    pub fn want_at(&self, pointer: &str, value: &Value) -> Checked {
        let found = self.at(pointer);
        if found == value {
            return Ok(());
        }
        Err(self.wrong_because(format!("{pointer} is {value}"), format!("{pointer} is {found}")))
    }

    /// Goes on if this is an error with one of these statuses, in SCIM's form (RFC 7644 §3.12).
    ///
    /// # Errors
    /// The finding.
    pub fn want_error(&self, statuses: &[u16]) -> Checked {
        self.want_status(statuses)?;
        self.want_error_body()
    }

    /// Goes on if the body is an error in SCIM's form, whose status is that of the answer.
    ///
    /// # Errors
    /// The finding.
    pub fn want_error_body(&self) -> Checked {
        self.want(self.has_schema(ERROR), format!("a body of schema {ERROR}"))?;
        self.want_at("/status", &Value::String(self.status.to_string()))
    }

    /// Goes on if this is a SCIM error with this status and scimType.
    ///
    /// # Errors
    /// The finding.
    pub fn want_scim_type(&self, status: u16, scim_type: &str) -> Checked {
        self.want_error(&[status])?;
        self.want_at("/scimType", &Value::from(scim_type))
    }

    /// Goes on if the error says this scimType. RFC 7644 §3.12 leaves it to the server where no section demands it: none, or
    /// another, is only odd.
    ///
    /// # Errors
    /// The warning.
    pub fn expect_scim_type(&self, scim_type: &str) -> Checked {
        if self.at("/scimType") == scim_type {
            Ok(())
        } else {
            Err(self.odd(format!("scimType {scim_type}")))
        }
    }

    /// Goes on if this is a list (RFC 7644 §3.4.2); gives its resources.
    ///
    /// # Errors
    /// The finding.
    pub fn want_list(&self) -> Checked<&[Value]> {
        self.want_status(&[200])?;
        self.want(self.has_schema(LIST), format!("a body of schema {LIST}"))?;
        match self.at("/Resources") {
            Value::Array(found) => Ok(found),
            Value::Null => Ok(&[]),
            _ => Err(self.wrong("Resources is an array")),
        }
    }

    /// Goes on if the list says how many there are.
    ///
    /// # Errors
    /// The finding.
    pub fn want_total(&self) -> Checked<u64> {
        self.want_list()?;
        self.at("/totalResults").as_u64().ok_or_else(|| self.wrong("totalResults is a number"))
    }

    /// Whether the body names this schema.
    #[must_use]
    pub fn has_schema(&self, schema: &str) -> bool {
        let same = |found: &Value| found.as_str().is_some_and(|found| found.eq_ignore_ascii_case(schema));
        self.at("/schemas").as_array().is_some_and(|schemas| schemas.iter().any(same))
    }
}
