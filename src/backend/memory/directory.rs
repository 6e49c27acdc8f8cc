//! The directory itself: people, groups, memberships. Knows nothing of SCIM, requests or faults.

use std::collections::{BTreeMap, BTreeSet};

use scim::resource::fold;
use serde_json::Value;

use crate::backend::{Attrs, Locked};
use crate::kernel::{Kind, Lookup, NativeRef, Timestamp};

/// One object.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub attrs: Attrs,
    /// Of a user, where the directory has a disabled state.
    pub active: Option<bool>,
    pub locked: Option<Locked>,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// A user's groups, or a group's members.
    pub links: BTreeSet<String>,
}

impl Row {
    /// Whether it says nothing else.
    pub fn is_active(&self) -> bool {
        self.active != Some(false)
    }
}

/// The objects of one kind: by id, in id order, and by folded key.
#[derive(Debug)]
pub(super) struct Shelf {
    key: &'static str,
    rows: Lookup<String, Row>,
    ids: BTreeSet<String>,
    by_key: Lookup<String, BTreeSet<String>>,
}

impl Shelf {
    fn new(key: &'static str) -> Self {
        Self { key, rows: Lookup::default(), ids: BTreeSet::new(), by_key: Lookup::default() }
    }

    pub fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(id)
    }

    /// All in id order, without the first ones.
    pub fn iter(&self, without: usize) -> impl Iterator<Item = (&String, &Row)> {
        self.ids.iter().skip(without).filter_map(|id| Some((id, self.rows.get(id)?)))
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The field that is indexed.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The ids under a key.
    pub fn find(&self, key: &str) -> impl Iterator<Item = &String> {
        self.by_key.get(&fold(key)).into_iter().flatten()
    }

    /// Whether somebody else has this key.
    pub fn is_taken(&self, attrs: &Attrs, own: Option<&str>) -> bool {
        let key = attrs.get(self.key).and_then(Value::as_str);
        key.is_some_and(|key| self.find(key).any(|id| Some(id.as_str()) != own))
    }

    pub fn insert(&mut self, id: String, row: Row) {
        self.index(&row.attrs, |ids| {
            ids.insert(id.clone());
        });
        self.ids.insert(id.clone());
        self.rows.insert(id, row);
    }

    pub fn remove(&mut self, id: &str) -> Option<Row> {
        let row = self.rows.remove(id)?;
        self.ids.remove(id);
        self.index(&row.attrs, |ids| {
            ids.remove(id);
        });
        Some(row)
    }

    /// Changes what the index doesn't hold.
    pub fn touch(&mut self, id: &str, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.get_mut(id) {
            change(row);
        }
    }

    fn index(&mut self, attrs: &Attrs, change: impl FnOnce(&mut BTreeSet<String>)) {
        let Some(key) = attrs.get(self.key).and_then(Value::as_str).map(fold) else { return };
        let ids = self.by_key.entry(key.clone()).or_default();
        change(ids);
        if ids.is_empty() {
            self.by_key.remove(&key);
        }
    }
}

/// People, groups, and who is in which.
#[derive(Debug)]
pub(super) struct Directory {
    users: Shelf,
    groups: Shelf,
    /// Admin records, and whose each is.
    admins: BTreeMap<String, String>,
    last_id: u64,
}

impl Directory {
    pub fn new() -> Self {
        let (users, groups) = (Shelf::new("userName"), Shelf::new("displayName"));
        Self { users, groups, admins: BTreeMap::new(), last_id: 0 }
    }

    /// The admin records of a user.
    pub fn admins_of(&self, user: &str) -> Vec<NativeRef> {
        let theirs = self.admins.iter().filter(|(_, whose)| *whose == user);
        theirs.map(|(id, _)| NativeRef::new(id.as_str())).collect()
    }

    /// Makes a user an admin; gives the record's id.
    pub fn promote(&mut self, user: &str) -> String {
        let id = self.next_id();
        self.admins.insert(id.clone(), user.to_owned());
        id
    }

    /// Ends an admin record, unless it is the last.
    pub fn end_admin(&mut self, id: &str) -> bool {
        let is_last = self.admins.len() == 1 && self.admins.contains_key(id);
        if !is_last {
            self.admins.remove(id);
        }
        !is_last
    }

    pub fn shelf(&self, kind: Kind) -> &Shelf {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    pub fn shelf_mut(&mut self, kind: Kind) -> &mut Shelf {
        match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        }
    }

    /// An id that was never given: a UUID that counts up, so that id order is the order of making.
    pub fn next_id(&mut self) -> String {
        self.last_id += 1;
        uuid::Uuid::from_u64_pair(0, self.last_id).to_string()
    }

    /// Puts a user into a group or takes them out; `false` if that was so already.
    pub fn link(&mut self, user: &str, group: &str, member: bool) -> bool {
        let set = |links: &mut BTreeSet<String>, id: &str| {
            if member { links.insert(id.to_owned()) } else { links.remove(id) }
        };
        let mut changed = false;
        self.users.touch(user, |row| changed = set(&mut row.links, group));
        self.groups.touch(group, |row| changed |= set(&mut row.links, user));
        changed
    }

    /// Removes an object and its memberships.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        let Some(row) = self.shelf_mut(kind).remove(id) else { return };
        self.admins.retain(|_, user| user != id);
        let opposite = match kind {
            Kind::User => &mut self.groups,
            Kind::Group => &mut self.users,
        };
        for other in row.links {
            opposite.touch(&other, |row| {
                row.links.remove(id);
            });
        }
    }
}
