//! What Sophos Central's refusals mean: the one place where a status becomes a meaning.

use std::time::Duration;

use super::model::ErrorBody;
use crate::backend::unanswered::after_arrival;
use crate::backend::{BackendError, ErrorKind, Sent};
use crate::outbound::{Class, Response};

/// An answer that is not 2xx. The vendor's error code is not decisive: it doesn't tell which conflict it was.
pub(super) fn of_answer(class: Class, answer: &Response, wait: Option<Duration>) -> BackendError {
    let after_arrival = after_arrival(class);
    let (kind, sent) = match answer.status {
        400 | 413 | 414 | 422 => (ErrorKind::Invalid, Sent::Rejected),
        401 | 403 => (ErrorKind::Denied, Sent::Rejected),
        // "Not there" ends accesses and forgets people: only Sophos itself is believed, not a gateway before it.
        404 if is_sophos(answer) => (ErrorKind::NotFound, Sent::Rejected),
        409 => (ErrorKind::Conflict, Sent::Rejected),
        429 => (ErrorKind::RateLimited, Sent::Rejected),
        // Vendor: a 500 may have been applied.
        408 | 500..=599 => (ErrorKind::Unavailable, after_arrival),
        _ => (ErrorKind::Unusable, Sent::Rejected),
    };
    BackendError { kind, sent, retry_after: wait, log: log_of(answer) }
}

/// Whether an error is told by Sophos: its errors are objects with a code.
fn is_sophos(answer: &Response) -> bool {
    serde_json::from_slice(&answer.body).is_ok_and(|body: ErrorBody| body.error.is_some())
}

/// Status, vendor code and the ids that Sophos's support asks for; nothing else of the body.
pub(super) fn log_of(answer: &Response) -> String {
    let body: ErrorBody = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut log = format!("HTTP {}", answer.status);
    for (name, value) in [
        ("error", body.error.or(body.error_code)),
        ("correlationId", body.correlation_id.or(body.tracking_id)),
        ("requestId", body.request_id),
    ] {
        if let Some(value) = value {
            let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            let value: String = value.chars().filter(plain).take(64).collect();
            log.push_str(&format!(" {name}={value}"));
        }
    }
    log
}
