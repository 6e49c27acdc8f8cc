//! A change that a client asks for, as PATCH or as PUT, applied to a copy of the resource.

use std::sync::Arc;

use scim::error::ScimError;
use scim::patch::{Member, MemberOp, Patch};
use scim::profile::Profile;
use scim::repairs::Repairs;
use scim::resource::{Document, Incoming};
use scim::schema::ResourceType;
use serde_json::{Map, Value};

use crate::kernel::{ScimId, Timestamp};

/// A change that a client asks for.
#[derive(Clone, Debug)]
pub(in crate::facade) enum Edit {
    /// RFC 7644 §3.5.2.
    Patch(Patch),
    /// RFC 7644 §3.5.1.
    Replace(Incoming),
    /// A POST that met somebody who is there, with what it leaves as it is.
    Adopt(Incoming),
}

/// A change, applied.
#[derive(Debug)]
pub(super) struct Edited {
    /// The document as it is to be, without `externalId`.
    pub document: Document,
    /// What the client wrote of `active`.
    pub active: ActiveEdit,
    /// What the client calls it, if that changes.
    pub external_id: Option<Option<String>>,
    /// What it is to be called natively, where the backend keeps that and the client may say it.
    pub native_name: Option<Option<String>>,
    /// The attributes written, for the audit.
    pub wrote: Vec<String>,
    /// A POST that met somebody: until when whoever lost its answer gets it by asking again.
    pub owed_until: Option<Timestamp>,
}

impl Edited {
    /// A change of nothing.
    pub fn nothing(document: Document) -> Self {
        Self {
            document,
            active: ActiveEdit::Untouched,
            external_id: None,
            native_name: None,
            wrote: Vec::new(),
            owed_until: None,
        }
    }
}

/// What a change says of `active`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActiveEdit {
    /// Nothing: it stays.
    Untouched,
    /// Removed by PATCH: the person's state stays, answers leave it out.
    Removed,
    /// Written.
    Written(bool),
}

impl Edit {
    /// Whether the change says `active: false`: such a change goes to the head of its lane.
    pub fn deactivates(&self) -> bool {
        match self {
            Self::Patch(patch) => patch.deactivates(),
            Self::Replace(body) | Self::Adopt(body) => body.document.active() == Some(false),
        }
    }

    /// Whether it is a POST that met somebody.
    pub fn adopts(&self) -> bool {
        matches!(self, Self::Adopt(_))
    }

    /// Whether it leaves what it does not name as it is.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Patch(_))
    }

    /// PUT names the resource in its body, too.
    ///
    /// # Errors
    /// 400 `mutability` if it names another one (RFC 7644 §3.5.1).
    pub fn check_id(&self, id: &ScimId) -> Result<(), ScimError> {
        match self {
            Self::Replace(body) if body.id.as_deref().is_some_and(|named| named != id.as_str()) => Err(
                ScimError::mutability("The id in the body is not the id in the URL; an id can't be changed."),
            ),
            _ => Ok(()),
        }
    }

    /// What the change says of members, taken out of it.
    ///
    /// # Errors
    /// 400 `invalidValue` for a member without a value: what is not understood clears nobody.
    pub fn take_members(&mut self) -> Result<Vec<MemberOp>, ScimError> {
        match self {
            Self::Patch(patch) => Ok(patch.take_members()),
            // A PUT that does not name members keeps them.
            Self::Replace(body) if !body.wrote.iter().any(|name| name == "members") => Ok(Vec::new()),
            Self::Replace(body) => Ok(vec![MemberOp::Replace(members_of(&mut body.document)?)]),
            // Whoever is in the group stays: an adoption takes no access away.
            Self::Adopt(body) => Ok(vec![MemberOp::Add(members_of(&mut body.document)?)]),
        }
    }

    /// Whether nothing is left besides members.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Patch(patch) if patch.is_empty())
    }

    /// Whether what can be done of it depends on how the resource would be answered.
    pub fn needs_current(&self) -> bool {
        matches!(self, Self::Patch(patch) if patch.needs_current())
    }

    /// Applies the change to a resource; `current` is how it would be answered, if that is needed.
    ///
    /// # Errors
    /// As the RFC has it for a wrong path, a read-only attribute and so on; nothing has changed then.
    pub(super) fn apply(
        self,
        current: &Map<String, Value>,
        before: Document,
        rt: &ResourceType,
        profile: Profile,
        repairs: &mut Repairs,
    ) -> Result<Edited, ScimError> {
        let old_name = before.external_id().map(str::to_owned);
        let (mut document, active, wrote) = match self {
            Self::Patch(patch) => {
                let mut document = before;
                let outcome = patch.apply(&mut document, current, rt, profile, repairs)?;
                let written = outcome.wrote.iter().any(|name| name == "active");
                let active = match document.active() {
                    _ if outcome.removed_active => ActiveEdit::Removed,
                    Some(active) if written => ActiveEdit::Written(active),
                    _ => ActiveEdit::Untouched,
                };
                (document, active, outcome.wrote)
            }
            Self::Replace(body) | Self::Adopt(body) => {
                let mut document = body.document;
                let active = document.active().map_or(ActiveEdit::Untouched, ActiveEdit::Written);
                // What a PUT leaves out is cleared, but for these (RFC 7644 §3.5.1: a server may keep values).
                for kept in ["externalId", "active"] {
                    if let (None, Some(value)) = (document.get(kept), before.as_map().get_shared(kept)) {
                        let named_empty = kept == "externalId" && body.wrote.iter().any(|name| name == kept);
                        if !named_empty {
                            document.set(kept, Arc::clone(value));
                        }
                    }
                }
                (document, active, body.wrote)
            }
        };
        let name = document.remove("externalId").and_then(|value| value.as_str().map(str::to_owned));
        let external_id = (name != old_name).then_some(name);
        for relation in ["groups", "members"] {
            document.remove(relation);
        }
        Ok(Edited { document, active, external_id, native_name: None, wrote, owed_until: None })
    }
}

fn members_of(document: &mut Document) -> Result<Vec<Member>, ScimError> {
    let members = Member::all_of(document)?;
    document.remove("members");
    Ok(members)
}
