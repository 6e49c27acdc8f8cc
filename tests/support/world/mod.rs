//! One facade, its store and its backend, in virtual time: made over each backend in a file of its own,
//! and asked in `send`. A crash forgets all tasks and keeps store and backend.

mod memory;
mod netskope;
mod send;
mod sophos;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scim::profile::Profile;
use scim_facade::backend::Backend;
use scim_facade::backend::memory::Memory;
use scim_facade::backend::quarantine::Quarantine;
use scim_facade::delivery::{Delivery, Lanes};
use scim_facade::facade::{
    Client, DeactivatePolicy, Facade, GroupScope, PatchResponse, Rights, Settings, Transient, discovery,
};
use scim_facade::kernel::{
    ClientName, Clock, Ctx, IdGen, Priority, SeededIds, TargetName, Timestamp, TokioClock,
};
use scim_facade::outbound::Jitter;
use scim_facade::store::passing::Auditor;
use scim_facade::store::{AuditRow, Store};
use scim_facade::telemetry::Telemetry;
use simulator::netskope::Netskope;
use simulator::sophos::Sophos;
use tokio_util::task::TaskTracker;

pub use send::{Reply, group, person};

pub const SIM: &str = "http://127.0.0.1:1";
pub const BASE: &str = "http://127.0.0.1:2/t/scim/v2";
/// 2026-11-22T00:00:00Z.
pub const START: Timestamp = Timestamp(1_795_305_600_000_000);

/// The name of the quarantine group.
pub const QUARANTINE: &str = "Quarantine";

/// A steady jitter: a wait is always its full length.
struct Steady;
impl Jitter for Steady {
    fn unit(&self) -> f64 {
        1.0
    }
}

pub struct World {
    pub facade: Arc<Facade>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub sim: Option<Arc<Mutex<Sophos>>>,
    pub netskope: Option<Arc<Mutex<Netskope>>>,
    pub memory: Option<Arc<Memory>>,
    /// The backend as the facade has it.
    pub backend: Arc<dyn Backend>,
    /// The backend without the quarantine before it.
    raw: Arc<dyn Backend>,
    pub client: Client,
    pub target: TargetName,
    pub telemetry: Telemetry,
    pub ids: Arc<SeededIds>,
    pub settings: Settings,
    /// The audit, where the store hands it on.
    audited: Arc<Audited>,
    requests: AtomicU64,
}

/// The audit rows that a store handed on.
#[derive(Default)]
pub struct Audited(Mutex<Vec<AuditRow>>);

impl Auditor for Audited {
    fn audited(&self, row: &AuditRow) {
        self.0.lock().unwrap().push(row.clone());
    }
}

fn settings() -> Settings {
    Settings::new(BASE.to_owned(), DeactivatePolicy::Park)
}

/// The time, from the start, and ids.
fn tools() -> (Arc<dyn Clock>, Arc<SeededIds>) {
    (Arc::new(TokioClock::starting_at(START)), Arc::new(SeededIds::new(99)))
}

pub fn client(name: &str) -> Client {
    Client {
        name: ClientName::parse(name).unwrap(),
        profile: Profile::Tolerant,
        transient: Transient::TooManyRequests,
        patch_response: PatchResponse::Auto,
        synced_write: None,
        rights: Rights::default(),
        groups: GroupScope::default(),
    }
}

impl World {
    /// The whole audit, oldest first.
    pub async fn audit(&self) -> Vec<AuditRow> {
        if !self.store.keeps_shadows() {
            return self.audited.0.lock().unwrap().clone();
        }
        let mut rows = self.store.audit(&self.target, 100_000).await.unwrap();
        rows.reverse();
        rows
    }

    fn assemble(
        backend: Arc<dyn Backend>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        settings: Settings,
    ) -> Self {
        let target = TargetName::parse("t").unwrap();
        let raw = backend;
        let backend: Arc<dyn Backend> = match settings.deactivate.quarantines() {
            true => Arc::new(Quarantine::new(raw.clone(), QUARANTINE)),
            false => raw.clone(),
        };
        let served = discovery(backend.capabilities(), &settings).unwrap();
        let telemetry = Telemetry::default();
        let delivery = Delivery {
            target: target.clone(),
            backend: backend.clone(),
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            telemetry: telemetry.clone(),
            lanes: Lanes::default(),
            policy: settings.policy,
        };
        let runtime = tokio::runtime::Handle::current();
        let facade = Facade::new(delivery, settings.clone(), served, runtime, TaskTracker::new());
        Self {
            facade: Arc::new(facade),
            store,
            clock,
            sim: None,
            netskope: None,
            memory: None,
            backend,
            raw,
            client: client("okta"),
            target,
            telemetry,
            ids,
            settings,
            audited: Arc::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// The same store and cloud, a new process with the same settings.
    pub fn restarted(&self) -> Self {
        let (store, clock, ids) = (self.store.clone(), self.clock.clone(), self.ids.clone());
        let world = match &self.netskope {
            Some(sim) => Self::over_netskope(sim.clone(), store, clock, ids, None),
            None => {
                let sim = self.sim.clone().expect("a world over a simulator");
                Self::over_sophos(sim, store, clock, ids, None)
            }
        };
        let world = world.set(|settings| settings.clone_from(&self.settings));
        Self { client: self.client.clone(), ..world }
    }

    /// The same world, in which a deactivation puts people into quarantine.
    pub async fn quarantining(self) -> Self {
        let world = self.set(|settings| settings.deactivate = DeactivatePolicy::Quarantine);
        world.backend.prepare(&world.ctx()).await.unwrap();
        world
    }

    /// The same world with other settings: a new facade, which has forgotten what is only in memory.
    pub fn set(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        change(&mut settings);
        let new = Self::assemble(self.raw, self.store, self.clock, self.ids, settings);
        let Self { sim, netskope, memory, client, audited, requests, .. } = self;
        Self { sim, netskope, memory, client, audited, requests, ..new }
    }

    /// The same store, cloud and facade, as another client sees them.
    pub fn as_client(&self, client: Client) -> Self {
        Self {
            facade: self.facade.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
            sim: self.sim.clone(),
            netskope: self.netskope.clone(),
            memory: self.memory.clone(),
            backend: self.backend.clone(),
            raw: self.raw.clone(),
            client,
            target: self.target.clone(),
            telemetry: self.telemetry.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            audited: self.audited.clone(),
            requests: AtomicU64::new(1_000_000),
        }
    }

    /// The context of a request that begins now.
    pub fn ctx(&self) -> Ctx {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request = format!("r{number}-{}", self.ids.uuid());
        let time = Duration::from_secs(25);
        Ctx::begun(request, &self.target, &self.client.name, &*self.clock, time).at(Priority::Interactive)
    }

    /// One round of settlement with everything due.
    pub async fn settle(&self) {
        self.facade.settle(&ClientName::parse("facade").unwrap(), Timestamp(i64::MAX)).await;
    }

    pub async fn wait(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }
}
