//! People, groups, memberships, admins and roles of one tenant.
//!
//! A directory changes only by applying a [`Change`], so that lists can lag behind (see [`Lagging`]).

use indexmap::{IndexMap, IndexSet};

use super::model::{Admin, CUSTOM, ENTRA, Group, Identified, Role, User};
use super::switches::Switches;
use crate::lagging::{Lagging, Replays};
use crate::memberships::Memberships;
use crate::text::same;

/// Things by id, oldest first.
pub(crate) type Table<T> = IndexMap<String, T>;

/// One change. Putting something that exists replaces it in place.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    PutUser(User),
    /// Also ends the user's memberships.
    DropUser(String),
    PutGroup(Group),
    /// Also ends the group's memberships.
    DropGroup(String),
    Join {
        group: String,
        user: String,
    },
    Leave {
        group: String,
        user: String,
    },
    PutAdmin(Admin),
    DropAdmin(String),
    PutRole(Role),
    DropRole(String),
}

/// The state of one tenant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub users: Table<User>,
    pub groups: Table<Group>,
    pub admins: Table<Admin>,
    pub roles: Table<Role>,
    /// The newest state of users that are gone, for those that come back.
    pub removed_users: Table<User>,
    pub removed_admins: IndexSet<String>,
    memberships: Memberships,
}

impl Directory {
    /// The ids of a group's members, in the order they joined.
    pub fn members(&self, group: &str) -> impl Iterator<Item = &String> {
        self.memberships.members(group)
    }

    /// The ids of the groups a user is in, in the order of joining.
    pub fn groups_of(&self, user: &str) -> impl Iterator<Item = &String> {
        self.memberships.groups_of(user)
    }

    pub fn member_count(&self, group: &str) -> usize {
        self.memberships.count(group)
    }

    pub fn is_member(&self, group: &str, user: &str) -> bool {
        self.memberships.contains(group, user)
    }

    /// The admin that this user is.
    pub fn admin_of(&self, user: &str) -> Option<&Admin> {
        self.admins.values().find(|admin| admin.user_ids.iter().any(|id| id == user))
    }

    /// Whether the admin is the only one with the Super Admin role.
    pub fn is_last_super_admin(&self, admin: &Admin) -> bool {
        self.is_super_admin(admin)
            && !self.admins.values().any(|other| other.id != admin.id && self.is_super_admin(other))
    }

    pub fn is_super_admin(&self, admin: &Admin) -> bool {
        admin.role_assignments.iter().any(|assignment| self.is_super_admin_role(&assignment.role_id))
    }

    pub fn is_super_admin_role(&self, id: &str) -> bool {
        self.roles.get(id).is_some_and(|role| role.predefined && role.name == "Super Admin")
    }

    /// Another user (than `except`) with this e-mail.
    pub fn email_taken(&self, email: &str, except: Option<&str>, rules: &Switches) -> bool {
        self.users.values().any(|user| {
            Some(user.id.as_str()) != except
                && user.email.as_ref().is_some_and(|theirs| same(theirs, email, rules.email_ignores_case))
        })
    }

    /// Another user (than `except`) with this name, if that matters.
    pub fn user_name_taken(&self, name: &str, except: Option<&str>, rules: &Switches) -> bool {
        rules.user_names_unique
            && self.users.values().any(|user| Some(user.id.as_str()) != except && user.name == name)
    }

    /// Another group (than `except`) with this name.
    pub fn group_name_taken(&self, name: &str, except: Option<&str>, rules: &Switches) -> bool {
        self.groups.values().any(|group| {
            Some(group.id.as_str()) != except && same(&group.name, name, rules.group_name_ignores_case)
        })
    }

    fn drop_user(&mut self, id: &str) {
        self.memberships.drop_user(id);
        if let Some(user) = self.users.shift_remove(id) {
            put(&mut self.removed_users, user);
        }
    }
}

impl Replays for Directory {
    type Change = Change;

    fn apply(&mut self, change: Change) {
        match change {
            Change::PutUser(user) => put(&mut self.users, user),
            Change::PutGroup(group) => put(&mut self.groups, group),
            Change::PutAdmin(admin) => put(&mut self.admins, admin),
            Change::PutRole(role) => put(&mut self.roles, role),
            Change::DropUser(id) => self.drop_user(&id),
            Change::DropGroup(id) => {
                self.groups.shift_remove(&id);
                self.memberships.drop_group(&id);
            }
            Change::DropAdmin(id) => {
                self.admins.shift_remove(&id);
                self.removed_admins.insert(id);
            }
            Change::DropRole(id) => {
                self.roles.shift_remove(&id);
            }
            Change::Join { group, user } => self.memberships.join(group, user),
            Change::Leave { group, user } => self.memberships.leave(&group, &user),
        }
    }
}

fn put<T: Identified>(table: &mut Table<T>, value: T) {
    table.insert(value.id().to_owned(), value);
}

/// Whether a `source.type` makes an object read-only for the API.
pub(crate) fn is_synced(source: &str, rules: &Switches) -> bool {
    source != CUSTOM && (source != ENTRA || rules.entra_read_only)
}

/// The directory, and the one that lists show when they lag behind.
pub(crate) type Store = Lagging<Directory>;
