//! One resource as it is known: its shadow, its native object, or both.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use scim::resource::{Document, fold};
use serde_json::Value;

use super::super::core::Core;
use crate::backend::{Native, Neighbour};
use crate::delivery::{is_as_remembered, record_of};
use crate::kernel::{Kind, ScimId, Timestamp};
use crate::store::{Shadow, State};

/// One resource as it is known. At least one of the two is there.
#[derive(Clone, Debug)]
pub(in crate::facade) struct Row {
    pub shadow: Option<Shadow>,
    pub native: Option<Native>,
    /// The name under which a person was sought to whom no client gave one.
    pub sought_as: Option<String>,
    /// The native groups of somebody out of sight, as the groups tell.
    pub groups: Vec<Neighbour>,
    /// A list told of it, which does not tell all.
    pub is_partial: bool,
}

impl Row {
    pub fn new(shadow: Option<Shadow>, native: Option<Native>) -> Self {
        Self { shadow, native, sought_as: None, groups: Vec::new(), is_partial: false }
    }

    /// The id that clients see. Rule: the shadow's; else the native id.
    pub fn id(&self) -> ScimId {
        match (&self.shadow, &self.native) {
            (Some(shadow), _) => shadow.scim_id.clone(),
            (None, Some(native)) => ScimId::new(native.at.id.as_str()),
            (None, None) => ScimId::new(""),
        }
    }

    /// The native object's id, of somebody out of sight the last one that was known.
    pub fn native_id(&self) -> Option<&str> {
        let kept = || self.shadow.as_ref().and_then(|shadow| shadow.native.as_ref());
        self.native.as_ref().map(|native| &native.at).or_else(kept).map(|at| at.id.as_str())
    }

    /// Whether the person has access, as every reader is told. From the moment a deactivation is journalled: no.
    pub fn is_active(&self) -> bool {
        let native = self.native.as_ref().and_then(|native| native.active);
        match &self.shadow {
            Some(shadow) => match shadow.state {
                State::Parking | State::Parked | State::Unparking | State::Deleting | State::Lost => false,
                State::Creating => shadow.active,
                State::Live | State::Quarantined => native.unwrap_or(shadow.active),
            },
            None => native.unwrap_or(true),
        }
    }

    /// A stand-in for an object that lists don't show yet: as it was after our last write.
    pub fn from_record(shadow: Shadow) -> Self {
        let native = shadow.native.clone().map(|at| record_of(&shadow, at));
        Self::new(Some(shadow), native)
    }
}

/// What a product writes of a new object within this time is a part of its creation (vendor: a few milliseconds later).
const CREATION: Duration = Duration::from_secs(1);

impl Core {
    /// A row as it is answered. Where nothing is remembered that is the object itself, and whether the person has access: a row
    /// that is there for a moment shows no more than will be seen when it has gone.
    pub(in crate::facade) fn as_told<'r>(&self, row: &'r Row) -> Cow<'r, Row> {
        let (false, Some(shadow), Some(native)) = (self.keeps_shadows(), &row.shadow, &row.native) else {
            return Cow::Borrowed(row);
        };
        let mut native = native.clone();
        if shadow.kind == Kind::User {
            native.active = Some(row.is_active());
        }
        Cow::Owned(Row {
            sought_as: row.sought_as.clone(),
            groups: row.groups.clone(),
            is_partial: row.is_partial,
            ..Row::new(None, Some(native))
        })
    }

    /// The resource's attributes as they are answered, but for `externalId`, `groups` and `members`.
    ///
    /// The merge rule: a native value that equals the projection of what was written shows what the client wrote;
    /// one that differs wins. While our own write may not be visible yet, our record wins.
    pub fn document(&self, kind: Kind, row: &Row) -> Document {
        let row = &*self.as_told(row);
        let mut document = match (&row.shadow, &row.native) {
            (None, Some(native)) => self.backend().present(kind, native),
            (Some(shadow), Some(native)) => self.merged(kind, shadow, native),
            (Some(shadow), None) => shadow.document.clone(),
            (None, None) => Document::default(),
        };
        if let Some(name) = &row.sought_as {
            document.set("userName", Value::from(name.as_str()));
        }
        if let Some(native) = &row.native {
            self.backend().annotate(kind, native, &mut document);
        }
        if kind == Kind::User {
            if row.shadow.as_ref().is_some_and(|shadow| shadow.active_unassigned) {
                document.remove("active");
            } else {
                let active = row.is_active();
                if document.active() != Some(active) {
                    document.set("active", Value::Bool(active));
                }
            }
        }
        document
    }

    /// Whether a client gave a person the userName. Whoever was found natively and written without one still has the name
    /// that is derived, and a SCIM id that is the native one.
    pub(super) fn has_written_name(&self, row: &Row) -> bool {
        if !self.keeps_shadows() {
            return false;
        }
        let (Some(shadow), Some(native)) = (&row.shadow, &row.native) else { return row.shadow.is_some() };
        let derived = self.backend().present(Kind::User, native);
        let same = derived.user_name().map(fold) == shadow.document.user_name().map(fold);
        !shadow.state.is_native() || shadow.scim_id.as_str() != native.at.id || !same
    }

    fn merged(&self, kind: Kind, shadow: &Shadow, native: &Native) -> Document {
        let mut document = shadow.document.clone();
        if is_as_remembered(shadow, native) || self.is_fresh(shadow) {
            return document;
        }
        let held = self.caps().of(kind);
        for field in held.holds {
            let (ours, theirs) = (shadow.projection.get(field.name), native.attrs.get(field.name));
            if !field.same(ours, theirs) {
                self.delivery.drift(&shadow.scim_id, field.name);
                self.backend().overlay(kind, field.name, native, &mut document);
            }
        }
        // userName is a key: once written by a client it never follows the backend.
        if let (Kind::User, Some(name)) = (kind, shadow.document.as_map().get_shared("userName")) {
            document.set("userName", Arc::clone(name));
        }
        document
    }

    /// When a resource came into being and when it last changed, as far as shadow and native know. RFC 7643 §3.1: the same
    /// time until it is changed, whoever's clocks told it.
    pub fn times(row: &Row) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
        let shown = |time: Timestamp| jiff::Timestamp::from_millisecond(time.0 / 1000).ok();
        let (shadow, native) = (row.shadow.as_ref(), row.native.as_ref());
        let native_created = native.and_then(|native| native.created);
        let is_creation =
            |changed: &Timestamp| native_created.is_some_and(|made| *changed <= made.plus(CREATION));
        let native_changed =
            native.and_then(|native| native.modified).filter(|changed| !is_creation(changed));
        let changed = shadow.filter(|s| s.modified > s.created).map(|s| s.modified);
        let created = [shadow.map(|s| s.created), native_created].into_iter().flatten().min();
        let modified = [created, changed, native_changed].into_iter().flatten().max();
        (created.and_then(shown), modified.and_then(shown))
    }
}
