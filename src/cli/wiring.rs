//! Builds the house from a configuration: the only place that knows every room.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use scim::limits::Limits;
use simulator::sophos::Seed;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failed::Failed;
use super::{seed, stateless, vendors};
use crate::backend::memory::{Memory, MemoryConfig};
use crate::backend::quarantine::Quarantine;
use crate::backend::{Backend, Capabilities};
use crate::config::{BackendConfig, Config, OURSELVES, Problem, StoreConfig, TargetConfig};
use crate::delivery::{Delivery, Lanes};
use crate::facade::{DeactivatePolicy, Facade, Policy, Settings, Target, discovery};
use crate::kernel::{ClientName, Clock, IdGen, RandomIds, SystemClock, TargetName};
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
    pub targets: BTreeMap<TargetName, Arc<dyn Target>>,
    /// How it ends.
    pub stop: Stop,
}

/// Each target's backend.
pub type Backends = Vec<(TargetName, Arc<dyn Backend>)>;

/// Builds store, backends and targets, and starts their settlement. `base` starts every address that clients are given.
/// Must run on the engine.
///
/// # Errors
/// When the store can't be opened, a transport can't be made, or a schema is broken.
pub async fn build(config: &Config, base: &str, tools: &Tools) -> Result<Built, Failed> {
    let backends = backends(config, tools)?;
    let store = open(&config.store).await?;
    let (writes, stopping) = (TaskTracker::new(), CancellationToken::new());
    let mut targets: BTreeMap<TargetName, Arc<dyn Target>> = BTreeMap::new();
    for (name, backend) in backends {
        if matches!(config.targets.get(&name).map(|target| &target.backend), Some(BackendConfig::Memory)) {
            seed::fill(&name, &*backend, tools.seed, tools).await?;
        }
        let Some(target) = config.targets.get(&name) else { continue };
        let settings = settings(target, base, &name, &config.limits);
        let own = match target.keeps_shadows {
            true => Arc::clone(&store),
            false => {
                for told in stateless::consequences(config, &name, backend.capabilities()) {
                    tracing::info!(scim_target = %name, shadow = "off", "{told}");
                }
                stateless::leave_behind(&name, &*store).await?;
                stateless::passing(&name, &store, tools)
            }
        };
        let facade = facade((&name, backend), own, settings, tools, writes.clone())?;
        facade.start(ourselves()?, stopping.clone().cancelled_owned());
        targets.insert(name, Arc::new(facade));
    }
    let stop: Stop = Box::new(move || {
        Box::pin(async move {
            stopping.cancel();
            writes.close();
            writes.wait().await;
            store.close().await;
        })
    });
    Ok(Built { targets, stop })
}

/// One target over its backend. Nothing runs until it is asked.
///
/// # Errors
/// When a schema is broken.
pub(super) fn facade(
    (name, backend): (&TargetName, Arc<dyn Backend>),
    store: Arc<dyn Store>,
    settings: Settings,
    tools: &Tools,
    writes: TaskTracker,
) -> Result<Facade, Failed> {
    let served = discovery(backend.capabilities(), &settings)
        .map_err(|error| Failed::new(format!("{name}: {error}")))?;
    let delivery = Delivery {
        target: name.clone(),
        backend,
        store,
        clock: Arc::clone(&tools.clock),
        ids: Arc::clone(&tools.ids),
        telemetry: tools.telemetry.clone(),
        lanes: Lanes::default(),
        policy: settings.policy,
    };
    Ok(Facade::new(delivery, settings, served, Handle::current(), writes))
}

/// A name that the configuration does not have.
pub(super) fn unknown(section: &str, name: &str) -> Failed {
    Failed::misuse(format!("the configuration has no [{section}.{name}]"))
}

/// Builds the backends alone.
///
/// # Errors
/// When a transport can't be made, or the configuration names a field that the product does not look up.
pub fn backends(config: &Config, tools: &Tools) -> Result<Backends, Failed> {
    let (mut backends, mut problems) = (Backends::new(), Vec::new());
    for (name, target) in &config.targets {
        let backend: Arc<dyn Backend> = match &target.backend {
            BackendConfig::Memory => {
                let unjournalled = MemoryConfig { journals: false, ..MemoryConfig::default() };
                Arc::new(Memory::new(unjournalled, Arc::clone(&tools.clock)))
            }
            BackendConfig::Sophos(sophos) => {
                let tenant = vendors::sophos(sophos, tools, None)
                    .map_err(|why| Failed::new(format!("{name}: {why}")))?;
                quarantined(Arc::new(tenant), sophos.deactivate.quarantine_group())
            }
            BackendConfig::Netskope(netskope) => Arc::new(
                vendors::netskope(netskope, tools, None)
                    .map_err(|why| Failed::misuse(format!("targets.{name}.{why}")))?,
            ),
        };
        problems.extend(problems_over(name, target, backend.capabilities()));
        backends.push((name.clone(), backend));
    }
    if problems.is_empty() { Ok(backends) } else { Err(Failed::configuration(&problems)) }
}

/// A backend without a disabled state, with a group of this name as one.
pub(super) fn quarantined(backend: Arc<dyn Backend>, group: Option<&str>) -> Arc<dyn Backend> {
    match group {
        Some(name) => Arc::new(Quarantine::new(backend, name)),
        None => backend,
    }
}

/// What the configuration of a target asks of its backend that this can't do.
fn problems_over(name: &TargetName, target: &TargetConfig, caps: &Capabilities) -> Vec<Problem> {
    let known: Vec<&str> = caps.user.pushdown.iter().map(|pushdown| pushdown.field).collect();
    let unknown = target.match_on.iter().flatten().filter(|field| !known.contains(&field.as_str()));
    let finds_nobody = unknown.map(|field| Problem {
        key: format!("targets.{name}.match_on"),
        advice: format!(
            "names \"{field}\", by which the product finds nobody; it finds people by {}",
            known.join(", ")
        ),
    });
    let custom = target.custom_attributes.problems(caps).into_iter().map(|(attribute, advice)| {
        let attribute = attribute.map(|attribute| format!(".{attribute}")).unwrap_or_default();
        Problem { key: format!("targets.{name}.custom_attributes{attribute}"), advice }
    });
    let off = (!target.keeps_shadows).then(|| stateless::can_be_off(caps)).and_then(Result::err);
    let off = off.map(|advice| Problem { key: format!("targets.{name}.shadow"), advice: advice.to_owned() });
    finds_nobody.chain(custom).chain(off).collect()
}

/// The name of the facade itself, where work has no client.
pub(super) fn ourselves() -> Result<ClientName, Failed> {
    ClientName::parse(OURSELVES).map_err(|error| Failed::new(error.to_string()))
}

async fn open(config: &StoreConfig) -> Result<Arc<dyn Store>, Failed> {
    match config {
        StoreConfig::Memory => Ok(Arc::new(MemoryStore::new())),
        StoreConfig::File(path) => match SqliteStore::open(path).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(Failed::new(format!("{}: {error}", path.display()))),
        },
    }
}

/// What the operator decided about a target.
pub(super) fn settings(target: &TargetConfig, base: &str, name: &TargetName, limits: &Limits) -> Settings {
    let base_url = format!("{base}/{name}/scim/v2");
    let defaults = match &target.backend {
        BackendConfig::Sophos(sophos) => {
            let lifecycle = &sophos.deactivate;
            Settings {
                policy: lifecycle.policy(target.on_delete),
                on_resurrection: lifecycle.on_resurrection,
                ..Settings::new(base_url, lifecycle.policy)
            }
        }
        // It has a disabled state: the policy is never asked.
        BackendConfig::Memory | BackendConfig::Netskope(_) => Settings {
            policy: Policy { on_delete: target.on_delete, ..Policy::default() },
            ..Settings::new(base_url, DeactivatePolicy::Reject)
        },
    };
    Settings {
        synced_write: target.synced_write,
        people_without_email: target.people_without_email,
        on_existing: target.on_existing,
        match_on: target.match_on.clone(),
        custom_attributes: target.custom_attributes.clone(),
        scan_limit: u64::from(target.scan_limit),
        keep: target.keep,
        limits: *limits,
        ..defaults
    }
}
