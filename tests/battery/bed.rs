//! A test bed: one backend behind a facade, and a look at what was planned and what was done.

use std::sync::atomic::{AtomicUsize, Ordering};

use scim::profile::Profile;
use scim_facade::backend::{Capabilities, Deactivate, NativeRef, Want};
use scim_facade::facade::{Client, GroupScope, Settings};
use scim_facade::kernel::{Kind, ScimId};
use serde_json::{Value, json};
use simulator::netskope::Profile as Manners;

use crate::support::World;
use crate::support::world::{Reply, client};

pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a backend must be able to do for a test.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// It has no disabled state: people are parked.
    Parks,
    /// It has no disabled state, and people are put into quarantine.
    Quarantines,
    /// People can be administrators.
    Admins,
    /// People without an e-mail address are left out of lists.
    HidesWithoutEmail,
    /// It has a user schema of its own.
    Extension,
    /// People tell their groups.
    TellsGroups,
    /// It keeps an externalId.
    HoldsExternalId,
    /// What the backend does not keep is kept here.
    KeepsShadows,
    /// All that clients write comes back, and the answer to a write tells all that a read does: the backend sees to that, or we.
    KeepsAll,
    /// A group's version can be told.
    VersionsGroups,
    /// A directory can take objects over, which stay to be seen.
    Locks,
    /// There are people without an e-mail address.
    WithoutEmail,
    /// The product keeps a person's displayName.
    Profile,
    /// Whoever is inactive is still shown among a group's members natively.
    InactiveMembers,
}

pub struct Bed {
    pub world: World,
    caps: Capabilities,
    audited: AtomicUsize,
    written: AtomicUsize,
}

impl Bed {
    pub fn over(world: World) -> Self {
        let caps = *world.backend.capabilities();
        Self { world, caps, audited: AtomicUsize::new(0), written: AtomicUsize::new(0) }
    }

    pub fn offers(&self, need: Need) -> bool {
        match need {
            Need::Parks => self.caps.deactivate == Deactivate::Absent,
            Need::Quarantines => self.quarantines(),
            Need::Admins => self.caps.admins,
            Need::HidesWithoutEmail => self.caps.listed_having.is_some(),
            Need::Extension => self.caps.user_extension.is_some(),
            Need::TellsGroups => !self.caps.groups_by_members,
            Need::HoldsExternalId => self.external_id_field(Kind::User).is_some(),
            Need::KeepsAll | Need::VersionsGroups => {
                self.world.store.keeps_shadows() || self.world.memory.is_some()
            }
            Need::KeepsShadows => self.world.store.keeps_shadows(),
            Need::Locks => !self.caps.confirms_end,
            Need::WithoutEmail => self.world.netskope.is_none(),
            Need::Profile => self.manners().is_none_or(|manners| manners.profile_attributes),
            Need::InactiveMembers => self.manners().is_none_or(|manners| manners.inactive_visible),
        }
    }

    /// Whether lists tell an attribute of people, as the product has it now.
    pub fn lists_tell(&self, attribute: &str) -> bool {
        self.caps.list_tells.is_none_or(|tells| tells.attributes.contains(&attribute))
    }

    /// Whether lists come in an order of the backend's own.
    pub fn has_its_own_order(&self) -> bool {
        self.caps.own_order
    }

    /// The native field that keeps an externalId.
    pub fn external_id_field(&self, kind: Kind) -> Option<&'static str> {
        self.caps.of(kind).external_id
    }

    pub fn has_a_disabled_state(&self) -> bool {
        self.caps.deactivate == Deactivate::Native
    }

    /// Whether somebody can begin without access natively, and be seen.
    pub fn makes_inactive_people(&self) -> bool {
        self.has_a_disabled_state() && !self.caps.hides_inactive
    }

    /// Whether people are put into the quarantine group.
    pub fn quarantines(&self) -> bool {
        self.caps.deactivate == Deactivate::Quarantine
    }

    pub fn parks(&self) -> bool {
        self.offers(Need::Parks)
    }

    /// Whether whoever loses access here is out of sight natively.
    pub fn hides(&self) -> bool {
        self.caps.hides_inactive && self.manners().is_none_or(|manners| !manners.inactive_visible)
    }

    /// How a simulated Netskope behaves.
    pub fn manners(&self) -> Option<simulator::netskope::Switches> {
        self.world.netskope.as_ref().map(|sim| sim.lock().unwrap().switches().clone())
    }

    /// Whether every write is understood in the form in which it is sent first.
    fn is_understood_at_once(&self) -> bool {
        self.manners().is_none_or(|manners| manners == Manners::Live2026.switches())
    }

    /// Somebody with as little as the product takes.
    pub fn plain_person(&self) -> Value {
        match self.offers(Need::WithoutEmail) {
            true => json!({"userName": "EXAMPLE\\plain", "displayName": "Plain"}),
            false => json!({"userName": "plain@example.com", "displayName": "Plain"}),
        }
    }

    /// The same backend behind a facade with other settings.
    pub async fn with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let world = self.world.as_client(self.world.client.clone()).set(change);
        world.backend.prepare(&world.ctx()).await.unwrap();
        let bed = Self::over(world);
        bed.forget_plan().await;
        bed
    }

    /// How often operators were called for this.
    pub fn alarms(&self, kind: &str) -> usize {
        let wanted = format!("scim_facade_alarms_total{{kind=\"{kind}\"}} ");
        let metrics = self.world.telemetry.render();
        let counted = metrics.lines().find_map(|line| line.strip_prefix(&wanted)?.parse().ok());
        counted.unwrap_or(0)
    }

    /// The same with a client that may write groups which it neither made nor adopted.
    pub fn writing_all_groups(&self) -> Self {
        let all = Client { groups: GroupScope::All, ..self.world.client.clone() };
        let written = AtomicUsize::new(self.written.load(Ordering::Relaxed));
        let audited = AtomicUsize::new(self.audited.load(Ordering::Relaxed));
        Self { world: self.world.as_client(all), caps: self.caps, audited, written }
    }

    /// The same facade as another client sees it.
    pub fn other_client(&self, name: &str) -> World {
        self.world.as_client(client(name))
    }

    /// The same facade as a client of the strict profile sees it.
    pub fn strict(&self) -> World {
        let mut strict = client("strict");
        strict.profile = Profile::Strict;
        strict.groups = GroupScope::All;
        self.world.as_client(strict)
    }

    /// Waits until nothing that was written can be invisible natively.
    pub async fn settle_down(&self) {
        self.world.wait(6).await;
    }

    // Requests: every write ends with a look at plan and journal.

    pub async fn send(&self, world: &World, method: &str, path: &str, body: Option<Value>) -> Reply {
        let reply = world.send(method, path, body).await;
        self.check_plan(&format!("{method} {path} -> {reply:?}")).await;
        reply
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.world.get(path).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(&self.world, "POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(&self.world, "PUT", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Reply {
        self.send(&self.world, "PATCH", path, Some(patch(operations))).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(&self.world, "DELETE", path, None).await
    }

    /// A write that must succeed.
    pub async fn make(&self, path: &str, body: Value) -> Reply {
        let made = self.post(path, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made
    }

    /// The native writes planned since the last look are those that the backend saw, in order.
    async fn check_plan(&self, what: &str) {
        let rows = self.world.audit().await;
        let new = rows.iter().skip(self.audited.swap(rows.len(), Ordering::Relaxed));
        let planned: Vec<String> =
            new.filter(|row| row.outcome == "begun").flat_map(|row| row.plan.clone()).collect();
        let skip = self.written.load(Ordering::Relaxed);
        let seen = self.native_writes(skip);
        self.written.store(skip + seen.len(), Ordering::Relaxed);
        if !self.is_understood_at_once() {
            let mut planned = addresses(planned).into_iter();
            let seen = addresses(seen);
            let all = seen.iter().all(|address| planned.any(|other| other == *address));
            return assert!(all, "not planned, or in another order: {seen:?}: {what}");
        }
        assert_eq!(planned, seen, "planned and seen native writes differ: {what}");
    }

    /// What was planned and written so far is not compared: a refused write was planned and not made.
    pub async fn forget_plan(&self) {
        let rows = self.world.audit().await;
        self.audited.store(rows.len(), Ordering::Relaxed);
        self.forget_writes();
    }

    /// Writes made past the facade are nobody's plan.
    pub fn forget_writes(&self) {
        self.written.store(self.native_writes(0).len(), Ordering::Relaxed);
    }

    /// How many native writes were seen in all.
    pub fn writes(&self) -> usize {
        self.native_writes(0).len()
    }

    /// The native id behind a SCIM id.
    pub async fn native_id(&self, kind: Kind, id: &str) -> Option<String> {
        if !self.offers(Need::KeepsShadows) {
            return self.native(kind, id).await.map(|native| native.at.id);
        }
        let shadow = self.world.store.shadow(&self.world.target, kind, &ScimId::new(id)).await.unwrap();
        shadow.and_then(|shadow| shadow.native.clone()).map(|at| at.id)
    }

    /// The native id of somebody who has one.
    pub async fn native_of(&self, kind: Kind, id: &str) -> String {
        self.native_id(kind, id).await.expect("a native object")
    }

    /// Whether a person has access natively.
    pub async fn has_access(&self, id: &str) -> bool {
        let Some(at) = self.native_id(Kind::User, id).await else { return false };
        let (ctx, at) = (self.world.ctx(), NativeRef::new(at));
        let native = self.world.backend.get(&ctx, Kind::User, &at, Want { groups: true }).await.unwrap();
        native.is_some_and(|native| !native.is_inactive())
    }

    /// The ids that a filter finds, sorted; the total is their number.
    pub async fn find(&self, endpoint: &str, filter: &str) -> Vec<String> {
        find(&self.world, endpoint, filter).await
    }
}

/// Where writes went. What a server does not understand is sent to the same object once more, in another form; a name that it
/// would wrongly take is not sent.
fn addresses(writes: Vec<String>) -> Vec<String> {
    let address = |write: String| write.split_once(' ').map_or(write.clone(), |(_, path)| path.to_owned());
    let mut addresses: Vec<String> = writes.into_iter().map(address).collect();
    addresses.dedup();
    addresses
}

/// The ids that a filter finds for this client, sorted; the total is their number.
pub async fn find(world: &World, endpoint: &str, filter: &str) -> Vec<String> {
    let encoded = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
    let page = world.get(&format!("{endpoint}?filter={encoded}")).await;
    assert_eq!(page.status, 200, "{filter}: {page:?}");
    let mut ids = ids(&page);
    assert_eq!(page.body["totalResults"], ids.len(), "{filter}: {page:?}");
    ids.sort();
    ids
}

/// The ids of a list's resources, in order.
pub fn ids(page: &Reply) -> Vec<String> {
    let resources = page.body["Resources"].as_array().cloned().unwrap_or_default();
    resources.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of a group's members as answered, sorted.
pub fn members(group: &Reply) -> Vec<String> {
    let members = group.body["members"].as_array().cloned().unwrap_or_default();
    let mut ids: Vec<String> =
        members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

pub fn sorted(ids: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    ids.sort();
    ids
}

pub fn patch(operations: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

/// The version in an answer.
pub fn version(reply: &Reply) -> String {
    reply.body["meta"]["version"].as_str().unwrap_or_else(|| panic!("no version in {reply:?}")).to_owned()
}

#[track_caller]
pub fn refused(reply: &Reply, status: u16, scim_type: &str) {
    assert_eq!((reply.status, reply.body["scimType"].as_str()), (status, Some(scim_type)), "{reply:?}");
}
