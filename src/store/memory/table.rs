//! Tables whose last changes can be taken back: that is how a transaction happens as a whole or not at all.
//!
//! Each table remembers what it held before, until the transaction is kept. So a change costs what it changes, whatever the
//! size of the table.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::hash::Hash;

use crate::kernel::Lookup;

/// What can take back its last changes.
pub(super) trait Undo {
    /// All changes so far stand.
    fn keep(&mut self);
    /// What was changed since the last [`keep`](Undo::keep) is as it was then.
    fn take_back(&mut self);
}

/// Rows by key, in no order.
#[derive(Clone)]
pub(super) struct Table<K, V> {
    rows: Lookup<K, V>,
    /// What stood at the keys that were changed, oldest first.
    before: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: Lookup::default(), before: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Table<K, V> {
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.rows.get(key)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values()
    }

    /// Stores a row in place of the one that the key had.
    pub fn put(&mut self, key: K, row: V) {
        let before = self.rows.insert(key.clone(), row);
        self.before.push((key, before));
    }

    /// Takes a row out, if there is one.
    pub fn take<Q: Eq + Hash + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.before.extend(self.rows.remove_entry(key).map(|(key, row)| (key, Some(row))));
    }

    /// Keeps the rows that `keeps` picks.
    pub fn retain(&mut self, keeps: impl Fn(&K, &V) -> bool) {
        let gone = self.rows.extract_if(|key, row| !keeps(key, row));
        self.before.extend(gone.map(|(key, row)| (key, Some(row))));
    }
}

impl<K: Clone + Eq + Hash, V> Undo for Table<K, V> {
    fn keep(&mut self) {
        self.before.clear();
    }

    fn take_back(&mut self) {
        while let Some((key, before)) = self.before.pop() {
            match before {
                Some(row) => drop(self.rows.insert(key, row)),
                None => drop(self.rows.remove(&key)),
            }
        }
    }
}

/// Keys in order.
#[derive(Clone)]
pub(super) struct Order<K> {
    keys: BTreeSet<K>,
    /// The keys that were put in (true) or taken out, oldest first.
    changed: Vec<(K, bool)>,
}

impl<K> Default for Order<K> {
    fn default() -> Self {
        Self { keys: BTreeSet::new(), changed: Vec::new() }
    }
}

impl<K: Clone + Ord> Order<K> {
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.keys.iter()
    }

    /// This key and those after it.
    pub fn from(&self, first: K) -> impl Iterator<Item = &K> {
        self.keys.range(first..)
    }

    pub fn put(&mut self, key: K) {
        if self.keys.insert(key.clone()) {
            self.changed.push((key, true));
        }
    }

    pub fn take(&mut self, key: &K) {
        self.changed.extend(self.keys.take(key).map(|key| (key, false)));
    }
}

impl<K: Clone + Ord> Undo for Order<K> {
    fn keep(&mut self) {
        self.changed.clear();
    }

    fn take_back(&mut self) {
        while let Some((key, is_new)) = self.changed.pop() {
            match is_new {
                true => self.keys.remove(&key),
                false => self.keys.insert(key),
            };
        }
    }
}

/// How many rows of a log lie together.
const STRETCH: usize = 1024;

/// Rows in the order in which they came. None is ever changed or taken out, and none is moved as others come: a log in one piece
/// would be copied as a whole whenever it doubles.
#[derive(Clone)]
pub(super) struct Log<V> {
    /// All but the last are full.
    stretches: Vec<Vec<V>>,
    /// How many rows came after the last [`keep`](Undo::keep).
    new: usize,
}

impl<V> Default for Log<V> {
    fn default() -> Self {
        Self { stretches: Vec::new(), new: 0 }
    }
}

impl<V> Log<V> {
    /// The rows, the first one first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.stretches.iter().flatten()
    }

    pub fn push(&mut self, row: V) {
        self.new += 1;
        match self.stretches.last_mut().filter(|last| last.len() < STRETCH) {
            Some(last) => last.push(row),
            None => {
                let mut next = Vec::with_capacity(STRETCH);
                next.push(row);
                self.stretches.push(next);
            }
        }
    }
}

impl<V> Undo for Log<V> {
    fn keep(&mut self) {
        self.new = 0;
    }

    fn take_back(&mut self) {
        for _ in 0..std::mem::take(&mut self.new) {
            let Some(last) = self.stretches.last_mut() else { return };
            last.pop();
            if last.is_empty() {
                self.stretches.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_takes_back_no_more_than_what_was_not_kept() {
        let mut log = Log::default();
        for row in 0..STRETCH + 10 {
            log.push(row);
            if row == STRETCH - 10 {
                log.keep();
            }
        }
        log.take_back();
        log.push(7);
        let rows: Vec<usize> = log.rows().copied().collect();
        assert_eq!(rows, (0..=STRETCH - 10).chain([7]).collect::<Vec<_>>());
    }
}
