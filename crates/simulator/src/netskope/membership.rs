//! Members of groups: only as a part of the group.

use indexmap::IndexSet;
use serde_json::Value;

use super::call::Call;
use super::directory::Change;
use super::errors::Refusal;
use super::patch::{Op, Operation, unwrapped};
use super::switches::{Switches, UnknownMember};

/// The ids in a `members` value, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(IndexSet<String>);

impl Members {
    /// A list of members or a single one; a member is an id, or an object with the id as `value`, however deep.
    pub fn read(value: &Value) -> Result<Self, Refusal> {
        let entries = match value {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        let id = |entry: &Value| match unwrapped(entry) {
            Value::String(id) => Some(id.clone()),
            Value::Object(member) => unwrapped(member.get("value")?).as_str().map(str::to_owned),
            _ => None,
        };
        let ids: Option<IndexSet<String>> = entries.into_iter().map(id).collect();
        ids.map(Self).ok_or(Refusal::bad("a member has no value"))
    }
}

/// Refuses a PATCH that names more members than allowed.
pub(crate) fn refuse_too_many(operations: &[Operation], rules: &Switches) -> Result<(), Refusal> {
    let named: usize = operations
        .iter()
        .filter_map(|operation| operation.value.as_ref())
        .map(|value| value.as_array().map_or(1, Vec::len))
        .sum();
    match rules.max_members_per_patch {
        Some(most) if named > most => Err(Refusal::bad("too many members in one request")),
        _ => Ok(()),
    }
}

/// The ids that belong to somebody, or a refusal because one does not.
pub(crate) fn known(call: &Call<'_>, members: Members) -> Result<Vec<String>, Refusal> {
    let (known, unknown): (Vec<_>, Vec<_>) =
        members.0.into_iter().partition(|id| call.directory().user(id).is_some());
    match call.rules.unknown_member {
        _ if unknown.is_empty() => Ok(known),
        UnknownMember::Ignored => Ok(known),
        UnknownMember::BadRequest => Err(Refusal::bad("a member does not exist")),
        UnknownMember::NotFound => Err(Refusal::new(404, "a member does not exist")),
    }
}

/// An operation on `members`. What is so already stays so, without a word.
pub(crate) fn change(call: &mut Call<'_>, group: &str, op: Op, value: Option<&Value>) -> Result<(), Refusal> {
    let members = Members::read(value.ok_or(Refusal::bad("value is missing or null"))?)?;
    match op {
        Op::Add => {
            for user in known(call, members)? {
                join(call, group, user);
            }
        }
        Op::Replace => {
            let members = known(call, members)?;
            replace(call, group, members);
        }
        // Someone who is gone is no member any more: nothing to refuse.
        Op::Remove => {
            for user in members.0 {
                leave(call, group, user);
            }
        }
    }
    Ok(())
}

/// An operation on `members[value eq "id"]`.
pub(crate) fn change_one(call: &mut Call<'_>, group: &str, op: Op, user: &str) -> Result<(), Refusal> {
    if op != Op::Remove {
        return Err(Refusal::bad("a member can only be removed by its id"));
    }
    leave(call, group, user.to_owned());
    Ok(())
}

/// Makes these the members, and nobody else.
pub(crate) fn replace(call: &mut Call<'_>, group: &str, members: Vec<String>) {
    let wanted: IndexSet<String> = members.into_iter().collect();
    let gone: Vec<String> = call
        .directory()
        .memberships
        .members(group)
        .filter(|id| call.directory().user(id).is_some() && !wanted.contains(*id))
        .cloned()
        .collect();
    for user in gone {
        leave(call, group, user);
    }
    for user in wanted {
        join(call, group, user);
    }
}

pub(crate) fn join(call: &mut Call<'_>, group: &str, user: String) {
    if !call.directory().memberships.contains(group, &user) {
        call.apply(Change::Join { group: group.to_owned(), user });
    }
}

pub(crate) fn leave(call: &mut Call<'_>, group: &str, user: String) {
    if call.directory().memberships.contains(group, &user) {
        call.apply(Change::Leave { group: group.to_owned(), user });
    }
}
