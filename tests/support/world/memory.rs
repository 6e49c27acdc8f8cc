//! Over the reference backend, and without a memory of its own.

use std::sync::Arc;

use scim_facade::backend::memory::{Memory, MemoryConfig};
use scim_facade::backend::{Backend, Deactivate};
use scim_facade::facade::{OnExisting, Settings};
use scim_facade::kernel::{Clock, SeededIds, TargetName};
use scim_facade::store::Store;
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::passing::Passing;

use super::{Audited, World, settings, tools};

impl World {
    /// A facade over the reference backend.
    pub fn memory(deactivate: Deactivate) -> Self {
        let config = MemoryConfig {
            deactivate,
            delete_needs_empty: deactivate == Deactivate::Absent,
            ..MemoryConfig::default()
        };
        Self::memory_with(config)
    }

    pub fn memory_with(config: MemoryConfig) -> Self {
        let (clock, ids) = tools();
        let (backend, store) = (Arc::new(Memory::new(config, clock.clone())), Arc::new(MemoryStore::new()));
        let mut world = Self::assemble(backend.clone(), store, clock, ids, settings());
        world.memory = Some(backend);
        world
    }

    /// A facade over the reference backend that remembers nothing.
    pub fn memory_without_shadows(config: MemoryConfig) -> Self {
        let (clock, ids) = tools();
        let memory = Arc::new(Memory::new(config, clock.clone()));
        let (store, audited) = Self::passing(&clock);
        let world = Self::remembering_nothing(memory.clone(), store, clock, ids);
        Self { memory: Some(memory), audited, ..world }
    }

    /// A store that remembers nothing, and where its audit goes.
    pub fn passing(clock: &Arc<dyn Clock>) -> (Arc<dyn Store>, Arc<Audited>) {
        let (target, audited) = (TargetName::parse("t").unwrap(), Arc::new(Audited::default()));
        let below = Arc::new(MemoryStore::new());
        (Arc::new(Passing::new(target, below, clock.clone(), audited.clone())), audited)
    }

    /// A facade over such a store.
    pub fn remembering_nothing(
        backend: Arc<dyn Backend>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
    ) -> Self {
        let settings = Settings { on_existing: OnExisting::Conflict, ..settings() };
        Self::assemble(backend, store, clock, ids, settings)
    }
}
