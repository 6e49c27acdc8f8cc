//! What is stored, and the ways to find it.

use std::sync::Arc;

use rpds::{RedBlackTreeMapSync as Map, RedBlackTreeSetSync as Set, VectorSync};

use crate::kernel::{ClientName, Kind, ScimId, TargetName};
use crate::store::chain::Sealed;
use crate::store::{
    AuditRow, Chunk, Intent, IntentState, Operation, Reconcile, Secret, Shadow, State, Tombstone,
};

/// Everything that is stored. A copy shares all that is not changed: that is how a transaction happens as a whole or not at all.
#[derive(Clone, Default)]
pub(super) struct Tables {
    shadows: Map<(TargetName, Kind, ScimId), Arc<Shadow>>,
    /// By folded key.
    keys: Map<(TargetName, Kind, String), ScimId>,
    /// By native id.
    natives: Map<(TargetName, Kind, String), ScimId>,
    states: Set<(TargetName, Kind, State, ScimId)>,
    pub links: Map<(TargetName, ScimId, ClientName), Arc<str>>,
    /// Who is called so by a client.
    pub names: Set<(TargetName, ClientName, Arc<str>, ScimId)>,
    /// Target, group, user.
    pub parked: Set<(TargetName, ScimId, ScimId)>,
    pub intents: Map<String, Arc<Intent>>,
    /// The open ones of each resource.
    pub open: Set<(TargetName, Kind, ScimId, String)>,
    pub operations: Map<String, Arc<Operation>>,
    /// Operation, number.
    pub chunks: Map<(String, u32), Arc<Chunk>>,
    pub tombstones: Map<(TargetName, Kind, ScimId), Arc<Tombstone>>,
    pub audit: VectorSync<Arc<(AuditRow, Sealed)>>,
    pub reconcile: Map<TargetName, Reconcile>,
    pub secrets: Map<&'static str, Secret>,
}

impl Tables {
    pub fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Option<&Arc<Shadow>> {
        self.shadows.get(&(target.clone(), kind, id.clone()))
    }

    pub fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Option<&Arc<Shadow>> {
        let id = self.keys.get(&(target.clone(), kind, key.to_owned()))?;
        self.shadow(target, kind, id)
    }

    pub fn by_native(&self, target: &TargetName, kind: Kind, native: &str) -> Option<&Arc<Shadow>> {
        let id = self.natives.get(&(target.clone(), kind, native.to_owned()))?;
        self.shadow(target, kind, id)
    }

    /// Of one target and kind, in SCIM-id order.
    pub fn shadows(&self, target: &TargetName, kind: Kind) -> impl Iterator<Item = &Shadow> {
        let all = self.shadows.range((target.clone(), kind, first())..);
        all.take_while(move |((t, k, _), _)| t == target && *k == kind).map(|(_, shadow)| &**shadow)
    }

    /// Those in a state, in SCIM-id order.
    pub fn in_state(&self, target: &TargetName, kind: Kind, state: State) -> impl Iterator<Item = &ScimId> {
        let all = self.states.range((target.clone(), kind, state, first())..);
        all.take_while(move |(t, k, s, _)| t == target && *k == kind && *s == state).map(|(_, _, _, id)| id)
    }

    /// Every target that has shadows.
    pub fn targets(&self) -> impl Iterator<Item = &TargetName> {
        self.shadows.keys().map(|(target, _, _)| target)
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        self.take(&shadow.target, shadow.kind, &shadow.scim_id);
        let (target, kind, id) = (&shadow.target, shadow.kind, &shadow.scim_id);
        self.keys.insert_mut((target.clone(), kind, shadow.key.clone()), id.clone());
        if let Some(native) = &shadow.native {
            self.natives.insert_mut((target.clone(), kind, native.id.clone()), id.clone());
        }
        self.states.insert_mut((target.clone(), kind, shadow.state, id.clone()));
        self.shadows.insert_mut((target.clone(), kind, id.clone()), Arc::new(shadow));
    }

    /// Takes a row out.
    pub fn take(&mut self, target: &TargetName, kind: Kind, id: &ScimId) {
        let Some(shadow) = self.shadow(target, kind, id).cloned() else { return };
        self.keys.remove_mut(&(target.clone(), kind, shadow.key.clone()));
        if let Some(native) = &shadow.native {
            self.natives.remove_mut(&(target.clone(), kind, native.id.clone()));
        }
        self.states.remove_mut(&(target.clone(), kind, shadow.state, id.clone()));
        self.shadows.remove_mut(&(target.clone(), kind, id.clone()));
    }

    /// What a client calls a resource; `None` takes it away.
    pub fn name(&mut self, target: TargetName, client: ClientName, id: ScimId, name: Option<Arc<str>>) {
        let at = (target.clone(), id.clone(), client.clone());
        if let Some(old) = self.links.get(&at).cloned() {
            self.links.remove_mut(&at);
            self.names.remove_mut(&(target.clone(), client.clone(), old, id.clone()));
        }
        if let Some(name) = name {
            self.links.insert_mut(at, Arc::clone(&name));
            self.names.insert_mut((target, client, name, id));
        }
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
        let all = self.links.iter().filter(|((t, i, _), _)| t == target && i == id);
        let clients: Vec<ClientName> = all.map(|((_, _, client), _)| client.clone()).collect();
        for client in clients {
            self.name(target.clone(), client, id.clone(), None);
        }
    }

    /// The open intents of a resource, by id.
    pub fn open_of(
        &self,
        target: &TargetName,
        kind: Kind,
        id: &ScimId,
    ) -> impl Iterator<Item = &Arc<Intent>> {
        let all = self.open.range((target.clone(), kind, id.clone(), String::new())..);
        let own = all.take_while(move |(t, k, i, _)| t == target && *k == kind && i == id);
        own.filter_map(|(_, _, _, intent)| self.intents.get(intent))
    }

    /// All open intents.
    pub fn all_open(&self) -> impl Iterator<Item = &Arc<Intent>> {
        self.open.iter().filter_map(|(_, _, _, intent)| self.intents.get(intent))
    }

    /// An intent's new row.
    pub fn put_intent(&mut self, intent: Intent) {
        let at = (intent.target.clone(), intent.kind, intent.scim_id.clone(), intent.id.0.clone());
        if intent.state == IntentState::Open {
            self.open.insert_mut(at);
        } else {
            self.open.remove_mut(&at);
        }
        self.intents.insert_mut(intent.id.0.clone(), Arc::new(intent));
    }
}

/// What no id comes before.
fn first() -> ScimId {
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
