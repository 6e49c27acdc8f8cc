//! A set of attributes and sub-attributes, by canonical name.

use std::collections::BTreeMap;

/// A tree of names: extension URN or attribute, attribute or sub-attribute. A marked node stands for all below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selection {
    whole: bool,
    below: BTreeMap<String, Self>,
}

impl Selection {
    /// Adds what a path names.
    pub(super) fn add<'a>(&mut self, path: impl IntoIterator<Item = &'a str>) {
        let mut node = self;
        for name in path {
            node = node.below.entry(name.to_owned()).or_default();
        }
        node.whole = true;
    }

    /// The part of the selection below `name`.
    pub(super) fn under(&self, name: &str) -> Option<&Self> {
        self.below.get(name)
    }

    /// The names at the top.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.below.keys().map(String::as_str)
    }

    /// Whether the node itself is selected, and so all below it.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.whole && self.below.is_empty()
    }
}
