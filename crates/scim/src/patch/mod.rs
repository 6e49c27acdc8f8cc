//! PATCH (RFC 7644 §3.5.2): every dialect in, one canonical change out.
//!
//! `message` reads the envelope, `expand` turns a path-less operation into one per attribute, `target` resolves paths, `operation`
//! checks values against the schema; all of that happens once, before anything is touched. `apply` then changes the document,
//! or leaves it as it was. What concerns a group's `members` never touches a document: it comes out as [`MemberOp`]s.

mod apply;
mod elements;
mod expand;
mod members;
mod message;
mod operation;
mod target;

use serde_json::{Map, Value, json};

pub use members::{Member, MemberOp};
pub use message::PATCH_OP_URN;

use crate::error::Result;
use crate::limits::Limits;
use crate::profile::Profile;
use crate::repairs::Repairs;
use crate::resource::{Document, Reader};
use crate::schema::ResourceType;
use operation::Operation;

/// What a PATCH did to a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchOutcome {
    /// The document differs from before.
    pub changed: bool,
    /// `active` was removed, and not set again.
    pub removed_active: bool,
    /// The top-level attributes (extensions: URNs) that were written, once each, be it to equal values.
    pub wrote: Vec<String>,
}

/// A PATCH, understood: paths resolved, values canonical.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    operations: Vec<Operation>,
    members: Vec<MemberOp>,
}

impl Patch {
    /// Reads a PATCH body.
    ///
    /// What may be written and never read (`password`) is dropped.
    ///
    /// # Errors
    /// `invalidSyntax` for a message that is none, `invalidPath` and `invalidFilter` for a path that does not parse, `invalidPath` in
    /// the strict profile for one that names nothing, `noTarget` for a remove without a path, `invalidValue` for a value that is missing
    /// or not of the attribute's type.
    pub fn parse(
        body: Value,
        rt: &ResourceType,
        profile: Profile,
        limits: &Limits,
        repairs: &mut Repairs,
    ) -> Result<Self> {
        let mut reader = Reader { profile, limits, repairs };
        let mut patch = Self::default();
        for raw in message::read(body, &mut reader)? {
            for single in expand::expand(raw, rt, &mut reader)? {
                patch.take_in(single, rt, &mut reader)?;
            }
        }
        Ok(patch)
    }

    /// Takes out the operations on a group's `members`, in order, so that they can be carried out as deltas without reading the group.
    pub fn take_members(&mut self) -> Vec<MemberOp> {
        std::mem::take(&mut self.members)
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.members.is_empty()
    }

    /// The end of access that a body asks for, be the rest of it unreadable: `active: false` among the operations of a PATCH or
    /// the attributes of a PUT. None if it does not ask for it.
    #[must_use]
    pub fn deactivation(body: &Value, rt: &ResourceType, profile: Profile, limits: &Limits) -> Option<Self> {
        let operations = match named(body, "Operations") {
            Some(Value::Array(operations)) => operations.clone(),
            Some(_) => return None,
            None => vec![json!({ "op": "replace", "path": "active", "value": named(body, "active")? })],
        };
        let alone = |operation: &Value| {
            let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [about_active(operation)?] });
            let patch = Self::parse(body, rt, profile, limits, &mut Repairs::default()).ok()?;
            patch.operations.iter().any(|operation| operation.top_level() == "active").then_some(patch)
        };
        operations.iter().rev().find_map(alone).filter(Self::deactivates)
    }

    /// Whether the last word on `active` is `false`: such a change ends somebody's access.
    #[must_use]
    pub fn deactivates(&self) -> bool {
        let on_active = self.operations.iter().rev().find(|operation| operation.top_level() == "active");
        on_active.is_some_and(|operation| operation.action == operation::Action::Set(Value::Bool(false)))
    }

    /// Whether it ends somebody's access and does nothing else.
    #[must_use]
    pub fn only_deactivates(&self) -> bool {
        let others = |operation: &Operation| operation.top_level() != "active";
        self.members.is_empty() && self.deactivates() && !self.operations.iter().any(others)
    }

    /// Whether it writes to a read-only attribute: then what can be done of it depends on the value that there is.
    #[must_use]
    pub fn needs_current(&self) -> bool {
        self.operations.iter().any(|operation| matches!(operation.action, operation::Action::MustBe { .. }))
    }

    /// Applies the operations, except those on `members`, in order, all or none (RFC 7644 §3.5.2): after an error the document
    /// is equal to what it was. `current` is the rendered resource, which tells whether a read-only attribute keeps its value; it is
    /// looked at only if [`needs_current`](Self::needs_current).
    ///
    /// # Errors
    /// `mutability` if a read-only or immutable attribute would change or a required one would end unassigned, `noTarget` and
    /// `invalidFilter` for a value filter that selects nothing or, in the strict profile, more than one.
    pub fn apply(
        &self,
        doc: &mut Document,
        current: &Map<String, Value>,
        rt: &ResourceType,
        profile: Profile,
        repairs: &mut Repairs,
    ) -> Result<PatchOutcome> {
        apply::apply(&self.operations, doc, current, rt, profile, repairs)
    }
}

/// A member of an object, its name in any case.
fn named<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What an operation says of `active`: all of one with a path, that one key of a path-less one.
fn about_active(operation: &Value) -> Option<Value> {
    if named(operation, "path").is_some() {
        return Some(operation.clone());
    }
    let active = named(named(operation, "value")?, "active")?;
    Some(json!({ "op": named(operation, "op")?, "path": "active", "value": active }))
}
