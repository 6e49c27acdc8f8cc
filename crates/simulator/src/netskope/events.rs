//! What happens in the tenant without us: importers, the console, other scripts on the same API.

use serde::{Deserialize, Serialize};

use super::auth::Tokens;
use super::call::Call;
use super::directory::{Change, Store};
use super::membership;
use super::model::{Group, Provisioner, User};
use super::switches::Switches;
use crate::text::same;

/// An event. Users are named by id, userName or e-mail, groups by id or name. In JSON: `{"kind":"scriptDeletesUser",…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Event {
    /// An importer finds the person in its source: from now on SCIM doesn't show it, but the keys stay taken.
    ImporterTakesUser { user: String, provisioner: Provisioner },
    /// An importer takes over the group.
    ImporterTakesGroup { group: String, provisioner: Provisioner },
    /// Somebody else than SCIM brings a person.
    ImporterCreatesUser { user_name: String, email: String, provisioner: Provisioner },
    /// Someone edits a person in the console, which is locked for what came by SCIM. What is left out stays.
    ConsoleEditsUser { user: String, user_name: Option<String>, email: Option<String>, active: Option<bool> },
    /// Someone deletes a person in the console, which is locked for what came by SCIM.
    ConsoleDeletesUser { user: String },
    /// Someone deletes a group in the console, which is locked for what came by SCIM.
    ConsoleDeletesGroup { group: String },
    /// A script makes a person by the same API.
    ScriptCreatesUser { user_name: String, email: String, external_id: Option<String> },
    /// A script edits a person by the same API. What is left out stays.
    ScriptEditsUser {
        user: String,
        user_name: Option<String>,
        email: Option<String>,
        given_name: Option<String>,
        active: Option<bool>,
    },
    /// A script deletes a person by the same API.
    ScriptDeletesUser { user: String },
    /// A script makes a group by the same API.
    ScriptCreatesGroup { name: String },
    /// A script renames a group by the same API.
    ScriptRenamesGroup { group: String, name: String },
    /// A script deletes a group by the same API.
    ScriptDeletesGroup { group: String },
    /// A script adds a member by the same API.
    ScriptAddsMember { group: String, user: String },
    /// A script removes a member by the same API.
    ScriptRemovesMember { group: String, user: String },
    /// Someone revokes a token in the console.
    TokenRevoked { token: String },
    /// Someone makes a token in the console that may do everything for so many hours from now.
    TokenIssued { token: String, hours: u32 },
}

/// Lets it happen. Gives the id of what was touched, or why nothing happened.
pub(crate) fn happen(call: &mut Call<'_>, tokens: &mut Tokens, event: Event) -> Result<String, String> {
    match event {
        Event::ImporterTakesUser { user, provisioner } => {
            let user = User { provisioner, ..find_user(call.store, &user)? };
            Ok(put_user(call, user))
        }
        Event::ImporterTakesGroup { group, provisioner } => {
            let group = Group { provisioner, ..find_group(call.store, &group)? };
            Ok(put_group(call, group))
        }
        Event::ImporterCreatesUser { user_name, email, provisioner } => {
            Ok(new_user(call, user_name, email, None, provisioner))
        }
        Event::ConsoleEditsUser { user, user_name, email, active } => {
            let user = unlocked(find_user(call.store, &user)?, call.rules)?;
            Ok(edit(call, user, user_name, email, active))
        }
        Event::ConsoleDeletesUser { user } => {
            let user = unlocked(find_user(call.store, &user)?, call.rules)?;
            Ok(delete_user(call, user))
        }
        Event::ConsoleDeletesGroup { group } => {
            let group = find_group(call.store, &group)?;
            if group.provisioner == Provisioner::Scim && call.rules.console_locked {
                return Err(LOCKED.to_owned());
            }
            Ok(delete_group(call, group))
        }
        Event::ScriptCreatesUser { user_name, email, external_id } => {
            Ok(new_user(call, user_name, email, external_id, Provisioner::Scim))
        }
        Event::ScriptEditsUser { user, user_name, email, given_name, active } => {
            let mut user = find_user(call.store, &user)?;
            user.given_name = given_name.or(user.given_name);
            Ok(edit(call, user, user_name, email, active))
        }
        Event::ScriptDeletesUser { user } => {
            let user = find_user(call.store, &user)?;
            Ok(delete_user(call, user))
        }
        Event::ScriptCreatesGroup { name } => {
            let blank = Group::new(call.ids.uuid(), name, Provisioner::Scim, call.now);
            Ok(put_group(call, blank))
        }
        Event::ScriptRenamesGroup { group, name } => {
            let group = Group { display_name: name, ..find_group(call.store, &group)? };
            Ok(put_group(call, group))
        }
        Event::ScriptDeletesGroup { group } => {
            let group = find_group(call.store, &group)?;
            Ok(delete_group(call, group))
        }
        Event::ScriptAddsMember { group, user } => {
            let (group, user) = (find_group(call.store, &group)?.id, find_user(call.store, &user)?.id);
            membership::join(call, &group, user.clone());
            Ok(user)
        }
        Event::ScriptRemovesMember { group, user } => {
            let (group, user) = (find_group(call.store, &group)?.id, find_user(call.store, &user)?.id);
            membership::leave(call, &group, user.clone());
            Ok(user)
        }
        Event::TokenRevoked { token } if !tokens.revoke(&token) => Err("no such token".to_owned()),
        Event::TokenRevoked { token } => Ok(token),
        Event::TokenIssued { token, hours } => {
            tokens.issue(call.now, &token, hours);
            Ok(token)
        }
    }
}

const LOCKED: &str = "the console can't change what came by SCIM";

fn unlocked(user: User, rules: &Switches) -> Result<User, String> {
    if user.provisioner == Provisioner::Scim && rules.console_locked {
        return Err(LOCKED.to_owned());
    }
    Ok(user)
}

fn new_user(
    call: &mut Call<'_>,
    user_name: String,
    email: String,
    external_id: Option<String>,
    provisioner: Provisioner,
) -> String {
    let blank = User::new(call.ids.uuid(), user_name, email, provisioner, call.now);
    let user = User { external_id, ..blank };
    put_user(call, user)
}

fn edit(
    call: &mut Call<'_>,
    user: User,
    user_name: Option<String>,
    email: Option<String>,
    active: Option<bool>,
) -> String {
    let user = User {
        user_name: user_name.unwrap_or(user.user_name),
        email: email.unwrap_or(user.email),
        active: active.unwrap_or(user.active),
        ..user
    };
    put_user(call, user)
}

fn put_user(call: &mut Call<'_>, mut user: User) -> String {
    let id = user.id.clone();
    user.updated_at = call.now;
    call.apply(Change::PutUser(Box::new(user)));
    id
}

fn put_group(call: &mut Call<'_>, mut group: Group) -> String {
    let id = group.id.clone();
    group.updated_at = call.now;
    call.apply(Change::PutGroup(group));
    id
}

fn delete_user(call: &mut Call<'_>, user: User) -> String {
    call.apply(Change::DeleteUser(user.id.clone()));
    user.id
}

fn delete_group(call: &mut Call<'_>, group: Group) -> String {
    call.apply(Change::DeleteGroup(group.id.clone()));
    group.id
}

fn find_user(store: &Store, text: &str) -> Result<User, String> {
    let named =
        |user: &&User| user.id == text || same(&user.user_name, text, true) || same(&user.email, text, true);
    store.current().living().find(named).cloned().ok_or_else(|| format!("no user {text}"))
}

fn find_group(store: &Store, text: &str) -> Result<Group, String> {
    let mut groups = store.current().groups.values().filter(|group| !group.deleted);
    let found = groups.find(|group| group.id == text || group.display_name == text);
    found.cloned().ok_or_else(|| format!("no group {text}"))
}
