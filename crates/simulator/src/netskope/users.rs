//! `/api/v2/scim/Users`

use super::body::Draft;
use super::call::{Call, Outcome, answer, no_content};
use super::directory::Change;
use super::errors::Refusal;
use super::lists;
use super::model::{Provisioner, User};
use super::patch::{Operation, operations};
use super::switches::{PatchResponse, PostOnInactive, PutWithoutActive, Recreated};
use super::user_patch;

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let filter = call.query.filter(&["userName", "externalId"], call.rules)?;
    let page = call.query.page(call.rules)?;
    let passes = |user: &&User| {
        filter.passes(call.rules, |attribute| match attribute {
            "userName" => Some(user.user_name.as_str()),
            _ => user.external_id.as_deref(),
        })
    };
    let directory = call.store.listed();
    let shown = |user: &&User| directory.user(&user.id).is_some() && call.visible(user);
    let rows: Vec<&User> = directory.users.values().filter(shown).filter(passes).collect();
    let renderer = call.renderer();
    answer(200, lists::answer(rows, &filter, page, call.turn, call.rules, |user| renderer.user_row(user)))
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let directory = call.store.listed();
    let shown = |user: &&User| call.visible(user);
    let user = directory.user(id).filter(shown).ok_or_else(|| call.unknown_id())?;
    let other = |other: &&User| other.id != id && directory.user(&other.id).is_some();
    let user = directory.users.values().find(|user| call.rules.wrong_id && other(user)).unwrap_or(user);
    answer(200, call.renderer().user(user))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let draft = Draft::read(&call.object()?, call.rules)?;
    let active = if call.rules.create_honours_active { draft.active.unwrap_or(true) } else { true };
    let holder = call.directory().holder(&draft.user_name, &draft.email, "", call.rules).cloned();
    let user = match holder {
        Some(old) => reactivated(call, old, draft, active)?,
        None => newcomer(call, draft, active),
    };
    call.apply(Change::PutUser(Box::new(user.clone())));
    let status = call.rules.create_status;
    answer(status, call.fresh().written_user(&user, status))
}

/// Someone who is there already comes back only if inactive, by SCIM, and the keys are nobody else's.
fn reactivated(call: &Call<'_>, old: User, draft: Draft, active: bool) -> Result<User, Refusal> {
    let taken = call.duplicate("the userName or e-mail is taken");
    let may = call.rules.post_on_inactive == PostOnInactive::Reactivate;
    let other = call.directory().holder(&draft.user_name, &draft.email, &old.id, call.rules);
    if !may || old.active || old.provisioner != Provisioner::Scim || other.is_some() {
        return Err(taken);
    }
    Ok(replaced(old, draft, active, call.now))
}

fn newcomer(call: &mut Call<'_>, draft: Draft, active: bool) -> User {
    let fresh = call.ids.uuid();
    let before = call.directory().deleted_user(&draft.user_name).map(|user| user.id.clone());
    let id = before.filter(|_| call.rules.recreated == Recreated::SameId).unwrap_or(fresh);
    if call.rules.enrolment_mail {
        call.apply(Change::Invite(draft.email.clone()));
    }
    let blank = User::new(id, String::new(), String::new(), Provisioner::Scim, call.now);
    replaced(blank, draft, active, call.now)
}

fn replaced(old: User, draft: Draft, active: bool, now: i64) -> User {
    User {
        user_name: draft.user_name,
        external_id: draft.external_id,
        given_name: draft.given_name,
        family_name: draft.family_name,
        email: draft.email,
        active,
        profile: draft.profile,
        enterprise: draft.enterprise,
        tenant: draft.tenant,
        updated_at: now,
        ..old
    }
}

pub(crate) fn replace(call: &mut Call<'_>, id: &str) -> Outcome {
    let old = call.user(id)?.clone();
    let mut draft = Draft::read(&call.object()?, call.rules)?;
    if call.rules.immutable_username_email {
        draft.user_name.clone_from(&old.user_name);
        draft.email.clone_from(&old.email);
    }
    let omitted = match call.rules.put_without_active {
        PutWithoutActive::Kept => old.active,
        PutWithoutActive::Activates => true,
    };
    let active = draft.active.unwrap_or(omitted);
    let user = replaced(old, draft, active, call.now);
    keys_are_free(call, &user)?;
    call.apply(Change::PutUser(Box::new(user.clone())));
    answer(200, call.fresh().written_user(&user, 200))
}

pub(crate) fn patch(call: &mut Call<'_>, id: &str) -> Outcome {
    let old = call.user(id)?.clone();
    let operations = operations(&call.object()?, call.rules)?;
    let (mut user, outcome) = carried_out(call, &old, &operations);
    let keep = outcome.is_ok() || !call.rules.patch_is_atomic;
    if keep && user != old {
        user.updated_at = call.now;
        call.apply(Change::PutUser(Box::new(user.clone())));
    }
    outcome?;
    match call.rules.patch_response {
        PatchResponse::NoContent => no_content(),
        PatchResponse::Body => answer(200, call.fresh().user(&user)),
    }
}

/// The person after all operations, or as they were before the one that failed.
fn carried_out(call: &Call<'_>, old: &User, operations: &[Operation]) -> (User, Result<(), Refusal>) {
    let mut user = old.clone();
    for operation in operations {
        let mut next = user.clone();
        let done = user_patch::apply(&mut next, operation, call.rules);
        if let Err(refusal) = done.and_then(|()| keys_are_free(call, &next)) {
            return (user, Err(refusal));
        }
        user = next;
    }
    (user, Ok(()))
}

fn keys_are_free(call: &Call<'_>, user: &User) -> Result<(), Refusal> {
    match call.directory().holder(&user.user_name, &user.email, &user.id, call.rules) {
        Some(_) => Err(call.duplicate("the userName or e-mail is taken")),
        None => Ok(()),
    }
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.user(id)?.id.clone();
    call.apply(Change::DeleteUser(id));
    call.deleted()
}
