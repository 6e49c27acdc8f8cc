//! Who is in which group, from both sides.

use indexmap::{IndexMap, IndexSet};

/// Members by group and groups by member, in the order of joining.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memberships {
    members: IndexMap<String, IndexSet<String>>,
    groups: IndexMap<String, IndexSet<String>>,
}

impl Memberships {
    /// The ids of a group's members.
    pub fn members(&self, group: &str) -> impl Iterator<Item = &String> {
        self.members.get(group).into_iter().flatten()
    }

    /// The ids of the groups a user is in.
    pub fn groups_of(&self, user: &str) -> impl Iterator<Item = &String> {
        self.groups.get(user).into_iter().flatten()
    }

    pub fn count(&self, group: &str) -> usize {
        self.members.get(group).map_or(0, IndexSet::len)
    }

    pub fn contains(&self, group: &str, user: &str) -> bool {
        self.members.get(group).is_some_and(|members| members.contains(user))
    }

    pub fn join(&mut self, group: String, user: String) {
        self.members.entry(group.clone()).or_default().insert(user.clone());
        self.groups.entry(user).or_default().insert(group);
    }

    pub fn leave(&mut self, group: &str, user: &str) {
        cut(&mut self.members, group, user);
        cut(&mut self.groups, user, group);
    }

    /// Nobody is in the group any more.
    pub fn drop_group(&mut self, group: &str) {
        for user in self.members.shift_remove(group).unwrap_or_default() {
            cut(&mut self.groups, &user, group);
        }
    }

    /// The user is in no group any more.
    pub fn drop_user(&mut self, user: &str) {
        for group in self.groups.shift_remove(user).unwrap_or_default() {
            cut(&mut self.members, &group, user);
        }
    }
}

fn cut(sets: &mut IndexMap<String, IndexSet<String>>, from: &str, what: &str) {
    if let Some(set) = sets.get_mut(from) {
        set.shift_remove(what);
    }
}
