//! `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644 §4): what this target really serves.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::Method;
use scim::error::ScimError;
use scim::list::ListResponse;
use scim::schema::Schema;
use serde_json::Value;

use super::failure::{Failure, Outcome};
use super::place::Described;
use super::render;
use super::trace::Trace;
use crate::facade::{DESCRIBING, Discovery, Target};
use crate::telemetry::Endpoint;

/// Whoever asks may be a stranger: there need not be a client.
pub(super) fn answer(
    what: &Described<'_>,
    target: &dyn Target,
    http: &HttpRequest,
    trace: &Trace<'_>,
) -> Outcome {
    trace.note(Endpoint::Discovery, None);
    if ![Method::GET, Method::HEAD].contains(http.method()) {
        return Err(Failure::wrong_method("GET, HEAD"));
    }
    unfiltered(http.query_string())?;
    let discovery = target.discovery();
    match what {
        Described::Provider => render::described(&discovery.features.to_json(&discovery.base_url)),
        Described::ResourceTypes => all(resource_types_of(discovery)),
        Described::ResourceType(name) => one(resource_types_of(discovery), |id| id == name, name),
        Described::Schemas => all(schemas_of(discovery)),
        Described::Schema(urn) => one(schemas_of(discovery), |id| id.eq_ignore_ascii_case(urn), urn),
    }
}

/// RFC 7644 §4: a filter is answered with 403.
fn unfiltered(query: &str) -> Result<(), ScimError> {
    let is_filter =
        |pair: &str| pair.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("filter"));
    match query.split('&').any(is_filter) {
        true => Err(ScimError::forbidden("Discovery endpoints can't be filtered")),
        false => Ok(()),
    }
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
    let resources = resources.into_iter().map(|one| one.to_string()).collect();
    render::ok(ListResponse { total, start_index: Some(1), resources, next_cursor: None }.to_text())
}

fn one(resources: Vec<Value>, is_it: impl Fn(&str) -> bool, id: &str) -> Outcome {
    let found =
        resources.into_iter().find(|resource| resource.get("id").and_then(Value::as_str).is_some_and(&is_it));
    render::described(&found.ok_or_else(|| Failure::from(ScimError::not_found(id)))?)
}
