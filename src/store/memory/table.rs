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

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.rows.keys()
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
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

/// Rows in the order in which they came. None is ever changed or taken out.
#[derive(Clone)]
pub(super) struct Log<V> {
    rows: Vec<V>,
    kept: usize,
}

impl<V> Default for Log<V> {
    fn default() -> Self {
        Self { rows: Vec::new(), kept: 0 }
    }
}

impl<V> Log<V> {
    pub fn rows(&self) -> &[V] {
        &self.rows
    }

    pub fn push(&mut self, row: V) {
        self.rows.push(row);
    }
}

impl<V> Undo for Log<V> {
    fn keep(&mut self) {
        self.kept = self.rows.len();
    }

    fn take_back(&mut self) {
        self.rows.truncate(self.kept);
    }
}
