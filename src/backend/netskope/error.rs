//! What Netskope's refusals mean: the one place where a status becomes a meaning. Texts are never decisive.

use std::time::Duration;

use super::model::ErrorBody;
use crate::backend::unanswered::after_arrival;
use crate::backend::{BackendError, ErrorKind, Sent};
use crate::outbound::{Class, Response};

/// An answer that is not 2xx. What exactly a 400 refuses follows from what was sent: that is for the caller.
pub(super) fn of_answer(class: Class, answer: &Response, wait: Option<Duration>) -> BackendError {
    let (kind, sent) = match answer.status {
        400 | 413 | 414 | 422 => (ErrorKind::Invalid, Sent::Rejected),
        401 | 403 => (ErrorKind::Denied, Sent::Rejected),
        // "Not there" ends accesses and forgets people: only the service itself is believed, not the gateway before it.
        404 if error_body(answer).is_of_the_service() => (ErrorKind::NotFound, Sent::Rejected),
        409 => (ErrorKind::Conflict, Sent::Rejected),
        429 => (ErrorKind::RateLimited, Sent::Rejected),
        // Vendor: 501 is any internal error.
        408 | 500..=599 => (ErrorKind::Unavailable, after_arrival(class)),
        _ => (ErrorKind::Unusable, Sent::Rejected),
    };
    BackendError { kind, sent, retry_after: wait, log: log_of(answer) }
}

/// What an error's body says, if it is one.
pub(super) fn error_body(answer: &Response) -> ErrorBody {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// The status and the id that Netskope's support asks for; nothing of the body.
pub(super) fn log_of(answer: &Response) -> String {
    let mut log = format!("HTTP {}", answer.status);
    if let Some(id) = answer.header("x-request-id") {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let id: String = id.chars().filter(plain).take(64).collect();
        log.push_str(&format!(" x-request-id={id}"));
    }
    log
}
