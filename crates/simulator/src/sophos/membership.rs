//! Memberships, from the user's side and from the group's side.

use serde_json::{Value, json};

use super::body::Body;
use super::call::{Call, Outcome, created, ok};
use super::directory::{Change, is_synced};
use super::errors::Refusal;
use super::lists::{GROUPS_OF_USER, ListQuery, MEMBERS};
use super::render::Renderer;
use super::switches::{AlreadyMember, RemoveNonMember, Touches, Undocumented};

/// `GET /users/{userId}/groups`
pub(crate) fn groups_of_user(call: &Call<'_>, user: &str) -> Outcome {
    let query = ListQuery::read(&call.query, call.rules, &GROUPS_OF_USER)?;
    let user = call.user(user)?;
    let directory = call.store.listed();
    let renderer = Renderer { directory, tenant: call.tenant, rules: call.rules };
    let groups = directory.groups_of(&user.id).filter_map(|id| directory.groups.get(id)).collect();
    query.answer(groups, |_, _| true, |group| renderer.group(group))
}

/// `GET /user-groups/{groupId}/users`
pub(crate) fn users_of_group(call: &Call<'_>, group: &str) -> Outcome {
    let query = ListQuery::read(&call.query, call.rules, &MEMBERS)?;
    let group = call.group(group)?;
    let directory = call.store.listed();
    let renderer = Renderer { directory, tenant: call.tenant, rules: call.rules };
    let users = directory.members(&group.id).filter_map(|id| directory.users.get(id)).collect();
    query.answer(users, |_, _| true, |user| renderer.user(user))
}

/// `POST /users/{userId}/groups`
pub(crate) fn add_to_groups(call: &mut Call<'_>, user: &str) -> Outcome {
    let ids = Body::read(call.body, call.rules, &["ids"])?.some_ids("ids")?;
    let user = call.user(user)?.id.clone();
    let pairs = ids.iter().map(|group| (group.clone(), user.clone())).collect();
    let missing = ids.iter().any(|id| !call.directory().groups.contains_key(id));
    let added = add(call, pairs, missing)?;
    let named = added.iter().map(|(group, _)| group_ref(call, group));
    created(json!({"addedToGroups": named.collect::<Vec<_>>()}))
}

/// `POST /user-groups/{groupId}/users`
pub(crate) fn add_users(call: &mut Call<'_>, group: &str) -> Outcome {
    let ids = Body::read(call.body, call.rules, &["ids"])?.some_ids("ids")?;
    let group = call.group(group)?.id.clone();
    let pairs = ids.iter().map(|user| (group.clone(), user.clone())).collect();
    let missing = ids.iter().any(|id| !call.directory().users.contains_key(id));
    let added = add(call, pairs, missing)?;
    let named = added.iter().map(|(_, user)| user_ref(call, user));
    created(json!({"addedUsers": named.collect::<Vec<_>>()}))
}

type Pair = (String, String);

/// Adds (group, user) pairs, all or nothing. Gives the pairs to name in the answer.
fn add(call: &mut Call<'_>, mut pairs: Vec<Pair>, missing: bool) -> Result<Vec<Pair>, Refusal> {
    let not_found = Refusal::not_found("a user or group in ids does not exist");
    if missing && call.rules.add_is_atomic {
        return Err(not_found);
    }
    let directory = call.directory();
    pairs.retain(|(group, user)| directory.groups.contains_key(group) && directory.users.contains_key(user));
    let (groups, users): (Vec<_>, Vec<_>) = pairs.iter().cloned().unzip();
    call.groups_writable(&groups)?;
    call.users_writable(&users)?;
    let old = |(group, user): &Pair| directory.is_member(group, user);
    if call.rules.already_member == AlreadyMember::Conflict && pairs.iter().any(old) {
        return Err(Refusal::conflict("already a member"));
    }
    let new: Vec<Pair> = pairs.iter().filter(|pair| !old(pair)).cloned().collect();
    for (group, user) in &new {
        join(call, group, user);
    }
    if missing {
        return Err(not_found);
    }
    Ok(if call.rules.already_member == AlreadyMember::Omitted { new } else { pairs })
}

/// `DELETE /users/{userId}/groups?ids=`
pub(crate) fn remove_from_groups(call: &mut Call<'_>, user: &str) -> Outcome {
    let ids = call.query.target_ids()?;
    let user = call.user(user)?.clone();
    if is_synced(&user.source, call.rules) {
        return Err(Refusal::conflict("the user is synced"));
    }
    if call.rules.remove_from_synced_group == Undocumented::Conflict {
        let mine = |id: &&String| call.directory().is_member(id, &user.id);
        call.groups_writable(&ids.iter().filter(mine).cloned().collect::<Vec<_>>())?;
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        ids.into_iter().partition(|id| call.directory().groups.contains_key(id));
    let mut outcome = Removal { removed: Vec::new(), not_found: unknown };
    for group in known {
        let there = leave(call, &group, &user.id);
        let named = group_ref(call, &group);
        outcome.note(call, there, group, named);
    }
    ok(outcome.answer(call, "removedFromGroups", "groupsNotFound"))
}

/// `DELETE /user-groups/{groupId}/users?ids=`
pub(crate) fn remove_users(call: &mut Call<'_>, group: &str) -> Outcome {
    let ids = call.query.target_ids()?;
    let group = call.group(group)?.clone();
    let refuse_group = call.rules.remove_from_synced_group == Undocumented::Conflict;
    if refuse_group && is_synced(&group.source, call.rules) {
        return Err(Refusal::conflict("the group is synced"));
    }
    if call.rules.remove_synced_member == Undocumented::Conflict {
        let members = |id: &&String| call.directory().is_member(&group.id, id);
        call.users_writable(&ids.iter().filter(members).cloned().collect::<Vec<_>>())?;
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        ids.into_iter().partition(|id| call.directory().users.contains_key(id));
    let mut outcome = Removal { removed: Vec::new(), not_found: unknown };
    for user in known {
        let there = leave(call, &group.id, &user);
        let named = user_ref(call, &user);
        outcome.note(call, there, user, named);
    }
    ok(outcome.answer(call, "removedUsers", "usersNotFound"))
}

/// `DELETE /users/{userId}/groups/{groupId}`
pub(crate) fn remove_from_group(call: &mut Call<'_>, user: &str, group: &str) -> Outcome {
    let user = call.user(user)?.clone();
    let group = call.id(group)?;
    if is_synced(&user.source, call.rules) {
        return Err(Refusal::conflict("the user is synced"));
    }
    let member = call.directory().is_member(&group, &user.id);
    if member && call.rules.remove_from_synced_group == Undocumented::Conflict {
        call.groups_writable(std::slice::from_ref(&group))?;
    }
    let there = leave(call, &group, &user.id);
    ok(json!({"removed": there || call.rules.removed_when_missing}))
}

/// `DELETE /user-groups/{groupId}/users/{userId}`
pub(crate) fn remove_user(call: &mut Call<'_>, group: &str, user: &str) -> Outcome {
    let group = call.group(group)?.clone();
    let user = call.id(user)?;
    if is_synced(&group.source, call.rules) {
        return Err(Refusal::conflict("the group is synced"));
    }
    let member = call.directory().is_member(&group.id, &user);
    if member && call.rules.remove_synced_member == Undocumented::Conflict {
        call.users_writable(std::slice::from_ref(&user))?;
    }
    let there = leave(call, &group.id, &user);
    ok(json!({"removed": there || call.rules.removed_when_missing}))
}

/// The two lists in the answer to a bulk removal.
struct Removal {
    removed: Vec<Value>,
    not_found: Vec<String>,
}

impl Removal {
    fn note(&mut self, call: &Call<'_>, was_member: bool, id: String, named: Value) {
        match call.rules.remove_non_member {
            _ if was_member => self.removed.push(named),
            RemoveNonMember::Removed => self.removed.push(named),
            RemoveNonMember::NotFound => self.not_found.push(id),
            RemoveNonMember::Silent => {}
        }
    }

    fn answer(self, call: &Call<'_>, removed: &str, not_found: &str) -> Value {
        let mut answer = json!({removed: self.removed});
        if !self.not_found.is_empty() || !call.rules.omit_empty_errors {
            answer["errors"] = json!({not_found: self.not_found});
        }
        answer
    }
}

/// Makes a user a member.
pub(crate) fn join(call: &mut Call<'_>, group: &str, user: &str) {
    call.apply(Change::Join { group: group.to_owned(), user: user.to_owned() });
    touch(call, group, user);
}

/// Ends a membership; false when there was none.
pub(crate) fn leave(call: &mut Call<'_>, group: &str, user: &str) -> bool {
    if !call.directory().is_member(group, user) {
        return false;
    }
    call.apply(Change::Leave { group: group.to_owned(), user: user.to_owned() });
    touch(call, group, user);
    true
}

/// A membership change may move `updatedAt`, but never of what was created in the same call.
fn touch(call: &mut Call<'_>, group: &str, user: &str) {
    let touches = call.rules.membership_touches;
    if matches!(touches, Touches::User | Touches::Both)
        && let Some(mut user) = call.directory().users.get(user).cloned()
        && user.updated_at.is_none_or(|at| at < call.now)
    {
        user.updated_at = Some(call.now);
        call.apply(Change::PutUser(user));
    }
    if matches!(touches, Touches::Group | Touches::Both)
        && let Some(mut group) = call.directory().groups.get(group).cloned()
        && group.updated_at < call.now
    {
        group.updated_at = call.now;
        call.apply(Change::PutGroup(group));
    }
}

fn group_ref(call: &Call<'_>, id: &str) -> Value {
    let name = call.directory().groups.get(id).map(|group| group.name.as_str());
    json!({"id": id, "name": name.unwrap_or_default()})
}

fn user_ref(call: &Call<'_>, id: &str) -> Value {
    let name = call.directory().users.get(id).map(|user| user.name.as_str());
    json!({"id": id, "name": name.unwrap_or_default()})
}
