//! Changing the directory.

use std::collections::BTreeSet;

use super::directory::{Id, Row};
use super::{Inner, Memory};
use crate::backend::{
    BackendError, Change, Deactivate, Desired, ErrorKind, Locked, MemberDelta, MemberOutcome, Native,
    NativeRef, Refusal, Result, Sent,
};
use crate::kernel::Kind;

impl Memory {
    pub(super) fn make(&self, inner: &mut Inner, desired: &Desired) -> Result<Native> {
        let kind = desired.kind;
        if !desired.active && self.capabilities.deactivate == Deactivate::Absent {
            return Err(refused(ErrorKind::Invalid, "nobody is inactive here"));
        }
        if !desired.links.is_empty() && !self.capabilities.create_with_links {
            return Err(refused(ErrorKind::Invalid, "links can't be named in a create"));
        }
        self.only_held(kind, desired.attrs.keys())?;
        self.suffices(kind, desired.attrs.contains_key("emails"))?;
        if let Some(hidden) = self.hidden_like(inner, desired) {
            inner.directory.shelf_mut(kind).touch(&hidden.id, |row| row.active = Some(desired.active));
            let anew = Change { set: desired.attrs.clone(), clear: Vec::new() };
            return self.alter(inner, kind, &hidden, &anew);
        }
        self.free(inner, kind, &desired.attrs, None)?;
        let other = inner.directory.shelf(match kind {
            Kind::User => Kind::Group,
            Kind::Group => Kind::User,
        });
        for link in &desired.links {
            match other.get(&link.id) {
                None => return Err(refused(ErrorKind::NotFound, "no such link")),
                Some(row) if row.locked.is_some() => {
                    return Err(refused(ErrorKind::Conflict, "the link is locked"));
                }
                Some(_) => {}
            }
        }
        let id = inner.directory.next_id();
        let at = id.to_ref();
        let now = self.clock.now();
        let tells_access = kind == Kind::User && self.capabilities.deactivate == Deactivate::Native;
        let row = Row {
            attrs: desired.attrs.clone(),
            active: tells_access.then_some(desired.active),
            locked: None,
            created: now,
            modified: now,
            links: BTreeSet::new(),
        };
        inner.directory.shelf_mut(kind).insert(id, row);
        for link in &desired.links {
            match kind {
                Kind::User => inner.directory.link(&at.id, &link.id, true),
                Kind::Group => inner.directory.link(&link.id, &at.id, true),
            };
        }
        self.made(inner, kind, &at)
    }

    pub(super) fn alter(
        &self,
        inner: &mut Inner,
        kind: Kind,
        at: &NativeRef,
        change: &Change,
    ) -> Result<Native> {
        self.only_held(kind, change.fields())?;
        self.suffices(kind, !change.clear.iter().any(|field| field == "emails"))?;
        let found = row(inner, kind, at)?;
        if !self.is_seen(found) {
            return Err(refused(ErrorKind::NotFound, "out of sight"));
        }
        if found.locked.is_some() {
            return Err(refused(ErrorKind::Conflict, "the object is locked"));
        }
        self.free(inner, kind, &change.set, Some(&at.id))?;
        let now = self.clock.now();
        inner.directory.shelf_mut(kind).change(&at.id, |row| {
            row.attrs.extend(change.set.clone());
            for field in &change.clear {
                row.attrs.remove(field);
            }
            row.modified = now;
        });
        self.made(inner, kind, at)
    }

    pub(super) fn switch(&self, inner: &mut Inner, at: &NativeRef, active: bool) -> Result<()> {
        if self.capabilities.deactivate == Deactivate::Absent {
            return Err(refused(ErrorKind::Invalid, "nobody is inactive here"));
        }
        let person = row(inner, Kind::User, at)?;
        unlocked(person)?;
        if !self.is_seen(person) {
            return Err(refused(ErrorKind::NotFound, "out of sight"));
        }
        let now = self.clock.now();
        inner.directory.shelf_mut(Kind::User).touch(&at.id, |row| {
            if row.active.replace(active) != Some(active) {
                row.modified = now;
            }
        });
        match self.is_seen(row(inner, Kind::User, at)?) {
            true => Ok(()),
            false => Err(refused(ErrorKind::NotFound, "out of sight now")),
        }
    }

    pub(super) fn set_members(
        &self,
        inner: &mut Inner,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        unlocked(row(inner, Kind::Group, group)?)?;
        let now = self.clock.now();
        let mut outcome = MemberOutcome::default();
        let mut changed = false;
        let removals = delta.remove.iter().map(|member| (member, false));
        for (member, join) in removals.chain(delta.add.iter().map(|member| (member, true))) {
            match inner.directory.shelf(Kind::User).get(&member.id).map(|row| row.locked.clone()) {
                None if join => drop(outcome.refused.insert(member.id.clone(), Refusal::Unknown)),
                None => {}
                Some(Some(by)) => drop(outcome.refused.insert(member.id.clone(), Refusal::Locked(by))),
                Some(None) => changed |= inner.directory.link(&member.id, &group.id, join),
            }
        }
        if changed {
            inner.directory.shelf_mut(Kind::Group).touch(&group.id, |row| row.modified = now);
        }
        Ok(outcome)
    }

    pub(super) fn regroup(&self, inner: &mut Inner, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        unlocked(row(inner, Kind::User, user)?)?;
        for group in &delta.add {
            if row(inner, Kind::Group, group)?.locked.is_some() {
                return Err(refused(ErrorKind::Conflict, "the group is locked"));
            }
        }
        let now = self.clock.now();
        let removals = delta.remove.iter().map(|group| (group, false));
        for (group, join) in delta.add.iter().map(|group| (group, true)).chain(removals) {
            if inner.directory.link(&user.id, &group.id, join) {
                inner.directory.shelf_mut(Kind::Group).touch(&group.id, |row| row.modified = now);
            }
        }
        Ok(())
    }

    pub(super) fn unmake(&self, inner: &mut Inner, kind: Kind, at: &NativeRef) -> Result<()> {
        let Some(row) = inner.directory.shelf(kind).get(&at.id) else { return Ok(()) };
        unlocked(row)?;
        if kind == Kind::Group && self.capabilities.delete_needs_empty && !row.links.is_empty() {
            return Err(refused(ErrorKind::Conflict, "the group has members"));
        }
        inner.directory.remove(kind, &at.id);
        Ok(())
    }

    /// Whether a person has what nobody is taken without.
    fn suffices(&self, kind: Kind, has_email: bool) -> Result<()> {
        match kind == Kind::User && self.requires_email && !has_email {
            true => Err(refused(ErrorKind::Invalid, "no e-mail address")),
            false => Ok(()),
        }
    }

    /// The person out of sight whom a create would make again.
    fn hidden_like(&self, inner: &Inner, desired: &Desired) -> Option<NativeRef> {
        let shelf = inner.directory.shelf(desired.kind);
        let name = desired.attrs.get(shelf.key())?.as_str()?;
        let is_hidden = |id: &Id| shelf.row(*id).is_some_and(|row| !self.is_seen(row));
        shelf.find(name).find(is_hidden).map(Id::to_ref)
    }

    fn only_held<'f>(&self, kind: Kind, mut fields: impl Iterator<Item = &'f str>) -> Result<()> {
        match fields.find(|field| !self.holds(kind, field)) {
            Some(field) => Err(refused(ErrorKind::Invalid, &format!("no field {field}"))),
            None => Ok(()),
        }
    }

    fn free(
        &self,
        inner: &Inner,
        kind: Kind,
        attrs: &crate::backend::Attrs,
        own: Option<&str>,
    ) -> Result<()> {
        let refuses = !self.capabilities.of(kind).unique.is_empty();
        if refuses && inner.directory.shelf(kind).is_taken(attrs, own) {
            return Err(refused(ErrorKind::Conflict, "duplicate"));
        }
        Ok(())
    }

    fn made(&self, inner: &Inner, kind: Kind, at: &NativeRef) -> Result<Native> {
        Ok(self.native(inner, kind, NativeRef::new(at.id.as_str()), row(inner, kind, at)?))
    }
}

/// Ends an admin record. The last one is the last of the highest rank: there is one rank here.
pub(super) fn end_admin(inner: &mut Inner, admin: &NativeRef) -> Result<()> {
    match inner.directory.end_admin(&admin.id) {
        true => Ok(()),
        false => Err(refused(ErrorKind::Administrator, "the last admin")),
    }
}

fn row<'i>(inner: &'i Inner, kind: Kind, at: &NativeRef) -> Result<&'i Row> {
    inner.directory.shelf(kind).get(&at.id).ok_or_else(|| refused(ErrorKind::NotFound, "no such object"))
}

fn unlocked(row: &Row) -> Result<()> {
    match &row.locked {
        Some(Locked { by }) => {
            Err(refused(ErrorKind::Locked(Locked { by: by.clone() }), "the object is locked"))
        }
        None => Ok(()),
    }
}

fn refused(kind: ErrorKind, log: &str) -> BackendError {
    BackendError::new(kind, Sent::Rejected, log)
}
