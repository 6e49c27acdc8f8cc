//! HTTP on the outside, SCIM terms on the inside. Decides nothing: it authenticates, parses, hands over and renders.
//!
//! ```text
//! access      our id for the request, panics, log line and metrics, headers that every answer has
//! auth        who asks; nothing else is told before that, not even what exists, but what discovery an operator opened
//! (actix)     doubled and trailing slashes
//! routes      what there is, and which target is asked; one that the client may not ask does not exist
//! handlers    read, hand over, render
//! ```
//!
//! A handler that is dropped, because its client is gone or the server stops, drops what it waits for and nothing else:
//! a [`Target`] carries what it has begun to its end on a runtime of its own.
//!
//! Every answer is a SCIM body, those to unknown routes, wrong methods and panics included; only `/health` says one word.

mod access;
mod admin;
mod auth;
mod body;
mod bounds;
mod bulk;
mod call;
mod catalogue;
mod discovery;
mod failure;
mod fingerprint;
mod gate;
mod health;
mod inside;
mod render;
mod resources;
mod routes;
mod search;
mod server;
mod single;
mod stranger;
mod trace;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::{NormalizePath, from_fn};
use actix_web::web::{self, PathConfig, ServiceConfig};
use scim::limits::Limits;

pub use admin::config_admin;
pub use auth::{Clients, Credential};
pub use bounds::Pace;
pub use gate::Gate;
pub use inside::{Answered, Inside, answer};
pub use server::{Listening, Plan, listen};

use crate::facade::Target;
use crate::kernel::{Clock, IdGen, TargetName};
use crate::telemetry::Telemetry;
use failure::Failure;

/// What the web is given.
pub struct Web {
    /// What is served.
    pub targets: HashMap<TargetName, Arc<dyn Target>>,
    /// To whom.
    pub clients: Clients,
    /// How long a client waits at most.
    pub deadline: Duration,
    /// The bounds of one request.
    pub limits: Limits,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids for requests.
    pub ids: Arc<dyn IdGen>,
    /// Where events go.
    pub telemetry: Telemetry,
    /// Whether we are ready, and who is still being answered.
    pub gate: Gate,
}

/// Everything that the outside sees, for the server and for tests.
pub fn config_app(app: &mut ServiceConfig, web: Arc<Web>) {
    let scim = web::scope("")
        .configure(routes::of_a_target)
        .default_service(web::to(failure::unknown_route))
        .wrap(NormalizePath::trim())
        .wrap(from_fn(auth::authenticate))
        .wrap(from_fn(access::record));
    app.app_data(web::Data::from(web))
        .app_data(PathConfig::default().error_handler(|_, _| Failure::unknown_route().into()))
        .configure(health::routes)
        .service(scim)
        .default_service(web::to(failure::unknown_route));
}

#[cfg(test)]
mod tests;
