//! The answer (RFC 7644 §3.7.3).

use serde_json::{Map, Value, json};

use super::BULK_RESPONSE_URN;
use super::request::Operation;
use crate::error::ScimError;

/// How one operation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The method as it was sent.
    pub method: String,
    /// What the client calls the operation.
    pub bulk_id: Option<String>,
    /// The address of the resource; none for a POST that failed.
    pub location: Option<String>,
    /// The version of the resource, if it is known.
    pub version: Option<String>,
    /// The status of a success, or the error.
    pub status: Result<u16, ScimError>,
}

impl Outcome {
    /// The outcome of an operation of which nothing else is known.
    #[must_use]
    pub fn of(operation: &Operation, status: Result<u16, ScimError>) -> Self {
        let (method, bulk_id) = (operation.method.clone(), operation.bulk_id.clone());
        Self { method, bulk_id, location: None, version: None, status }
    }
}

/// The body of the answer, with the outcomes in the order given.
#[must_use]
pub fn response(outcomes: &[Outcome]) -> Value {
    let operations: Vec<Value> = outcomes.iter().map(|one| Value::Object(rendered(one))).collect();
    json!({ "schemas": [BULK_RESPONSE_URN], "Operations": operations })
}

/// RFC 7644 §3.7.3: the `status` is text, as in the RFC's examples (erratum 7916), and the `response` is there for every error.
fn rendered(outcome: &Outcome) -> Map<String, Value> {
    let (status, response) = match &outcome.status {
        Ok(status) => (*status, None),
        Err(error) => (error.status, Some(with_hint(error).body())),
    };
    let members = [
        ("location", outcome.location.as_deref().map(Value::from)),
        ("method", Some(Value::from(outcome.method.as_str()))),
        ("bulkId", outcome.bulk_id.as_deref().map(Value::from)),
        ("version", outcome.version.as_deref().map(Value::from)),
        ("status", Some(Value::from(status.to_string()))),
        ("response", response),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// An operation has no `Retry-After` header: its detail says it.
fn with_hint(error: &ScimError) -> ScimError {
    match error.retry_after {
        Some(seconds) => {
            let detail = format!("{} Try again in {seconds} seconds.", error.detail);
            ScimError { detail, ..error.clone() }
        }
        None => error.clone(),
    }
}
