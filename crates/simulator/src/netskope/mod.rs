//! Netskope: its irregular SCIM for people and groups, and its User-Management API.
//!
//! One host, no path prefix: `/api/v2/scim/Users`, `/api/v2/scim/Groups`, `/api/v2/users/getusers`, `…/getgroups`.
//! Tokens: `netskope-token` may do everything, `netskope-scim` only SCIM, `netskope-readonly` only read,
//! `netskope-users-only` and `netskope-groups-only` half of it; `netskope-expired` and `netskope-elsewhere` (an address
//! that is not allowed) are refused.

mod auth;
mod body;
mod call;
mod choices;
mod directory;
mod errors;
mod events;
mod groups;
mod lists;
mod management;
mod membership;
mod model;
mod patch;
mod profiles;
mod query;
mod render;
mod routes;
mod seed;
mod serve;
mod state;
pub mod switches;
mod tenant;
mod user_patch;
mod users;

pub use events::Event;
pub use model::{ENTERPRISE_URN, GROUP_URN, Group, Provisioner, TENANT_URN, USER_URN, User};
pub use profiles::Profile;
pub use switches::Switches;

pub use crate::seed::Seed;

use auth::Tokens;
use call::Call;
use directory::Store;
use query::Query;

use crate::ids::Ids;
use crate::instruments::{Instruments, simulator};
use crate::limiter::Limits;
use crate::text::same;

/// How a simulator starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the directory holds.
    pub seed: Seed,
    /// Whether the rate limits are enforced.
    pub limits: bool,
    /// The knobs; a profile's, say.
    pub switches: Switches,
    /// Makes the ids; the same seed gives the same ids.
    pub id_seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: Seed::Sample, limits: false, switches: Switches::default(), id_seed: 1 }
    }
}

/// The simulator: one tenant.
#[derive(Clone, Debug)]
pub struct Netskope {
    id_seed: u64,
    switches: Switches,
    store: Store,
    tokens: Tokens,
    instruments: Instruments,
    /// For new objects.
    ids: Ids,
    /// For request ids; never restarts.
    serial: Ids,
    /// Requests that the vendor's own code saw.
    turn: u64,
    /// Requests since faults of the vendor's own making are on.
    asked: u64,
}

simulator!(Netskope, Switches);

impl Netskope {
    /// A simulator with a fresh seed.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let mut ids = Ids::new(options.id_seed, "objects");
        Self {
            id_seed: options.id_seed,
            switches: options.switches,
            store: seed::fill(&mut ids, options.seed),
            tokens: Tokens::default(),
            instruments: Instruments::new(limits(options.limits)),
            ids,
            serial: Ids::new(options.id_seed, "serial"),
            turn: 0,
            asked: 0,
        }
    }

    /// Forgets the directory and starts with another. Tokens, switches, faults and the journal stay.
    pub fn reseed(&mut self, seed: Seed) {
        self.ids = Ids::new(self.id_seed, "objects");
        self.store = seed::fill(&mut self.ids, seed);
    }

    /// Lets something happen in the vendor's world. Gives the id of what was touched.
    ///
    /// # Errors
    /// When the event names something that does not exist, or that the console may not touch.
    pub fn event(&mut self, now_micros: i64, event: Event) -> Result<String, String> {
        self.store.catch_up(now_micros, self.switches.read_lag_ms);
        let mut call = Call {
            now: now_micros,
            rules: &self.switches,
            store: &mut self.store,
            ids: &mut self.ids,
            query: Query::new(None),
            body: &[],
            turn: self.turn,
        };
        events::happen(&mut call, &mut self.tokens, event)
    }

    /// All people, oldest first: deleted ones and those of other importers, too.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.store.current().users.values().cloned().collect()
    }

    /// All groups, oldest first: deleted ones and those of other importers, too.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.store.current().groups.values().cloned().collect()
    }

    /// The ids of a group's members, in the order they joined.
    #[must_use]
    pub fn members_of(&self, group_id: &str) -> Vec<String> {
        self.store.current().memberships.members(group_id).cloned().collect()
    }

    /// The living person with this e-mail, in any case.
    #[must_use]
    pub fn user_by_email(&self, email: &str) -> Option<User> {
        self.store.current().living().find(|user| same(&user.email, email, true)).cloned()
    }

    /// The living group with this exact name.
    #[must_use]
    pub fn group_by_name(&self, name: &str) -> Option<Group> {
        let mut groups = self.store.current().groups.values();
        groups.find(|group| !group.deleted && group.display_name == name).cloned()
    }

    /// The addresses that got an enrolment mail, oldest first.
    #[must_use]
    pub fn invited(&self) -> Vec<String> {
        self.store.current().invited.clone()
    }
}

/// Four requests a second for each family of endpoints, and four at once.
fn limits(enabled: bool) -> Limits {
    Limits { enabled, per_minute: 240, burst: 4, per_day: u32::MAX }
}
