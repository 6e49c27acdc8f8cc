//! `/.search` (RFC 7644 §3.4.3): lists that are asked for by POST, so that no filter stands in a URL. Of one kind, and at the
//! root of all.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, Resource, web};
use scim::error::Result;
use scim::list::ListResponse;
use scim::query::ListQuery;

use super::body::CallWithBody;
use super::call::{About, Call};
use super::failure::{Failure, Outcome};
use super::render;
use super::routes::only;
use super::trace::Trace;
use crate::facade::Page;
use crate::kernel::Kind;
use crate::telemetry::Endpoint;

/// Below `/Users` and `/Groups`.
pub(super) fn of_kind() -> Resource {
    only("POST", web::resource("/.search").post(search))
}

/// At the root: all that the target serves.
pub(super) fn of_all() -> Resource {
    only("POST", web::resource("/.search").post(search_all))
}

async fn search(about: About, search: Search) -> Outcome {
    search.answer(&[about.kind]).await
}

async fn search_all(http: HttpRequest, search: Search) -> Outcome {
    Call::note(Trace::of(&http).as_ref(), Endpoint::Search, None);
    search.answer(&Kind::ALL).await
}

/// A page of a list.
pub(super) fn page(page: Page) -> Outcome {
    let Page { total, start_index, resources, next_cursor } = page;
    render::ok(&ListResponse { total, start_index, resources, next_cursor })
}

/// A search: it comes with a body, as a write does, and is a read.
struct Search(CallWithBody);

impl Search {
    async fn answer(self, kinds: &[Kind]) -> Outcome {
        let query = self.query()?;
        let covered = self.0.call.covered(kinds, &query)?;
        let Call { target, request, .. } = self.0.call;
        page(target.list(request, covered, query).await?)
    }

    fn query(&self) -> Result<ListQuery> {
        // Which kind it is makes no difference to the message.
        self.0.call.parse(Kind::User, |_, profile, limits, repairs| {
            let body = self.0.json(limits)?;
            ListQuery::from_search(body, profile, limits, repairs)
        })
    }
}

impl FromRequest for Search {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Failure>>>>;

    fn from_request(http: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = CallWithBody::from_request(http, payload);
        Box::pin(async move {
            let mut sent = sent.await?;
            // Nothing is changed by it: sent again, it is answered again.
            sent.call.request.fingerprint.clear();
            Ok(Self(sent))
        })
    }
}
