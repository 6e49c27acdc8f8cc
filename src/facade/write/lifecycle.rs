//! Ending and giving back access. What arrives together with `active: false` is never a reason not to deactivate.

use scim::error::ScimError;
use serde_json::Value;

use super::super::core::Core;
use super::super::error;
use super::super::read::Row;
use super::super::rights::Right;
use super::super::settings::DeactivatePolicy;
use super::super::target::Request;
use super::edit::Edited;
use super::edit_user::same_row;
use crate::backend::{Deactivate, Desired, ErrorKind, Native, NativeRef, Want};
use crate::delivery::{Caller, Failure, Note, record_of};
use crate::kernel::Kind;
use crate::store::{Action, Op, Shadow, State};

impl Core {
    /// Ends a person's access first; then keeps what else the request says.
    pub(super) async fn end_access(
        &self,
        request: &Request,
        row: Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        self.may_end(request, Right::Deactivate, Kind::User, row.shadow.as_ref())?;
        self.may_deactivate(request, &row).await?;
        // Whoever is refused takes nothing over.
        let shadow = self.taken_over(request, row.shadow).await?;
        let row = Row { shadow, ..row };
        let note = Note::of(["active"]);
        let (shadow, native) = match (&row.shadow, &row.native) {
            (Some(before), None) if before.state == State::Unparking => {
                let ended = self.delivery.end_return(&request.ctx, before, note, self).await;
                (ended.map_err(|f| error::write(&request.client, f))?, None)
            }
            // Live for us, gone natively.
            (Some(before), None) => {
                let parked = self.delivery.park_without_native(&request.ctx, before, note).await;
                (parked.map_err(|f| error::write(&request.client, f))?, None)
            }
            (before, Some(native)) => {
                let mut shadow = match before {
                    None => self.unwritten(request, Kind::User, native.clone()),
                    Some(before) => {
                        let after = self.row_after(request, Kind::User, &row, &edited);
                        // Who says nothing else is answered with the document that is kept: one copy of it.
                        if same_row(before, &after) { after } else { before.clone() }
                    }
                };
                shadow.owed_until = edited.owed_until.or(shadow.owed_until);
                let before = before.as_ref();
                let done = self.delivery.deactivate(&request.ctx, before, shadow, native, note, self).await;
                let done = done.map_err(|f| error::write(&request.client, f))?;
                let native = native_after(native, self.caps().deactivate);
                // Out of sight: what comes along is kept here.
                let native = native.filter(|_| done.state != State::Parked);
                (done, native)
            }
            (None, None) => return Err(ScimError::new(404, "No such user")),
        };
        let rest = Row::new(Some(shadow), native);
        self.change_user(request, rest, edited, caller).await.map_err(|e| ScimError {
            detail: format!("The user was deactivated, but the rest of the request failed: {}", e.detail),
            ..e
        })
    }

    /// Repeats a deactivation that is journalled but not confirmed; what else the request says is kept first, and sent
    /// with it.
    pub(super) async fn keep_without_access(
        &self,
        request: &Request,
        row: Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let (shadow, native) = self.change_user(request, row, edited, caller).await?;
        if shadow.state != State::Parking {
            return Ok((shadow, native));
        }
        let settled = self.delivery.settle(&request.ctx, Kind::User, &shadow.scim_id, self).await;
        settled.map_err(|f| error::write(&request.client, f))?;
        let now = self.store().shadow(self.target(), Kind::User, &shadow.scim_id).await;
        let now = now.map_err(|e| error::store(&request.client, &e))?.unwrap_or(shadow);
        let Some(at) = now.native.clone().filter(|_| now.state.is_native()) else { return Ok((now, None)) };
        // The object outlives the access: for the answer it is read again.
        let native = self.backend().get(&request.ctx, Kind::User, &at, Want { groups: true }).await;
        let native = native.ok().flatten().unwrap_or_else(|| record_of(&now, at));
        Ok((now, Some(native)))
    }

    async fn may_deactivate(&self, request: &Request, row: &Row) -> Result<(), ScimError> {
        let absent = self.caps().deactivate == Deactivate::Absent;
        if absent && self.settings.deactivate == DeactivatePolicy::Reject {
            return Err(ScimError::mutability(
                "This target does not deactivate users (deactivate = reject). Delete the user, or ask the operator for another policy.",
            ));
        }
        let locked = row.native.as_ref().and_then(|native| native.locked.as_ref());
        match locked {
            Some(by) => Err(self.access_is_managed(request, Kind::User, row, Action::Deactivate, by).await),
            None => Ok(()),
        }
    }

    /// Gives access back, together with what else the request says.
    pub(super) async fn give_access(
        &self,
        request: &Request,
        row: Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        request.client.may(Right::Reactivate)?;
        let is_held = row.shadow.as_ref().is_some_and(|shadow| shadow.state == State::Quarantined);
        if is_held && self.caps().deactivate != Deactivate::Quarantine {
            return Err(ScimError::mutability(
                "This user is in quarantine, and this target does not quarantine any more. The operator has to set `deactivate` back until nobody is in quarantine.",
            ));
        }
        let row = self.still_there(request, row).await?;
        match (&row.shadow, &row.native) {
            (Some(before), None) => self.unpark(request, before.clone(), &row, edited, caller).await,
            (_, Some(native)) if self.caps().deactivate == Deactivate::Quarantine => {
                let native = native.clone();
                self.release(request, &row, native, edited).await
            }
            (_, Some(_)) => {
                // Access last: whoever can't have the attributes that come along doesn't get it.
                let (before, native) = self.change_user(request, row, edited, caller).await?;
                let before = self.take_back_deactivation(request, before).await?;
                if Row::new(Some(before.clone()), native.clone()).is_active() {
                    return Ok((before, native));
                }
                let active = self.delivery.activate(&request.ctx, &before, Note::of(["active"])).await;
                let shadow = active.map_err(|f| error::write(&request.client, f))?;
                let native = native.map(|mut native| {
                    native.active = Some(true);
                    native
                });
                Ok((shadow, native))
            }
            (None, None) => Err(ScimError::new(404, "No such user")),
        }
    }

    /// Takes a person out of quarantine: every attribute, every membership whose group still exists, then access.
    async fn release(
        &self,
        request: &Request,
        row: &Row,
        native: Native,
        edited: Edited,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let name = edited.external_id.as_ref().and_then(Option::as_deref);
        self.external_id_is_free(request, Kind::User, name, Some(&row.id())).await?;
        if let Some(locked) = &native.locked {
            return Err(error::managed_by(locked));
        }
        let mut after = self.row_after(request, Kind::User, row, &edited);
        after.document.set("active", Value::Bool(true));
        let note = Note { active: Some((false, true)), ..Note::of(edited.wrote) };
        let before = row.shadow.as_ref();
        let adopted = self.delivery.adopt(&request.ctx, before, after, native, note).await;
        let (shadow, native) = adopted.map_err(|f| self.not_changed(request, f))?;
        self.name_it(request, &shadow, edited.external_id).await?;
        Ok((shadow, Some(native)))
    }

    /// Keeps what the client calls a resource.
    async fn name_it(
        &self,
        request: &Request,
        shadow: &Shadow,
        external_id: Option<Option<String>>,
    ) -> Result<(), ScimError> {
        let Some(name) = external_id else { return Ok(()) };
        let link = Op::Link(self.target().clone(), request.client.name.clone(), shadow.scim_id.clone(), name);
        self.store().commit(vec![link]).await.map_err(|e| error::store(&request.client, &e))
    }

    /// A deactivation that is journalled and not confirmed, and is not wanted any more, is superseded.
    async fn take_back_deactivation(&self, request: &Request, shadow: Shadow) -> Result<Shadow, ScimError> {
        if shadow.state != State::Parking {
            return Ok(shadow);
        }
        let live = self.delivery.take_back_deactivation(&request.ctx, &shadow).await;
        live.map_err(|f| error::write(&request.client, f))
    }

    /// Looks whether somebody whose deactivation is not confirmed is still there natively; else it is confirmed.
    async fn still_there(&self, request: &Request, row: Row) -> Result<Row, ScimError> {
        let (Some(shadow), true) =
            (&row.shadow, row.shadow.as_ref().is_some_and(|s| s.state == State::Parking))
        else {
            return Ok(row);
        };
        let failed = |f: Failure| error::write(&request.client, f);
        let Some(at) = &shadow.native else {
            // A return before it has an unknown outcome: that comes first.
            self.delivery.settle(&request.ctx, Kind::User, &shadow.scim_id, self).await.map_err(failed)?;
            let now = self.store().shadow(self.target(), Kind::User, &shadow.scim_id).await;
            return Ok(Row::new(now.map_err(|e| error::store(&request.client, &e))?, None));
        };
        if let Some(native) = self.read_to_write(request, Kind::User, at, false).await? {
            return Ok(Row::new(Some(shadow.clone()), Some(native)));
        }
        let parked = self.delivery.park_without_native(&request.ctx, shadow, Note::of(["active"])).await;
        Ok(Row::new(Some(parked.map_err(failed)?), None))
    }

    /// Makes a parked person natively again: same SCIM id, every attribute, every membership whose group still exists.
    async fn unpark(
        &self,
        request: &Request,
        before: Shadow,
        row: &Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let name = edited.external_id.as_ref().and_then(Option::as_deref);
        self.external_id_is_free(request, Kind::User, name, Some(&before.scim_id)).await?;
        let name = edited.external_id.clone();
        let (shadow, native) = self.made_again(request, before, row, edited, caller).await?;
        // Only now: what is refused leaves no name behind.
        self.name_it(request, &shadow, name).await?;
        Ok((shadow, native))
    }

    async fn made_again(
        &self,
        request: &Request,
        before: Shadow,
        row: &Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let failed = |f| self.not_changed(request, f);
        let mut after = self.row_after(request, Kind::User, row, &edited);
        after.document.set("active", Value::Bool(true));
        after.version = before.version;
        // Whoever was out of sight is made again, under whatever id.
        after.native = None;
        let mut attrs = self.delivery.desired_anew(&after);
        let called = match &edited.native_name {
            Some(name) => name.clone(),
            None => self.delivery.owners_name(&before).await.map_err(failed)?,
        };
        self.delivery.name(Kind::User, &mut attrs, called.as_deref());
        let name = after.document.user_name().unwrap_or_default().to_owned();
        let mut found = self.unlinked_like(request, Kind::User, &name, &attrs).await?;
        // Where people don't know their groups, the groups get them afterwards.
        let links = match self.caps().groups_by_members {
            true => Vec::new(),
            false => self.delivery.remembered(&after).await.map_err(failed)?,
        };
        let note = Note { active: Some((false, true)), ..Note::of(edited.wrote) };
        if found.len() > 1 || found.iter().any(|native| native.locked.is_some()) {
            return Err(ScimError::uniqueness(
                "The product has other people of this name, or one that a directory manages; the user can't be reactivated beside them.",
            ));
        }
        if let Some(native) = found.pop() {
            let adopted = self.delivery.adopt(&request.ctx, Some(&before), after, native, note).await;
            let (shadow, native) = adopted.map_err(failed)?;
            return Ok((shadow, Some(native)));
        }
        let desired = Desired { kind: Kind::User, attrs, links, active: true };
        self.unparked(request, (before, after), desired, note, caller).await
    }

    /// Makes a parked person with their groups; without those that are refused, if some are.
    async fn unparked(
        &self,
        request: &Request,
        (before, mut after): (Shadow, Shadow),
        desired: Desired,
        note: Note,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let failed = |f| self.not_changed(request, f);
        let made = self
            .delivery
            .unpark(&request.ctx, after.clone(), desired.clone(), note.clone(), caller, self)
            .await;
        let refused = match made {
            Ok((shadow, native)) => return Ok((shadow, Some(native))),
            Err(refused) => refused,
        };
        // A group has vanished, or is managed elsewhere by now: it is dropped, the person comes back.
        let a_group = |f: &Failure| matches!(f, Failure::Refused(e) if matches!(e.kind, ErrorKind::NotFound | ErrorKind::Conflict));
        if desired.links.is_empty() || !a_group(&refused) {
            return Err(failed(refused));
        }
        let usable = self.usable_groups(request, &desired.links).await?;
        if usable.len() == desired.links.len() {
            return Err(failed(refused));
        }
        let dropped = desired.links.len() - usable.len();
        tracing::warn!(request = %request.ctx.request, id = %before.scim_id, dropped, "memberships of groups that are gone were not given back");
        // The refused try stored two rows: one on its way, one back.
        after.version = before.version + 2;
        after.generation = before.generation + 1;
        let again = Desired { links: usable, ..desired };
        let made = self.delivery.unpark(&request.ctx, after, again, note, caller, self).await;
        let (shadow, native) = made.map_err(failed)?;
        Ok((shadow, Some(native)))
    }

    async fn usable_groups(
        &self,
        request: &Request,
        links: &[NativeRef],
    ) -> Result<Vec<NativeRef>, ScimError> {
        let found = self.those_that_exist(request, Kind::Group, links).await?;
        Ok(found.into_iter().filter(|group| group.locked.is_none()).map(|group| group.at).collect())
    }
}

/// The native object after a deactivation.
fn native_after(native: &Native, means: Deactivate) -> Option<Native> {
    match means {
        Deactivate::Absent => None,
        Deactivate::Native | Deactivate::Quarantine => {
            let mut native = native.clone();
            native.active = Some(false);
            Some(native)
        }
    }
}
