//! `/Roles` and `/Entitlements`, where the product has them (draft-ietf-scim-roles-entitlements): read-only.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, HttpRequest};
use scim::schema::ResourceType;

use super::call::{Call, InPath};
use super::failure::{Failure, Outcome};
use super::trace::Trace;
use super::{render, search};
use crate::kernel::{Catalogue, ScimId};
use crate::telemetry::Endpoint;

pub(super) fn routes(app: &mut ServiceConfig, what: Catalogue) {
    let all = web::resource("").get(list).head(list).default_service(web::to(refuse));
    let one = web::resource("/{id}").get(get).head(get).default_service(web::to(refuse));
    let scope = web::scope(&format!("/{}", what.endpoint())).app_data(what);
    app.service(scope.service(all).service(one));
}

async fn list(asked: Asked) -> Outcome {
    let query = asked.call.list_query()?;
    let projection = asked.call.chosen(&asked.resource_type, &query)?;
    let Call { target, request, .. } = asked.call;
    search::page(target.catalogue(request, asked.what, query, projection).await?)
}

async fn get(asked: Asked) -> Outcome {
    let projection = asked.call.chosen(&asked.resource_type, &asked.call.list_query()?)?;
    let (target, request) = asked.call.of_one()?;
    render::read(&target.catalogue_entry(request, asked.what, asked.id, projection).await?)
}

/// What the product defines is not changed through us.
async fn refuse(_: Asked) -> Outcome {
    Err(Failure::wrong_method("GET, HEAD"))
}

/// A request for a catalogue that the target has. One that it does not have is no endpoint.
struct Asked {
    call: Call,
    what: Catalogue,
    resource_type: Arc<ResourceType>,
    id: ScimId,
}

impl FromRequest for Asked {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(http: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<InPath>::from_request(http, payload).into_inner();
        let (Some(what), Ok(path)) = (http.app_data::<Catalogue>().copied(), path) else {
            return ready(Err(Failure::unknown_route()));
        };
        ready(Call::from_request(http, payload).into_inner().and_then(|call| {
            let served = call.target.discovery().catalogue(what).map(Arc::clone);
            let resource_type = served.ok_or_else(Failure::unknown_route)?;
            let id = path.into_inner().id.unwrap_or_default();
            Call::note(
                Trace::of(http).as_ref(),
                Endpoint::Catalogue,
                Some(&id).filter(|id| !id.is_empty()).map(String::as_str),
            );
            Ok(Self { call, what, resource_type, id: ScimId::new(id) })
        }))
    }
}
