//! Builds the house from a configuration: the only place that knows every room.

use std::collections::HashMap;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use simulator::shell;
use simulator::sophos::{Options, Seed, Sophos};

use super::failed::Failed;
use crate::backend::Backend;
use crate::config::Config;
use crate::facade::Target;
use crate::kernel::{Clock, IdGen, RandomIds, SystemClock, TargetName};
use crate::telemetry::Telemetry;

/// What every room is given: time, ids, and where events go.
#[derive(Clone)]
pub struct Tools {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdGen>,
    /// Where events go.
    pub telemetry: Telemetry,
    /// What the memory backend starts with.
    pub seed: Seed,
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            telemetry: Telemetry::default(),
            seed: Seed::Empty,
        }
    }
}

/// Ends what was built: background work first, the store last. Called once no request is being answered and no write of
/// the web is running.
pub type Stop = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// What was built.
pub struct Built {
    /// What the web serves.
    pub targets: HashMap<TargetName, Arc<dyn Target>>,
    /// How it ends.
    pub stop: Stop,
}

/// Builds store, transports, backends, engines and targets. `base` starts every address that clients are given.
///
/// # Errors
/// When the store can't be opened, or a schema is broken.
pub async fn build(_config: &Config, _base: &str, _tools: &Tools) -> Result<Built, Failed> {
    Err(Failed::new("this build serves no backend yet"))
}

/// Each target's backend.
pub type Backends = Vec<(TargetName, Arc<dyn Backend>)>;

/// Builds the backends alone, for `check`.
///
/// # Errors
/// When a transport can't be made.
pub fn backends(_config: &Config, _tools: &Tools) -> Result<Backends, Failed> {
    Err(Failed::new("this build has no backend yet"))
}

/// A simulated Sophos Central on a port.
pub struct Simulated {
    /// Where it is.
    pub address: SocketAddr,
    server: shell::Server,
}

impl Simulated {
    /// Its base URL; the vendor's hosts are prefixes below it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes its listener and its connections.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Starts a simulated Sophos Central.
///
/// # Errors
/// When the listener can't be used.
pub async fn simulate_sophos(listener: TcpListener, seed: Seed, limits: bool) -> Result<Simulated, Failed> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let options = Options { public_base: format!("http://{address}"), seed, limits, ..Options::default() };
    let sophos: shell::Shared = Arc::new(Mutex::new(Sophos::new(options)));
    let server = shell::serve(listener, sophos, shell::system_clock).await?;
    Ok(Simulated { address, server })
}
