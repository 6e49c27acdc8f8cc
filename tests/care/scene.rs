//! A world whose store is copied, goes on, and gets the copy back.

use std::sync::Arc;
use std::time::Duration;

use scim_facade::delivery::reconcile::{Applied, Fate, Finding, Plan, Terms, WhenBack};
use scim_facade::kernel::{ClientName, Ctx, Kind, ScimId};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Action, Shadow};
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Seed, User};

use crate::support::World;
use crate::support::world::{Reply, START, group, person};

/// Longer than the vendor's lists lag.
pub const LAG: u64 = 6;
pub const DAY: u64 = 24 * 3600;

/// A world whose disk can be copied.
pub struct Disk {
    pub world: World,
    pub memory: Arc<MemoryStore>,
}

impl Disk {
    pub fn new() -> Self {
        let memory = Arc::new(MemoryStore::new());
        let world = World::sophos_with(Seed::Empty, memory.clone(), None);
        assert_eq!(world.clock.now(), START);
        Self { world, memory }
    }

    /// A copy of the disk as it is now, as it comes back.
    pub fn copy(&self) -> Arc<MemoryStore> {
        Arc::new(self.memory.restored_copy())
    }

    /// A new process over the copy and the same cloud.
    pub fn put_back(&mut self, copy: &Arc<MemoryStore>) -> World {
        self.world.store = copy.clone();
        self.world.restarted()
    }
}

pub fn terms(when_back: WhenBack) -> Terms {
    Terms { max_age: Duration::from_secs(7 * DAY), when_back }
}

/// The context of a command.
pub fn ctx(world: &World) -> Ctx {
    Ctx { client: ClientName::parse("facade").unwrap(), ..world.ctx() }
}

pub async fn plan(world: &World) -> Plan {
    world.facade.compare(&ctx(world), &terms(WhenBack::End)).await.unwrap()
}

/// Makes a plan and carries it out; then nothing is left to do.
pub async fn reconcile(world: &World) -> Plan {
    let plan = plan(world).await;
    let applied = world.facade.reconcile(&ctx(world), &plan, &plan.digest()).await.unwrap();
    assert!(matches!(applied, Applied::Done(_)), "{applied:?} {plan:#?}");
    is_reconciled(world).await;
    plan
}

/// The target may be written, and a new comparison finds nothing to do.
pub async fn is_reconciled(world: &World) {
    assert_eq!(world.store.reconcile(&world.target).await.unwrap(), None);
    let rest = plan(world).await;
    assert!(!rest.restored && rest.items.iter().all(|item| !item.acts()), "{rest:#?}");
}

pub fn finding<'a>(plan: &'a Plan, id: &str) -> Option<&'a Finding> {
    plan.items.iter().find(|item| item.scim_id.as_str() == id).map(|item| &item.finding)
}

pub async fn made(world: &World, name: &str) -> String {
    let made = world.post("/Users", person(name)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

pub async fn team(world: &World, name: &str, members: &[&str]) -> String {
    let made = world.post("/Groups", group(name, members)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.id()
}

pub async fn edit(world: &World, id: &str, value: Value) -> Reply {
    world.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": value}])).await
}

/// A write that has to work.
pub async fn edited(world: &World, id: &str, value: Value) {
    let reply = edit(world, id, value).await;
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
}

pub async fn active(world: &World, id: &str) -> Option<bool> {
    let reply = world.get(&format!("/Users/{id}")).await;
    if reply.status == 404 { None } else { reply.body["active"].as_bool() }
}

pub async fn row(world: &World, id: &str) -> Option<Shadow> {
    world.store.shadow(&world.target, Kind::User, &ScimId::new(id)).await.unwrap()
}

/// How many native people have this name's address.
pub fn natives(world: &World, name: &str) -> usize {
    let email = format!("{name}@example.com");
    world.sim().users().iter().filter(|user| user.email.as_deref() == Some(&email)).count()
}

/// Everything that there is natively, to be compared, but for times.
pub fn native_state(world: &World) -> String {
    let sim = world.sim();
    let people = sim.users().into_iter().map(|user| User { updated_at: None, ..user });
    let groups = sim.groups().into_iter().map(|group| (sim.members_of(&group.id), group.id, group.name));
    format!("{:#?} {:#?}", people.collect::<Vec<_>>(), groups.collect::<Vec<_>>())
}

/// From now on natively nothing is written.
pub fn refuse_writes(world: &World) {
    for method in ["POST", "PATCH", "DELETE"] {
        let rule = Rule::once(Fault::Status { code: 503, applied: false }).on(method, "/directory/");
        world.sim().add_fault(rule.times(Times::FOREVER));
    }
}

/// The open intents of a plan, each with what is to become of it.
pub fn wishes(plan: &Plan, id: &str) -> Vec<(Action, bool, Fate)> {
    let item = plan.items.iter().find(|item| item.scim_id.as_str() == id);
    let wishes = item.into_iter().flat_map(|item| &item.wishes);
    wishes.map(|wish| (wish.action, wish.held, wish.fate)).collect()
}
