//! Reading the body of a PATCH: operations and the paths that there are.

use serde_json::{Map, Value};

use super::errors::Refusal;
use super::model::{ENTERPRISE, ENTERPRISE_URN, PROFILE, TENANT_URN};
use super::switches::{Case, PathEnum, Switches};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Remove,
}

/// One operation as sent, its value freed from wrappers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    pub op: Op,
    pub path: Option<String>,
    pub value: Option<Value>,
}

/// An attribute of a person that a path can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    UserName,
    GivenName,
    FamilyName,
    ExternalId,
    Email,
    Active,
    Profile(&'static str),
    Enterprise(&'static str),
    Tenant(String),
}

/// What a path of a group names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupField {
    DisplayName,
    ExternalId,
    Members,
    /// `members[value eq "id"]`
    Member(String),
}

/// The operations of a body.
pub(crate) fn operations(body: &Map<String, Value>, rules: &Switches) -> Result<Vec<Operation>, Refusal> {
    let list = body.get("Operations").and_then(Value::as_array).filter(|list| !list.is_empty());
    let list = list.ok_or(Refusal::bad("Operations is missing or empty"))?;
    list.iter().map(|operation| read(operation, rules)).collect()
}

fn read(operation: &Value, rules: &Switches) -> Result<Operation, Refusal> {
    let word = operation.get("op").and_then(Value::as_str).unwrap_or_default();
    let is = |name: &str| spelled(word, name, rules.op_case);
    let op = match () {
        () if is("add") => Op::Add,
        () if is("replace") => Op::Replace,
        () if is("remove") => Op::Remove,
        () => return Err(Refusal::bad("op is none of add, remove, replace")),
    };
    let path = match operation.get("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.clone()),
        Some(_) => return Err(Refusal::bad("path is not a string")),
    };
    if path.is_none() && !rules.pathless_patch {
        return Err(Refusal::bad("path is required"));
    }
    let value = operation.get("value").map(unwrapped).cloned();
    if value.as_ref().is_some_and(Value::is_null) || (value.is_none() && op != Op::Remove) {
        return Err(Refusal::bad("value is missing or null"));
    }
    Ok(Operation { op, path, value })
}

/// What is inside `{"value":{"value":…}}`, however deep.
pub(crate) fn unwrapped(value: &Value) -> &Value {
    match value.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("value")) {
        Some(inner) => unwrapped(inner),
        None => value,
    }
}

fn spelled(sent: &str, documented: &str, case: Case) -> bool {
    match case {
        Case::Strict => sent == documented,
        Case::Insensitive => sent.eq_ignore_ascii_case(documented),
    }
}

/// The attribute of a person that a path names. The spellings are the vendor's, the missing quotes around `work` too.
pub(crate) fn field(path: &str, rules: &Switches) -> Result<Field, Refusal> {
    let is = |documented: &str| spelled(path, documented, rules.path_case);
    match () {
        () if is("userName") => Ok(Field::UserName),
        () if is("name.givenname") => Ok(Field::GivenName),
        () if is("name.familyname") => Ok(Field::FamilyName),
        () if is("externalid") => Ok(Field::ExternalId),
        () if is("emails[type eq work].value") => Ok(Field::Email),
        () if is("active") => Ok(Field::Active),
        () if rules.path_enum == PathEnum::Spec2024 => Err(unknown_path()),
        () => newer_field(path, rules).ok_or_else(unknown_path),
    }
}

fn newer_field(path: &str, rules: &Switches) -> Option<Field> {
    let among = |names: [&'static str; 6], sent: &str| {
        names.into_iter().find(|name| spelled(sent, name, rules.path_case))
    };
    if let Some(name) = among(PROFILE, path) {
        return rules.profile_attributes.then_some(Field::Profile(name));
    }
    if let Some(name) = after(path, ENTERPRISE_URN, rules) {
        return among(ENTERPRISE, name).map(Field::Enterprise);
    }
    let name = after(path, TENANT_URN, rules)?;
    (!name.is_empty()).then(|| Field::Tenant(name.to_owned()))
}

/// What follows a URN and a colon.
fn after<'p>(path: &'p str, urn: &str, rules: &Switches) -> Option<&'p str> {
    let (start, rest) = path.split_at_checked(urn.len())?;
    rest.strip_prefix(':').filter(|_| spelled(start, urn, rules.path_case))
}

/// What a path of a group names.
pub(crate) fn group_field(path: &str, rules: &Switches) -> Result<GroupField, Refusal> {
    let is = |documented: &str| spelled(path, documented, rules.path_case);
    match () {
        () if is("displayname") => Ok(GroupField::DisplayName),
        () if is("externalid") => Ok(GroupField::ExternalId),
        () if is("members") => Ok(GroupField::Members),
        () => {
            let inner = path.strip_prefix("members[value eq \"").and_then(|rest| rest.strip_suffix("\"]"));
            let id = inner.filter(|_| rules.member_filter_path).ok_or_else(unknown_path)?;
            Ok(GroupField::Member(id.to_owned()))
        }
    }
}

fn unknown_path() -> Refusal {
    Refusal::bad("the path is not supported")
}
