//! `/common/v1/directory/users`

use super::body::{Body, Patch, is_email};
use super::call::{Call, Outcome, created, deleted, ok};
use super::directory::{Change, is_synced};
use super::errors::Refusal;
use super::lists::{ListQuery, USERS};
use super::membership::join;
use super::model::{Admin, CUSTOM, User};
use super::render::Renderer;
use super::switches::{AdminUserDelete, EmptyPatch};

/// A created object is updated this many microseconds after its creation.
pub(crate) const CREATE_TO_UPDATE: i64 = 3000;
const PATCHABLE: [&str; 5] = ["name", "firstName", "lastName", "email", "exchangeLogin"];

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let query = ListQuery::read(&call.query, call.rules, &USERS)?;
    let directory = call.store.listed();
    let renderer = Renderer { directory, tenant: call.tenant, rules: call.rules };
    query.answer(
        directory.users.values().collect(),
        |user, group| directory.is_member(group, &user.id),
        |user| renderer.user(user),
    )
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let id = call.user(id)?.id.clone();
    ok(shown(call, &id))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.query.known(&["fields"])?;
    // `role` is sent by one known client; the vendor's examples do not have it.
    let known = ["name", "firstName", "lastName", "email", "exchangeLogin", "groupIds", "role"];
    let body = Body::read(call.body, call.rules, &known)?;
    let longest = call.rules.max_user_text;
    let first_name = body.text("firstName", longest)?;
    let last_name = body.text("lastName", longest)?;
    let email = body.email("email")?;
    let exchange_login = body.text("exchangeLogin", longest)?;
    let name = match body.text("name", longest)? {
        Some(name) if !name.trim().is_empty() => name,
        _ if call.rules.name_required => body.required("name", longest)?,
        _ => made_up_name(first_name.as_deref(), last_name.as_deref(), email.as_deref()),
    };
    let mut group_ids = body.ids("groupIds")?;
    let directory = call.directory();
    let missing = group_ids.iter().any(|id| !directory.groups.contains_key(id));
    if missing && !call.rules.partial_create {
        return Err(Refusal::not_found("a group in groupIds does not exist"));
    }
    call.groups_writable(&group_ids)?;
    is_free(call, email.as_ref(), Some(&name), None)?;
    call.room()?;
    group_ids.retain(|id| directory.groups.contains_key(id));

    let id = call.ids.uuid();
    call.apply(Change::PutUser(User {
        id: id.clone(),
        name,
        first_name,
        last_name,
        email,
        domain: None,
        exchange_login,
        source: CUSTOM.to_owned(),
        created_at: call.now,
        updated_at: Some(call.now + CREATE_TO_UPDATE),
    }));
    for group in group_ids {
        join(call, &group, &id);
    }
    if missing {
        return Err(Refusal::not_found("a group in groupIds does not exist"));
    }
    created(shown(call, &id))
}

/// Whether nobody but `own` has this e-mail and this name.
fn is_free(
    call: &Call<'_>,
    email: Option<&String>,
    name: Option<&String>,
    own: Option<&str>,
) -> Result<(), Refusal> {
    let directory = call.directory();
    if email.is_some_and(|email| directory.email_taken(email, own, call.rules)) {
        return Err(Refusal::conflict("the e-mail is taken"));
    }
    if name.is_some_and(|name| directory.user_name_taken(name, own, call.rules)) {
        return Err(Refusal::conflict("the name is taken"));
    }
    Ok(())
}

pub(crate) fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let body = Body::read(call.body, call.rules, &PATCHABLE)?;
    let longest = call.rules.max_user_text;
    let name = body.changed("name", longest)?;
    let first_name = body.patch("firstName", longest)?;
    let last_name = body.patch("lastName", longest)?;
    let email = body.patch("email", longest)?;
    let exchange_login = body.patch("exchangeLogin", longest)?;
    if call.rules.patch_checks_email && matches!(&email, Patch::Set(email) if !is_email(email)) {
        return Err(Refusal::new(call.rules.bad_request_status, "not an e-mail address"));
    }
    let empty = !body.has_any(&PATCHABLE);
    if empty && call.rules.empty_patch == EmptyPatch::Reject {
        return Err(Refusal::new(call.rules.bad_request_status, "nothing to change"));
    }

    let old = call.user(id)?.clone();
    let mut new = old.clone();
    if let Some(name) = name {
        new.name = name;
    }
    first_name.onto(&mut new.first_name);
    last_name.onto(&mut new.last_name);
    email.onto(&mut new.email);
    exchange_login.onto(&mut new.exchange_login);

    if is_synced(&old.source, call.rules) {
        return Err(Refusal::conflict("the user is synced"));
    }
    let changed_email = new.email.as_ref().filter(|email| Some(*email) != old.email.as_ref());
    let changed_name = Some(&new.name).filter(|name| **name != old.name);
    is_free(call, changed_email, changed_name, Some(&old.id))?;
    if old.email.is_some() && new.email.is_none() && call.directory().admin_of(&old.id).is_some() {
        return Err(Refusal::conflict("an admin needs the e-mail to log in"));
    }
    if !empty {
        new.updated_at = Some(call.now);
        change_admin(call, &new);
        call.apply(Change::PutUser(new));
    }
    ok(shown(call, &old.id))
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.id(id)?;
    let Some(user) = call.directory().users.get(&id) else {
        return deleted(call.rules.deleted_when_missing);
    };
    if is_synced(&user.source, call.rules) {
        return Err(Refusal::conflict("the user is synced"));
    }
    if let Some(admin) = call.directory().admin_of(&id).cloned() {
        match call.rules.admin_user_delete {
            AdminUserDelete::Conflict => return Err(Refusal::conflict("the user is an admin")),
            AdminUserDelete::AdminGoesToo => leave_admin(call, admin, &id)?,
            AdminUserDelete::AdminStays => {}
        }
    }
    call.apply(Change::DropUser(id));
    deleted(true)
}

/// The admin goes with its last user.
fn leave_admin(call: &mut Call<'_>, mut admin: Admin, user: &str) -> Result<(), Refusal> {
    if admin.user_ids.len() > 1 {
        admin.user_ids.retain(|id| id != user);
        call.apply(Change::PutAdmin(admin));
        return Ok(());
    }
    if call.directory().is_last_super_admin(&admin) {
        return Err(Refusal::conflict("the user is the last super admin"));
    }
    call.apply(Change::DropAdmin(admin.id));
    Ok(())
}

/// An admin's profile follows its user.
pub(crate) fn change_admin(call: &mut Call<'_>, user: &User) {
    let Some(mut admin) = call.directory().admin_of(&user.id).cloned() else {
        return;
    };
    admin.name.clone_from(&user.name);
    admin.first_name.clone_from(&user.first_name);
    admin.last_name.clone_from(&user.last_name);
    admin.email.clone_from(&user.email);
    call.apply(Change::PutAdmin(admin));
}

/// Only when names are not required: the evidence does not say what the vendor puts there.
fn made_up_name(first: Option<&str>, last: Option<&str>, email: Option<&str>) -> String {
    let full = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if full.trim().is_empty() { email.unwrap_or_default().to_owned() } else { full }
}

fn shown(call: &Call<'_>, id: &str) -> serde_json::Value {
    let renderer = Renderer { directory: call.directory(), tenant: call.tenant, rules: call.rules };
    let full = call.directory().users.get(id).map(|user| renderer.user(user));
    call.query.fields().of(full.unwrap_or_default())
}
