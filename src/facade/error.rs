//! From what went wrong inside to what the client may know.

use scim::error::ScimError;

use super::target::Client;
use crate::backend::{BackendError, ErrorKind, Locked};
use crate::delivery::Failure;
use crate::kernel::{Kind, ScimId};
use crate::store::{Conflict, StoreError};

/// What a client is told to wait if nobody knows better, in seconds.
const RETRY_AFTER: u32 = 10;

/// The answer that a retry can cure (429 or 503, as the client wants it).
pub(super) fn transient(
    client: &Client,
    retry_after: Option<std::time::Duration>,
    detail: &str,
) -> ScimError {
    let whole =
        |wait: std::time::Duration| u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    let seconds = retry_after.map_or(RETRY_AFTER, whole).clamp(1, 3600);
    ScimError::transient(client.transient.status(), seconds, detail)
}

/// The deadline passed while a write goes on.
pub(super) fn still_running(client: &Client) -> ScimError {
    transient(
        client,
        None,
        "The request is still being carried out. Send the same request again to learn the outcome.",
    )
}

/// A look-up for a write ran out of time.
pub(super) fn no_answer(client: &Client) -> ScimError {
    transient(client, None, "The product behind this endpoint did not answer in time.")
}

/// An error of a write that several clients wait for, as this one of them is told.
pub(super) fn as_told_to(client: &Client, error: ScimError) -> ScimError {
    match error.retry_after {
        Some(_) => ScimError { status: client.transient.status(), ..error },
        None => error,
    }
}

/// The rest of a request that ended somebody's access was refused.
pub fn deactivated_but(refused: &ScimError) -> ScimError {
    let detail =
        format!("The user was deactivated, but the rest of the request was refused: {}", refused.detail);
    ScimError { detail, ..refused.clone() }
}

/// A failed read.
pub(super) fn read(client: &Client, error: &BackendError) -> ScimError {
    match error.kind {
        ErrorKind::TimedOut => {
            ScimError::new(504, "The product behind this endpoint did not answer in time.")
        }
        _ => common(client, error),
    }
}

/// A write's failure.
pub(super) fn write(client: &Client, failure: Failure) -> ScimError {
    match failure {
        Failure::Refused(error) => common(client, &error),
        Failure::Pending(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unusable) => {
            common(client, &error)
        }
        Failure::Pending(error) => transient(
            client,
            error.retry_after,
            "The request is recorded but not yet confirmed by the product. Send it again to learn the outcome.",
        ),
        Failure::Store(error) => store(client, &error),
    }
}

/// A failure of the store. Conflicts that mean something to the client are turned into words before.
pub(super) fn store(client: &Client, error: &StoreError) -> ScimError {
    match error {
        StoreError::Conflict(Conflict::Key) => {
            ScimError::uniqueness("Another resource has this userName or displayName.")
        }
        StoreError::Conflict(Conflict::Native | Conflict::Id | Conflict::Stale | Conflict::Aspect) => {
            transient(
                client,
                None,
                "Another request changed this resource at the same time. Send this one again.",
            )
        }
        StoreError::Failed(detail) => {
            tracing::error!(detail, "the store failed");
            transient(
                client,
                None,
                "The gateway can't record changes at the moment. Send the request again to learn the outcome.",
            )
        }
    }
}

fn common(client: &Client, error: &BackendError) -> ScimError {
    tracing::warn!(error = %error, "native call failed");
    match &error.kind {
        ErrorKind::RateLimited => {
            transient(client, error.retry_after, "The product is receiving too many requests.")
        }
        ErrorKind::Unavailable | ErrorKind::TimedOut => {
            transient(client, error.retry_after, "The product is not reachable at the moment.")
        }
        ErrorKind::Denied => ScimError::new(
            502,
            "The product refuses the gateway's own credential. The operator has to check it with `scim-facade check`.",
        ),
        ErrorKind::Unusable => ScimError::new(502, "The product's answer could not be used."),
        ErrorKind::NotFound => ScimError::new(404, "The product no longer has this resource."),
        ErrorKind::Conflict => {
            ScimError::uniqueness("The product has another object with one of these values.")
        }
        ErrorKind::Locked(locked) => managed_by(locked),
        ErrorKind::Administrator => ScimError::mutability(
            "This user is an administrator of the product and can't be taken out: the last one of the highest rank, or \
             protected by the operator (admin_offboarding). Make somebody else one, or end the role in the product.",
        ),
        ErrorKind::Invalid => ScimError::invalid_value("The product refuses one of the values."),
    }
}

/// A resource that a directory manages.
pub(super) fn managed_by(locked: &Locked) -> ScimError {
    ScimError::mutability(format!(
        "This resource is managed by {} and can only be changed there. Take it out of this application's scope.",
        locked.by
    ))
}

/// An id that names nothing.
pub(super) fn not_found(kind: Kind, id: &ScimId) -> ScimError {
    ScimError::new(404, format!("{kind} {id} not found"))
}
