//! The shadows of one target and kind.

use slab::Slab;

use super::index::Index;
use super::table::Undo;
use crate::kernel::{Lookup, ScimId};
use crate::store::{Shadow, State};

/// The shadows of one target and kind, and the ways to find one.
#[derive(Clone)]
pub(super) struct Shelf {
    rows: Slab<Shadow>,
    ids: Index,
    /// By folded key.
    keys: Index,
    /// By native id.
    natives: Index,
    /// The slots of those in a state.
    states: Lookup<State, Lookup<usize, ()>>,
    /// What the resources that were changed had for rows, oldest first.
    before: Vec<(ScimId, Option<Shadow>)>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            rows: Slab::new(),
            ids: Index::by(|shadow| Some(shadow.scim_id.as_str())),
            keys: Index::by(|shadow| Some(&shadow.key)),
            natives: Index::by(|shadow| Some(&shadow.native.as_ref()?.id)),
            states: Lookup::default(),
            before: Vec::new(),
        }
    }
}

impl Shelf {
    pub fn get(&self, id: &ScimId) -> Option<&Shadow> {
        self.rows.get(self.ids.find(&self.rows, id.as_str())?)
    }

    pub fn by_key(&self, key: &str) -> Option<&Shadow> {
        self.rows.get(self.keys.find(&self.rows, key)?)
    }

    pub fn by_native(&self, native: &str) -> Option<&Shadow> {
        self.rows.get(self.natives.find(&self.rows, native)?)
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// In no order.
    pub fn all(&self) -> impl Iterator<Item = &Shadow> {
        self.rows.iter().map(|(_, shadow)| shadow)
    }

    /// Those in a state, in no order.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &ScimId> {
        let slots = self.states.get(&state).into_iter().flat_map(Lookup::keys);
        slots.filter_map(|slot| Some(&self.rows.get(*slot)?.scim_id))
    }

    /// Stores a row in place of the one that the resource had.
    pub fn put(&mut self, shadow: Shadow) {
        let id = shadow.scim_id.clone();
        let before = self.set(shadow);
        self.before.push((id, before));
    }

    /// Takes a row out.
    pub fn take(&mut self, id: &ScimId) {
        let before = self.unset(id).map(|shadow| (id.clone(), Some(shadow)));
        self.before.extend(before);
    }

    fn set(&mut self, new: Shadow) -> Option<Shadow> {
        let Some(slot) = self.ids.find(&self.rows, new.scim_id.as_str()) else {
            let state = new.state;
            let slot = self.rows.insert(new);
            for index in [&mut self.ids, &mut self.keys, &mut self.natives] {
                index.put(&self.rows, slot);
            }
            self.states.entry(state).or_default().insert(slot, ());
            return None;
        };
        let old = self.rows.get(slot)?;
        let (was, is) = (old.state, new.state);
        let others = [&mut self.keys, &mut self.natives].into_iter();
        let mut moved: Vec<&mut Index> = others.filter(|index| !index.is_same(old, &new)).collect();
        moved.iter_mut().for_each(|index| index.take(&self.rows, slot));
        let old = std::mem::replace(self.rows.get_mut(slot)?, new);
        moved.iter_mut().for_each(|index| index.put(&self.rows, slot));
        if was != is {
            self.states.entry(was).or_default().remove(&slot);
            self.states.entry(is).or_default().insert(slot, ());
        }
        Some(old)
    }

    fn unset(&mut self, id: &ScimId) -> Option<Shadow> {
        let slot = self.ids.find(&self.rows, id.as_str())?;
        for index in [&mut self.ids, &mut self.keys, &mut self.natives] {
            index.take(&self.rows, slot);
        }
        let old = self.rows.try_remove(slot)?;
        self.states.entry(old.state).or_default().remove(&slot);
        Some(old)
    }
}

impl Undo for Shelf {
    fn keep(&mut self) {
        self.before.clear();
    }

    fn take_back(&mut self) {
        while let Some((id, before)) = self.before.pop() {
            match before {
                Some(shadow) => drop(self.set(shadow)),
                None => drop(self.unset(&id)),
            }
        }
    }
}
