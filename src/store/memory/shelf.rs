//! The shadows of one target and kind.

use std::sync::Arc;

use rpds::{HashTrieMapSync as Hash, RedBlackTreeSetSync as Set};

use super::tables::first;
use crate::kernel::ScimId;
use crate::store::{Shadow, State};

/// The shadows of one target and kind, and the ways to find one.
#[derive(Clone, Default)]
pub(super) struct Shelf {
    shadows: Hash<ScimId, Arc<Shadow>>,
    /// By folded key.
    keys: Hash<String, ScimId>,
    /// By native id.
    natives: Hash<String, ScimId>,
    states: Set<(State, ScimId)>,
}

impl Shelf {
    pub fn get(&self, id: &ScimId) -> Option<&Arc<Shadow>> {
        self.shadows.get(id)
    }

    pub fn by_key(&self, key: &str) -> Option<&Arc<Shadow>> {
        self.get(self.keys.get(key)?)
    }

    pub fn by_native(&self, native: &str) -> Option<&Arc<Shadow>> {
        self.get(self.natives.get(native)?)
    }

    /// In no order.
    pub fn all(&self) -> impl Iterator<Item = &Shadow> {
        self.shadows.values().map(|shadow| &**shadow)
    }

    /// Those in a state, in SCIM-id order.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &ScimId> {
        let all = self.states.range((state, first())..);
        all.take_while(move |(of, _)| *of == state).map(|(_, id)| id)
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        let id = shadow.scim_id.clone();
        match self.get(&id).cloned() {
            Some(old) if old.key == shadow.key && old.native == shadow.native => {
                if old.state != shadow.state {
                    self.states.remove_mut(&(old.state, id.clone()));
                    self.states.insert_mut((shadow.state, id.clone()));
                }
            }
            _ => {
                self.take(&id);
                self.keys.insert_mut(shadow.key.clone(), id.clone());
                if let Some(native) = &shadow.native {
                    self.natives.insert_mut(native.id.clone(), id.clone());
                }
                self.states.insert_mut((shadow.state, id.clone()));
            }
        }
        self.shadows.insert_mut(id, Arc::new(shadow));
    }

    /// Takes a row out.
    pub fn take(&mut self, id: &ScimId) {
        let Some(shadow) = self.shadows.get(id).cloned() else { return };
        self.keys.remove_mut(&shadow.key);
        if let Some(native) = &shadow.native {
            self.natives.remove_mut(&native.id);
        }
        self.states.remove_mut(&(shadow.state, id.clone()));
        self.shadows.remove_mut(id);
    }
}
