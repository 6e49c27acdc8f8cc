//! What Sophos Central's refusals mean: the one place where a status becomes a meaning.

use std::time::Duration;

use super::model::ErrorBody;
use crate::backend::{BackendError, ErrorKind, Sent};
use crate::outbound::{CallError, Class, Failure, FetchError, Response, Sent as Left, TransportError};

/// An answer that is not 2xx. The vendor's error code is not decisive: it doesn't tell which conflict it was.
pub(super) fn of_answer(class: Class, answer: &Response, wait: Option<Duration>) -> BackendError {
    let after_arrival = match class {
        Class::Read => Sent::Rejected,
        Class::Write => Sent::Maybe,
    };
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

/// A call that got no answer.
pub(super) fn of_call(class: Class, error: CallError) -> BackendError {
    match error {
        CallError::Transport(error) => of_transport(class, &error),
        CallError::Deadline => {
            BackendError::new(ErrorKind::TimedOut, Sent::No, "deadline passed before sending")
        }
        CallError::RateLimited { wait, answer } => {
            let log = answer.as_ref().map_or_else(|| "paused after an earlier 429".to_owned(), log_of);
            BackendError {
                retry_after: Some(wait),
                ..BackendError::new(ErrorKind::RateLimited, Sent::Rejected, log)
            }
        }
        CallError::Token(FetchError::Denied(log)) => BackendError::new(ErrorKind::Denied, Sent::No, log),
        CallError::Token(FetchError::Unusable(log)) => BackendError::new(ErrorKind::Unusable, Sent::No, log),
        CallError::Token(FetchError::Unavailable { wait, log }) => {
            BackendError { retry_after: wait, ..BackendError::new(ErrorKind::Unavailable, Sent::No, log) }
        }
    }
}

/// A read that may have left is `Maybe` only where its time was up: it changed nothing, but somebody waited for it.
fn of_transport(class: Class, error: &TransportError) -> BackendError {
    let (kind, read) = match error.failure {
        Failure::Timeout => (ErrorKind::TimedOut, Sent::Maybe),
        Failure::Connect | Failure::Reset => (ErrorKind::Unavailable, Sent::Rejected),
        Failure::TooLarge => (ErrorKind::Unusable, Sent::Rejected),
        Failure::Malformed => (ErrorKind::Invalid, Sent::No),
    };
    let sent = match (error.sent, class) {
        (Left::No, _) => Sent::No,
        (Left::Maybe, Class::Read) => read,
        (Left::Maybe, Class::Write) => Sent::Maybe,
    };
    BackendError::new(kind, sent, error.to_string())
}

/// A 2xx answer whose body can't be used. A write has probably happened.
pub(super) fn unusable(class: Class, answer: &Response, why: &str) -> BackendError {
    let sent = match class {
        Class::Read => Sent::Rejected,
        Class::Write => Sent::Maybe,
    };
    BackendError::new(ErrorKind::Unusable, sent, format!("{}: {why}", log_of(answer)))
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
