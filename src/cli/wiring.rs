//! Builds the house from a configuration: the only place that knows every room.

use std::collections::HashMap;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use simulator::shell;
use simulator::sophos::{Options, Seed, Sophos};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failed::Failed;
use crate::backend::memory::{Memory, MemoryConfig};
use crate::backend::{self, Backend};
use crate::config::{BackendConfig, Config, StoreConfig, TargetConfig};
use crate::delivery::{Delivery, Lanes};
use crate::facade::{DeactivatePolicy, Facade, Settings, Target, discovery};
use crate::kernel::{ClientName, Clock, IdGen, RandomIds, SystemClock, TargetName};
use crate::outbound::{Base, HttpConfig, HttpTransport, RandomJitter};
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
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
pub async fn build(config: &Config, base: &str, tools: &Tools) -> Result<Built, Failed> {
    let store: Arc<dyn Store> =
        match &config.store {
            StoreConfig::Memory => Arc::new(MemoryStore::new()),
            StoreConfig::File(path) => {
                let opened = SqliteStore::open(path).await;
                Arc::new(opened.map_err(|error| {
                    Failed::new(format!("can't open the store {}: {error}", path.display()))
                })?)
            }
        };
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    let itself = ClientName::parse("facade").map_err(|error| Failed::new(error.to_string()))?;
    let mut targets: HashMap<TargetName, Arc<dyn Target>> = HashMap::new();
    for (name, target) in &config.targets {
        let backend = backend(target, tools)?;
        let facade = facade(name, target, backend, &store, base, tools, &tasks)?;
        facade.start(itself.clone(), stopping.clone().cancelled_owned());
        targets.insert(name.clone(), Arc::new(facade));
    }
    let stop = Box::new(move || -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            stopping.cancel();
            tasks.close();
            tasks.wait().await;
            store.close().await;
        })
    });
    Ok(Built { targets, stop })
}

fn facade(
    name: &TargetName,
    target: &TargetConfig,
    backend: Arc<dyn Backend>,
    store: &Arc<dyn Store>,
    base: &str,
    tools: &Tools,
    tasks: &TaskTracker,
) -> Result<Facade, Failed> {
    let base_url = format!("{base}/{name}/scim/v2");
    let served =
        discovery(backend.capabilities(), &base_url).map_err(|error| Failed::new(error.to_string()))?;
    let deactivate = match &target.backend {
        BackendConfig::Sophos(sophos) => sophos.deactivate,
        BackendConfig::Memory => DeactivatePolicy::Park,
    };
    let settings = Settings {
        deactivate,
        people_without_email: target.people_without_email,
        scan_limit: u64::from(target.scan_limit),
        base_url,
    };
    let delivery = Delivery {
        target: name.clone(),
        backend,
        store: Arc::clone(store),
        clock: Arc::clone(&tools.clock),
        ids: Arc::clone(&tools.ids),
        telemetry: tools.telemetry.clone(),
        lanes: Lanes::default(),
    };
    Ok(Facade::new(delivery, settings, served, Handle::current(), tasks.clone()))
}

fn backend(target: &TargetConfig, tools: &Tools) -> Result<Arc<dyn Backend>, Failed> {
    Ok(match &target.backend {
        BackendConfig::Memory => Arc::new(Memory::new(MemoryConfig::default(), Arc::clone(&tools.clock))),
        BackendConfig::Sophos(sophos) => {
            let transport =
                HttpTransport::new(&HttpConfig::default()).map_err(|error| Failed::new(error.to_string()))?;
            let base = |text: &str| Base::parse(text).map_err(|error| Failed::new(error.to_string()));
            let mut config =
                backend::sophos::SophosConfig::new(&sophos.client_id, sophos.client_secret.clone());
            config.id = base(&sophos.id_url)?;
            config.global = base(&sophos.global_url)?;
            config.tenant_id.clone_from(&sophos.tenant_id);
            let clock = Arc::clone(&tools.clock);
            Arc::new(backend::sophos::Sophos::new(config, Arc::new(transport), clock, Arc::new(RandomJitter)))
        }
    })
}

/// Each target's backend.
pub type Backends = Vec<(TargetName, Arc<dyn Backend>)>;

/// Builds the backends alone, for `check`.
///
/// # Errors
/// When a transport can't be made.
pub fn backends(config: &Config, tools: &Tools) -> Result<Backends, Failed> {
    config.targets.iter().map(|(name, target)| Ok((name.clone(), backend(target, tools)?))).collect()
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
