//! `/Users` and `/Groups`: the same handlers, for a kind that the route names.

use actix_web::http::Method;

use super::body::{CallWithBody, Largest};
use super::call::{Arrived, Call};
use super::failure::{Failure, Outcome};
use super::{render, search, single};
use crate::kernel::{Kind, ScimId};
use crate::telemetry::Endpoint;

/// All of a kind.
pub(super) async fn all(kind: Kind, asked: Arrived<'_>) -> Outcome {
    asked.trace.note(endpoint(kind), None);
    match *asked.http.method() {
        Method::GET | Method::HEAD => list(kind, asked.call).await,
        // What comes with a body takes more room than a read, which would have it copied along.
        Method::POST => Box::pin(create(kind, asked)).await,
        _ => Err(Failure::wrong_method("GET, HEAD, POST")),
    }
}

/// One of them.
pub(super) async fn one(kind: Kind, id: &str, asked: Arrived<'_>) -> Outcome {
    let id = ScimId::new(id);
    asked.trace.note(endpoint(kind), Some(&id));
    match *asked.http.method() {
        Method::GET | Method::HEAD => get(kind, id, asked.call).await,
        Method::PUT => Box::pin(replace(kind, id, asked)).await,
        Method::PATCH => Box::pin(patch(kind, id, asked)).await,
        Method::DELETE => Box::pin(delete(kind, id, asked)).await,
        _ => Err(Failure::wrong_method("GET, HEAD, PUT, PATCH, DELETE")),
    }
}

/// What the log calls a kind's endpoint.
pub(super) fn endpoint(kind: Kind) -> Endpoint {
    match kind {
        Kind::User => Endpoint::Users,
        Kind::Group => Endpoint::Groups,
    }
}

async fn with_body(asked: Arrived<'_>) -> Result<CallWithBody, Failure> {
    Ok(CallWithBody::read(asked, Largest::Usual).await?)
}

/// RFC 7644 §3.4.1.
async fn get(kind: Kind, id: ScimId, call: Box<Call>) -> Outcome {
    let projection = call.projection(kind)?;
    let (target, request) = call.of_one()?;
    render::read(target.get(request, kind, id, projection).await?)
}

/// RFC 7644 §3.4.2.
async fn list(kind: Kind, call: Box<Call>) -> Outcome {
    let query = call.list_query()?;
    let covered = call.covered(&[kind], &query)?;
    let Call { target, request, .. } = *call;
    search::page(target.list(request, covered, query).await?)
}

/// RFC 7644 §3.3.
async fn create(kind: Kind, asked: Arrived<'_>) -> Outcome {
    render::created(single::create(kind, with_body(asked).await?).await?)
}

/// RFC 7644 §3.5.1.
async fn replace(kind: Kind, id: ScimId, asked: Arrived<'_>) -> Outcome {
    render::found(single::replace(kind, id, with_body(asked).await?).await?)
}

/// RFC 7644 §3.5.2.
async fn patch(kind: Kind, id: ScimId, asked: Arrived<'_>) -> Outcome {
    render::found(single::patch(kind, id, with_body(asked).await?).await?)
}

/// RFC 7644 §3.6.
async fn delete(kind: Kind, id: ScimId, asked: Arrived<'_>) -> Outcome {
    single::delete(kind, id, with_body(asked).await?).await?;
    render::gone()
}
