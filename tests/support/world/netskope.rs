//! Over the Netskope simulator.

use std::sync::{Arc, Mutex, MutexGuard};

use scim_facade::backend::netskope::{Netskope as NetskopeClient, NetskopeConfig, TokenHeader};
use scim_facade::facade::OnExisting;
use scim_facade::kernel::{Clock, SeededIds};
use scim_facade::outbound::{Base, SendPolicy};
use scim_facade::store::Store;
use scim_facade::store::memory::MemoryStore;
use simulator::netskope::switches::AuthSchemes;
use simulator::netskope::{self, Netskope};
use simulator::sophos::Seed;

use super::super::transport::{Gate, InProcess};
use super::{SIM, Steady, World, settings, tools};

/// A simulated tenant with nobody in it.
fn simulated(switches: netskope::Switches) -> Arc<Mutex<Netskope>> {
    let options = netskope::Options { seed: Seed::Empty, switches, id_seed: 7, limits: false };
    Arc::new(Mutex::new(Netskope::new(options)))
}

impl World {
    /// A facade over the Netskope simulator, with nobody in it.
    pub fn netskope(switches: netskope::Switches) -> Self {
        Self::netskope_with(switches, Arc::new(MemoryStore::new()), None)
    }

    pub fn netskope_with(
        switches: netskope::Switches,
        store: Arc<dyn Store>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let (clock, ids) = tools();
        Self::over_netskope(simulated(switches), store, clock, ids, gate)
    }

    pub fn over_netskope(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let unhurried = |config: &mut NetskopeConfig| {
            config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() }
        };
        Self::tenant(sim, store, (clock, ids), gate, unhurried)
    }

    /// A facade over the Netskope simulator, with nobody in it, for a tenant that is configured in its own way.
    pub fn netskope_as(switches: netskope::Switches, change: impl FnOnce(&mut NetskopeConfig)) -> Self {
        Self::tenant(simulated(switches), Arc::new(MemoryStore::new()), tools(), None, change)
    }

    /// The same, of which nothing is remembered: for a tenant that shows whom it has switched off.
    pub fn netskope_without_shadows(switches: netskope::Switches) -> Self {
        let (clock, ids) = tools();
        let (store, audited) = Self::passing(&clock);
        let world = Self::netskope_passing(simulated(switches), store, (clock, ids), None);
        Self { audited, ..world }
    }

    /// The same over a simulator that is there.
    pub fn netskope_passing(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        tools: (Arc<dyn Clock>, Arc<SeededIds>),
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let shows = |config: &mut NetskopeConfig| {
            config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
            config.inactive_visible = true;
        };
        let world = Self::tenant(sim, store, tools, gate, shows);
        world.set(|settings| settings.on_existing = OnExisting::Conflict)
    }

    fn tenant(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        (clock, ids): (Arc<dyn Clock>, Arc<SeededIds>),
        gate: Option<Arc<dyn Gate>>,
        change: impl FnOnce(&mut NetskopeConfig),
    ) -> Self {
        let transport = InProcess { sim: sim.clone(), clock: clock.clone(), base: SIM.to_owned(), gate };
        let token = "netskope-token".to_owned().into();
        let mut config = NetskopeConfig::new(Base::parse(SIM).unwrap(), token).unwrap();
        if sim.lock().unwrap().switches().auth_schemes == AuthSchemes::NativeOnly {
            config.header = TokenHeader::Native;
        }
        config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
        change(&mut config);
        let backend =
            Arc::new(NetskopeClient::new(&config, Arc::new(transport), clock.clone(), Arc::new(Steady)));
        let mut world = Self::assemble(backend, store, clock, ids, settings());
        world.netskope = Some(sim);
        world
    }

    pub fn netskope_sim(&self) -> MutexGuard<'_, Netskope> {
        self.netskope.as_ref().expect("a world over Netskope's simulator").lock().unwrap()
    }
}
