//! What tests need of a backend: faults to order, a journal to read, a directory to look into and to change behind our back.

use std::collections::VecDeque;

use crate::backend::{BackendError, Locked, Native, NativeCall, Sent};
use crate::kernel::Kind;

use super::Memory;

/// A failure that was ordered.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub error: BackendError,
    pub writes_only: bool,
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<Fault>);

impl Faults {
    /// The fault of this call, if one is due.
    pub fn due(&mut self, is_write: bool) -> Option<BackendError> {
        let at = self.0.iter().position(|fault| is_write || !fault.writes_only)?;
        self.0.remove(at).map(|fault| fault.error)
    }
}

impl Memory {
    /// The next `count` calls, reads and writes, fail. A write that fails with [`Sent::Maybe`] is carried out
    /// nevertheless: the worst case of that word.
    pub fn fail_next(&self, count: usize, error: &BackendError) {
        self.order(count, error, false);
    }

    /// The next `count` writes fail; see [`Memory::fail_next`].
    pub fn fail_next_writes(&self, count: usize, error: &BackendError) {
        self.order(count, error, true);
    }

    /// Forgets the failures that are still to come.
    pub fn clear_faults(&self) {
        self.lock().faults.0.clear();
    }

    fn order(&self, count: usize, error: &BackendError, writes_only: bool) {
        let fault = Fault { error: error.clone(), writes_only };
        self.lock().faults.0.extend(std::iter::repeat_n(fault, count));
    }

    /// The writes that have arrived, refused ones included, as [`crate::backend::Backend::plan`] spells them; none if it keeps no
    /// journal.
    pub fn journal(&self) -> Vec<NativeCall> {
        self.lock().journal.clone()
    }

    /// Forgets the journal.
    pub fn clear_journal(&self) {
        self.lock().journal.clear();
    }

    /// Every object of a kind in id order, read past faults and journal.
    pub fn everything(&self, kind: Kind) -> Vec<Native> {
        let inner = self.lock();
        inner
            .directory
            .shelf(kind)
            .iter(0)
            .map(|(id, row)| self.native(&inner, kind, id.to_ref(), row))
            .collect()
    }

    /// The native ids of a group's members.
    pub fn member_ids(&self, group: &str) -> Vec<String> {
        let inner = self.lock();
        inner
            .directory
            .shelf(Kind::Group)
            .get(group)
            .map_or_else(Vec::new, |row| row.links.iter().map(ToString::to_string).collect())
    }

    /// Hands an object over to somebody else, or back.
    pub fn set_locked(&self, kind: Kind, id: &str, locked: Option<Locked>) {
        self.lock().directory.shelf_mut(kind).touch(id, |row| row.locked = locked);
    }

    /// Makes a person an administrator behind our back; gives the record's id. Nobody is there under another
    /// spelling of an id.
    pub fn promote(&self, user: &str) -> Option<String> {
        self.lock().directory.promote(user)
    }

    /// Whether a person is an administrator.
    pub fn is_admin(&self, user: &str) -> bool {
        !self.lock().directory.admins_of(user).is_empty()
    }

    /// Puts a person into a group behind our back, or takes them out.
    pub fn console_links(&self, user: &str, group: &str, member: bool) {
        self.lock().directory.link(user, group, member);
    }

    /// Removes an object behind our back, whatever it holds.
    pub fn vanish(&self, kind: Kind, id: &str) {
        self.lock().directory.remove(kind, id);
    }

    /// Changes one field behind our back; `None` unassigns it.
    pub fn drift(&self, kind: Kind, id: &str, field: &str, value: Option<serde_json::Value>) {
        let mut inner = self.lock();
        inner.directory.shelf_mut(kind).change(id, |row| match value {
            Some(value) => row.attrs.insert(field, value),
            None => drop(row.attrs.remove(field)),
        });
    }
}

/// Whether a write that fails so is carried out.
pub(super) fn is_applied(error: &BackendError) -> bool {
    error.sent == Sent::Maybe
}
