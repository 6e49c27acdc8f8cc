//! One call of the tenant's API after every access check.

use serde_json::{Value, json};

use super::directory::{Change, Directory, Store, is_synced};
use super::errors::Refusal;
use super::model::{Admin, Group, Role, Tenant, User};
use super::query::Query;
use super::switches::Switches;
use crate::ids::Ids;
use crate::text::uuid;

/// An answer that is not a refusal.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Value,
}

pub(crate) type Outcome = Result<Answer, Refusal>;

/// 200.
pub(crate) fn ok(body: Value) -> Outcome {
    Ok(Answer { status: 200, body })
}

/// 201.
pub(crate) fn created(body: Value) -> Outcome {
    Ok(Answer { status: 201, body })
}

/// The answer to a deletion.
pub(crate) fn deleted(was_there: bool) -> Outcome {
    ok(json!({"deleted": was_there}))
}

/// All that a route needs.
pub(crate) struct Call<'a> {
    pub now: i64,
    pub rules: &'a Switches,
    pub tenant: &'a Tenant,
    pub store: &'a mut Store,
    pub ids: &'a mut Ids,
    pub query: Query<'a>,
    pub body: &'a [u8],
}

impl Call<'_> {
    /// The directory as it is now; only lists look at the other one.
    pub fn directory(&self) -> &Directory {
        self.store.current()
    }

    pub fn apply(&mut self, change: Change) {
        self.store.apply(self.now, change);
    }

    /// An id in the path.
    pub fn id(&self, raw: &str) -> Result<String, Refusal> {
        uuid(raw).ok_or_else(|| Refusal::new(self.rules.bad_id_status, "the id in the path is not a UUID"))
    }

    pub fn user(&self, raw: &str) -> Result<&User, Refusal> {
        self.directory().users.get(&self.id(raw)?).ok_or_else(|| Refusal::not_found("no such user"))
    }

    pub fn group(&self, raw: &str) -> Result<&Group, Refusal> {
        self.directory().groups.get(&self.id(raw)?).ok_or_else(|| Refusal::not_found("no such group"))
    }

    pub fn admin(&self, raw: &str) -> Result<&Admin, Refusal> {
        self.directory().admins.get(&self.id(raw)?).ok_or_else(|| Refusal::not_found("no such admin"))
    }

    pub fn role(&self, raw: &str) -> Result<&Role, Refusal> {
        self.directory().roles.get(&self.id(raw)?).ok_or_else(|| Refusal::not_found("no such role"))
    }

    /// Refuses when any of the groups comes from a directory.
    pub fn groups_writable(&self, ids: &[String]) -> Result<(), Refusal> {
        let groups = &self.directory().groups;
        if ids.iter().filter_map(|id| groups.get(id)).any(|group| is_synced(&group.source, self.rules)) {
            return Err(Refusal::conflict("a group is synced"));
        }
        Ok(())
    }

    /// Refuses when any of the users comes from a directory.
    pub fn users_writable(&self, ids: &[String]) -> Result<(), Refusal> {
        let users = &self.directory().users;
        if ids.iter().filter_map(|id| users.get(id)).any(|user| is_synced(&user.source, self.rules)) {
            return Err(Refusal::conflict("a user is synced"));
        }
        Ok(())
    }

    /// Refuses when the licence allows no more users and groups.
    pub fn room(&self) -> Result<(), Refusal> {
        let used = self.directory().users.len() + self.directory().groups.len();
        match self.rules.directory_cap {
            Some(cap) if used >= cap => {
                Err(Refusal::new(self.rules.directory_cap_status, "the directory is full"))
            }
            _ => Ok(()),
        }
    }
}
