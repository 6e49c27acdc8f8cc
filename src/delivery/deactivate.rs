//! Ending access, and taking that back while it has not begun.
//!
//! A deactivation is journalled before it is tried and shown at once. Only a confirmation ends its intent: where the
//! backend has a disabled state (of its own, or as a quarantine group) that is its answer, where it has none the person's
//! native object is gone.

use scim::resource::fold;
use serde_json::Value;

use super::failpoint::failpoint;
use super::record::native_of;
use super::unsure::{self, Found};
use super::{Delivery, Failure, Note, Recognise, quarantine};
use crate::backend::{
    Attrs, BackendError, Deactivate, ErrorKind, MemberDelta, Native, NativeRef, Sent, Write,
};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, Tombstone, aspect};
use crate::telemetry::AlarmKind;

impl Delivery {
    /// Ends a person's access. `before` is the stored row, if there is one; `shadow` the row to be, with its native
    /// object; `native`'s groups are remembered where the person has to be parked, and read first if it does not tell them.
    ///
    /// # Errors
    /// [`Failure::Refused`]: permanently refused, all is as before, an operator is told.
    /// [`Failure::Pending`]: journalled, shown, and tried again until it is confirmed.
    pub async fn deactivate(
        &self,
        ctx: &Ctx,
        before: Option<&Shadow>,
        shadow: Shadow,
        native: &Native,
        note: Note,
        ours: &dyn Recognise,
    ) -> Result<Shadow, Failure> {
        let was_active = before.is_none_or(|row| row.active);
        let mut shadow = self.without_access(shadow, State::Parking);
        let at = native_of(&shadow)?;
        let (payload, plan) = match self.deactivation_of(native) {
            // The backend could not be asked: what has to be done is planned when it can.
            payload if unsure::has_to_look(&payload) => (payload, Vec::new()),
            payload => {
                let payload = self.with_admins(ctx, Kind::User, &at, payload).await;
                let plan = self.deactivation(&at, &payload);
                (payload, plan)
            }
        };
        let note = Note { active: Some((was_active, false)), ..note.planned(plan) };
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Deactivate, payload);
        let mut tx = vec![self.put(before, &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        if self.backend.capabilities().deactivate != Deactivate::Native {
            tx.extend(self.remember(&shadow, native).await?);
        }
        tx.push(self.begun(ctx, &shadow, Action::Deactivate, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_deactivation(ctx, shadow, intent, note, ours).await
    }

    /// The row of a person whose access ends now, as every reader is told from then on.
    pub(super) fn without_access(&self, mut shadow: Shadow, state: State) -> Shadow {
        shadow.state = state;
        shadow.active = false;
        shadow.active_unassigned = false;
        shadow.document.set("active", Value::Bool(false));
        shadow.generation += 1;
        shadow.modified = self.clock.now();
        shadow
    }

    /// Tries a journalled deactivation, for the first time or again: every try is idempotent.
    pub(super) async fn carry_out_deactivation(
        &self,
        ctx: &Ctx,
        shadow: Shadow,
        mut intent: Intent,
        note: Note,
        ours: &dyn Recognise,
    ) -> Result<Shadow, Failure> {
        let shadow = match self.find_out(ctx, shadow, &mut intent, ours).await {
            Ok(Found::There(shadow)) => shadow,
            Ok(Found::Gone(shadow)) => {
                return self.deactivated(ctx, shadow, &intent, &note, Ended::Gone).await;
            }
            Ok(Found::Locked(shadow, error)) => {
                return self.deactivation_impossible(ctx, shadow, intent, &note, error).await;
            }
            Err(Failure::Refused(error)) => return self.not_yet(ctx, intent, error).await,
            Err(other) => return Err(other),
        };
        failpoint!("park", begun);
        let tried = self.end_native_access(ctx, &shadow, &intent).await;
        failpoint!("park", asked);
        match tried {
            Ok(ended) => self.deactivated(ctx, shadow, &intent, &note, ended).await,
            Err(Failure::Refused(error)) if error.is_impossible() => {
                self.deactivation_impossible(ctx, shadow, intent, &note, error).await
            }
            Err(Failure::Refused(error)) if error.sent == Sent::Maybe => {
                match self.has_no_access(ctx, &shadow).await {
                    Some(ended) => self.deactivated(ctx, shadow, &intent, &note, ended).await,
                    None => self.not_yet(ctx, intent, error).await,
                }
            }
            Err(Failure::Refused(error)) => self.not_yet(ctx, intent, error).await,
            Err(other) => Err(other),
        }
    }

    /// Ends a person's access natively, as the backend can: the admin record first. Every step is idempotent.
    pub(super) async fn end_native_access(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        intent: &Intent,
    ) -> Result<Ended, Failure> {
        let at = native_of(shadow)?;
        self.end_admins(ctx, shadow, &at, intent).await?;
        let ended = match self.backend.capabilities().deactivate {
            Deactivate::Native => match self.backend.set_active(ctx, &at, false).await {
                Ok(()) => return self.send_if_kept(ctx, shadow, &at).await,
                Err(error) => Err(error),
            },
            Deactivate::Absent => self.backend.delete(ctx, Kind::User, &at).await.map(|()| Ended::Gone),
            Deactivate::Quarantine => return self.quarantine(ctx, shadow, &at, &intent.payload).await,
        };
        match ended {
            // Upstream 404 counts as done.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Ended::Gone),
            other => other.map_err(Failure::Refused),
        }
    }

    async fn not_yet(&self, ctx: &Ctx, mut intent: Intent, error: BackendError) -> Result<Shadow, Failure> {
        if error.kind == ErrorKind::Denied {
            let what = "the product refuses our credential, so that somebody keeps access; renew it and run `scim-facade check`";
            self.alarm(AlarmKind::CredentialRefused, &ctx.request, &intent.scim_id, what);
        }
        self.postpone(&mut intent).await?;
        Err(Failure::Pending(error))
    }

    /// Looks whether an ambiguous try has ended the access. In quarantine it has only after every step: that is for the
    /// next try to find out.
    async fn has_no_access(&self, ctx: &Ctx, shadow: &Shadow) -> Option<Ended> {
        let Some(at) = &shadow.native else { return Some(Ended::Gone) };
        match self.backend.get(&self.to_look(ctx), Kind::User, at, Default::default()).await {
            Ok(None) => Some(Ended::Gone),
            Ok(Some(native)) => {
                let is_native = self.backend.capabilities().deactivate == Deactivate::Native;
                (is_native && native.is_inactive()).then_some(Ended::Kept(None))
            }
            Err(_) => None,
        }
    }

    pub(super) async fn deactivated(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: &Intent,
        note: &Note,
        ended: Ended,
    ) -> Result<Shadow, Failure> {
        let mut tx = vec![Op::Close(intent.id.clone(), IntentState::Done)];
        match (self.backend.capabilities().deactivate, ended) {
            // Kept here from now on; the id stays, for groups may know it still.
            (Deactivate::Native, Ended::Gone) if self.backend.capabilities().hides_inactive => {
                shadow.state = State::Parked;
            }
            (Deactivate::Native, _) => shadow.state = State::Live,
            (Deactivate::Quarantine, Ended::Kept(written)) => {
                shadow.state = State::Quarantined;
                if let Some(written) = written {
                    shadow.projection = written;
                }
                shadow.overlay_until = self.overlay_until();
                tx.extend(self.park_later(ctx, &shadow));
            }
            (Deactivate::Quarantine | Deactivate::Absent, _) => {
                tx.extend(shadow.native.take().map(|at| self.unlisted(&shadow, at.id)));
                shadow.state = State::Parked;
                shadow.projection = Default::default();
                tx.extend(self.moot_change(&mut shadow).await?);
            }
        }
        shadow.version += 1;
        tx.insert(0, Op::Update(shadow.clone()));
        tx.push(self.done(ctx, &shadow, intent.action, note));
        self.store.commit(tx).await?;
        failpoint!("park", stored);
        self.confirmed(intent);
        Ok(shadow)
    }

    /// What was wished of a native object's fields is moot when it is gone. The name that was reserved for it stays.
    pub(super) async fn moot_change(&self, shadow: &mut Shadow) -> Result<Vec<Op>, Failure> {
        let open = self.store.open_intents(&self.target, shadow.kind, &shadow.scim_id).await?;
        let mut moot = Vec::new();
        for intent in open.into_iter().filter(|intent| intent.aspect == aspect::ATTRS) {
            let wished = intent.payload.get("document").and_then(|document| document.get("userName"));
            if let Some(name) = wished.filter(|name| name.as_str().map(fold).as_ref() == Some(&shadow.key)) {
                shadow.document.set("userName", name.clone());
            }
            moot.push(Op::Close(intent.id, IntentState::Done));
        }
        Ok(moot)
    }

    /// A list that lags may show the object of a parked person for a while: it is nobody's. Remembered under the native
    /// id, for the person may have been parked under another one a moment ago.
    pub(super) fn unlisted(&self, shadow: &Shadow, native_id: String) -> Op {
        let scim_id = ScimId::new(native_id.as_str());
        Op::Bury(Tombstone { scim_id, native_id: Some(native_id), ..self.tombstone(shadow, None) })
    }

    /// A permanent refusal: the truth is told (the person still has access) and an operator is alarmed.
    async fn deactivation_impossible(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: Intent,
        note: &Note,
        error: BackendError,
    ) -> Result<Shadow, Failure> {
        shadow.state = State::Live;
        shadow.active = true;
        shadow.document.set("active", Value::Bool(true));
        shadow.version += 1;
        let mut tx = vec![Op::Update(shadow.clone()), Op::Close(intent.id, IntentState::Dead)];
        tx.extend(self.forget_memberships(&shadow).await?);
        tx.push(self.refused(ctx, &shadow, Action::Deactivate, note, &error));
        self.store.commit(tx).await?;
        self.alarm_impossible(ctx, &shadow.scim_id);
        Err(Failure::Refused(error))
    }

    /// Notes that a person who was to be deactivated has no native object any more. No native call.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn park_without_native(
        &self,
        ctx: &Ctx,
        before: &Shadow,
        note: Note,
    ) -> Result<Shadow, Failure> {
        let mut shadow = self.without_access(before.clone(), State::Parked);
        shadow.native = None;
        shadow.projection = Default::default();
        let note = Note { active: Some((before.active, false)), ..note };
        let moot = self.moot_change(&mut shadow).await?;
        let mut tx = vec![self.put(Some(before), &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        tx.extend(moot);
        tx.push(self.done(ctx, &shadow, Action::Deactivate, &note));
        self.store.commit(tx).await?;
        Ok(shadow)
    }

    /// Notes that a person without access is out of sight natively. No native call.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn hidden(&self, ctx: &Ctx, before: &Shadow) -> Result<Shadow, Failure> {
        let mut shadow = self.without_access(before.clone(), State::Parked);
        let mut tx = vec![self.put(Some(before), &mut shadow)];
        tx.push(self.done(ctx, &shadow, Action::Deactivate, &Note::default()));
        self.store.commit(tx).await?;
        Ok(shadow)
    }

    /// Takes back a deactivation that is journalled and has not happened: the person is as before.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn take_back_deactivation(&self, ctx: &Ctx, before: &Shadow) -> Result<Shadow, Failure> {
        let mut shadow = before.clone();
        shadow.state = State::Live;
        shadow.active = true;
        shadow.document.set("active", Value::Bool(true));
        shadow.generation += 1;
        let mut tx = vec![self.put(Some(before), &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        tx.extend(self.forget_memberships(&shadow).await?);
        let note = Note { active: Some((false, true)), ..Note::default() };
        tx.push(self.done(ctx, &shadow, Action::Activate, &note));
        self.store.commit(tx).await?;
        Ok(shadow)
    }

    /// Ends the open intent of one aspect because a newer wish takes its place.
    pub(super) async fn supersede(&self, shadow: &Shadow, aspect: &str) -> Result<Vec<Op>, Failure> {
        let open = self.store.open_intents(&self.target, shadow.kind, &shadow.scim_id).await?;
        let same = open.into_iter().filter(|intent| intent.aspect == aspect);
        Ok(same.map(|intent| Op::Close(intent.id, IntentState::Done)).collect())
    }

    /// The native writes that end a person's access.
    pub(super) fn deactivation(&self, at: &NativeRef, payload: &Value) -> Vec<String> {
        let mut plan = self.admin_plan(payload);
        match self.backend.capabilities().deactivate {
            Deactivate::Native => plan.extend(self.plan(&Write::SetActive(at.clone(), false))),
            Deactivate::Absent => plan.extend(self.plan(&Write::Delete(Kind::User, at.clone()))),
            Deactivate::Quarantine => {
                let leave = MemberDelta { add: Vec::new(), remove: quarantine::to_leave(payload) };
                plan.extend(self.plan(&Write::SetActive(at.clone(), false)));
                plan.extend(self.plan(&Write::ChangeGroups(at.clone(), leave)));
            }
        }
        plan
    }
}

/// How an access ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ended {
    /// The native object is there, without access; with its fields, if they were written on the way.
    Kept(Option<Attrs>),
    /// There is none.
    Gone,
}
