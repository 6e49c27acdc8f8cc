//! `/{target}/scim/v2`: what is there for one target, and who may see it.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpMessage, Resource, ResponseError};
use scim::error::ScimError;

use super::auth::Authenticated;
use super::failure::{self, Failure, Outcome};
use super::stranger::Stranger;
use super::trace::Trace;
use super::{Web, bulk, catalogue, discovery, resources, search};
use crate::facade::Target;
use crate::kernel::{Catalogue, Kind, TargetName};
use crate::telemetry::Endpoint;

pub(super) fn of_a_target(app: &mut ServiceConfig) {
    // Tried one after the other: what is asked most comes first.
    let scope = web::scope("/{target}/scim/v2")
        .configure(|app| resources::routes(app, Kind::User))
        .configure(|app| resources::routes(app, Kind::Group))
        .service(search::of_all())
        .configure(bulk::routes)
        .configure(discovery::routes)
        .service(not_served("/Me"))
        .configure(|app| Catalogue::ALL.into_iter().for_each(|what| catalogue::routes(app, what)))
        .default_service(web::to(failure::unknown_route))
        .wrap(from_fn(resolve));
    app.service(scope);
}

/// Finds the target. One that the client may not ask is answered like one that does not exist.
async fn resolve(
    web: web::Data<Web>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let found = find(&web, &request);
    let Some((name, target)) = found else {
        return Ok(request.into_response(Failure::unknown_route().error_response()));
    };
    if let Some(trace) = Trace::of(&request) {
        // Nobody else sets it: this layer is passed once.
        let _ = trace.target.set(name);
    }
    request.extensions_mut().insert(target);
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

fn find(web: &Web, request: &ServiceRequest) -> Option<(TargetName, Arc<dyn Target>)> {
    let (name, target) = web.targets.get_key_value(request.match_info().get("target")?)?;
    let extensions = request.extensions();
    let may_ask = match (extensions.get::<Authenticated>(), extensions.get::<Stranger>()) {
        (Some(caller), _) => caller.targets.contains(name),
        (None, Some(Stranger(discovered))) => discovered == name,
        (None, None) => false,
    };
    may_ask.then(|| (name.clone(), Arc::clone(target)))
}

/// An endpoint that the protocol knows and we don't serve: 501 (RFC 7644 §3.11 for `/Me`, §3.12).
fn not_served(path: &str) -> Resource {
    web::resource(path.to_owned()).to(refuse)
}

async fn refuse(request: actix_web::HttpRequest) -> Outcome {
    if let Some(trace) = Trace::of(&request) {
        trace.endpoint.set(Endpoint::NotServed);
    }
    Err(ScimError::not_implemented("This endpoint is not served").into())
}

/// A resource that answers 405 to every method that it has no handler for.
pub(super) fn only(allow: &'static str, resource: Resource) -> Resource {
    resource.default_service(web::to(move || async move { Outcome::Err(Failure::wrong_method(allow)) }))
}
