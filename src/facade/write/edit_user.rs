//! PATCH and PUT of a person (RFC 7644 §3.5).

use scim::error::ScimError;
use scim::etag::Conditions;
use scim::query::Projection;
use scim::repairs::Repairs;
use scim::resource::SharedMap;
use serde_json::{Map, Value};

use super::super::core::Core;
use super::super::error;
use super::super::read::{Row, Stored};
use super::super::relink::Vanished;
use super::super::rights::Right;
use super::super::target::{Answer, Client, Request};
use super::edit::{ActiveEdit, Edit, Edited};
use crate::backend::{Deactivate, Native, NativeRef, Want};
use crate::delivery::{Caller, Changed, Failure, LOOK_BEFORE_END, LaneKey, Note};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Shadow, State};

impl Core {
    /// Changes a person.
    pub async fn edit_user(
        &self,
        request: &Request,
        id: &ScimId,
        edit: Edit,
        projection: &Projection,
        caller: &Caller,
    ) -> Result<Answer, ScimError> {
        edit.check_id(id)?;
        let ends_access = edit.deactivates();
        let priority = if ends_access { Priority::Deprovision } else { Priority::Interactive };
        let request = &request.at(priority);
        let turn = self.delivery.lanes.enter(LaneKey::Resource(Kind::User, id.clone()), priority).await;
        let row = self.person_to_write(request, id, ends_access).await?;
        let (row, edit) = self.still_as_met(request, Kind::User, row, edit).await?;
        let holds = match ends_access {
            true => self.conditions_hold_at_last(request, Kind::User, id, &row).await?,
            false => self.conditions_hold(request, Kind::User, &row).await?,
        };
        let applied = self.apply(request, Kind::User, &row, edit).await;
        let applied = applied.and_then(|edited| may_change(&request.client, edited));
        let is_done = |edited: &Edited| self.is_done_already(request, Kind::User, &row, edited);
        if !holds && !applied.as_ref().is_ok_and(is_done) {
            return Err(Conditions::failed());
        }
        let (mut edited, refused) = match applied {
            // What arrives together with `active: false` is never a reason not to deactivate.
            Err(refused) if ends_access => (self.only_the_end(&row), Some(refused)),
            other => (other?, None),
        };
        // A later loss of access went first: what it overtook is answered, not carried out.
        if turn.was_overtaken() && edited.active == ActiveEdit::Written(true) && !row.is_active() {
            edited.active = ActiveEdit::Untouched;
            edited.document.set("active", Value::Bool(false));
        }
        let (shadow, native) = self.decide_user(request, row, edited, caller).await?;
        match refused {
            Some(refused) => Err(error::deactivated_but(&refused)),
            None => self.answer(request, Kind::User, shadow, native, projection).await,
        }
    }

    /// A change that ends a person's access and leaves all else as it is.
    fn only_the_end(&self, row: &Row) -> Edited {
        let mut document = self.document(Kind::User, row);
        document.set("active", Value::Bool(false));
        let wrote = vec!["active".to_owned()];
        Edited { active: ActiveEdit::Written(false), wrote, ..Edited::nothing(document) }
    }

    /// A person as it is now, after what was left open has been settled as far as it can be.
    async fn person_to_write(
        &self,
        request: &Request,
        id: &ScimId,
        ends_access: bool,
    ) -> Result<Row, ScimError> {
        let missing = || error::not_found(Kind::User, id);
        let shadow = match self.stored(request, Kind::User, id).await? {
            Stored::Nothing | Stored::Gone(_) => return Err(missing()),
            Stored::Native(at) => {
                let native =
                    self.read_to_write(request, Kind::User, &at, ends_access).await?.ok_or_else(missing)?;
                return Ok(Row::new(None, Some(native)));
            }
            // A deactivation does not wait for what else is open: it supersedes it.
            Stored::Shadow(shadow) if ends_access => shadow,
            Stored::Shadow(shadow) => self.settled(request, shadow).await?,
        };
        let Some(at) = shadow.native.clone() else { return Ok(Row::new(Some(shadow), None)) };
        if shadow.state == State::Parking {
            // Its end is journalled and not confirmed: attributes are the facade's until then.
            return Ok(Row::new(Some(shadow), None));
        }
        if ends_access && self.caps().confirms_end && shadow.state == State::Live {
            return Ok(Row::from_record(shadow));
        }
        let native = match self.read_to_write(request, Kind::User, &at, ends_access).await {
            // Whoever is to lose access does so whether the backend can be asked or not: it is journalled.
            Err(_) if ends_access => return Ok(Row::from_record(shadow)),
            native => native?,
        };
        match native {
            Some(native) => Ok(Row::new(Some(shadow), Some(native))),
            // Out of sight: the facade's record is all there is.
            None if shadow.state == State::Parked => Ok(Row::new(Some(shadow), None)),
            None if self.is_fresh(&shadow) => Ok(Row::from_record(shadow)),
            // Gone natively: whoever wants the person without access has what was wished for, unless somebody is there
            // in their place.
            None if ends_access && self.keeps_shadows() => {
                Ok(self.successor_or_nobody(request, shadow).await)
            }
            None => match self.vanished(request, shadow).await? {
                Vanished::Relinked(row) => Ok(*row),
                Vanished::Lost | Vanished::Several | Vanished::Busy => Err(missing()),
            },
        }
    }

    /// Brings open intents of a resource to their end.
    async fn settled(&self, request: &Request, shadow: Shadow) -> Result<Shadow, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let (kind, id) = (shadow.kind, shadow.scim_id.clone());
        if self.store().open_intents(self.target(), kind, &id).await.map_err(failed)?.is_empty() {
            return Ok(shadow);
        }
        // A journalled deactivation is tried again by the request that repeats it, after its attributes are kept.
        if shadow.state == State::Parking {
            return Ok(shadow);
        }
        let settled = Box::pin(self.delivery.settle(&request.ctx, kind, &id, self)).await;
        settled.map_err(|failure| error::write(&request.client, failure))?;
        let now = self.store().shadow(self.target(), kind, &id).await.map_err(failed)?;
        now.ok_or_else(|| error::not_found(kind, &id))
    }

    pub(super) async fn read_to_write(
        &self,
        request: &Request,
        kind: Kind,
        at: &NativeRef,
        ends_access: bool,
    ) -> Result<Option<Native>, ScimError> {
        let want = Want { groups: ends_access && self.caps().deactivate != Deactivate::Native };
        let ctx = match ends_access {
            true => &request.ctx.within(&*self.delivery.clock, LOOK_BEFORE_END),
            false => &request.ctx,
        };
        let native = self.backend().get(ctx, kind, at, want).await;
        native.map_err(|e| error::write(&request.client, Failure::Refused(e)))
    }

    /// Applies a change to a copy of the resource as this client sees it.
    pub(super) async fn apply(
        &self,
        request: &Request,
        kind: Kind,
        row: &Row,
        edit: Edit,
    ) -> Result<Edited, ScimError> {
        let current = match edit.needs_current() {
            true => self.render_row(request, kind, row.clone(), false).await?.resource.to_map(),
            false => Map::new(),
        };
        let mut document = self.document(kind, row);
        let before = edit.is_partial().then(|| document.clone());
        if let Some(name) = self.name_shown(request, kind, row).await? {
            document.set("externalId", Value::from(name));
        }
        let mut repairs = Repairs::default();
        let owed_until = edit.adopts().then(|| self.delivery.owed_from_now());
        let (resource_type, profile) = (self.resource_type(kind), request.client.profile);
        let edited = edit.apply(&current, document, resource_type, profile, &mut repairs);
        self.delivery.repairs(&request.ctx, &repairs);
        let edited = edited?;
        self.has_required(kind, &edited.document, before.as_ref())?;
        self.with_native_name(request, kind, row, Edited { owed_until, ..edited }).await
    }

    async fn decide_user(
        &self,
        request: &Request,
        row: Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let is_active = row.is_active();
        let is = |state| row.shadow.as_ref().is_some_and(|shadow| shadow.state == state);
        match edited.active {
            ActiveEdit::Written(false) if is_active || is(State::Unparking) => {
                Box::pin(self.end_access(request, row, edited, caller)).await
            }
            // Whoever left the quarantine natively still misses what else the return brings.
            ActiveEdit::Written(true) if !is_active || is(State::Quarantined) => {
                Box::pin(self.give_access(request, row, edited, caller)).await
            }
            ActiveEdit::Written(false) => {
                Box::pin(self.keep_without_access(request, row, edited, caller)).await
            }
            _ => Box::pin(self.change_user(request, row, edited, caller)).await,
        }
    }

    /// Changes attributes; the person's access stays as it is.
    pub(super) async fn change_user(
        &self,
        request: &Request,
        row: Row,
        edited: Edited,
        caller: &Caller,
    ) -> Result<(Shadow, Option<Native>), ScimError> {
        let name = edited.external_id.as_ref().and_then(Option::as_deref);
        self.external_id_is_free(request, Kind::User, name, Some(&row.id())).await?;
        let after = self.row_after(request, Kind::User, &row, &edited);
        let note = Note::of(edited.wrote);
        let failed = |failure| self.not_changed(request, failure);
        match (row.shadow, row.native) {
            (before, Some(native)) => {
                let name = edited.native_name.as_ref();
                let change = self.native_change(request, before.as_ref(), &after, name, &native)?;
                let says_the_same =
                    before.as_ref().is_some_and(|row| same_row(row, &after)) && edited.external_id.is_none();
                let same = says_the_same || !self.keeps_shadows();
                if same && change.is_empty() && !Self::directory_moved(before.as_ref(), &native) {
                    return Ok((after, Some(native)));
                }
                let external_id = edited.external_id;
                let changed = Changed { before, after, change, native, external_id, note };
                // It lies apart: a change of access alone carries it along for nothing.
                let update = Box::pin(self.delivery.update(&request.ctx, changed));
                let (shadow, native) = update.await.map_err(failed)?;
                Ok((shadow, Some(native)))
            }
            (Some(before), None) => {
                if same_row(&before, &after) && edited.external_id.is_none() {
                    return Ok((before, None));
                }
                let kept = self.delivery.update_shadow(
                    &request.ctx,
                    &before,
                    after,
                    edited.external_id,
                    &note,
                    caller,
                );
                Ok((kept.await.map_err(failed)?, None))
            }
            (None, None) => Err(ScimError::new(404, "No such user")),
        }
    }

    pub(super) fn not_changed(&self, request: &Request, failure: Failure) -> ScimError {
        match failure {
            Failure::Refused(e) if e.kind == crate::backend::ErrorKind::Conflict => ScimError::uniqueness(
                "The product refuses the change: another object has the same name or e-mail address, or it needs the value as it is.",
            ),
            other => error::write(&request.client, other),
        }
    }
}

/// Whatever is written besides `active` needs the right to update.
fn may_change(client: &Client, edited: Edited) -> Result<Edited, ScimError> {
    if edited.wrote.iter().any(|name| name != "active") {
        client.may(Right::Update)?;
    }
    Ok(edited)
}

/// Whether two rows say the same to clients.
pub(super) fn same_row(a: &Shadow, b: &Shadow) -> bool {
    let (ours, theirs) = (a.document.as_map(), b.document.as_map());
    let same_document = told(ours).count() == told(theirs).count()
        && told(ours).all(|name| ours.get_shared(name) == theirs.get_shared(name));
    same_document && a.key == b.key && a.active_unassigned == b.active_unassigned
}

/// What a document says besides `active`.
fn told(document: &SharedMap) -> impl Iterator<Item = &str> {
    document.keys().filter(|name| *name != "active")
}
