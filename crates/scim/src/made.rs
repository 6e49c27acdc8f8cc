//! What is made of a value when it is needed, and kept beside it. It counts for nothing when values are compared, and a clone
//! makes its own, for it may be changed first.

use std::sync::{Mutex, OnceLock, PoisonError};

/// Something that is made once, of the rest of a value.
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

/// Something that is made of the rest of a value and of something that comes with it. What was made last is kept: it will be
/// asked for again, mostly with the same.
#[derive(Debug)]
pub(crate) struct LastMade<W, T>(Mutex<Option<(W, T)>>);

impl<W, T: Clone> LastMade<W, T> {
    /// What was made last, if it was made with the same; else what `make` makes now, and with what.
    pub(crate) fn or_make(&self, is_same: impl FnOnce(&W) -> bool, make: impl FnOnce() -> (W, T)) -> T {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((with, made)) if is_same(with) => made.clone(),
            _ => {
                let (with, made) = make();
                *last = Some((with, made.clone()));
                made
            }
        }
    }
}

impl<W, T> Default for LastMade<W, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<W, T> Clone for LastMade<W, T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<W, T> PartialEq for LastMade<W, T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<W, T> Eq for LastMade<W, T> {}
