//! `/Users` and `/Groups`: the same handlers, for a kind that the route names.

use super::body::CallWithBody;
use super::call::{About, Call};
use super::failure::Outcome;
use super::routes::only;
use super::{render, search, single};
use crate::kernel::Kind;
use actix_web::web::{self, ServiceConfig};

pub(super) fn routes(app: &mut ServiceConfig, kind: Kind) {
    let all = only("GET, HEAD, POST", web::resource("").get(list).head(list).post(create));
    let one = web::resource("/{id}").get(get).head(get).put(replace).patch(patch).delete(delete);
    let one = only("GET, HEAD, PUT, PATCH, DELETE", one);
    let scope = web::scope(&format!("/{}", kind.endpoint())).app_data(kind);
    app.service(scope.service(all).service(search::of_kind()).service(one));
}

/// RFC 7644 §3.4.1.
async fn get(about: About, call: Call) -> Outcome {
    let (id, projection) = (about.id()?, call.projection(about.kind)?);
    let (target, request) = call.of_one()?;
    render::read(&target.get(request, about.kind, id, projection).await?)
}

/// RFC 7644 §3.4.2.
async fn list(about: About, call: Call) -> Outcome {
    let query = call.list_query()?;
    let covered = call.covered(&[about.kind], &query)?;
    let Call { target, request, .. } = call;
    search::page(target.list(request, covered, query).await?)
}

/// RFC 7644 §3.3.
async fn create(about: About, write: CallWithBody) -> Outcome {
    render::created(&single::create(about.kind, write).await?)
}

/// RFC 7644 §3.5.1.
async fn replace(about: About, write: CallWithBody) -> Outcome {
    render::found(&single::replace(about.kind, about.id()?, write).await?)
}

/// RFC 7644 §3.5.2.
async fn patch(about: About, write: CallWithBody) -> Outcome {
    render::found(&single::patch(about.kind, about.id()?, write).await?)
}

/// RFC 7644 §3.6.
async fn delete(about: About, write: CallWithBody) -> Outcome {
    single::delete(about.kind, about.id()?, write).await?;
    render::gone()
}
