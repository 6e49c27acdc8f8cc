//! One resource as it is known: its shadow, its native object, or both.

use scim::resource::{Document, fold};
use serde_json::Value;

use super::super::core::Core;
use crate::backend::Native;
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
}

impl Row {
    pub fn new(shadow: Option<Shadow>, native: Option<Native>) -> Self {
        Self { shadow, native, sought_as: None }
    }

    /// The id that clients see. Rule: the shadow's; else the native id.
    pub fn id(&self) -> ScimId {
        match (&self.shadow, &self.native) {
            (Some(shadow), _) => shadow.scim_id.clone(),
            (None, Some(native)) => ScimId::new(native.at.id.as_str()),
            (None, None) => ScimId::new(""),
        }
    }

    /// Whether the person has access, as every reader is told. From the moment a deactivation is journalled: no.
    pub fn is_active(&self) -> bool {
        let native_says = |native: &Native| native.attrs.get("active").and_then(Value::as_bool);
        match &self.shadow {
            Some(shadow) => match shadow.state {
                State::Parking | State::Parked | State::Unparking | State::Deleting | State::Lost => false,
                State::Creating => shadow.active,
                State::Live | State::Quarantined => {
                    self.native.as_ref().and_then(native_says).unwrap_or(shadow.active)
                }
            },
            None => self.native.as_ref().and_then(native_says).unwrap_or(true),
        }
    }

    /// A stand-in for an object that lists don't show yet: as it was after our last write.
    pub fn from_record(shadow: Shadow) -> Self {
        let native = shadow.native.clone().map(|at| record_of(&shadow, at));
        Self::new(Some(shadow), native)
    }
}

impl Core {
    /// The resource's attributes as they are answered, but for `externalId`, `groups` and `members`.
    ///
    /// The merge rule: a native value that equals the projection of what was written shows what the client wrote;
    /// one that differs wins. While our own write may not be visible yet, our record wins.
    pub fn document(&self, kind: Kind, row: &Row) -> Document {
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
                document.set("active", Value::Bool(row.is_active()));
            }
        }
        document
    }

    /// Whether a client gave a person the userName. Whoever was found natively and written without one still has the name
    /// that is derived, and a SCIM id that is the native one.
    pub(super) fn has_written_name(&self, row: &Row) -> bool {
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
        if let (Kind::User, Some(name)) = (kind, shadow.document.get("userName")) {
            document.set("userName", name.clone());
        }
        document
    }

    /// When a resource came into being and when it last changed, as far as shadow and native know.
    pub fn times(row: &Row) -> (Option<jiff::Timestamp>, Option<jiff::Timestamp>) {
        let (shadow, native) = (row.shadow.as_ref(), row.native.as_ref());
        let made = [shadow.map(|s| s.created), native.and_then(|n| n.created)];
        let changed = [shadow.map(|s| s.modified), native.and_then(|n| n.modified)];
        let shown = |time: Timestamp| jiff::Timestamp::from_millisecond(time.0 / 1000).ok();
        let created = made.into_iter().flatten().min().and_then(shown);
        let modified = changed.into_iter().flatten().max().and_then(shown);
        (created, modified.or(created))
    }
}
