//! What is made of a value once, when it is needed.

use std::sync::OnceLock;

/// Something that is made once, of the rest of a value. It counts for nothing when values are compared, and a clone makes its
/// own, for it may be changed first.
#[derive(Debug)]
pub(crate) struct Made<T>(OnceLock<T>);

impl<T> Made<T> {
    /// What was made, or what `make` makes now.
    pub(crate) fn or_make(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Clone for Made<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> PartialEq for Made<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Made<T> {}
