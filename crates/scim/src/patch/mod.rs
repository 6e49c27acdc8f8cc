//! PATCH (RFC 7644 §3.5.2): every dialect in, one canonical change out.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::filter::ElementFilter;
use crate::limits::Limits;
use crate::profile::Profile;
use crate::repairs::Repairs;
use crate::resource::Document;
use crate::schema::ResourceType;

/// A member of a group, as a client names one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// The id of the user or group.
    pub value: String,
    /// `User` or `Group`, if the client said so.
    pub r#type: Option<String>,
}

/// One change of a group's members.
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
    /// Those that the filter selects are none afterwards.
    RemoveMatching(ElementFilter),
}

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

/// A PATCH, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    members: Vec<MemberOp>,
}

impl Patch {
    /// Reads a PATCH body.
    ///
    /// # Errors
    /// `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget` as the RFC has them.
    pub fn parse(
        _body: Value,
        _rt: &ResourceType,
        _profile: Profile,
        _limits: &Limits,
        _repairs: &mut Repairs,
    ) -> Result<Self> {
        Ok(Self::default())
    }

    /// Takes out the operations on a group's `members`, in order.
    pub fn take_members(&mut self) -> Vec<MemberOp> {
        std::mem::take(&mut self.members)
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Applies what is left.
    ///
    /// # Errors
    /// `mutability`, `noTarget`.
    pub fn apply(
        &self,
        _doc: &mut Document,
        _current: &Map<String, Value>,
        _rt: &ResourceType,
        _profile: Profile,
        _repairs: &mut Repairs,
    ) -> Result<PatchOutcome> {
        Ok(PatchOutcome::default())
    }
}
