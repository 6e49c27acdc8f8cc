//! The servers around what was built: started, and stopped in order.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use super::failed::Failed;
use super::wiring::{self, Built, Stop, Tools};
use crate::config::{ClientConfig, Config};
use crate::facade::Client;
use crate::kernel::ClientName;
use crate::web::{self, Clients, Credential, Gate, Listening, Pace, Plan, Web};

/// A facade that answers.
pub(super) struct Running {
    /// The start of every address that clients are given.
    pub(super) base: String,
    /// Where operators look.
    pub(super) admin: SocketAddr,
    listening: Listening,
    stop: Stop,
    drain: Duration,
}

/// Builds everything, then opens the listeners. Must run on the engine.
pub(super) async fn start(config: &Config, tools: &Tools) -> Result<Running, Failed> {
    let (scim, admin) = (bind(config.server.listen)?, bind(config.server.admin_listen)?);
    let base = config.server.base(scim.local_addr()?);
    let admin_address = admin.local_addr()?;
    let Built { targets, stop } = wiring::build(config, &base, tools).await?;
    let clients = Clients::new(config.clients.iter().map(|(name, client)| credential(name, client)));
    let web = Arc::new(Web {
        targets,
        clients: clients.with_anonymous_discovery(config.discovered_by_all().cloned()),
        deadline: config.server.deadline,
        limits: config.limits,
        clock: Arc::clone(&tools.clock),
        ids: Arc::clone(&tools.ids),
        telemetry: tools.telemetry.clone(),
        gate: Gate::open(),
    });
    let plan = Plan { scim, admin, workers: config.server.workers, web };
    let listening = match web::listen(plan).await {
        Ok(listening) => listening,
        Err(error) => {
            stop().await;
            return Err(error.into());
        }
    };
    Ok(Running { base, admin: admin_address, listening, stop, drain: config.server.drain })
}

impl Running {
    /// Not ready, drain, stop accepting, wait for whoever is being answered; then what was built ends: the writes that go on
    /// without a client, and the store last.
    pub(super) async fn stop(self) -> Result<(), Failed> {
        let stopped = self.listening.stop(self.drain).await;
        (self.stop)().await;
        Ok(stopped?)
    }

    /// Whether the servers ended by themselves.
    pub(super) fn has_failed(&self) -> bool {
        self.listening.has_failed()
    }
}

/// Takes an address, so that one that is taken is told before anything is built.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, Failed> {
    TcpListener::bind(address).map_err(|error| Failed::new(format!("can't listen on {address}: {error}")))
}

/// A client as its section describes it.
pub(super) fn client(name: &ClientName, config: &ClientConfig) -> Client {
    Client {
        name: name.clone(),
        profile: config.profile,
        transient: config.transient,
        patch_response: config.patch_response,
        synced_write: config.synced_write,
        rights: config.rights.clone(),
        groups: config.groups,
    }
}

/// A client, as the web knows it.
pub(super) fn credential(name: &ClientName, config: &ClientConfig) -> Credential {
    Credential {
        client: Arc::new(client(name, config)),
        tokens: config.tokens.iter().map(|token| token.0).collect(),
        targets: config.targets.clone(),
        pace: config.requests_per_second.map(Pace::new),
    }
}
