//! The directory itself: people, groups, memberships. Knows nothing of SCIM, requests or faults.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use scim::resource::fold;
use serde_json::Value;
use uuid::Uuid;

use crate::backend::{Attrs, Locked};
use crate::kernel::{Kind, Lookup, NativeRef, Timestamp};

/// An object's id: told as a UUID that counts up, so that id order is the order of making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(u64);

impl Id {
    /// The id that is told so. Another spelling of the same UUID is nobody's.
    pub fn parse(text: &str) -> Option<Self> {
        let (_, number) = Uuid::try_parse(text).ok()?.as_u64_pair();
        let told = Self(number).uuid().hyphenated();
        (told.encode_lower(&mut Uuid::encode_buffer()) == text).then_some(Self(number))
    }

    fn uuid(self) -> Uuid {
        Uuid::from_u64_pair(0, self.0)
    }

    /// As others name the object.
    pub fn to_ref(self) -> NativeRef {
        NativeRef::new(self.to_string())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid().fmt(f)
    }
}

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
    pub links: BTreeSet<Id>,
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
    rows: Lookup<Id, Row>,
    ids: BTreeSet<Id>,
    by_key: Lookup<String, BTreeSet<Id>>,
}

impl Shelf {
    fn new(key: &'static str) -> Self {
        Self { key, rows: Lookup::default(), ids: BTreeSet::new(), by_key: Lookup::default() }
    }

    /// The object of an id as it is told.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.row(Id::parse(id)?)
    }

    pub fn row(&self, id: Id) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// All in id order, without the first ones.
    pub fn iter(&self, without: usize) -> impl Iterator<Item = (Id, &Row)> {
        self.ids.iter().skip(without).filter_map(|id| Some((*id, self.row(*id)?)))
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The field that is indexed.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The ids under a key.
    pub fn find(&self, key: &str) -> impl Iterator<Item = Id> {
        self.by_key.get(&fold(key)).into_iter().flatten().copied()
    }

    /// Whether somebody else has this key.
    pub fn is_taken(&self, attrs: &Attrs, own: Option<&str>) -> bool {
        let (key, own) = (attrs.get(self.key).and_then(Value::as_str), own.and_then(Id::parse));
        key.is_some_and(|key| self.find(key).any(|id| Some(id) != own))
    }

    pub fn insert(&mut self, id: Id, row: Row) {
        self.index(&row.attrs, |ids| {
            ids.insert(id);
        });
        self.ids.insert(id);
        self.rows.insert(id, row);
    }

    /// Changes what the index holds, too.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Row)) {
        let Some((id, mut row)) = self.remove(id) else { return };
        change(&mut row);
        self.insert(id, row);
    }

    fn remove(&mut self, id: &str) -> Option<(Id, Row)> {
        let id = Id::parse(id)?;
        let row = self.rows.remove(&id)?;
        self.ids.remove(&id);
        self.index(&row.attrs, |ids| {
            ids.remove(&id);
        });
        Some((id, row))
    }

    /// Changes what the index doesn't hold.
    pub fn touch(&mut self, id: &str, change: impl FnOnce(&mut Row)) {
        if let Some(row) = Id::parse(id).and_then(|id| self.rows.get_mut(&id)) {
            change(row);
        }
    }

    fn index(&mut self, attrs: &Attrs, change: impl FnOnce(&mut BTreeSet<Id>)) {
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
    admins: BTreeMap<Id, Id>,
    last_id: u64,
}

impl Directory {
    pub fn new() -> Self {
        let (users, groups) = (Shelf::new("userName"), Shelf::new("displayName"));
        Self { users, groups, admins: BTreeMap::new(), last_id: 0 }
    }

    /// The admin records of a user.
    pub fn admins_of(&self, user: &str) -> Vec<NativeRef> {
        let user = Id::parse(user);
        let theirs = self.admins.iter().filter(|(_, whose)| Some(**whose) == user);
        theirs.map(|(id, _)| id.to_ref()).collect()
    }

    /// Makes a user an admin; gives the record's id.
    pub fn promote(&mut self, user: &str) -> Option<String> {
        let user = Id::parse(user)?;
        let id = self.next_id();
        self.admins.insert(id, user);
        Some(id.to_string())
    }

    /// Ends an admin record, unless it is the last.
    pub fn end_admin(&mut self, id: &str) -> bool {
        let Some(id) = Id::parse(id) else { return true };
        let is_last = self.admins.len() == 1 && self.admins.contains_key(&id);
        if !is_last {
            self.admins.remove(&id);
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

    /// An id that was never given.
    pub fn next_id(&mut self) -> Id {
        self.last_id += 1;
        Id(self.last_id)
    }

    /// Puts a user into a group or takes them out; `false` if that was so already.
    pub fn link(&mut self, user: &str, group: &str, member: bool) -> bool {
        let (Some(user), Some(group)) = (Id::parse(user), Id::parse(group)) else { return false };
        let set = |links: &mut BTreeSet<Id>, id| if member { links.insert(id) } else { links.remove(&id) };
        let links = self.users.rows.get_mut(&user).is_some_and(|row| set(&mut row.links, group));
        self.groups.rows.get_mut(&group).is_some_and(|row| set(&mut row.links, user)) || links
    }

    /// Removes an object and its memberships.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        let Some((id, row)) = self.shelf_mut(kind).remove(id) else { return };
        self.admins.retain(|_, user| *user != id);
        let opposite = match kind {
            Kind::User => &mut self.groups,
            Kind::Group => &mut self.users,
        };
        for other in row.links {
            if let Some(other) = opposite.rows.get_mut(&other) {
                other.links.remove(&id);
            }
        }
    }
}
