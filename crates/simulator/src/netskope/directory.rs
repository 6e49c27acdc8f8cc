//! People, groups and memberships of the tenant.

use indexmap::IndexMap;

use super::model::{Group, Provisioner, User};
use super::switches::Switches;
use crate::lagging::{Lagging, Replays};
use crate::memberships::Memberships;
use crate::text::same;

/// One change. Putting something that exists replaces it in place.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    PutUser(Box<User>),
    /// Marks the user as deleted and ends the memberships.
    DeleteUser(String),
    PutGroup(Group),
    /// Marks the group as deleted and ends the memberships.
    DeleteGroup(String),
    Join {
        group: String,
        user: String,
    },
    Leave {
        group: String,
        user: String,
    },
    /// An enrolment mail goes to this address.
    Invite(String),
}

/// The directory, and the one that reads show when they lag behind.
pub(crate) type Store = Lagging<Directory>;

/// The state of the tenant. Rows stay when they are deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub users: IndexMap<String, User>,
    pub groups: IndexMap<String, Group>,
    pub memberships: Memberships,
    /// To whom enrolment mails went, oldest first.
    pub invited: Vec<String>,
}

impl Directory {
    /// A person whom the SCIM API shows at all, inactive or not.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id).filter(|user| !user.deleted && user.provisioner == Provisioner::Scim)
    }

    /// A group that the SCIM API shows.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id).filter(|group| !group.deleted && group.provisioner == Provisioner::Scim)
    }

    /// People who are there, whoever brought them.
    pub fn living(&self) -> impl Iterator<Item = &User> {
        self.users.values().filter(|user| !user.deleted)
    }

    /// The person with this userName or e-mail, whoever brought them, but for `except`.
    pub fn holder(&self, user_name: &str, email: &str, except: &str, rules: &Switches) -> Option<&User> {
        let fold = rules.unique_case_insensitive;
        self.living().find(|user| {
            user.id != except && (same(&user.user_name, user_name, fold) || same(&user.email, email, fold))
        })
    }

    /// Another group (than `except`) with this name, whoever brought it.
    pub fn name_taken(&self, name: &str, except: &str, rules: &Switches) -> bool {
        self.groups.values().any(|group| {
            !group.deleted
                && group.id != except
                && same(&group.display_name, name, rules.unique_case_insensitive)
        })
    }

    /// The newest deleted person with this userName.
    pub fn deleted_user(&self, user_name: &str) -> Option<&User> {
        self.users.values().rev().find(|user| user.deleted && same(&user.user_name, user_name, true))
    }

    /// The group's members whom the SCIM API shows, in the order of joining.
    pub fn members(&self, group: &str, rules: &Switches) -> impl Iterator<Item = &User> {
        self.memberships
            .members(group)
            .filter_map(|id| self.user(id))
            .filter(|user| user.active || rules.inactive_visible)
    }
}

impl Replays for Directory {
    type Change = Change;

    fn apply(&mut self, change: Change) {
        match change {
            Change::PutUser(user) => {
                self.users.insert(user.id.clone(), *user);
            }
            Change::DeleteUser(id) => {
                self.memberships.drop_user(&id);
                if let Some(user) = self.users.get_mut(&id) {
                    user.deleted = true;
                }
            }
            Change::PutGroup(group) => {
                self.groups.insert(group.id.clone(), group);
            }
            Change::DeleteGroup(id) => {
                self.memberships.drop_group(&id);
                if let Some(group) = self.groups.get_mut(&id) {
                    group.deleted = true;
                }
            }
            Change::Join { group, user } => self.memberships.join(group, user),
            Change::Leave { group, user } => self.memberships.leave(&group, &user),
            Change::Invite(email) => self.invited.push(email),
        }
    }
}
