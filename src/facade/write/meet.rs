//! Whom a POST meets: a record of ours, or somebody whom nobody has linked (setting `on_existing`).

use std::sync::Arc;

use scim::error::ScimError;
use scim::resource::{Document, Incoming};
use serde_json::Value;

use super::super::core::Core;
use super::super::error;
use super::super::read::{Row, text};
use super::super::rights::Right;
use super::super::settings::OnExisting;
use super::super::target::Request;
use super::edit::Edit;
use crate::backend::{Attrs, Native};
use crate::kernel::{Kind, ScimId, Timestamp};
use crate::store::{Shadow, State};

/// Somebody whom a POST may have as its resource.
pub(super) enum Met {
    /// The outcome of the same request, whose client was told to come back.
    Owed(ScimId),
    /// The client's own person, by the same externalId, without access: they return.
    Inactive(ScimId),
    /// Another client's resource, which this one may take over.
    Anothers(ScimId),
    /// Somebody whom nobody linked.
    Stranger(ScimId),
}

impl Core {
    /// The record that bears the name of a POST.
    ///
    /// # Errors
    /// 409 `uniqueness` that says why the POST can't have it.
    pub(super) async fn meets_our_own(
        &self,
        request: &Request,
        kind: Kind,
        key: &str,
        body: &Incoming,
        external_id: Option<&str>,
    ) -> Result<Option<Met>, ScimError> {
        let Some(row) = self.holder_of_key(request, kind, key).await? else { return Ok(None) };
        let Some(holder) = &row.shadow else { return Ok(None) };
        if matches!(holder.state, State::Creating | State::Deleting) {
            return Err(error::transient(
                &request.client,
                None,
                "A resource of this name is being made or removed.",
            ));
        }
        if !self.owns(&request.client, holder) {
            return self.meets_anothers(request, holder).map(Some);
        }
        let name = match self.keeps_shadows() {
            true => self.name_of(request, &holder.scim_id).await?,
            false => self.native_name(&request.client, kind, &row).map(str::to_owned),
        };
        let same = name.as_deref() == external_id;
        if self.is_owed_to(request, holder) && (same || name.is_none() || kind == Kind::Group) {
            return Ok(Some(Met::Owed(holder.scim_id.clone())));
        }
        let returns = body.document.active() != Some(false) && external_id.is_some();
        if !row.is_active() && same && returns {
            return Ok(Some(Met::Inactive(holder.scim_id.clone())));
        }
        Err(exists(kind, &row))
    }

    fn meets_anothers(&self, request: &Request, holder: &Shadow) -> Result<Met, ScimError> {
        if request.client.rights.has(Right::Takeover) {
            return Ok(Met::Anothers(holder.scim_id.clone()));
        }
        Err(ScimError::uniqueness(format!(
            "Another client's {} has this name ({}). Find it with a filter and update it; only a client with \"takeover\" in its `allow` setting may adopt it.",
            holder.kind, holder.scim_id
        )))
    }

    /// Whether a request can be the one whose client was told to come back for a resource.
    pub(super) fn is_owed_to(&self, request: &Request, row: &Shadow) -> bool {
        row.owner == request.client.name && self.is_owed(row) && may_repeat(request, row.created)
    }

    /// Whether somebody was told to come back for a resource and may still do so.
    fn is_owed(&self, shadow: &Shadow) -> bool {
        shadow.owed_until.is_some_and(|until| until > self.delivery.clock.now())
    }

    /// The one object, linked by nobody, that a POST would make again.
    ///
    /// # Errors
    /// 409 `uniqueness` that says why the POST can't have it.
    pub(super) async fn meets_stranger(
        &self,
        request: &Request,
        kind: Kind,
        document: &Document,
        desired: &Attrs,
    ) -> Result<Option<Met>, ScimError> {
        let name = if kind == Kind::User { document.user_name() } else { document.display_name() };
        let found = self.unlinked_like(request, kind, name.unwrap_or_default(), desired).await?;
        let stranger = match found.as_slice() {
            [] => return Ok(None),
            [one] => one,
            several => {
                return Err(ScimError::uniqueness(format!(
                    "The product has {} of this name or e-mail address, none of them linked. Remove all but one there, or link one.",
                    several.len()
                )));
            }
        };
        if !self.keeps_shadows() {
            if self.returns(kind, document, desired, stranger) {
                return Ok(Some(Met::Inactive(ScimId::new(stranger.at.id.as_str()))));
            }
            if self.settings.on_existing == OnExisting::Conflict {
                return Err(exists(kind, &Row::new(None, Some(stranger.clone()))));
            }
        }
        match self.not_to_be_adopted(request, kind, stranger).await? {
            None => Ok(Some(Met::Stranger(ScimId::new(stranger.at.id.as_str())))),
            Some(reason) => Err(ScimError::uniqueness(format!(
                "The product has a {kind} of this name ({}) that was not made through this gateway. It is not adopted: {reason}. Find it with a filter and update it.",
                stranger.at.id
            ))),
        }
    }

    /// Whether a POST is about a person without access who is called as it says: they return. Only where the backend keeps the
    /// name is that known of somebody of whom nothing is remembered.
    fn returns(&self, kind: Kind, document: &Document, desired: &Attrs, native: &Native) -> bool {
        let Some(field) = self.caps().of(kind).external_id else { return false };
        let name = text(desired.get(field));
        let is_the_same = name.is_some() && name == text(native.attrs.get(field));
        kind == Kind::User && is_the_same && native.is_inactive() && document.active() != Some(false)
    }

    /// Why an object that nobody linked can't be adopted; `None` if it can.
    async fn not_to_be_adopted(
        &self,
        request: &Request,
        kind: Kind,
        native: &Native,
    ) -> Result<Option<String>, ScimError> {
        if let Some(locked) = &native.locked {
            return Ok(Some(format!("it is managed by {}", locked.by)));
        }
        if self.settings.on_existing == OnExisting::Conflict {
            return Ok(Some("the setting is `on_existing = \"conflict\"`".to_owned()));
        }
        if kind == Kind::User && self.caps().admins {
            let admins = self.backend().admins_of(&request.ctx, &native.at).await;
            let admins = admins.map_err(|e| error::read(&request.client, &e))?;
            return Ok((!admins.is_empty()).then(|| "it is an administrator of the product".to_owned()));
        }
        Ok(None)
    }

    /// What a POST met may have changed by the time its lane is free. What it does not mention stays as it is.
    ///
    /// # Errors
    /// 409 `uniqueness` if somebody else has it now, or has access by now.
    pub(super) async fn still_as_met(
        &self,
        request: &Request,
        kind: Kind,
        mut row: Row,
        edit: Edit,
    ) -> Result<(Row, Edit), ScimError> {
        let Edit::Adopt(mut body) = edit else { return Ok((row, edit)) };
        body.document = self.completed(kind, &row, body.document);
        match &row.shadow {
            Some(shadow) if !self.owns(&request.client, shadow) => {
                self.meets_anothers(request, shadow)?;
                // Whoever is refused takes nothing over.
                match (row.is_active(), body.document.active() != Some(false)) {
                    (false, true) => request.client.may(Right::Reactivate)?,
                    (true, false) => request.client.may(Right::Deactivate)?,
                    _ => {}
                }
                row.shadow = self.taken_over(request, row.shadow).await?;
            }
            Some(shadow) if row.is_active() && !self.is_owed(shadow) => return Err(exists(kind, &row)),
            _ => {}
        }
        Ok((row, Edit::Adopt(body)))
    }

    /// What a POST says and, of what it does not mention, what there is: in a record all of it, in an object that nobody
    /// linked the backend's own fields. What was only derived from these goes.
    fn completed(&self, kind: Kind, row: &Row, mut said: Document) -> Document {
        match (&row.shadow, &row.native) {
            (None, Some(native)) => {
                let desired = self.backend().desired(kind, &said);
                let held = self.caps().of(kind).holds.iter().map(|field| field.name);
                let left = |field: &&str| native.attrs.contains_key(field) && !desired.contains_key(field);
                held.filter(left).for_each(|field| self.backend().overlay(kind, field, native, &mut said));
                said
            }
            _ => {
                let mut document = self.document(kind, row);
                document.remove("active");
                lay_over(&mut document, said);
                document
            }
        }
    }
}

/// Whether a request can be the repetition of one that did something then. The parts of one request don't repeat each other.
pub(super) fn may_repeat(request: &Request, then: Timestamp) -> bool {
    !request.is_part || then < request.ctx.received
}

fn exists(kind: Kind, row: &Row) -> ScimError {
    let attribute = if kind == Kind::User { "userName" } else { "displayName" };
    let inactive = if row.is_active() { "" } else { "; it is inactive: update it with active true instead" };
    ScimError::uniqueness(format!("A {kind} with this {attribute} exists ({}){inactive}.", row.id()))
}

/// Writes what one document says into another: attribute by attribute, in `name` and in extensions part by part.
fn lay_over(document: &mut Document, said: Document) {
    for (name, value) in said.into_map() {
        let there = document.remove(&name).map(Arc::unwrap_or_clone);
        let value = match (there, &*value) {
            (Some(Value::Object(mut parts)), Value::Object(said)) => {
                parts.extend(said.clone());
                Value::Object(parts).into()
            }
            _ => value,
        };
        document.set(&name, value);
    }
}
