//! `/Users` and `/Groups`: the same handlers, for a kind that the route names.

use actix_web::web::{self, ServiceConfig};
use scim::error::ScimError;
use scim::list::ListResponse;

use super::call::{About, Call};
use super::failure::Outcome;
use super::render;
use super::tenant::{not_served, only};
use super::write::Write;
use crate::facade::deactivated_but;
use crate::kernel::Kind;

pub(super) fn routes(app: &mut ServiceConfig, kind: Kind) {
    let all = only("GET, HEAD, POST", web::resource("").get(list).head(list).post(create));
    let one = web::resource("/{id}").get(get).head(get).put(replace).patch(patch).delete(delete);
    let one = only("GET, HEAD, PUT, PATCH, DELETE", one);
    let scope = web::scope(&format!("/{}", kind.endpoint())).app_data(kind);
    app.service(scope.service(all).service(not_served("/.search")).service(one));
}

/// RFC 7644 §3.4.1.
async fn get(about: About, call: Call) -> Outcome {
    let (id, projection) = (about.id()?, call.projection(about.kind)?);
    let (target, request) = call.of_one()?;
    render::read(&target.get(request, about.kind, id, projection).await?)
}

/// RFC 7644 §3.4.2.
async fn list(about: About, call: Call) -> Outcome {
    let (query, projection) = call.list_query(about.kind)?;
    let Call { target, request, .. } = call;
    let page = target.list(request, about.kind, query, projection).await?;
    let page = ListResponse { total: page.total, start_index: page.start_index, resources: page.resources };
    render::ok(&page.into_body())
}

/// RFC 7644 §3.3.
async fn create(about: About, write: Write) -> Outcome {
    let (projection, body) = (write.call.projection(about.kind)?, write.document(about.kind)?);
    let Call { target, request, .. } = write.call;
    render::created(&target.create(request, about.kind, body, projection).await?)
}

/// RFC 7644 §3.5.1.
async fn replace(about: About, write: Write) -> Outcome {
    let (id, projection) = (about.id()?, write.call.projection(about.kind)?);
    let body = match write.document(about.kind) {
        Ok(body) => body,
        Err(refused) => return end_access_anyway(about, write, refused).await,
    };
    let (target, request) = write.call.of_one()?;
    render::found(&target.replace(request, about.kind, id, body, projection).await?)
}

/// RFC 7644 §3.5.2.
async fn patch(about: About, write: Write) -> Outcome {
    let (id, projection) = (about.id()?, write.call.projection(about.kind)?);
    let patch = match write.patch(about.kind) {
        Ok(patch) => patch,
        Err(refused) => return end_access_anyway(about, write, refused).await,
    };
    let (target, request) = write.call.of_one()?;
    render::found(&target.patch(request, about.kind, id, patch, projection).await?)
}

/// What arrives together with `active: false` is never a reason not to deactivate, also where it can't be read.
async fn end_access_anyway(about: About, write: Write, refused: ScimError) -> Outcome {
    let Some(patch) = write.deactivation(about.kind) else { return Err(refused.into()) };
    let (id, projection) = (about.id()?, write.call.projection(about.kind)?);
    let (target, request) = write.call.of_one()?;
    target.patch(request, about.kind, id, patch, projection).await?;
    Err(deactivated_but(&refused).into())
}

/// RFC 7644 §3.6. A body that comes along is read and means nothing.
async fn delete(about: About, write: Write) -> Outcome {
    let id = about.id()?;
    let (target, request) = write.call.of_one()?;
    target.delete(request, about.kind, id).await?;
    render::gone()
}
