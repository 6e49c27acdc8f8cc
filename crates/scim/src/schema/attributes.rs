//! A list of attribute definitions that finds by name without regard to case.

use std::cmp::Ordering;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::Attribute;

/// Attribute definitions in the order of the schema, with an index over their names.
///
/// Names are case-insensitive (RFC 7643 §2.1). A look-up is a binary search and allocates nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Attribute>", into = "Vec<Attribute>")]
pub struct Attributes {
    list: Vec<Attribute>,
    by_name: Vec<usize>,
}

impl Attributes {
    /// The attribute called `name` in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        let position =
            |index: &usize| self.list.get(*index).map_or(Ordering::Less, |a| ignoring_case(&a.name, name));
        let found = self.by_name.binary_search_by(position).ok()?;
        self.list.get(*self.by_name.get(found)?)
    }

    /// Changes the attribute called `name`, if it is there; its name may change too.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Attribute)) {
        if let Some(attribute) = self.list.iter_mut().find(|a| a.name.eq_ignore_ascii_case(name)) {
            change(attribute);
            *self = Self::from(std::mem::take(&mut self.list));
        }
    }

    /// Keeps the attributes for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Attribute) -> bool) {
        self.list.retain(keep);
        *self = Self::from(std::mem::take(&mut self.list));
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Deref for Attributes {
    type Target = [Attribute];

    fn deref(&self) -> &[Attribute] {
        &self.list
    }
}

impl From<Vec<Attribute>> for Attributes {
    fn from(list: Vec<Attribute>) -> Self {
        let mut by_name: Vec<usize> = (0..list.len()).collect();
        by_name.sort_by(|a, b| match (list.get(*a), list.get(*b)) {
            (Some(a), Some(b)) => ignoring_case(&a.name, &b.name),
            _ => Ordering::Equal,
        });
        Self { list, by_name }
    }
}

impl From<Attributes> for Vec<Attribute> {
    fn from(attributes: Attributes) -> Self {
        attributes.list
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self::from(attributes.into_iter().collect::<Vec<_>>())
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

fn ignoring_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|c| c.to_ascii_lowercase()).cmp(b.bytes().map(|c| c.to_ascii_lowercase()))
}
