//! What happens in the vendor's world without the API: in the console, by a directory sync, on a device.

use serde::{Deserialize, Serialize};

use super::admins::promote;
use super::call::Call;
use super::directory::Change;
use super::membership::{join, leave};
use super::model::{CUSTOM, Group, User};
use super::users::{CREATE_TO_UPDATE, change_admin};
use crate::text::{same, uuid};

/// An event. Users are named by id, e-mail or name, groups and roles by id or name. In JSON: `{"kind":"deviceLogin",...}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Event {
    /// A directory sync finds the user in its directory: from now on it is read-only.
    SyncTakesUser { user: String, source_type: String, domain: Option<String> },
    /// A directory sync takes over the group.
    SyncTakesGroup { group: String, source_type: String, domain: Option<String> },
    /// Someone logs in on a managed device, as `DOMAIN\user` or with an e-mail: if there is no such user, one appears.
    DeviceLogin { login: String },
    /// Someone creates a user in the console (or, with a source type, a sync brings one).
    ConsoleCreatesUser {
        name: String,
        first_name: Option<String>,
        last_name: Option<String>,
        email: Option<String>,
        exchange_login: Option<String>,
        source_type: Option<String>,
    },
    /// Someone edits a user in the console. What is left out stays; an empty text clears.
    ConsoleEditsUser {
        user: String,
        name: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
        email: Option<String>,
        exchange_login: Option<String>,
    },
    /// Someone deletes a user in the console, or the directory it came from is purged. Its admin goes too.
    ConsoleDeletesUser { user: String },
    /// Someone creates a group in the console (or, with a source type, a sync brings one).
    ConsoleCreatesGroup { name: String, description: Option<String>, source_type: Option<String> },
    /// Someone renames or describes a group in the console.
    ConsoleEditsGroup { group: String, name: Option<String>, description: Option<String> },
    /// Someone deletes a group in the console, members or not.
    ConsoleDeletesGroup { group: String },
    /// Someone adds a member in the console.
    ConsoleAddsMember { group: String, user: String },
    /// Someone removes a member in the console.
    ConsoleRemovesMember { group: String, user: String },
    /// Someone makes a user an admin in the console.
    ConsolePromotes { user: String, role: String },
    /// Someone takes away a user's admin in the console.
    ConsoleDemotes { user: String },
}

/// Lets it happen. Gives the id of what was touched, or why nothing happened.
pub(crate) fn happen(call: &mut Call<'_>, event: Event) -> Result<String, String> {
    match event {
        Event::SyncTakesUser { user, source_type, domain } => {
            let user = User { source: source_type, domain, ..find_user(call, &user)? };
            Ok(put_user(call, user))
        }
        Event::SyncTakesGroup { group, source_type, domain } => {
            let group = Group { source: source_type, domain, ..find_group(call, &group)? };
            Ok(put_group(call, group))
        }
        Event::DeviceLogin { login } => Ok(device_login(call, login)),
        Event::ConsoleCreatesUser { name, first_name, last_name, email, exchange_login, source_type } => {
            let blank = new_user(call, name);
            let source = source_type.unwrap_or_else(|| CUSTOM.to_owned());
            Ok(put_user(call, User { first_name, last_name, email, exchange_login, source, ..blank }))
        }
        Event::ConsoleEditsUser { user, name, first_name, last_name, email, exchange_login } => {
            let mut user = find_user(call, &user)?;
            user.name = name.unwrap_or(user.name);
            edit(&mut user.first_name, first_name);
            edit(&mut user.last_name, last_name);
            edit(&mut user.email, email);
            edit(&mut user.exchange_login, exchange_login);
            change_admin(call, &user);
            Ok(put_user(call, user))
        }
        Event::ConsoleDeletesUser { user } => delete_user(call, &user),
        Event::ConsoleCreatesGroup { name, description, source_type } => {
            let (id, created_at) = (call.ids.uuid(), call.now);
            let source = source_type.unwrap_or_else(|| CUSTOM.to_owned());
            let updated_at = created_at;
            Ok(put_group(call, Group { id, name, description, domain: None, source, created_at, updated_at }))
        }
        Event::ConsoleEditsGroup { group, name, description } => {
            let mut group = find_group(call, &group)?;
            group.name = name.unwrap_or(group.name);
            edit(&mut group.description, description);
            Ok(put_group(call, group))
        }
        Event::ConsoleDeletesGroup { group } => {
            let id = find_group(call, &group)?.id;
            call.apply(Change::DropGroup(id.clone()));
            Ok(id)
        }
        Event::ConsoleAddsMember { group, user } => {
            let (group, user) = (find_group(call, &group)?.id, find_user(call, &user)?.id);
            join(call, &group, &user);
            Ok(user)
        }
        Event::ConsoleRemovesMember { group, user } => {
            let (group, user) = (find_group(call, &group)?.id, find_user(call, &user)?.id);
            if leave(call, &group, &user) { Ok(user) } else { Err("not a member".to_owned()) }
        }
        Event::ConsolePromotes { user, role } => make_admin(call, &user, &role),
        Event::ConsoleDemotes { user } => {
            let user = find_user(call, &user)?.id;
            drop_admin(call, &user).ok_or_else(|| "not an admin".to_owned())
        }
    }
}

fn delete_user(call: &mut Call<'_>, user: &str) -> Result<String, String> {
    let id = find_user(call, user)?.id;
    drop_admin(call, &id);
    call.apply(Change::DropUser(id.clone()));
    Ok(id)
}

fn make_admin(call: &mut Call<'_>, user: &str, role: &str) -> Result<String, String> {
    let (user, role) = (find_user(call, user)?, find_role(call, role)?);
    if call.directory().admin_of(&user.id).is_some() {
        return Err("an admin already".to_owned());
    }
    Ok(promote(call, &user, &[role]).id)
}

/// Takes away a user's admin, if there is one, and gives its id.
fn drop_admin(call: &mut Call<'_>, user: &str) -> Option<String> {
    let admin = call.directory().admin_of(user)?.id.clone();
    call.apply(Change::DropAdmin(admin.clone()));
    Some(admin)
}

/// The user that was known by this log-in comes back; otherwise a new one appears.
fn device_login(call: &mut Call<'_>, login: String) -> String {
    let is = |user: &&User| {
        user.name == login || user.email.as_ref().is_some_and(|email| same(email, &login, true))
    };
    if let Some(user) = call.directory().users.values().find(is) {
        return user.id.clone();
    }
    let before = call.directory().removed_users.values().rev().find(is).cloned();
    let mut user = new_user(call, login.clone());
    user.updated_at = None;
    if login.contains('@') {
        user.email = Some(login);
    }
    if let Some(before) = before {
        user.name = before.name;
        if call.rules.recreated_keeps_id {
            user.id = before.id;
        }
    }
    let id = user.id.clone();
    call.apply(Change::PutUser(user));
    id
}

fn new_user(call: &mut Call<'_>, name: String) -> User {
    User {
        id: call.ids.uuid(),
        name,
        first_name: None,
        last_name: None,
        email: None,
        domain: None,
        exchange_login: None,
        source: CUSTOM.to_owned(),
        created_at: call.now,
        updated_at: Some(call.now + CREATE_TO_UPDATE),
    }
}

fn put_user(call: &mut Call<'_>, mut user: User) -> String {
    let id = user.id.clone();
    user.updated_at = user.updated_at.max(Some(call.now));
    call.apply(Change::PutUser(user));
    id
}

fn put_group(call: &mut Call<'_>, mut group: Group) -> String {
    let id = group.id.clone();
    group.updated_at = group.updated_at.max(call.now);
    call.apply(Change::PutGroup(group));
    id
}

fn edit(field: &mut Option<String>, new: Option<String>) {
    if let Some(text) = new {
        *field = Some(text).filter(|text| !text.is_empty());
    }
}

fn find_user(call: &Call<'_>, text: &str) -> Result<User, String> {
    let users = &call.directory().users;
    let by_email = |user: &&User| user.email.as_ref().is_some_and(|email| same(email, text, true));
    let found = uuid(text)
        .and_then(|id| users.get(&id))
        .or_else(|| users.values().find(by_email))
        .or_else(|| users.values().find(|user| user.name == text));
    found.cloned().ok_or_else(|| format!("no user {text}"))
}

fn find_group(call: &Call<'_>, text: &str) -> Result<Group, String> {
    let groups = &call.directory().groups;
    let found = uuid(text).and_then(|id| groups.get(&id));
    let found = found.or_else(|| groups.values().find(|group| group.name == text));
    found.cloned().ok_or_else(|| format!("no group {text}"))
}

fn find_role(call: &Call<'_>, text: &str) -> Result<String, String> {
    let roles = &call.directory().roles;
    let found = uuid(text).and_then(|id| roles.get(&id));
    let found = found.or_else(|| roles.values().find(|role| role.name == text));
    found.map(|role| role.id.clone()).ok_or_else(|| format!("no role {text}"))
}
