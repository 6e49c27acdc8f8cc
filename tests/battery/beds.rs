//! The test beds: each backend as it can be.

use std::time::Duration;

use scim_facade::backend::memory::MemoryConfig;
use scim_facade::backend::{Deactivate, ListTells};
use simulator::netskope::{Profile, Switches};
use simulator::sophos::Seed;
use simulator::sophos::switches::{AlreadyMember, ErrorStyle, Missing, Order, RemoveNonMember, Touches};

use super::bed::Bed;
use crate::support::World;

impl Bed {
    pub async fn memory() -> Self {
        Self::over(World::memory(Deactivate::Native))
    }

    /// The reference backend, of which nothing is remembered.
    pub async fn memory_off() -> Self {
        let config = MemoryConfig { holds_external_id: true, ..MemoryConfig::default() };
        Self::over(World::memory_without_shadows(config))
    }

    /// The same, with lists behind.
    pub async fn memory_off_lags() -> Self {
        let visibility_lag = Duration::from_secs(5);
        let config = MemoryConfig { holds_external_id: true, visibility_lag, ..MemoryConfig::default() };
        Self::over(World::memory_without_shadows(config))
    }

    /// The reference backend as awkward as it can be.
    pub async fn memory_parks() -> Self {
        Self::over(World::memory_with(Self::awkward()))
    }

    /// The same, with a quarantine group.
    pub async fn memory_quarantines() -> Self {
        Self::over(World::memory_with(Self::awkward()).quarantining().await).prepared()
    }

    fn awkward() -> MemoryConfig {
        MemoryConfig {
            deactivate: Deactivate::Absent,
            delete_needs_empty: true,
            embeds: 5,
            listed_having: Some("emails"),
            visibility_lag: Duration::from_secs(5),
            admins: true,
            holds_external_id: true,
            ..MemoryConfig::default()
        }
    }

    /// The reference backend as reticent as SCIM allows.
    pub async fn memory_withholds() -> Self {
        Self::over(World::memory_with(MemoryConfig {
            embeds: 0,
            list_tells: Some(ListTells {
                fields: &["userName", "name", "emails"],
                attributes: &["userName", "name", "emails", "active"],
            }),
            hides_inactive: true,
            groups_by_members: true,
            own_order: true,
            visibility_lag: Duration::from_secs(2),
            ..MemoryConfig::default()
        }))
    }

    /// The writes that prepared the backend are nobody's plan.
    fn prepared(self) -> Self {
        self.forget_writes();
        self
    }

    pub async fn sophos() -> Self {
        Self::over(World::sophos(Seed::Empty))
    }

    /// Sophos with a quarantine group.
    pub async fn sophos_quarantines() -> Self {
        Self::over(World::sophos(Seed::Empty).quarantining().await).prepared()
    }

    /// The same, with lists behind.
    pub async fn sophos_quarantines_and_lags() -> Self {
        let bed = Self::sophos_quarantines().await;
        bed.world.sim().switches_mut().list_lag_ms = 4500;
        bed.settle_down().await;
        bed
    }

    /// Sophos with lists, searches and member listings behind by nearly all that the facade allows for.
    pub async fn sophos_lags() -> Self {
        let bed = Self::sophos().await;
        bed.world.sim().switches_mut().list_lag_ms = 4500;
        bed
    }

    /// Sophos with many of the guesses about it turned round.
    pub async fn sophos_otherwise() -> Self {
        let bed = Self::sophos().await;
        {
            let mut sim = bed.world.sim();
            let switches = sim.switches_mut();
            switches.embedded_limit = 0;
            switches.already_member = AlreadyMember::Omitted;
            switches.remove_non_member = RemoveNonMember::NotFound;
            switches.omit_empty_errors = false;
            switches.group_delete_missing = Missing::NotFound;
            switches.membership_touches = Touches::Neither;
            switches.default_order = Order::NewestFirst;
            switches.deleted_when_missing = true;
            switches.removed_when_missing = true;
            switches.display_names = false;
            switches.error_style = ErrorStyle::Pascal;
        }
        bed
    }

    /// Netskope as its documents of 2026 and its clients have it.
    pub async fn netskope() -> Self {
        Self::over(World::netskope(Profile::Live2026.switches()))
    }

    /// The same, of which nothing is remembered.
    pub async fn netskope_off() -> Self {
        Self::over(World::netskope_without_shadows(Profile::Live2026.switches()))
    }

    /// As its interface description of 2024 has it.
    pub async fn netskope_spec2024() -> Self {
        Self::over(World::netskope(Profile::Spec2024.switches()))
    }

    /// With all that such servers are known to do wrong. What goes wrong now and then has tests of its own.
    pub async fn netskope_hostile() -> Self {
        let switches = Switches { fault_every: None, ..Profile::Hostile.switches() };
        Self::over(World::netskope(switches))
    }
}
