//! Native fields.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Native fields and their values. A field that is absent here, of an object that was read, is unassigned there.
///
/// A clone shares the fields until one of the two is changed, so that reading them costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attrs(Arc<Map<String, Value>>);

impl Attrs {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether both hold the same fields and values in the same order. Clones of each other are not looked at.
    pub fn is_identical(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.iter().eq(other.iter())
    }

    /// The fields, to be sent or shown.
    pub fn into_map(self) -> Map<String, Value> {
        Arc::unwrap_or_clone(self.0)
    }
}

impl Deref for Attrs {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Attrs {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl From<Map<String, Value>> for Attrs {
    fn from(fields: Map<String, Value>) -> Self {
        Self(Arc::new(fields))
    }
}

impl FromIterator<(String, Value)> for Attrs {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(fields: T) -> Self {
        Map::from_iter(fields).into()
    }
}

impl IntoIterator for Attrs {
    type Item = (String, Value);
    type IntoIter = serde_json::map::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.into_map().into_iter()
    }
}

impl<'a> IntoIterator for &'a Attrs {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
