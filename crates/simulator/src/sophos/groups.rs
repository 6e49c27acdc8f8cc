//! `/common/v1/directory/user-groups`

use super::body::Body;
use super::call::{Call, Outcome, created, deleted, ok};
use super::directory::{Change, is_synced};
use super::errors::Refusal;
use super::lists::{GROUPS, ListQuery};
use super::membership::join;
use super::model::{CUSTOM, Group};
use super::render::Renderer;
use super::switches::{EmptyPatch, Missing};
use super::users::CREATE_TO_UPDATE;

const PATCHABLE: [&str; 2] = ["name", "description"];

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let query = ListQuery::read(&call.query, call.rules, &GROUPS)?;
    let directory = call.store.listed();
    let renderer = Renderer { directory, tenant: call.tenant, rules: call.rules };
    query.answer(
        directory.groups.values().collect(),
        |group, user| directory.is_member(&group.id, user),
        |group| renderer.group(group),
    )
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let id = call.group(id)?.id.clone();
    ok(shown(call, &id))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    call.query.known(&["fields"])?;
    let body = Body::read(call.body, call.rules, &["name", "description", "userIds"])?;
    let name = body.required("name", call.rules.max_group_name)?;
    let description = body.text("description", call.rules.max_description)?;
    let mut user_ids = body.ids("userIds")?;
    let directory = call.directory();
    let missing = user_ids.iter().any(|id| !directory.users.contains_key(id));
    if missing && !call.rules.partial_create {
        return Err(Refusal::not_found("a user in userIds does not exist"));
    }
    call.users_writable(&user_ids)?;
    if directory.group_name_taken(&name, None, call.rules) {
        return Err(Refusal::conflict("the group name is taken"));
    }
    call.room()?;
    user_ids.retain(|id| directory.users.contains_key(id));

    let id = call.ids.uuid();
    call.apply(Change::PutGroup(Group {
        id: id.clone(),
        name,
        description,
        domain: None,
        source: CUSTOM.to_owned(),
        created_at: call.now,
        updated_at: call.now + CREATE_TO_UPDATE,
    }));
    for user in user_ids {
        join(call, &id, &user);
    }
    if missing {
        return Err(Refusal::not_found("a user in userIds does not exist"));
    }
    created(shown(call, &id))
}

pub(crate) fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    call.query.known(&["fields"])?;
    let body = Body::read(call.body, call.rules, &PATCHABLE)?;
    let name = body.changed("name", call.rules.max_group_name)?;
    let description = body.patch("description", call.rules.max_description)?;
    let empty = !body.has_any(&PATCHABLE);
    if empty && call.rules.empty_patch == EmptyPatch::Reject {
        return Err(Refusal::new(call.rules.bad_request_status, "nothing to change"));
    }

    let mut group = call.group(id)?.clone();
    if is_synced(&group.source, call.rules) {
        return Err(Refusal::conflict("the group is synced"));
    }
    if let Some(name) = name {
        if call.directory().group_name_taken(&name, Some(&group.id), call.rules) {
            return Err(Refusal::conflict("the group name is taken"));
        }
        group.name = name;
    }
    description.onto(&mut group.description);
    let id = group.id.clone();
    if !empty {
        group.updated_at = call.now;
        call.apply(Change::PutGroup(group));
    }
    ok(shown(call, &id))
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.id(id)?;
    let Some(group) = call.directory().groups.get(&id) else {
        return match call.rules.group_delete_missing {
            Missing::Ok => deleted(call.rules.deleted_when_missing),
            Missing::NotFound => Err(Refusal::not_found("no such group")),
        };
    };
    if is_synced(&group.source, call.rules) {
        return Err(Refusal::conflict("the group is synced"));
    }
    if call.directory().member_count(&id) > 0 {
        return Err(Refusal::conflict("the group has members"));
    }
    call.apply(Change::DropGroup(id));
    deleted(true)
}

fn shown(call: &Call<'_>, id: &str) -> serde_json::Value {
    let renderer = Renderer { directory: call.directory(), tenant: call.tenant, rules: call.rules };
    let full = call.directory().groups.get(id).map(|group| renderer.group(group));
    call.query.fields().of(full.unwrap_or_default())
}
