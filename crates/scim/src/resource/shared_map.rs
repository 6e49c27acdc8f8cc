//! The members of a JSON object, shared one by one.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The members of a JSON object, in order.
///
/// A clone shares names and values; one that is changed becomes the clone's own, and only that one. Two are equal if they have the
/// same members in whatever order; values that are shared are not looked at for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SharedMap(IndexMap<Arc<str>, Arc<Value>, foldhash::fast::RandomState>);

impl SharedMap {
    /// No members yet, with room for so many.
    #[must_use]
    pub fn with_capacity(members: usize) -> Self {
        Self(IndexMap::with_capacity_and_hasher(members, Default::default()))
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.get_shared(name).map(|value| &**value)
    }

    /// The value of a member, to be shared.
    #[must_use]
    pub fn get_shared(&self, name: &str) -> Option<&Arc<Value>> {
        self.0.get(name)
    }

    /// The value of a member, to be changed. It is copied first if it is shared.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.get_mut(name).map(Arc::make_mut)
    }

    /// The object that a member is, to be changed as [`get_mut`](Self::get_mut) has it. A member that is not there becomes an empty
    /// one; `None` if it is there and no object.
    pub fn object_mut(&mut self, name: &str) -> Option<&mut Map<String, Value>> {
        if !self.contains_key(name) {
            self.insert(name, Value::Object(Map::new()));
        }
        self.get_mut(name)?.as_object_mut()
    }

    /// Whether there is a member of this name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Sets a member, where it stands or at the end.
    pub fn insert(&mut self, name: impl AsRef<str> + Into<Arc<str>>, value: impl Into<Arc<Value>>) {
        match self.0.get_mut(name.as_ref()) {
            Some(there) => *there = value.into(),
            None => drop(self.0.insert(name.into(), value.into())),
        }
    }

    /// Removes a member and gives what it was. The others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Arc<Value>> {
        self.0.shift_remove(name)
    }

    /// Removes the members that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&str, &Value) -> bool) {
        self.0.retain(|name, value| keep(name, value));
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each member.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }

    /// Whether both have the same members in the same order. Values that are shared are not looked at.
    #[must_use]
    pub fn is_identical(&self, other: &Self) -> bool {
        self.0.iter().eq(&other.0)
    }

    /// A copy of all members.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        self.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }
}

impl From<Map<String, Value>> for SharedMap {
    fn from(map: Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl<N: Into<Arc<str>>, V: Into<Arc<Value>>> FromIterator<(N, V)> for SharedMap {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(members: T) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl<N: Into<Arc<str>>, V: Into<Arc<Value>>> Extend<(N, V)> for SharedMap {
    fn extend<T: IntoIterator<Item = (N, V)>>(&mut self, members: T) {
        self.0.extend(members.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
}

impl IntoIterator for SharedMap {
    type Item = (Arc<str>, Arc<Value>);
    type IntoIter = indexmap::map::IntoIter<Arc<str>, Arc<Value>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
