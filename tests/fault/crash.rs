//! Stops the world at a chosen boundary: before or after a native request, before or after a commit.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scim_facade::kernel::ClientName;
use scim_facade::store::hooked::{CommitHook, Hooked};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Op, Store};
use simulator::sophos::Seed;
use tokio::sync::{Notify, oneshot};

use crate::support::World;
use crate::support::transport::Gate;

/// Counts the boundaries that are passed while it is armed, and stops at one of them.
pub struct Crash {
    armed: AtomicBool,
    stop_at: AtomicUsize,
    stop_before: Mutex<Option<String>>,
    passed: Mutex<Vec<String>>,
    has_stopped: AtomicBool,
    stopped: Notify,
}

impl Crash {
    fn boundary(&self, name: String) -> bool {
        if self.has_stopped.load(Ordering::SeqCst) {
            return true;
        }
        if !self.armed.load(Ordering::SeqCst) {
            return false;
        }
        let mut passed = self.passed.lock().unwrap();
        let is_named =
            self.stop_before.lock().unwrap().as_ref().is_some_and(|wanted| name.starts_with(wanted));
        passed.push(name);
        let stops = is_named || passed.len() - 1 == self.stop_at.load(Ordering::SeqCst);
        if stops {
            self.has_stopped.store(true, Ordering::SeqCst);
            self.stopped.notify_one();
        }
        stops
    }
}

impl Crash {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            armed: AtomicBool::new(false),
            stop_at: AtomicUsize::new(usize::MAX),
            stop_before: Mutex::default(),
            passed: Mutex::default(),
            has_stopped: AtomicBool::new(false),
            stopped: Notify::new(),
        })
    }
}

impl Gate for Crash {
    fn before(&self, request: &str) -> bool {
        self.boundary(format!("before {request}"))
    }

    fn after(&self, request: &str) -> bool {
        self.boundary(format!("after {request}"))
    }
}

#[async_trait]
impl CommitHook for Crash {
    async fn before(&self, tx: &[Op]) {
        if self.boundary(format!("before a commit of {} changes", tx.len())) {
            std::future::pending::<()>().await;
        }
    }

    async fn after(&self, tx: &[Op]) {
        if self.boundary(format!("after a commit of {} changes", tx.len())) {
            std::future::pending::<()>().await;
        }
    }
}

/// A world that can be stopped.
pub struct Rig {
    pub world: World,
    pub crash: Arc<Crash>,
    pub disk: Arc<dyn Store>,
}

impl Rig {
    /// A world in which a deactivation puts people into quarantine.
    pub async fn quarantining(seed: Seed) -> Self {
        let Self { world, crash, disk } = Self::new(seed);
        Self { world: world.quarantining().await, crash, disk }
    }

    pub fn new(seed: Seed) -> Self {
        Self::of(|store, gate| World::sophos_with(seed, store, Some(gate)))
    }

    /// The same for a world of any kind, which is built over the store and the gate.
    pub fn of(build: impl FnOnce(Arc<dyn Store>, Arc<dyn Gate>) -> World) -> Self {
        Self::on(Arc::new(MemoryStore::new()), build)
    }

    /// A new process on the same disk, which can be stopped again.
    pub fn again(&self, build: impl FnOnce(&World, Arc<dyn Store>, Arc<dyn Gate>) -> World) -> Self {
        Self::on(self.disk.clone(), |store, gate| build(&self.world, store, gate))
    }

    /// The same on a disk that is there.
    pub fn on(disk: Arc<dyn Store>, build: impl FnOnce(Arc<dyn Store>, Arc<dyn Gate>) -> World) -> Self {
        let crash = Crash::new();
        let hooked = Arc::new(Hooked::new(disk.clone(), crash.clone()));
        let world = build(hooked, crash.clone());
        Self { world, crash, disk }
    }

    /// A new process, which can be stopped, over the cloud of `world` and this disk.
    pub fn over(world: &World, disk: Arc<dyn Store>) -> Self {
        let crash = Crash::new();
        let hooked = Arc::new(Hooked::new(disk.clone(), crash.clone()));
        let (sim, clock, ids) = (world.sim.clone().unwrap(), world.clock.clone(), world.ids.clone());
        let world = World::over_sophos(sim, hooked, clock, ids, Some(crash.clone()));
        Self { world, crash, disk }
    }

    /// Does `work` until it is done, or until boundary number `stop_at`: then the process is dead. `None` if it died.
    pub async fn run<T>(&self, stop_at: Option<usize>, work: impl Future<Output = T>) -> Option<T> {
        self.crash.stop_at.store(stop_at.unwrap_or(usize::MAX), Ordering::SeqCst);
        self.crash.armed.store(true, Ordering::SeqCst);
        let done = tokio::select! {
            biased;
            () = self.crash.stopped.notified() => None,
            done = work => Some(done),
        };
        self.crash.armed.store(false, Ordering::SeqCst);
        done
    }

    /// Does `work` until a boundary whose name begins so: then the process is dead.
    pub async fn dies_at<T>(&self, boundary: &str, work: impl Future<Output = T>) {
        *self.crash.stop_before.lock().unwrap() = Some(boundary.to_owned());
        assert!(self.run(None, work).await.is_none(), "{:#?}", self.boundaries());
    }

    /// The boundaries passed so far.
    pub fn boundaries(&self) -> Vec<String> {
        self.crash.passed.lock().unwrap().clone()
    }

    /// A new process over the same disk and the same cloud. The dead one's tasks never run again.
    pub fn reborn(&mut self) -> World {
        self.world.store = self.disk.clone();
        self.world.restarted()
    }
}

/// Runs settlement as `serve` does, at once and every minute, until this is dropped.
pub struct Settling {
    _stop: oneshot::Sender<()>,
}

impl Settling {
    pub fn of(world: &World) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        world.facade.start(ClientName::parse("facade").unwrap(), async move {
            let _ = stopped.await;
        });
        Self { _stop: stop }
    }
}
