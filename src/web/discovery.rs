//! `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644 §4): what this target really serves.

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, dev};
use scim::error::ScimError;
use scim::list::ListResponse;
use scim::schema::Schema;
use serde_json::Value;

use super::call::Call;
use super::failure::{Failure, Outcome};
use super::render;
use super::routes::only;
use super::trace::Trace;
use crate::facade::{DESCRIBING, Discovery, Target};
use crate::telemetry::Endpoint;

pub(super) fn routes(app: &mut ServiceConfig) {
    let read_only = |path: &str| only("GET, HEAD", web::resource(path.to_owned()));
    app.service(read_only("/ServiceProviderConfig").get(provider_config).head(provider_config))
        .service(read_only("/ResourceTypes").get(resource_types).head(resource_types))
        .service(read_only("/ResourceTypes/{name}").get(resource_type).head(resource_type))
        .service(read_only("/Schemas").get(schemas).head(schemas))
        .service(read_only("/Schemas/{urn}").get(schema).head(schema));
}

async fn provider_config(asked: Asked) -> Outcome {
    let discovery = asked.discovery();
    render::described(&discovery.features.to_json(&discovery.base_url))
}

async fn resource_types(asked: Asked) -> Outcome {
    all(resource_types_of(asked.discovery()))
}

async fn resource_type(asked: Asked, name: web::Path<(String, String)>) -> Outcome {
    one(resource_types_of(asked.discovery()), |id| id == name.1, &name.1)
}

async fn schemas(asked: Asked) -> Outcome {
    all(schemas_of(asked.discovery()))
}

async fn schema(asked: Asked, urn: web::Path<(String, String)>) -> Outcome {
    one(schemas_of(asked.discovery()), |id| id.eq_ignore_ascii_case(&urn.1), &urn.1)
}

fn resource_types_of(discovery: &Discovery) -> Vec<Value> {
    let at = |name: &str| format!("{}/ResourceTypes/{name}", discovery.base_url);
    discovery.types().map(|kind| kind.to_json(&at(&kind.name))).collect()
}

/// Every schema that a resource type has, once; then those of discovery itself.
fn schemas_of(discovery: &Discovery) -> Vec<Value> {
    let mut schemas: Vec<&Arc<Schema>> = Vec::new();
    for kind in discovery.types() {
        let all =
            std::iter::once(&kind.schema).chain(kind.extensions.iter().map(|extension| &extension.schema));
        for schema in all {
            if !schemas.iter().any(|known| known.id.eq_ignore_ascii_case(&schema.id)) {
                schemas.push(schema);
            }
        }
    }
    let at = |urn: &str| format!("{}/Schemas/{urn}", discovery.base_url);
    schemas.extend(DESCRIBING.iter());
    schemas.iter().map(|schema| schema.to_json(&at(&schema.id))).collect()
}

/// RFC 7644 §4: all of them in one page; paging and sorting are ignored.
fn all(resources: Vec<Value>) -> Outcome {
    let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    render::ok(&ListResponse { total, start_index: Some(1), resources, next_cursor: None })
}

fn one(resources: Vec<Value>, is_it: impl Fn(&str) -> bool, id: &str) -> Outcome {
    let found =
        resources.into_iter().find(|resource| resource.get("id").and_then(Value::as_str).is_some_and(&is_it));
    render::described(&found.ok_or_else(|| Failure::from(ScimError::not_found(id)))?)
}

/// A discovery request that may be answered. It may come from a stranger, so it has no client.
struct Asked(Arc<dyn Target>);

impl Asked {
    fn discovery(&self) -> &Discovery {
        self.0.discovery()
    }
}

impl actix_web::FromRequest for Asked {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(http: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        Call::note(Trace::of(http).as_ref(), Endpoint::Discovery, None);
        // RFC 7644 §4: a filter is answered with 403.
        let is_filter =
            |pair: &str| pair.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("filter"));
        if http.query_string().split('&').any(is_filter) {
            let refused = ScimError::forbidden("Discovery endpoints can't be filtered");
            return std::future::ready(Err(refused.into()));
        }
        let target = http.extensions().get::<Arc<dyn Target>>().map(Arc::clone);
        std::future::ready(target.map(Self).ok_or_else(Failure::internal))
    }
}
