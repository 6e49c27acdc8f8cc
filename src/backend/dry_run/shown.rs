//! What was written without being sent, as reads show it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::Planned;
use crate::backend::{Attrs, Change, Native, NativeRef, Neighbour};
use crate::kernel::Kind;

/// Which object.
type At = (Kind, String);

#[derive(Default)]
pub(super) struct Shown {
    pub planned: Vec<Planned>,
    /// What was read: nobody asks twice to foresee.
    pub read: HashMap<At, Native>,
    pub gone: HashSet<At>,
    /// Admin records.
    pub ended: HashSet<String>,
    pub born: HashMap<At, Native>,
    changed: HashMap<At, Attrs>,
    /// Whether a person has access.
    pub active: HashMap<String, bool>,
    /// By group and person: whether a member.
    pub members: BTreeMap<(String, String), bool>,
}

impl Shown {
    /// A native object as it would be after the writes; `None` if it would be gone.
    pub fn after(&self, kind: Kind, mut native: Native) -> Option<Native> {
        let at = (kind, native.at.id.clone());
        if self.gone.contains(&at) {
            return None;
        }
        for (field, value) in self.changed.get(&at).cloned().into_iter().flatten() {
            match *value {
                Value::Null => drop(native.attrs.remove(&field)),
                _ => native.attrs.insert(field, value),
            }
        }
        if kind == Kind::User {
            native.active = self.active.get(&native.at.id).copied().or(native.active);
        }
        let own = native.at.id.clone();
        if let Some(groups) = &mut native.groups {
            let of_own = self.members.iter().filter(|((_, user), _)| *user == own);
            relink(groups, of_own.map(|((group, _), member)| (group, *member)));
        }
        if let Some(members) = &mut native.members {
            relink(members, self.of_group(&own));
        }
        Some(native)
    }

    /// What was written of a group's members.
    pub fn of_group<'s>(&'s self, group: &'s str) -> impl Iterator<Item = (&'s String, bool)> {
        self.members.iter().filter(move |((of, _), _)| of == group).map(|((_, user), member)| (user, *member))
    }

    /// Keeps a change of fields.
    pub fn change(&mut self, at: At, change: &Change) {
        if let Some(born) = self.born.get_mut(&at) {
            born.attrs.extend(change.set.clone());
            change.clear.iter().for_each(|field| drop(born.attrs.remove(field)));
            return;
        }
        let attrs = self.changed.entry(at).or_default();
        attrs.extend(change.set.clone());
        attrs.extend(change.clear.iter().map(|field| (field.as_str(), Value::Null)));
    }
}

/// Puts changes of membership into one side of it.
pub(super) fn relink<'c>(neighbours: &mut Vec<Neighbour>, changes: impl Iterator<Item = (&'c String, bool)>) {
    for (id, member) in changes {
        neighbours.retain(|neighbour| neighbour.at.id != *id);
        if member {
            neighbours.push(Neighbour { at: NativeRef::new(id.as_str()), name: None, locked: None });
        }
    }
}
