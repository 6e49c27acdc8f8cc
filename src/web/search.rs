//! `/.search` (RFC 7644 §3.4.3): lists that are asked for by POST, so that no filter stands in a URL. Of one kind, and at the
//! root of all.

use actix_web::http::Method;
use scim::error::Result;
use scim::list::ListResponse;
use scim::query::ListQuery;

use super::body::{CallWithBody, Largest};
use super::call::{Arrived, Call};
use super::failure::{Failure, Outcome};
use super::{render, resources};
use crate::facade::Page;
use crate::kernel::Kind;
use crate::telemetry::Endpoint;

/// Below `/Users` and `/Groups`.
pub(super) async fn of_kind(kind: Kind, asked: Arrived<'_>) -> Outcome {
    asked.trace.note(resources::endpoint(kind), None);
    search(&[kind], asked).await
}

/// At the root: all that the target serves.
pub(super) async fn of_all(asked: Arrived<'_>) -> Outcome {
    asked.trace.note(Endpoint::Search, None);
    search(&Kind::ALL, asked).await
}

/// A search comes with a body, as a write does, and is a read.
async fn search(kinds: &[Kind], asked: Arrived<'_>) -> Outcome {
    if asked.http.method() != Method::POST {
        return Err(Failure::wrong_method("POST"));
    }
    let mut sent = CallWithBody::read(asked, Largest::Usual).await?;
    // Nothing is changed by it: sent again, it is answered again.
    sent.call.request.fingerprint.clear();
    let query = query(&sent)?;
    let covered = sent.call.covered(kinds, &query)?;
    let Call { target, request, .. } = *sent.call;
    page(target.list(request, covered, query).await?)
}

fn query(sent: &CallWithBody) -> Result<ListQuery> {
    // Which kind it is makes no difference to the message.
    sent.call.parse(Kind::User, |_, profile, limits, repairs| {
        ListQuery::from_search(sent.json(limits)?, profile, limits, repairs)
    })
}

/// A page of a list.
pub(super) fn page(page: Page) -> Outcome {
    let Page { total, start_index, resources, next_cursor } = page;
    render::ok(ListResponse { total, start_index, resources, next_cursor }.to_text())
}
