//! `/Roles` and `/Entitlements`, where the product has them (draft-ietf-scim-roles-entitlements): read-only.

use std::sync::Arc;

use actix_web::http::Method;
use scim::schema::ResourceType;

use super::call::{Arrived, Call};
use super::failure::{Failure, Outcome};
use super::{render, search};
use crate::kernel::{Catalogue, ScimId};
use crate::telemetry::Endpoint;

/// All that a catalogue offers.
pub(super) async fn all(what: Catalogue, asked: Arrived<'_>) -> Outcome {
    let resource_type = served(what, None, &asked)?;
    let query = asked.call.list_query()?;
    let projection = asked.call.chosen(&resource_type, &query)?;
    let Call { target, request, .. } = *asked.call;
    search::page(target.catalogue(request, what, query, projection).await?)
}

/// One entry of it.
pub(super) async fn one(what: Catalogue, id: &str, asked: Arrived<'_>) -> Outcome {
    let id = ScimId::new(id);
    let resource_type = served(what, Some(&id), &asked)?;
    let projection = asked.call.chosen(&resource_type, &asked.call.list_query()?)?;
    let (target, request) = asked.call.of_one()?;
    render::read(target.catalogue_entry(request, what, id, projection).await?)
}

/// The resource type of a catalogue that the target has. One that it does not have is no endpoint; what the product defines is
/// not changed through us.
fn served(what: Catalogue, id: Option<&ScimId>, asked: &Arrived<'_>) -> Result<Arc<ResourceType>, Failure> {
    let served = asked.call.target.discovery().catalogue(what).map(Arc::clone);
    let resource_type = served.ok_or_else(Failure::unknown_route)?;
    asked.trace.note(Endpoint::Catalogue, id);
    match *asked.http.method() {
        Method::GET | Method::HEAD => Ok(resource_type),
        _ => Err(Failure::wrong_method("GET, HEAD")),
    }
}
