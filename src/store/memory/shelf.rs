//! The shadows of one target and kind.

use super::table::{Table, Undo};
use crate::kernel::{Lookup, ScimId};
use crate::store::{Shadow, State};

/// The shadows of one target and kind, and the ways to find one.
#[derive(Clone, Default)]
pub(super) struct Shelf {
    shadows: Table<ScimId, Shadow>,
    /// By folded key.
    keys: Table<String, ScimId>,
    /// By native id.
    natives: Table<String, ScimId>,
    states: Lookup<State, Table<ScimId, ()>>,
}

impl Shelf {
    /// Its tables.
    pub fn tables(&mut self) -> impl Iterator<Item = &mut dyn Undo> {
        let Self { shadows, keys, natives, states } = self;
        let own: [&mut dyn Undo; 3] = [shadows, keys, natives];
        own.into_iter().chain(states.values_mut().map(|state| state as &mut dyn Undo))
    }

    pub fn get(&self, id: &ScimId) -> Option<&Shadow> {
        self.shadows.get(id)
    }

    pub fn by_key(&self, key: &str) -> Option<&Shadow> {
        self.get(self.keys.get(key)?)
    }

    pub fn by_native(&self, native: &str) -> Option<&Shadow> {
        self.get(self.natives.get(native)?)
    }

    pub fn is_empty(&self) -> bool {
        self.shadows.is_empty()
    }

    /// In no order.
    pub fn all(&self) -> impl Iterator<Item = &Shadow> {
        self.shadows.values()
    }

    /// Those in a state, in no order.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &ScimId> {
        self.states.get(&state).into_iter().flat_map(Table::keys)
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        let id = shadow.scim_id.clone();
        match self.shadows.get(&id) {
            Some(old) if old.key == shadow.key && old.native == shadow.native => {
                let old = old.state;
                if old != shadow.state {
                    self.move_to(&id, Some(old), Some(shadow.state));
                }
            }
            _ => {
                self.take(&id);
                self.keys.put(shadow.key.clone(), id.clone());
                if let Some(native) = &shadow.native {
                    self.natives.put(native.id.clone(), id.clone());
                }
                self.move_to(&id, None, Some(shadow.state));
            }
        }
        self.shadows.put(id, shadow);
    }

    /// Takes a row out.
    pub fn take(&mut self, id: &ScimId) {
        let Some(shadow) = self.shadows.get(id) else { return };
        self.keys.take(&shadow.key);
        if let Some(native) = &shadow.native {
            self.natives.take(&native.id);
        }
        let state = shadow.state;
        self.move_to(id, Some(state), None);
        self.shadows.take(id);
    }

    fn move_to(&mut self, id: &ScimId, old: Option<State>, new: Option<State>) {
        if let Some(state) = old {
            self.states.entry(state).or_default().take(id);
        }
        if let Some(state) = new {
            self.states.entry(state).or_default().put(id.clone(), ());
        }
    }
}
