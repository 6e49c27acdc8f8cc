//! `/common/v1/admins`: an admin is a directory user that was promoted.

use serde_json::{Value, json};

use super::body::Body;
use super::call::{Call, Outcome, created, deleted, ok};
use super::directory::Change;
use super::errors::Refusal;
use super::lists::{ADMINS, ListQuery};
use super::model::{Admin, Assignment, User};
use super::render::{Renderer, assignment};
use super::switches::{AdminDeleteMissing, Missing, Undocumented};
use super::users::CREATE_TO_UPDATE;
use crate::text::{same, uuid};

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let query = ListQuery::read(&call.query, call.rules, &ADMINS)?;
    let directory = call.store.listed();
    let renderer = Renderer { directory, tenant: call.tenant, rules: call.rules };
    query.answer(
        directory.admins.values().collect(),
        |admin, role| admin.role_assignments.iter().any(|assignment| assignment.role_id == role),
        |admin| renderer.admin(admin),
    )
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let admin = call.admin(id)?;
    ok(shown(call, admin))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.query.known(&["fields"])?;
    let body = Body::read(call.body, call.rules, &["userId", "roleAssignments"])?;
    let user_id = body.field("userId").and_then(Value::as_str).and_then(uuid);
    let role_ids = role_ids(&body);
    let bad =
        || Refusal::new(call.rules.bad_request_status, "userId or roleAssignments is missing or malformed");
    let (user_id, role_ids) = user_id.zip(role_ids).ok_or_else(bad)?;
    let user = call.user(&user_id)?.clone();
    for role in &role_ids {
        assignable(call, role)?;
    }
    promotable(call, &user)?;
    let admin = promote(call, &user, &role_ids);
    created(shown(call, &admin))
}

/// The role ids of a new admin: at least one, all of them well-formed.
fn role_ids(body: &Body<'_>) -> Option<Vec<String>> {
    let list = body.field("roleAssignments")?.as_array()?;
    let ids: Option<Vec<String>> = list.iter().map(|item| uuid(item.get("roleId")?.as_str()?)).collect();
    ids.filter(|ids| !ids.is_empty())
}

/// Only roles for people can be assigned.
fn assignable(call: &Call<'_>, role: &str) -> Result<(), Refusal> {
    if call.role(role)?.for_services {
        return Err(Refusal::new(call.rules.service_role_status, "the role is for services"));
    }
    Ok(())
}

/// Who is an admin already, has no e-mail, or has a log-in elsewhere can't be promoted.
fn promotable(call: &Call<'_>, user: &User) -> Result<(), Refusal> {
    if call.directory().admin_of(&user.id).is_some() {
        return Err(Refusal::new(call.rules.already_admin_status, "the user is an admin already"));
    }
    let Some(email) = &user.email else {
        return Err(Refusal::new(
            call.rules.admin_without_email_status,
            "an admin needs an e-mail to log in",
        ));
    };
    if call.rules.foreign_logins.iter().any(|login| same(login, email, true)) {
        return Err(Refusal::new(
            call.rules.foreign_login_status,
            "the e-mail is a log-in of another account",
        ));
    }
    Ok(())
}

/// Makes a user an admin.
pub(crate) fn promote(call: &mut Call<'_>, user: &User, role_ids: &[String]) -> Admin {
    let assign = |role: &String| Assignment { id: call.ids.uuid(), role_id: role.clone() };
    let role_assignments = role_ids.iter().map(assign).collect();
    let admin = Admin {
        id: call.ids.uuid(),
        user_ids: vec![user.id.clone()],
        name: user.name.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: user.email.clone(),
        role_assignments,
        created_at: call.now,
        updated_at: call.now + CREATE_TO_UPDATE,
    };
    call.apply(Change::PutAdmin(admin.clone()));
    admin
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.id(id)?;
    let Some(admin) = call.directory().admins.get(&id) else {
        let known = call.directory().removed_admins.contains(&id);
        return match call.rules.admin_delete_missing {
            AdminDeleteMissing::RemovedBefore if known => deleted(call.rules.deleted_when_missing),
            AdminDeleteMissing::Ok => deleted(call.rules.deleted_when_missing),
            _ => Err(Refusal::not_found("no such admin")),
        };
    };
    if call.directory().is_last_super_admin(admin) {
        return Err(Refusal::conflict("the last super admin"));
    }
    call.apply(Change::DropAdmin(id));
    deleted(true)
}

/// `GET /admins/{adminId}/role-assignments`
pub(crate) fn assignments(call: &Call<'_>, admin: &str) -> Outcome {
    let items: Vec<Value> = match call.admin(admin) {
        Ok(admin) => admin.role_assignments.iter().map(assignment).collect(),
        Err(refusal) if call.rules.assignments_of_missing_admin == Missing::NotFound => return Err(refusal),
        Err(_) => Vec::new(),
    };
    ok(json!({"items": items}))
}

/// `GET /admins/{adminId}/role-assignments/{assignmentId}`
pub(crate) fn get_assignment(call: &Call<'_>, admin: &str, id: &str) -> Outcome {
    let admin = call.admin(admin)?;
    let id = call.id(id)?;
    let found = admin.role_assignments.iter().find(|assignment| assignment.id == id);
    ok(assignment(found.ok_or_else(|| Refusal::not_found("no such role assignment"))?))
}

/// `POST /admins/{adminId}/role-assignments`: replaces whatever the admin had.
pub(crate) fn assign(call: &mut Call<'_>, admin: &str) -> Outcome {
    let body = Body::read(call.body, call.rules, &["roleId"])?;
    let role = body.field("roleId").and_then(Value::as_str).and_then(uuid);
    let role =
        role.ok_or_else(|| Refusal::new(call.rules.bad_request_status, "roleId is missing or malformed"))?;
    let mut admin = call.admin(admin)?.clone();
    assignable(call, &role)?;
    if !call.directory().is_super_admin_role(&role) {
        keep_a_super_admin(call, &admin)?;
    }
    let new = Assignment { id: call.ids.uuid(), role_id: role };
    admin.role_assignments = vec![new.clone()];
    admin.updated_at = call.now;
    call.apply(Change::PutAdmin(admin));
    created(assignment(&new))
}

/// `DELETE /admins/{adminId}/role-assignments/{assignmentId}`: no 404 is documented.
pub(crate) fn remove_assignment(call: &mut Call<'_>, admin: &str, id: &str) -> Outcome {
    let (admin, id) = (call.id(admin)?, call.id(id)?);
    let found = call.directory().admins.get(&admin);
    let Some(mut admin) = found.filter(|admin| admin.role_assignments.iter().any(|it| it.id == id)).cloned()
    else {
        return deleted(call.rules.deleted_when_missing);
    };
    let was_last = keep_a_super_admin(call, &admin);
    admin.role_assignments.retain(|assignment| assignment.id != id);
    if !call.directory().is_super_admin(&admin) {
        was_last?;
    }
    admin.updated_at = call.now;
    call.apply(Change::PutAdmin(admin));
    deleted(true)
}

fn keep_a_super_admin(call: &Call<'_>, admin: &Admin) -> Result<(), Refusal> {
    let refuse = call.rules.last_super_admin_role == Undocumented::Conflict;
    if refuse && call.directory().is_last_super_admin(admin) {
        return Err(Refusal::conflict("the last super admin"));
    }
    Ok(())
}

fn shown(call: &Call<'_>, admin: &Admin) -> Value {
    let renderer = Renderer { directory: call.directory(), tenant: call.tenant, rules: call.rules };
    call.query.fields().of(renderer.admin(admin))
}
