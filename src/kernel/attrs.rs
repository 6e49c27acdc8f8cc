//! Native fields.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use scim::resource::SharedMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Native fields and their values. A field that is absent here, of an object that was read, is unassigned there.
///
/// A clone shares the fields: reading them costs nothing, and changing one copies only that. They share values with the document
/// that they were made of, too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attrs(Arc<SharedMap>);

impl Attrs {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether both hold the same fields and values in the same order. What they share is not looked at.
    pub fn is_identical(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.is_identical(&other.0)
    }
}

impl Deref for Attrs {
    type Target = SharedMap;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Attrs {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl From<SharedMap> for Attrs {
    fn from(fields: SharedMap) -> Self {
        Self(Arc::new(fields))
    }
}

impl From<Attrs> for SharedMap {
    fn from(fields: Attrs) -> Self {
        Arc::unwrap_or_clone(fields.0)
    }
}

impl From<Map<String, Value>> for Attrs {
    fn from(fields: Map<String, Value>) -> Self {
        SharedMap::from(fields).into()
    }
}

impl<N: Into<Arc<str>>, V: Into<Arc<Value>>> FromIterator<(N, V)> for Attrs {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(fields: T) -> Self {
        SharedMap::from_iter(fields).into()
    }
}

impl IntoIterator for Attrs {
    type Item = (Arc<str>, Arc<Value>);
    type IntoIter = <SharedMap as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        SharedMap::from(self).into_iter()
    }
}
