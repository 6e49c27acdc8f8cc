//! `/Users` and `/Groups`: the same handlers, for a kind that the route names.

use actix_web::web::{self, ServiceConfig};
use scim::error::ScimError;

use super::call::{About, Call};
use super::failure::Outcome;
use super::tenant::only;
use super::write::Write;
use super::{render, search};
use crate::facade::deactivated_but;
use crate::kernel::Kind;

pub(super) fn routes(app: &mut ServiceConfig, kind: Kind) {
    let all = only("GET, POST", web::resource("").get(list).post(create));
    let one = only(
        "GET, PUT, PATCH, DELETE",
        web::resource("/{id}").get(get).put(replace).patch(patch).delete(delete),
    );
    let scope = web::scope(&format!("/{}", kind.endpoint())).app_data(kind);
    app.service(scope.service(all).service(search::of_kind()).service(one));
}

/// RFC 7644 §3.4.1.
async fn get(about: About, call: Call) -> Outcome {
    let (id, projection) = (about.id()?, call.projection(about.kind)?);
    let Call { target, request, .. } = call;
    render::found(&target.get(request, about.kind, id, projection).await?)
}

/// RFC 7644 §3.4.2.
async fn list(about: About, call: Call) -> Outcome {
    let query = call.list_query()?;
    let covered = call.covered(&[about.kind], &query)?;
    let Call { target, request, .. } = call;
    search::page(target.list(request, covered, query).await?)
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
    let Call { target, request, .. } = write.call;
    render::found(&target.replace(request, about.kind, id, body, projection).await?)
}

/// RFC 7644 §3.5.2.
async fn patch(about: About, write: Write) -> Outcome {
    let (id, projection) = (about.id()?, write.call.projection(about.kind)?);
    let patch = match write.patch(about.kind) {
        Ok(patch) => patch,
        Err(refused) => return end_access_anyway(about, write, refused).await,
    };
    let Call { target, request, .. } = write.call;
    render::found(&target.patch(request, about.kind, id, patch, projection).await?)
}

/// What arrives together with `active: false` is never a reason not to deactivate, also where it can't be read.
async fn end_access_anyway(about: About, write: Write, refused: ScimError) -> Outcome {
    let Some(patch) = write.deactivation(about.kind) else { return Err(refused.into()) };
    let (id, projection) = (about.id()?, write.call.projection(about.kind)?);
    let Call { target, request, .. } = write.call;
    target.patch(request, about.kind, id, patch, projection).await?;
    Err(deactivated_but(&refused).into())
}

/// RFC 7644 §3.6. A body that comes along is read and means nothing.
async fn delete(about: About, write: Write) -> Outcome {
    let id = about.id()?;
    let Call { target, request, .. } = write.call;
    target.delete(request, about.kind, id).await?;
    render::gone()
}
