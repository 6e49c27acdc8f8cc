//! A list of attribute definitions that finds by name without regard to case.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::Attribute;

/// Attribute definitions in the order of the schema.
///
/// Names are case-insensitive (RFC 7643 §2.1). They are looked at one after the other: almost all are told apart by their length,
/// which is less than a search in an index takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(Vec<Attribute>);

impl Attributes {
    /// The attribute called `name` in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// Changes the attribute called `name`, if it is there; its name may change too.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Attribute)) {
        if let Some(attribute) = self.0.iter_mut().find(|a| a.name.eq_ignore_ascii_case(name)) {
            change(attribute);
        }
    }

    /// Keeps the attributes for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Attribute) -> bool) {
        self.0.retain(keep);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Deref for Attributes {
    type Target = [Attribute];

    fn deref(&self) -> &[Attribute] {
        &self.0
    }
}

impl From<Vec<Attribute>> for Attributes {
    fn from(list: Vec<Attribute>) -> Self {
        Self(list)
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}
