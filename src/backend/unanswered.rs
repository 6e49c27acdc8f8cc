//! Calls without an answer that can be used, to whatever vendor: what may have happened.

use crate::backend::{BackendError, ErrorKind, Sent};
use crate::outbound::{CallError, Class, FetchError, Left, NoAnswer, Response, TransportError};

/// What may have changed once a request has arrived and its outcome is not known.
pub(super) fn after_arrival(class: Class) -> Sent {
    match class {
        Class::Read => Sent::Rejected,
        Class::Idempotent | Class::Write => Sent::Maybe,
    }
}

/// A call that got no answer. `log_of` tells of an answer what may be logged.
pub(super) fn of_call(class: Class, error: CallError, log_of: impl Fn(&Response) -> String) -> BackendError {
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
    let (kind, read) = match error.kind {
        NoAnswer::Timeout => (ErrorKind::TimedOut, Sent::Maybe),
        NoAnswer::Connect | NoAnswer::Reset => (ErrorKind::Unavailable, Sent::Rejected),
        NoAnswer::TooLarge => (ErrorKind::Unusable, Sent::Rejected),
        NoAnswer::Malformed => (ErrorKind::Invalid, Sent::No),
    };
    let sent = match (error.left, class) {
        (Left::No, _) => Sent::No,
        (Left::Maybe, Class::Read) => read,
        (Left::Maybe, Class::Idempotent | Class::Write) => Sent::Maybe,
    };
    BackendError::new(kind, sent, error.to_string())
}

/// A 2xx answer whose body can't be used. A write has probably happened.
pub(super) fn unusable(class: Class, told: &str, why: &str) -> BackendError {
    BackendError::new(ErrorKind::Unusable, after_arrival(class), format!("{told}: {why}"))
}
