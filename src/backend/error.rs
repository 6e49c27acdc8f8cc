//! A backend's errors, by meaning. What the vendor said stays in `log` and never reaches a client.

use std::fmt;
use std::time::Duration;

/// Whether a failed request may have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It never left: nothing changed.
    No,
    /// The backend answered that it refuses: nothing changed.
    Rejected,
    /// No telling: settle by looking before anything is sent again.
    Maybe,
}

/// What went wrong, by meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The object that the call is about does not exist.
    NotFound,
    /// The backend refuses because of the state it is in: a duplicate, an object that is not empty, a lock.
    Conflict,
    /// Somebody else manages the object.
    Locked(super::Locked),
    /// The person is an administrator, and that can't be ended: it is the last of the highest rank, or the operator has
    /// chosen so.
    Administrator,
    /// The backend finds the request's values wrong.
    Invalid,
    /// Too many calls.
    RateLimited,
    /// The backend can't be reached, or says that it is down.
    Unavailable,
    /// The backend refuses our credential or our rights.
    Denied,
    /// The backend's answer can't be used.
    Unusable,
    /// The request's deadline passed.
    TimedOut,
}

/// A failed native call.
#[derive(Clone, Debug)]
pub struct BackendError {
    /// What it means.
    pub kind: ErrorKind,
    /// Whether something may have changed.
    pub sent: Sent,
    /// How long the backend asks us to wait.
    pub retry_after: Option<Duration>,
    /// For our log only: status, vendor code, vendor request id. Never a body or a secret.
    pub log: String,
}

impl BackendError {
    /// An error without a hint of when to come back.
    pub fn new(kind: ErrorKind, sent: Sent, log: impl Into<String>) -> Self {
        Self { kind, sent, retry_after: None, log: log.into() }
    }

    /// Whether an access can't be ended because somebody else, or somebody's rank, stands in the way: permanently, until
    /// an operator acts.
    pub fn is_impossible(&self) -> bool {
        matches!(self.kind, ErrorKind::Locked(_) | ErrorKind::Administrator)
    }

    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::TimedOut)
            || self.sent == Sent::Maybe
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (sent: {:?}): {}", self.kind, self.sent, self.log)
    }
}

impl std::error::Error for BackendError {}

/// A native call's result.
pub type Result<T> = std::result::Result<T, BackendError>;
