//! Sophos Central: tokens, tenants, the directory, admins and roles.
//!
//! The vendor's hosts are path prefixes: `/id`, `/global`, and one per region (`/eu01`, `/us01`). Credentials, all with
//! the secret `sophos-secret`: `sophos-client` (Super Admin) and `sophos-management` of the tenant in `eu01`,
//! `sophos-readonly` and `sophos-forensics` which may only read, `sophos-disabled`, `sophos-partner`, `sophos-org`.

mod access;
mod admins;
mod auth;
mod body;
mod call;
mod choices;
mod directory;
mod errors;
mod events;
mod groups;
mod lists;
mod membership;
mod model;
mod query;
mod render;
mod roles;
mod routes;
mod seed;
mod serve;
mod state;
pub mod switches;
mod tenants;
mod users;
mod world;

pub use events::Event;
pub use model::{ACTIVE_DIRECTORY, Admin, Assignment, CUSTOM, ENTRA, Group, Identified, Role, User};
pub use switches::Switches;

pub use crate::seed::Seed;

use auth::Tokens;
use call::Call;
use directory::Directory;
use model::Tenant;
use query::Query;
use world::{MAIN, World};

use crate::ids::Ids;
use crate::instruments::{Instruments, simulator};
use crate::limiter::Limits;
use crate::text;

/// How a simulator starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is reached, such as `http://127.0.0.1:9001`; `whoami` and the tenant lists build their hosts from it.
    pub public_base: String,
    /// What the directory holds.
    pub seed: Seed,
    /// Whether the rate limits are enforced.
    pub limits: bool,
    /// The guesses.
    pub switches: Switches,
    /// Makes the ids; the same seed gives the same ids.
    pub id_seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_base: "http://127.0.0.1:9001".to_owned(),
            seed: Seed::Sample,
            limits: false,
            switches: Switches::default(),
            id_seed: 1,
        }
    }
}

/// The simulator. What the methods below show and change is the tenant of `sophos-client`.
#[derive(Clone, Debug)]
pub struct Sophos {
    base: String,
    id_seed: u64,
    switches: Switches,
    world: World,
    tokens: Tokens,
    instruments: Instruments,
    /// For tokens, request ids and the like; never restarts.
    serial: Ids,
}

simulator!(Sophos, Switches);

impl Sophos {
    /// A simulator with a fresh seed.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            base: options.public_base.trim_end_matches('/').to_owned(),
            id_seed: options.id_seed,
            switches: options.switches,
            world: World::new(options.id_seed, options.seed),
            tokens: Tokens::default(),
            instruments: Instruments::new(Limits { enabled: options.limits, ..Limits::default() }),
            serial: Ids::new(options.id_seed, "serial"),
        }
    }

    /// Forgets the directory and starts with another. Tokens, switches, faults and the journal stay.
    pub fn reseed(&mut self, seed: Seed) {
        self.world = World::new(self.id_seed, seed);
    }

    /// Lets something happen in the vendor's world. Gives the id of what was touched.
    ///
    /// # Errors
    /// When the event names something that does not exist.
    pub fn event(&mut self, now_micros: i64, event: Event) -> Result<String, String> {
        self.call(MAIN, now_micros, None, &[], |call| events::happen(call, event))
    }

    /// All users, oldest first.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.main().1.users.values().cloned().collect()
    }

    /// All groups, oldest first.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.main().1.groups.values().cloned().collect()
    }

    /// All admins, oldest first.
    #[must_use]
    pub fn admins(&self) -> Vec<Admin> {
        self.main().1.admins.values().cloned().collect()
    }

    /// All roles, oldest first.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        self.main().1.roles.values().cloned().collect()
    }

    /// The ids of a group's members, in the order they joined.
    #[must_use]
    pub fn members_of(&self, group_id: &str) -> Vec<String> {
        self.main().1.members(group_id).cloned().collect()
    }

    /// The user with this e-mail, in any case.
    #[must_use]
    pub fn user_by_email(&self, email: &str) -> Option<User> {
        let is = |user: &&User| user.email.as_ref().is_some_and(|theirs| text::same(theirs, email, true));
        self.main().1.users.values().find(is).cloned()
    }

    /// The group with this exact name.
    #[must_use]
    pub fn group_by_name(&self, name: &str) -> Option<Group> {
        self.main().1.groups.values().find(|group| group.name == name).cloned()
    }

    /// The id of the tenant of `sophos-client`.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.main().0.id
    }

    fn main(&self) -> (&Tenant, &Directory) {
        (&self.world.tenants[MAIN], self.world.stores[MAIN].current())
    }

    /// Runs something on a tenant's directory.
    fn call<R>(
        &mut self,
        tenant: usize,
        now: i64,
        query: Option<&str>,
        body: &[u8],
        run: impl FnOnce(&mut Call<'_>) -> R,
    ) -> R {
        let store = &mut self.world.stores[tenant];
        store.catch_up(now, self.switches.list_lag_ms);
        run(&mut Call {
            now,
            rules: &self.switches,
            tenant: &self.world.tenants[tenant],
            store,
            ids: &mut self.world.ids,
            query: Query::new(query, &self.switches),
            body,
        })
    }
}
