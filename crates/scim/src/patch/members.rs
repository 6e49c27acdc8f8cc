//! The members of a group, as deltas.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::message::Op;
use crate::error::{Result, ScimError};
use crate::filter::ElementFilter;
use crate::repairs::Repair;
use crate::repairs::value::wrapped_members;
use crate::resource::{Document, Reader};
use crate::schema::Attribute;

/// A member of a group, as a client names one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// The id of the user or group.
    pub value: String,
    /// `User` or `Group`, if the client said so.
    pub r#type: Option<String>,
}

impl Member {
    /// The members that a POST or PUT body names, once each, in order.
    ///
    /// # Errors
    /// `invalidValue` if one has no `value`.
    pub fn all_of(document: &Document) -> Result<Vec<Self>> {
        let list = document.get("members").and_then(Value::as_array);
        let members =
            list.into_iter().flatten().map(|element| element.as_object().and_then(Self::from_element));
        let members: Option<Vec<Self>> = members.collect();
        Ok(once_each(members.ok_or_else(no_value)?))
    }

    fn from_element(element: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { value: text("value")?, r#type: text("type") })
    }

    fn to_element(&self) -> Map<String, Value> {
        let kind = self.r#type.as_ref().map(|kind| ("type".to_owned(), Value::from(kind.as_str())));
        std::iter::once(("value".to_owned(), Value::from(self.value.as_str()))).chain(kind).collect()
    }
}

/// One change of a group's members. Adding one who is there and removing one who is not are no changes.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberOp {
    /// These are members afterwards.
    Add(Vec<Member>),
    /// These are none afterwards.
    Remove(Vec<String>),
    /// Exactly these are members afterwards.
    Replace(Vec<Member>),
    /// Nobody is (RFC 7644 §3.5.2.2: a remove without value and filter).
    Clear,
    /// Those that the filter selects are none afterwards. It sees `value` and `type`, so the caller's list must have both.
    RemoveMatching(ElementFilter),
}

impl MemberOp {
    /// The members after `operations`, in order of arrival; what the deltas mean for a known list.
    #[must_use]
    pub fn apply_all(operations: &[Self], members: &[Member]) -> Vec<Member> {
        let mut roll = Roll::default();
        roll.add(members);
        for operation in operations {
            match operation {
                Self::Add(members) => roll.add(members),
                Self::Remove(ids) => ids.iter().for_each(|id| roll.remove(id)),
                Self::Replace(members) => {
                    roll = Roll::default();
                    roll.add(members);
                }
                Self::Clear => roll = Roll::default(),
                Self::RemoveMatching(filter) => roll.remove_if(|member| filter.matches(&member.to_element())),
            }
        }
        roll.members.into_iter().flatten().collect()
    }
}

/// Members by id; gaps where one was removed.
#[derive(Default)]
struct Roll {
    members: Vec<Option<Member>>,
    places: HashMap<String, usize>,
}

impl Roll {
    fn add(&mut self, members: &[Member]) {
        for member in members {
            if !self.places.contains_key(&member.value) {
                self.places.insert(member.value.clone(), self.members.len());
                self.members.push(Some(member.clone()));
            }
        }
    }

    fn remove(&mut self, id: &str) {
        if let Some(place) = self.places.remove(id).and_then(|at| self.members.get_mut(at)) {
            *place = None;
        }
    }

    fn remove_if(&mut self, mut goes: impl FnMut(&Member) -> bool) {
        let gone: Vec<String> =
            self.members.iter().flatten().filter(|m| goes(m)).map(|m| m.value.clone()).collect();
        gone.iter().for_each(|id| self.remove(id));
    }
}

/// An operation on `members`, not understood yet.
pub(super) struct Asked<'a> {
    pub(super) op: Op,
    pub(super) filter: Option<ElementFilter>,
    pub(super) sub: Option<&'a Attribute>,
    pub(super) value: Option<Value>,
}

/// Reads an operation on `members`. A value that is not understood is an error, never an empty list: nobody loses a group because of a
/// dialect.
pub(super) fn read(
    asked: Asked<'_>,
    attribute: &Attribute,
    reader: &mut Reader<'_>,
) -> Result<Vec<MemberOp>> {
    let Asked { op, filter, sub, value } = asked;
    if let Some(sub) = sub {
        return detail(op, filter, sub, reader);
    }
    match (op, filter, value) {
        (Op::Add, _, value) => {
            let members = list(value.unwrap_or_default(), attribute, reader)?;
            Ok(if members.is_empty() { Vec::new() } else { vec![MemberOp::Add(members)] })
        }
        (Op::Replace, None, value) => {
            Ok(vec![MemberOp::Replace(list(value.unwrap_or_default(), attribute, reader)?)])
        }
        (Op::Replace, Some(filter), value) => {
            let members = list(value.unwrap_or_default(), attribute, reader)?;
            Ok(vec![selected(filter)?, MemberOp::Add(members)])
        }
        (Op::Remove, Some(filter), value) => {
            if value.is_some() && !reader.forgives(Repair::RemoveWithValue) {
                return Err(ScimError::invalid_value("A remove operation has no 'value'"));
            }
            Ok(vec![selected(filter)?])
        }
        // RFC 7644 §3.5.2.2: without a filter all values are removed.
        (Op::Remove, None, None) => Ok(vec![MemberOp::Clear]),
        // Entra ID without its flag, JumpCloud, Authentik, Salesforce: these and no others.
        (Op::Remove, None, Some(value)) => {
            if !reader.forgives(Repair::MemberListRemove) {
                return Err(ScimError::invalid_value("A remove operation has no 'value'"));
            }
            let ids: Vec<String> =
                list(value, attribute, reader)?.into_iter().map(|member| member.value).collect();
            Ok(if ids.is_empty() { Vec::new() } else { vec![MemberOp::Remove(ids)] })
        }
    }
}

/// Whom a filter takes out: ids where it names nothing else.
///
/// A member is known by `value` and `type`. A filter over anything else would select nobody, and a removal would look done that is not.
fn selected(filter: ElementFilter) -> Result<MemberOp> {
    if let Some(name) = filter.attributes().into_iter().find(|name| !["value", "type"].contains(name)) {
        return Err(ScimError::invalid_filter(format!("Members cannot be selected by '{name}'")));
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let ids = filter.alternatives("value").and_then(|values| values.iter().map(text).collect());
    Ok(ids.map_or_else(|| MemberOp::RemoveMatching(filter), MemberOp::Remove))
}

/// An operation on a sub-attribute of members. They are immutable (RFC 7643 §4.2) and answers show none that could be written.
fn detail(
    op: Op,
    filter: Option<ElementFilter>,
    sub: &Attribute,
    reader: &mut Reader<'_>,
) -> Result<Vec<MemberOp>> {
    match (op, filter) {
        // A member without a value is none.
        (Op::Remove, Some(filter)) if &*sub.name == "value" => Ok(vec![selected(filter)?]),
        (_, filter) if &*sub.name == "value" || (filter.is_none() && op == Op::Remove) => {
            Err(ScimError::mutability("The 'value' of a member is immutable; add or remove the member"))
        }
        _ if reader.forgives(Repair::MemberDetail) => Ok(Vec::new()),
        _ => Err(ScimError::mutability(format!("'{}' of a member is immutable", sub.name))),
    }
}

/// The members that a value lists, once each.
fn list(value: Value, attribute: &Attribute, reader: &mut Reader<'_>) -> Result<Vec<Member>> {
    let value = match wrapped_members(value) {
        Ok(list) if reader.forgives(Repair::WrappedMembers) => list,
        Ok(_) => return Err(ScimError::invalid_value("'members' must be an array")),
        Err(value) => value,
    };
    let elements = match value {
        Value::Null => Vec::new(),
        Value::Array(elements) => elements,
        one => {
            if !reader.forgives(Repair::SingleForArray) {
                return Err(ScimError::invalid_value("'members' must be an array"));
            }
            vec![one]
        }
    };
    if elements.len() > reader.limits.values_per_operation {
        let most = reader.limits.values_per_operation;
        return Err(ScimError::invalid_value(format!(
            "'members' has {} values; {most} are accepted at once",
            elements.len()
        )));
    }
    let members: Result<Vec<Member>> =
        elements.into_iter().map(|element| member(element, attribute, reader)).collect();
    Ok(once_each(members?))
}

fn member(element: Value, attribute: &Attribute, reader: &mut Reader<'_>) -> Result<Member> {
    let element = match element {
        Value::Object(map) => map,
        // Microsoft's Postman set lists ids.
        Value::String(id) if !id.is_empty() && reader.forgives(Repair::BareValue) => {
            Map::from_iter([("value".to_owned(), Value::String(id))])
        }
        _ => return Err(no_value()),
    };
    Member::from_element(&reader.fields(attribute, element)?.set).ok_or_else(no_value)
}

fn once_each(members: Vec<Member>) -> Vec<Member> {
    let mut seen = HashSet::new();
    members.into_iter().filter(|member| seen.insert(member.value.clone())).collect()
}

fn no_value() -> ScimError {
    ScimError::invalid_value("A member must be an object with the member's id as 'value'")
}
