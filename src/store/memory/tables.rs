//! What is stored, and the ways to find it.

use std::sync::Arc;

use rpds::{HashTrieMapSync as Hash, RedBlackTreeMapSync as Map, RedBlackTreeSetSync as Set, VectorSync};

use super::shelf::Shelf;
use crate::kernel::{ClientName, Kind, ScimId, TargetName};
use crate::store::chain::Sealed;
use crate::store::{
    AuditRow, Chunk, Intent, IntentState, Operation, Reconcile, Secret, Shadow, State, Tombstone,
};

/// What the clients call one resource.
type Names = Map<ClientName, Arc<str>>;

/// Everything that is stored. A copy shares all that is not changed: that is how a transaction happens as a whole or not at all.
#[derive(Clone, Default)]
pub(super) struct Tables {
    users: Map<TargetName, Shelf>,
    groups: Map<TargetName, Shelf>,
    links: Map<TargetName, Hash<ScimId, Names>>,
    /// Who is called so by a client.
    names: Set<(TargetName, ClientName, Arc<str>, ScimId)>,
    /// Target, group, user.
    parked_members: Set<(TargetName, ScimId, ScimId)>,
    /// Target, user, group.
    parked_groups: Set<(TargetName, ScimId, ScimId)>,
    pub intents: Map<String, Arc<Intent>>,
    /// Those of each resource that are not done.
    undone: Set<(TargetName, Kind, ScimId, String)>,
    pub operations: Map<String, Arc<Operation>>,
    /// Operation, number.
    pub chunks: Map<(String, u32), Arc<Chunk>>,
    pub tombstones: Map<(TargetName, Kind, ScimId), Arc<Tombstone>>,
    pub audit: VectorSync<Arc<(AuditRow, Sealed)>>,
    pub reconcile: Map<TargetName, Reconcile>,
    pub secrets: Map<&'static str, Secret>,
}

impl Tables {
    fn shelves(&self, kind: Kind) -> &Map<TargetName, Shelf> {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    fn shelf(&self, target: &TargetName, kind: Kind) -> Option<&Shelf> {
        self.shelves(kind).get(target)
    }

    fn change(&mut self, target: &TargetName, kind: Kind, change: impl FnOnce(&mut Shelf)) {
        let shelves = match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        };
        let mut shelf = shelves.get(target).cloned().unwrap_or_default();
        change(&mut shelf);
        shelves.insert_mut(target.clone(), shelf);
    }

    pub fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Option<&Arc<Shadow>> {
        self.shelf(target, kind)?.get(id)
    }

    pub fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Option<&Arc<Shadow>> {
        self.shelf(target, kind)?.by_key(key)
    }

    pub fn by_native(&self, target: &TargetName, kind: Kind, native: &str) -> Option<&Arc<Shadow>> {
        self.shelf(target, kind)?.by_native(native)
    }

    /// Of one target and kind, in no order.
    pub fn shadows(&self, target: &TargetName, kind: Kind) -> impl Iterator<Item = &Shadow> {
        self.shelf(target, kind).into_iter().flat_map(Shelf::all)
    }

    /// Those in a state, in SCIM-id order.
    pub fn in_state(&self, target: &TargetName, kind: Kind, state: State) -> impl Iterator<Item = &ScimId> {
        self.shelf(target, kind).into_iter().flat_map(move |shelf| shelf.in_state(state))
    }

    /// Every target that has shadows.
    pub fn targets(&self) -> impl Iterator<Item = &TargetName> {
        let shelves = Kind::ALL.into_iter().flat_map(|kind| self.shelves(kind));
        shelves.filter(|(_, shelf)| shelf.all().next().is_some()).map(|(target, _)| target)
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        let (target, kind) = (shadow.target.clone(), shadow.kind);
        self.change(&target, kind, |shelf| shelf.put(shadow));
    }

    /// Takes a row out.
    pub fn take(&mut self, target: &TargetName, kind: Kind, id: &ScimId) {
        self.change(target, kind, |shelf| shelf.take(id));
    }

    /// What a client calls a resource.
    pub fn name_of(&self, target: &TargetName, client: &ClientName, id: &ScimId) -> Option<&Arc<str>> {
        self.links.get(target)?.get(id)?.get(client)
    }

    /// What a client calls a resource from now on; `None` takes the name away.
    pub fn name(&mut self, target: TargetName, client: ClientName, id: ScimId, name: Option<Arc<str>>) {
        let mut links = self.links.get(&target).cloned().unwrap_or_default();
        let mut names = links.get(&id).cloned().unwrap_or_default();
        if let Some(old) = names.get(&client).cloned() {
            names.remove_mut(&client);
            self.names.remove_mut(&(target.clone(), client.clone(), old, id.clone()));
        }
        if let Some(name) = name {
            names.insert_mut(client.clone(), Arc::clone(&name));
            self.names.insert_mut((target.clone(), client, name, id.clone()));
        }
        match names.is_empty() {
            true => drop(links.remove_mut(&id)),
            false => links.insert_mut(id, names),
        }
        self.links.insert_mut(target, links);
    }

    /// Those whom a client calls so, in SCIM-id order.
    pub fn named(
        &self,
        target: &TargetName,
        client: &ClientName,
        name: &str,
    ) -> impl Iterator<Item = &ScimId> {
        let all = self.names.range((target.clone(), client.clone(), Arc::from(name), first())..);
        all.take_while(move |(t, c, n, _)| t == target && c == client && **n == *name).map(|(_, _, _, id)| id)
    }

    /// Forgets what all clients call a resource.
    pub fn unname(&mut self, target: &TargetName, id: &ScimId) {
        let names = self.links.get(target).and_then(|links| links.get(id));
        let clients: Vec<ClientName> = names.into_iter().flat_map(Map::keys).cloned().collect();
        for client in clients {
            self.name(target.clone(), client, id.clone(), None);
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
        self.parked_members.insert_mut((target.clone(), group.clone(), user.clone()));
        self.parked_groups.insert_mut((target, user, group));
    }

    /// Forgets a parked person's membership.
    pub fn unpark(&mut self, target: TargetName, group: ScimId, user: ScimId) {
        self.parked_members.remove_mut(&(target.clone(), group.clone(), user.clone()));
        self.parked_groups.remove_mut(&(target, user, group));
    }

    /// The intents of a resource that are not done, by id.
    pub fn undone_of(
        &self,
        target: &TargetName,
        kind: Kind,
        id: &ScimId,
    ) -> impl Iterator<Item = &Arc<Intent>> {
        let all = self.undone.range((target.clone(), kind, id.clone(), String::new())..);
        let own = all.take_while(move |(t, k, i, _)| t == target && *k == kind && i == id);
        own.filter_map(|(_, _, _, intent)| self.intents.get(intent))
    }

    /// The open intents of a resource, by id.
    pub fn open_of(
        &self,
        target: &TargetName,
        kind: Kind,
        id: &ScimId,
    ) -> impl Iterator<Item = &Arc<Intent>> {
        self.undone_of(target, kind, id).filter(|intent| intent.state == IntentState::Open)
    }

    /// All open intents.
    pub fn all_open(&self) -> impl Iterator<Item = &Arc<Intent>> {
        let undone = self.undone.iter().filter_map(|(_, _, _, intent)| self.intents.get(intent));
        undone.filter(|intent| intent.state == IntentState::Open)
    }

    /// An intent's new row.
    pub fn put_intent(&mut self, intent: Intent) {
        let at = (intent.target.clone(), intent.kind, intent.scim_id.clone(), intent.id.0.clone());
        match intent.state {
            IntentState::Done => drop(self.undone.remove_mut(&at)),
            _ => self.undone.insert_mut(at),
        }
        self.intents.insert_mut(intent.id.0.clone(), Arc::new(intent));
    }
}

/// What stands beside an id, in order.
fn others<'t>(
    pairs: &'t Set<(TargetName, ScimId, ScimId)>,
    target: &TargetName,
    one: &ScimId,
) -> impl Iterator<Item = &'t ScimId> {
    let all = pairs.range((target.clone(), one.clone(), first())..);
    all.take_while(move |(t, o, _)| t == target && o == one).map(|(_, _, other)| other)
}

/// What no id comes before.
pub(super) fn first() -> ScimId {
    ScimId::new("")
}

/// Keeps the entries that `keeps` picks.
pub(super) fn retain<K: Ord + Clone, V>(map: &mut Map<K, V>, keeps: impl Fn(&K, &V) -> bool) {
    let gone: Vec<K> =
        map.iter().filter(|(key, value)| !keeps(key, value)).map(|(key, _)| key.clone()).collect();
    for key in &gone {
        map.remove_mut(key);
    }
}
