//! Over the Sophos simulator.

use std::sync::{Arc, Mutex, MutexGuard};

use scim_facade::backend::sophos::{Sophos as SophosClient, SophosConfig};
use scim_facade::kernel::{Clock, SeededIds};
use scim_facade::outbound::{Base, SendPolicy};
use scim_facade::store::Store;
use scim_facade::store::memory::MemoryStore;
use simulator::sophos::{Options, Seed, Sophos, Switches};

use super::super::transport::{Gate, InProcess};
use super::{SIM, Steady, World, settings, tools};

impl World {
    /// A facade over the Sophos simulator.
    pub fn sophos(seed: Seed) -> Self {
        Self::sophos_with(seed, Arc::new(MemoryStore::new()), None)
    }

    pub fn sophos_with(seed: Seed, store: Arc<dyn Store>, gate: Option<Arc<dyn Gate>>) -> Self {
        let options = Options {
            public_base: SIM.to_owned(),
            seed,
            limits: false,
            switches: Switches::default(),
            id_seed: 7,
        };
        let sim = Arc::new(Mutex::new(Sophos::new(options)));
        let (clock, ids) = tools();
        Self::over_sophos(sim, store, clock, ids, gate)
    }

    pub fn over_sophos(
        sim: Arc<Mutex<Sophos>>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let transport = InProcess { sim: sim.clone(), clock: clock.clone(), base: SIM.to_owned(), gate };
        let mut config = SophosConfig::new("sophos-client", "sophos-secret".to_owned().into());
        config.id = Base::parse(&format!("{SIM}/id")).unwrap();
        config.global = Base::parse(&format!("{SIM}/global")).unwrap();
        config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
        let backend =
            Arc::new(SophosClient::new(config, Arc::new(transport), clock.clone(), Arc::new(Steady)));
        let mut world = Self::assemble(backend, store, clock, ids, settings());
        world.sim = Some(sim);
        world
    }

    /// The native ids of the members of the simulator's group of this name.
    pub fn sim_members(&self, group: &str) -> Vec<String> {
        let sim = self.sim();
        sim.members_of(&sim.group_by_name(group).expect("a group of this name").id)
    }

    pub fn sim(&self) -> MutexGuard<'_, Sophos> {
        self.sim.as_ref().expect("a world over the simulator").lock().unwrap()
    }

    /// The directory calls that the simulator saw since the last look, in order: `METHOD path`.
    pub fn calls(&self) -> Vec<String> {
        let mut sim = self.sim();
        let calls = sim.journal().into_iter().filter(|e| e.path.starts_with("/common/"));
        let calls = calls
            .map(|e| {
                format!("{} {}{}", e.method, e.path, e.query.map(|q| format!("?{q}")).unwrap_or_default())
            })
            .collect();
        sim.clear_journal();
        calls
    }
}
