//! Where rows lie, by a text of theirs.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use slab::Slab;

use crate::store::Shadow;

/// Where the shadows of a [`Slab`] lie, by a text of theirs. The text stays in the row alone: an index of so many people is
/// small enough for the processor's caches.
#[derive(Clone)]
pub(super) struct Index {
    of: fn(&Shadow) -> Option<&str>,
    slots: HashTable<usize>,
    hasher: RandomState,
}

impl Index {
    /// An index by the text that `of` gives, if it gives one. No two rows may have the same.
    pub fn by(of: fn(&Shadow) -> Option<&str>) -> Self {
        Self { of, slots: HashTable::new(), hasher: RandomState::default() }
    }

    /// The slot of the row with this text.
    pub fn find(&self, rows: &Slab<Shadow>, text: &str) -> Option<usize> {
        let is_so = |slot: &usize| self.text(rows, *slot) == Some(text);
        self.slots.find(self.hasher.hash_one(text), is_so).copied()
    }

    /// Whether both have the same text, so that one can stand in the other's place.
    pub fn is_same(&self, one: &Shadow, other: &Shadow) -> bool {
        (self.of)(one) == (self.of)(other)
    }

    /// Takes the row in a slot in.
    pub fn put(&mut self, rows: &Slab<Shadow>, slot: usize) {
        let (of, hasher) = (self.of, &self.hasher);
        let text = |slot: &usize| rows.get(*slot).and_then(of);
        let Some(new) = text(&slot) else { return };
        let rehash = |slot: &usize| hasher.hash_one(text(slot).unwrap_or_default());
        self.slots.insert_unique(hasher.hash_one(new), slot, rehash);
    }

    /// Forgets the row that is still in a slot.
    pub fn take(&mut self, rows: &Slab<Shadow>, slot: usize) {
        let Some(text) = self.text(rows, slot) else { return };
        if let Ok(found) = self.slots.find_entry(self.hasher.hash_one(text), |other| *other == slot) {
            found.remove();
        }
    }

    fn text<'r>(&self, rows: &'r Slab<Shadow>, slot: usize) -> Option<&'r str> {
        rows.get(slot).and_then(self.of)
    }
}
