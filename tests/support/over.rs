//! The backends that a test of the protocol runs over, and a look at everything that a request could have changed.

use std::sync::Arc;

use scim::profile::Profile as Strictness;
use scim_facade::backend::Deactivate;
use scim_facade::facade::DeactivatePolicy;
use scim_facade::kernel::Kind;
use scim_facade::kernel::{ScimId, Timestamp};
use scim_facade::store::{Intent, Shadow, State};
use simulator::netskope::{Profile, Switches};
use simulator::sophos::Seed;

use super::World;
use super::world::client;

/// A backend, with nobody in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The reference backend, which can disable people.
    Memory,
    /// The Sophos simulator, where people without access are parked.
    Sophos,
    /// The same, where they are put into quarantine.
    SophosQuarantines,
    /// The Netskope simulator.
    Netskope,
    /// The same, as its interface description of 2024 has it.
    NetskopeSpec2024,
    /// The same, with all that such servers are known to do wrong.
    NetskopeHostile,
}

impl Over {
    pub fn world(self) -> World {
        match self {
            Self::Memory => World::memory(Deactivate::Native),
            Self::Sophos => World::sophos(Seed::Empty),
            Self::SophosQuarantines => {
                let quarantine = DeactivatePolicy::Quarantine;
                World::sophos(Seed::Empty).set(|settings| settings.deactivate = quarantine)
            }
            Self::Netskope => World::netskope(Profile::Live2026.switches()),
            Self::NetskopeSpec2024 => World::netskope(Profile::Spec2024.switches()),
            Self::NetskopeHostile => {
                World::netskope(Switches { fault_every: None, ..Profile::Hostile.switches() })
            }
        }
    }

    /// The same, for a client in the strict profile.
    pub fn strict(self) -> World {
        let mut client = client("okta");
        client.profile = Strictness::Strict;
        self.world().as_client(client)
    }
}

/// What is stored, and the writes that have arrived natively. The same before and after a request: it changed nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Still {
    shadows: Vec<Shadow>,
    names: Vec<(ScimId, Arc<str>)>,
    intents: Vec<Intent>,
    writes: Vec<String>,
}

impl World {
    pub async fn still(&self) -> Still {
        let mut shadows = Vec::new();
        for kind in [Kind::User, Kind::Group] {
            shadows.extend(self.store.in_states(&self.target, kind, &State::ALL, 0, 1000).await.unwrap());
        }
        let ids: Vec<ScimId> = shadows.iter().map(|shadow| shadow.scim_id.clone()).collect();
        let names = self.store.external_ids(&self.target, &self.client.name, &ids).await.unwrap();
        let intents = self.store.due_intents(&self.target, Timestamp(i64::MAX), 1000).await.unwrap();
        Still { shadows, names, intents, writes: self.native_writes() }
    }

    /// The writes that have arrived natively, in order.
    pub fn native_writes(&self) -> Vec<String> {
        match &self.memory {
            Some(memory) => memory.journal().iter().map(|call| format!("{call:?}")).collect(),
            None if self.netskope.is_some() => {
                let calls = self.netskope_sim().journal().into_iter().filter(|call| call.method != "GET");
                calls.map(|call| format!("{} {}", call.method, call.path)).collect()
            }
            None => {
                let calls = self.sim().journal().into_iter();
                let writes = calls.filter(|call| call.method != "GET" && call.path.starts_with("/common/"));
                writes.map(|call| format!("{} {}", call.method, call.path)).collect()
            }
        }
    }
}
