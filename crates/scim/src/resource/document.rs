//! A resource's attributes in canonical form.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::SharedMap;
use super::render::Beside;
use crate::etag::{self, Besides};
use crate::made::{LastMade, Made};

/// A resource's attributes: names spelled as the schema spells them, extension data under the extension's URN, no `schemas`, no
/// `id`, no `meta`, nothing unassigned, values of the schema's types.
///
/// It exists only if valid: it comes from [`Document::parse`], from a PATCH on one, or from a caller that vouches for its map.
///
/// A clone shares the attributes: reading one costs nothing, and changing one copies only what is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document(Arc<Inner>);

/// Laid out in this order, for a read needs no more than what comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[repr(C)]
struct Inner {
    /// Whoever is about to change the attributes forgets these four first.
    active: Made<Option<bool>>,
    tag: LastMade<Besides, Arc<str>>,
    text: LastMade<Beside, Arc<[u8]>>,
    digest: Made<[u8; 32]>,
    attributes: SharedMap,
}

impl Document {
    /// Takes a map that is canonical already, as one that was stored.
    #[must_use]
    pub fn from_canonical(map: impl Into<SharedMap>) -> Self {
        Self(Arc::new(Inner { attributes: map.into(), ..Inner::default() }))
    }

    /// The attributes.
    #[must_use]
    pub fn as_map(&self) -> &SharedMap {
        &self.0.attributes
    }

    /// The attributes, for storing.
    #[must_use]
    pub fn into_map(self) -> SharedMap {
        Arc::unwrap_or_clone(self.0).attributes
    }

    /// Each attribute, by name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.attributes.iter()
    }

    /// What the document is told from others by; the same whatever the order of its attributes. It is made once.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        self.0.digest.or_make(|| etag::digest(self.attributes()))
    }

    /// The entity tag of the document together with what comes with it, as `make` makes it of both.
    pub(crate) fn tag(&self, with: &Besides, make: impl FnOnce(&[u8; 32], &Besides) -> String) -> Arc<str> {
        let make = || make(self.digest(), with).into();
        match self.is_kept() {
            true => self.0.tag.or_make(|known| known == with, || (with.clone(), make())),
            false => make(),
        }
    }

    /// The text in which the document is shown together with what comes with it, as `write` writes both.
    pub(super) fn text(
        &self,
        is_same: impl FnOnce(&Beside) -> bool,
        write: impl FnOnce() -> (Beside, Vec<u8>),
    ) -> Arc<[u8]> {
        let write = || {
            let (beside, text) = write();
            (beside, text.into())
        };
        // Where nobody else keeps the document, nothing is kept beside it.
        match self.is_kept() {
            true => self.0.text.or_make(is_same, write),
            false => write().1,
        }
    }

    fn is_kept(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(crate) fn map_mut(&mut self) -> &mut SharedMap {
        let inner = Arc::make_mut(&mut self.0);
        (inner.digest, inner.tag, inner.text, inner.active) = Default::default();
        &mut inner.attributes
    }

    /// The value of a top-level attribute, or the data of an extension by its URN, in canonical spelling.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.attributes.get(name)
    }

    /// Sets a top-level attribute; a null or empty value removes it.
    pub fn set(&mut self, name: &str, value: impl Into<Arc<Value>>) {
        let value = value.into();
        match is_unassigned(&value) {
            true => drop(self.remove(name)),
            false if self.0.attributes.get_shared(name) == Some(&value) => {}
            false => self.map_mut().insert(name, value),
        }
    }

    /// Removes a top-level attribute and gives what it was.
    pub fn remove(&mut self, name: &str) -> Option<Arc<Value>> {
        self.0.attributes.contains_key(name).then(|| self.map_mut().remove(name)).flatten()
    }

    /// The data of an extension.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Map<String, Value>> {
        self.0.attributes.get(urn)?.as_object()
    }

    /// Sets one attribute of an extension; a null or empty value removes it, and with the last one the extension's data.
    pub fn set_extension(&mut self, urn: &str, name: &str, value: Value) {
        let map = self.map_mut();
        if let Some(data) = map.object_mut(urn) {
            match is_unassigned(&value) {
                true => drop(data.shift_remove(name)),
                false => drop(data.insert(name.to_owned(), value)),
            }
            if data.is_empty() {
                map.remove(urn);
            }
        }
    }

    /// `userName`.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.string("userName")
    }

    /// `externalId`.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.string("externalId")
    }

    /// `displayName`.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.string("displayName")
    }

    /// `active`.
    #[must_use]
    pub fn active(&self) -> Option<bool> {
        *self.0.active.or_make(|| self.0.attributes.get("active")?.as_bool())
    }

    fn string(&self, name: &str) -> Option<&str> {
        self.0.attributes.get(name)?.as_str()
    }
}

/// Whether a value is none: `null`, an empty list, an empty object, an empty string (RFC 7643 §2.5).
#[must_use]
pub fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
