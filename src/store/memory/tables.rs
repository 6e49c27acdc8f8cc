//! What is stored, and the ways to find it.

use std::sync::Arc;

use super::names::Names;
use super::shelf::Shelf;
use super::table::{Log, Order, Table, Undo};
use crate::kernel::{ClientName, Kind, Lookup, ScimId, TargetName, Timestamp};
use crate::store::chain::Sealed;
use crate::store::{
    Chunk, Intent, IntentId, IntentState, Operation, OperationId, Reconcile, Secret, Shadow, State, Tombstone,
};

/// Everything that is stored.
#[derive(Clone, Default)]
pub(super) struct Tables {
    users: Lookup<TargetName, Shelf>,
    groups: Lookup<TargetName, Shelf>,
    /// What each client calls the resources of a target.
    names: Lookup<TargetName, Lookup<ClientName, Names>>,
    /// Target, group, user.
    parked_members: Order<(TargetName, ScimId, ScimId)>,
    /// Target, user, group.
    parked_groups: Order<(TargetName, ScimId, ScimId)>,
    /// Those that are not done.
    intents: Table<IntentId, Box<Intent>>,
    /// The same, by resource.
    undone: Order<(TargetName, Kind, ScimId, IntentId)>,
    /// Those that are done: of which target, and when they were due.
    pub done: Table<IntentId, (TargetName, Timestamp)>,
    pub operations: Table<OperationId, Operation>,
    /// By operation and number.
    pub chunks: Table<(OperationId, u32), Chunk>,
    pub chunk_numbers: Order<(OperationId, u32)>,
    pub tombstones: Table<(TargetName, Kind, ScimId), Tombstone>,
    pub audit: Log<Sealed>,
    pub reconcile: Table<TargetName, Reconcile>,
    pub secrets: Table<&'static str, Secret>,
}

impl Undo for Tables {
    fn keep(&mut self) {
        self.tables().for_each(Undo::keep);
    }

    fn take_back(&mut self) {
        self.tables().for_each(Undo::take_back);
    }
}

impl Tables {
    fn tables(&mut self) -> impl Iterator<Item = &mut dyn Undo> {
        let Self {
            users,
            groups,
            names,
            parked_members,
            parked_groups,
            intents,
            undone,
            done,
            operations,
            chunks,
            chunk_numbers,
            tombstones,
            audit,
            reconcile,
            secrets,
        } = self;
        let own: [&mut dyn Undo; 12] = [
            parked_members,
            parked_groups,
            intents,
            undone,
            done,
            operations,
            chunks,
            chunk_numbers,
            tombstones,
            audit,
            reconcile,
            secrets,
        ];
        let shelves = users.values_mut().chain(groups.values_mut()).map(|shelf| shelf as &mut dyn Undo);
        let names = names.values_mut().flat_map(Lookup::values_mut).flat_map(Names::tables);
        own.into_iter().chain(shelves).chain(names)
    }

    fn shelves(&self, kind: Kind) -> &Lookup<TargetName, Shelf> {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    fn shelf(&self, target: &TargetName, kind: Kind) -> Option<&Shelf> {
        self.shelves(kind).get(target)
    }

    pub fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Option<&Shadow> {
        self.shelf(target, kind)?.get(id)
    }

    pub fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Option<&Shadow> {
        self.shelf(target, kind)?.by_key(key)
    }

    pub fn by_native(&self, target: &TargetName, kind: Kind, native: &str) -> Option<&Shadow> {
        self.shelf(target, kind)?.by_native(native)
    }

    /// Of one target and kind, in no order.
    pub fn shadows(&self, target: &TargetName, kind: Kind) -> impl Iterator<Item = &Shadow> {
        self.shelf(target, kind).into_iter().flat_map(Shelf::all)
    }

    /// Those in a state, in no order.
    pub fn in_state(&self, target: &TargetName, kind: Kind, state: State) -> impl Iterator<Item = &ScimId> {
        self.shelf(target, kind).into_iter().flat_map(move |shelf| shelf.in_state(state))
    }

    /// Every target that has shadows.
    pub fn targets(&self) -> impl Iterator<Item = &TargetName> {
        let shelves = Kind::ALL.into_iter().flat_map(|kind| self.shelves(kind));
        shelves.filter(|(_, shelf)| !shelf.is_empty()).map(|(target, _)| target)
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        let shelves = match shadow.kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        };
        shelves.entry(shadow.target.clone()).or_default().put(shadow);
    }

    /// Takes a row out.
    pub fn take(&mut self, target: &TargetName, kind: Kind, id: &ScimId) {
        let shelves = match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        };
        if let Some(shelf) = shelves.get_mut(target) {
            shelf.take(id);
        }
    }

    /// What a client calls a resource.
    pub fn name_of(&self, target: &TargetName, client: &ClientName, id: &ScimId) -> Option<&Arc<str>> {
        self.names_in(target, client)?.of(id)
    }

    /// What a client calls a resource from now on; `None` takes the name away.
    pub fn name(&mut self, target: TargetName, client: ClientName, id: ScimId, name: Option<Arc<str>>) {
        self.names.entry(target).or_default().entry(client).or_default().name(id, name);
    }

    /// Those whom a client calls so, in SCIM-id order.
    pub fn named(&self, target: &TargetName, client: &ClientName, name: &str) -> &[ScimId] {
        self.names_in(target, client).map_or(&[], |names| names.named(name))
    }

    fn names_in(&self, target: &TargetName, client: &ClientName) -> Option<&Names> {
        self.names.get(target)?.get(client)
    }

    /// Forgets what all clients call a resource.
    pub fn unname(&mut self, target: &TargetName, id: &ScimId) {
        for names in self.names.get_mut(target).into_iter().flat_map(Lookup::values_mut) {
            names.name(id.clone(), None);
        }
    }

    /// The parked people that a group remembers, in SCIM-id order.
    pub fn parked_members(&self, target: &TargetName, group: &ScimId) -> impl Iterator<Item = &ScimId> {
        others(&self.parked_members, target, group)
    }

    /// The groups that remember a parked person, in SCIM-id order.
    pub fn parked_groups(&self, target: &TargetName, user: &ScimId) -> impl Iterator<Item = &ScimId> {
        others(&self.parked_groups, target, user)
    }

    /// Remembers a parked person's membership.
    pub fn park(&mut self, target: TargetName, group: ScimId, user: ScimId) {
        self.parked_members.put((target.clone(), group.clone(), user.clone()));
        self.parked_groups.put((target, user, group));
    }

    /// Forgets a parked person's membership.
    pub fn unpark(&mut self, target: TargetName, group: ScimId, user: ScimId) {
        self.parked_members.take(&(target.clone(), group.clone(), user.clone()));
        self.parked_groups.take(&(target, user, group));
    }

    /// An intent that is not done.
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.intents.get(id).map(|intent| &**intent)
    }

    /// Whether an intent has, or had, this id.
    pub fn is_used(&self, id: &IntentId) -> bool {
        self.intents.get(id).is_some() || self.done.get(id).is_some()
    }

    /// The intents of a resource that are not done, by id.
    pub fn undone_of(&self, target: &TargetName, kind: Kind, id: &ScimId) -> impl Iterator<Item = &Intent> {
        let all = self.undone.from((target.clone(), kind, id.clone(), IntentId(String::new())));
        let own = all.take_while(move |(t, k, i, _)| t == target && *k == kind && i == id);
        own.filter_map(|(_, _, _, intent)| self.intent(intent))
    }

    /// The open intents of a resource, by id.
    pub fn open_of(&self, target: &TargetName, kind: Kind, id: &ScimId) -> impl Iterator<Item = &Intent> {
        self.undone_of(target, kind, id).filter(|intent| intent.state == IntentState::Open)
    }

    /// All open intents.
    pub fn all_open(&self) -> impl Iterator<Item = &Intent> {
        let undone = self.undone.iter().filter_map(|(_, _, _, intent)| self.intent(intent));
        undone.filter(|intent| intent.state == IntentState::Open)
    }

    /// The new row of an intent that is not done.
    pub fn put_intent(&mut self, intent: Box<Intent>) {
        let at = (intent.target.clone(), intent.kind, intent.scim_id.clone(), intent.id.clone());
        self.undone.put(at);
        self.intents.put(intent.id.clone(), intent);
    }

    /// An intent is done: nothing is asked of it any more but whether it was there.
    pub fn finish(&mut self, id: &IntentId) {
        let Some(intent) = self.intent(id) else { return };
        let due = (intent.target.clone(), intent.next_at);
        let at = (intent.target.clone(), intent.kind, intent.scim_id.clone(), id.clone());
        self.undone.take(&at);
        self.intents.take(id);
        self.done.put(id.clone(), due);
    }
}

/// What stands beside an id, in order.
fn others<'t>(
    pairs: &'t Order<(TargetName, ScimId, ScimId)>,
    target: &TargetName,
    one: &ScimId,
) -> impl Iterator<Item = &'t ScimId> {
    let all = pairs.from((target.clone(), one.clone(), ScimId::new("")));
    all.take_while(move |(t, o, _)| t == target && o == one).map(|(_, _, other)| other)
}
