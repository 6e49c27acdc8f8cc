//! The worlds that the machine is compared with: each a backend, a policy, and a look at what is there natively.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use scim_facade::backend::memory::MemoryConfig;
use scim_facade::backend::{Backend, BackendError, Deactivate, Desired, ErrorKind, NativeRef, Sent};
use scim_facade::facade::DeactivatePolicy;
use scim_facade::kernel::Kind;
use scim_facade::store::Store;
use serde_json::{Value, json};
use simulator::faults::{Fault as Rude, Rule, Times};
use simulator::sophos::{Event, Seed};

use super::schedule::{FOREVER, Fault, On, Wrong};
use crate::support::World;
use crate::support::transport::Gate;
use crate::support::world::QUARANTINE;

/// One kind of world.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub over: Over,
    pub policy: DeactivatePolicy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The reference backend, with or without a disabled state.
    Memory(Deactivate),
    Sophos,
}

pub const NATIVE: Terms = Terms { over: Over::Memory(Deactivate::Native), policy: DeactivatePolicy::Park };
pub const PARKING: Terms = Terms { over: Over::Memory(Deactivate::Absent), policy: DeactivatePolicy::Park };
pub const SOPHOS: Terms = Terms { over: Over::Sophos, policy: DeactivatePolicy::Park };
pub const QUARANTINING: Terms = Terms { policy: DeactivatePolicy::Quarantine, ..PARKING };
pub const PARKING_LATER: Terms = Terms { policy: DeactivatePolicy::QuarantineThenPark, ..PARKING };
pub const SOPHOS_QUARANTINING: Terms = Terms { policy: DeactivatePolicy::Quarantine, ..SOPHOS };
pub const SOPHOS_PARKING_LATER: Terms = Terms { policy: DeactivatePolicy::QuarantineThenPark, ..SOPHOS };

/// For how long somebody is in quarantine before they are parked.
pub const PARK_AFTER: Duration = Duration::from_secs(60);

/// A person in the product.
#[derive(Clone, Debug)]
pub struct Native {
    pub name: String,
    pub shown: String,
    pub access: bool,
}

impl Terms {
    /// The first process.
    pub fn world(self, store: Arc<dyn Store>, gate: Arc<dyn Gate>) -> World {
        let world = match self.over {
            Over::Sophos => World::sophos_with(Seed::Empty, store, Some(gate)),
            Over::Memory(deactivate) => {
                let delete_needs_empty = deactivate == Deactivate::Absent;
                let config = MemoryConfig { deactivate, delete_needs_empty, ..MemoryConfig::default() };
                let mut world = World::memory_with(config);
                world.store = store;
                world
            }
        };
        let parks_later = self.policy == DeactivatePolicy::QuarantineThenPark;
        world.set(|settings| {
            settings.deactivate = self.policy;
            settings.policy.park_after = parks_later.then_some(PARK_AFTER);
        })
    }

    /// The next one, over the same product.
    pub fn next(self, dead: &World, store: Arc<dyn Store>, gate: Arc<dyn Gate>) -> World {
        let world = match &dead.sim {
            Some(sim) => {
                World::over_sophos(sim.clone(), store, dead.clock.clone(), dead.ids.clone(), Some(gate))
            }
            None => {
                let mut world = dead.as_client(dead.client.clone());
                world.store = store;
                world
            }
        };
        world.set(|settings| settings.clone_from(&dead.settings))
    }
}

/// Everybody in the product. Whoever is in the quarantine group and in no other has no access.
pub fn people(world: &World) -> Vec<Native> {
    let groups = all_groups(world);
    let quarantined = |id: &String| {
        let mut of = groups.iter().filter(|(_, members)| members.contains(id)).map(|(name, _)| name);
        of.next().is_some_and(|name| name == QUARANTINE) && of.next().is_none()
    };
    let Some(memory) = &world.memory else {
        let users = world.sim().users().into_iter();
        let person = |user: simulator::sophos::User| Native {
            name: user.email.unwrap_or_default(),
            shown: user.name,
            access: !quarantined(&user.id),
        };
        return users.map(person).collect();
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let person = |native: scim_facade::backend::Native| Native {
        name: text(native.attrs.get("userName")),
        shown: text(native.attrs.get("displayName")),
        access: native.active != Some(false) && !quarantined(&native.at.id),
    };
    memory.everything(Kind::User).into_iter().map(person).collect()
}

/// The groups that are shown, with their members' native ids.
pub fn groups(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let mut groups = all_groups(world);
    groups.remove(QUARANTINE);
    groups
}

fn all_groups(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let Some(memory) = &world.memory else {
        let sim = world.sim();
        let groups = sim.groups().into_iter();
        return groups
            .map(|group| (group.name.clone(), sim.members_of(&group.id).into_iter().collect()))
            .collect();
    };
    let groups = memory.everything(Kind::Group).into_iter();
    let name = |native: &scim_facade::backend::Native| {
        native.attrs.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    groups.map(|group| (name(&group), memory.member_ids(&group.at.id).into_iter().collect())).collect()
}

/// Somebody deletes a person or a group in the product.
pub fn vanish(world: &World, kind: Kind, native: &str) {
    match (&world.memory, kind) {
        (Some(memory), _) => memory.vanish(kind, native),
        (None, Kind::User) => happens(world, Event::ConsoleDeletesUser { user: native.to_owned() }),
        (None, Kind::Group) => happens(world, Event::ConsoleDeletesGroup { group: native.to_owned() }),
    }
}

/// Somebody changes a person's displayName in the product.
pub fn rename(world: &World, native: &str, shown: &str) {
    match &world.memory {
        Some(memory) => memory.drift(Kind::User, native, "displayName", Some(json!(shown))),
        None => happens(
            world,
            Event::ConsoleEditsUser {
                user: native.to_owned(),
                name: Some(shown.to_owned()),
                first_name: None,
                last_name: None,
                email: None,
                exchange_login: None,
            },
        ),
    }
}

/// A person appears in the product by a log-in on a device.
pub async fn log_in(world: &World, name: &str) {
    let Some(memory) = &world.memory else {
        return happens(world, Event::DeviceLogin { login: name.to_owned() });
    };
    let attrs = [("userName".to_owned(), json!(name))].into_iter().collect();
    let desired = Desired { kind: Kind::User, attrs, links: Vec::new(), active: true };
    // What was ordered to go wrong is none of a device's business.
    while let Err(error) = memory.create(&world.ctx(), &desired).await
        && error.kind != ErrorKind::Conflict
    {}
}

fn happens(world: &World, event: Event) {
    let now = world.clock.now().0;
    world.sim().event(now, event).unwrap();
}

/// Makes native calls go wrong. The reference backend knows writes only, and no delay.
pub fn go_wrong(world: &World, fault: Fault) {
    match &world.memory {
        None => world.sim().add_fault(rule(fault)),
        Some(memory) => {
            let sent = |applied| if applied { Sent::Maybe } else { Sent::No };
            let (kind, sent) = match fault.how {
                Wrong::TooMany => (ErrorKind::RateLimited, Sent::No),
                Wrong::Error { applied } | Wrong::Reset { applied } => {
                    (ErrorKind::Unavailable, sent(applied))
                }
                Wrong::Hang { applied } => (ErrorKind::TimedOut, sent(applied)),
                Wrong::Garbage { .. } => (ErrorKind::Unusable, Sent::Maybe),
                Wrong::Late(_) | Wrong::Token => return,
            };
            memory.fail_next_writes(usize::from(fault.times), &BackendError::new(kind, sent, "ordered"));
        }
    }
}

fn rule(fault: Fault) -> Rule {
    let how = match fault.how {
        Wrong::TooMany => Rude::TooMany { retry_after: Some(2) },
        Wrong::Error { applied } => Rude::Status { code: 503, applied },
        Wrong::Reset { applied: true } => Rude::ResetAfter,
        Wrong::Reset { applied: false } => Rude::ResetBefore,
        Wrong::Hang { applied } => Rude::Hang { applied },
        Wrong::Garbage { applied } => Rude::Garbage { applied },
        Wrong::Late(seconds) => Rude::DelayMs { ms: 1000 * u64::from(seconds) },
        Wrong::Token => Rude::TokenExpired,
    };
    let times = if fault.times == FOREVER { Times::FOREVER } else { Times::Count(fault.times.into()) };
    let rule = Rule::once(how).times(times).skip(fault.skip.into());
    let method = match fault.on {
        On::All => return rule,
        On::Reads => "GET",
        On::Posts => "POST",
        On::Patches => "PATCH",
        On::Deletes => "DELETE",
    };
    rule.on(method, "/common/v1/directory")
}

/// Nothing goes wrong any more.
pub async fn go_right(world: &World) {
    let Some(memory) = &world.memory else {
        world.sim().clear_faults();
        world.sim().switches_mut().list_lag_ms = 0;
        return;
    };
    // Each fault that is left hits a write of nothing.
    let nobody = NativeRef::new("00000000-0000-0000-0000-000000000000");
    while memory.delete(&world.ctx(), Kind::User, &nobody).await.is_err() {}
}

/// Does something while nothing goes wrong; what had been ordered goes wrong later.
pub async fn undisturbed<T>(world: &World, work: impl Future<Output = T>) -> T {
    // The reference backend's faults are for writes only.
    let Some(sim) = &world.sim else { return work.await };
    let before: Vec<_> = sim.lock().unwrap().faults();
    sim.lock().unwrap().clear_faults();
    let done = work.await;
    for standing in before {
        let mut rule = standing.rule;
        if standing.hits > 0 {
            rule.matching.skip = 0;
        }
        match rule.times {
            Times::Count(times) if times <= standing.hits => continue,
            Times::Count(times) => rule.times = Times::Count(times - standing.hits),
            Times::Always(_) => {}
        }
        sim.lock().unwrap().add_fault(rule);
    }
    done
}

/// How often calls have gone wrong. The reference backend does not tell.
pub fn hits(world: &World) -> u32 {
    world
        .sim
        .as_ref()
        .map_or(0, |sim| sim.lock().unwrap().faults().iter().map(|standing| standing.hits).sum())
}

pub const LAG: Duration = Duration::from_secs(6);
