//! HTTP on the outside, SCIM terms on the inside. Decides nothing: it authenticates, parses, hands over and renders.
//!
//! ```text
//! access      our id for the request, panics, log line and metrics, headers that every answer has
//! routes      from the path to a handler
//!   place     what a path names; a target that the client may not ask does not exist
//!   auth      who asks; nothing else is told before that, not even what exists, but what discovery an operator opened
//!   bounds    length, pace, and whether the client takes what we answer
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
mod place;
mod render;
mod resources;
mod routes;
mod search;
mod server;
mod single;
mod stranger;
mod trace;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
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

/// What the web is given.
pub struct Web {
    /// What is served.
    pub targets: BTreeMap<TargetName, Arc<dyn Target>>,
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
    // The routes are ours: actix would match a path against one pattern after the other.
    app.app_data(web::Data::from(web)).configure(health::routes).default_service(web::to(access::record));
}

#[cfg(test)]
mod tests;
