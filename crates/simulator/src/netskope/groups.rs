//! `/api/v2/scim/Groups`

use serde_json::{Map, Value};

use super::body::optional;
use super::call::{Call, Outcome, answer, no_content};
use super::directory::Change;
use super::errors::Refusal;
use super::lists;
use super::membership::{self, Members};
use super::model::{Group, Provisioner};
use super::patch::{GroupField, Op, Operation, group_field, operations};
use super::switches::{GroupPut, PatchResponse};

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let filter = call.query.filter(&["displayName", "externalId"], call.rules)?;
    let page = call.query.page(call.rules)?;
    let asked = call.query.asks_for_members();
    let passes = |group: &&Group| {
        filter.passes(call.rules, |attribute| match attribute {
            "displayName" => Some(group.display_name.as_str()),
            _ => group.external_id.as_deref(),
        })
    };
    let directory = call.store.listed();
    let shown = |group: &&Group| directory.group(&group.id).is_some();
    let rows: Vec<&Group> = directory.groups.values().filter(shown).filter(passes).collect();
    let renderer = call.renderer();
    let row = |group: &&Group| renderer.group_row(group, asked);
    answer(200, lists::answer(rows, &filter, page, call.turn, call.rules, row))
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let directory = call.store.listed();
    let group = directory.group(id).ok_or_else(|| call.unknown_id())?;
    let other = |other: &&Group| other.id != id && directory.group(&other.id).is_some();
    let group = directory.groups.values().find(|group| call.rules.wrong_id && other(group)).unwrap_or(group);
    answer(200, call.renderer().group(group, call.query.asks_for_members()))
}

/// What a body says about a group.
struct Draft {
    display_name: String,
    external_id: Option<String>,
    members: Option<Members>,
}

impl Draft {
    fn read(body: &Map<String, Value>) -> Result<Self, Refusal> {
        Ok(Self {
            display_name: optional(body.get("displayName"))?
                .ok_or(Refusal::bad("displayName is required"))?,
            external_id: optional(body.get("externalId"))?,
            members: body.get("members").filter(|value| !value.is_null()).map(Members::read).transpose()?,
        })
    }
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let draft = Draft::read(&call.object()?)?;
    name_is_free(call, &draft.display_name, "")?;
    let members = known(call, draft.members)?;
    let blank = Group::new(call.ids.uuid(), draft.display_name, Provisioner::Scim, call.now);
    let group = Group { external_id: draft.external_id, ..blank };
    call.apply(Change::PutGroup(group.clone()));
    written(call, &group, members, call.rules.create_status)
}

pub(crate) fn replace(call: &mut Call<'_>, id: &str) -> Outcome {
    match call.rules.group_put {
        GroupPut::NoRoute => return Err(Refusal::no_route()),
        GroupPut::NotAllowed => return Err(Refusal::gateway(405, "Method Not Allowed")),
        GroupPut::Supported => {}
    }
    let old = call.group(id)?.clone();
    let draft = Draft::read(&call.object()?)?;
    name_is_free(call, &draft.display_name, &old.id)?;
    let members = known(call, draft.members)?;
    let group = Group {
        display_name: draft.display_name,
        external_id: draft.external_id,
        updated_at: call.now,
        ..old
    };
    call.apply(Change::PutGroup(group.clone()));
    // A full replacement: no members sent, no members left.
    written(call, &group, Some(members.unwrap_or_default()), 200)
}

fn known(call: &Call<'_>, members: Option<Members>) -> Result<Option<Vec<String>>, Refusal> {
    members.map(|members| membership::known(call, members)).transpose()
}

fn written(call: &mut Call<'_>, group: &Group, members: Option<Vec<String>>, status: u16) -> Outcome {
    let sent = members.is_some();
    if let Some(members) = members {
        membership::replace(call, &group.id, members);
    }
    answer(status, call.fresh().written_group(group, sent, status))
}

pub(crate) fn patch(call: &mut Call<'_>, id: &str) -> Outcome {
    let group = call.group(id)?.clone();
    let operations = operations(&call.object()?, call.rules)?;
    membership::refuse_too_many(&operations, call.rules)?;
    if call.rules.patch_is_atomic {
        // A rehearsal: what fails there is never begun.
        let mut store = call.store.clone();
        let mut rehearsal =
            Call { store: &mut store, ids: &mut call.ids.clone(), query: call.query.clone(), ..*call };
        run(&mut rehearsal, &group.id, &operations)?;
    }
    run(call, &group.id, &operations)?;
    match call.rules.patch_response {
        PatchResponse::NoContent => no_content(),
        PatchResponse::Body => {
            let group = call.group(&group.id)?;
            answer(200, call.fresh().group(group, false))
        }
    }
}

/// One operation after the other; those before a failure stay.
fn run(call: &mut Call<'_>, id: &str, operations: &[Operation]) -> Result<(), Refusal> {
    for Operation { op, path, value } in operations {
        match path {
            Some(path) => one(call, id, *op, &group_field(path, call.rules)?, value.as_ref())?,
            None => pathless(call, id, *op, value.as_ref())?,
        }
    }
    Ok(())
}

fn pathless(call: &mut Call<'_>, id: &str, op: Op, value: Option<&Value>) -> Result<(), Refusal> {
    let values = value.and_then(Value::as_object).filter(|_| op != Op::Remove);
    let values = values.ok_or(Refusal::bad("an operation without path needs an object as value"))?;
    for (key, value) in values {
        match key.as_str() {
            "id" | "schemas" | "meta" => {}
            "displayName" => one(call, id, op, &GroupField::DisplayName, Some(value))?,
            "externalId" => one(call, id, op, &GroupField::ExternalId, Some(value))?,
            "members" => one(call, id, op, &GroupField::Members, Some(value))?,
            _ => return Err(Refusal::bad("the path is not supported")),
        }
    }
    Ok(())
}

fn one(
    call: &mut Call<'_>,
    id: &str,
    op: Op,
    field: &GroupField,
    value: Option<&Value>,
) -> Result<(), Refusal> {
    let mut group = call.group(id)?.clone();
    let text = if op == Op::Remove { None } else { value };
    match field {
        GroupField::Members => return membership::change(call, id, op, value),
        GroupField::Member(user) => return membership::change_one(call, id, op, user),
        GroupField::ExternalId => group.external_id = optional(text)?,
        GroupField::DisplayName => {
            group.display_name = optional(text)?.ok_or(Refusal::bad("displayName can't be removed"))?;
            name_is_free(call, &group.display_name, id)?;
        }
    }
    group.updated_at = call.now;
    call.apply(Change::PutGroup(group));
    Ok(())
}

fn name_is_free(call: &Call<'_>, name: &str, except: &str) -> Result<(), Refusal> {
    if call.directory().name_taken(name, except, call.rules) {
        return Err(call.duplicate("the displayName is taken"));
    }
    Ok(())
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = call.group(id)?.id.clone();
    call.apply(Change::DeleteGroup(id));
    call.deleted()
}
