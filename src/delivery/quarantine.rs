//! Quarantine: the person stays natively, in the quarantine group and in no other. Later the person may be parked.

use serde_json::{Value, json};

use super::deactivate::Ended;
use super::failpoint::failpoint;
use super::record::{native_of, record_of};
use super::update::with_change;
use super::{Delivery, Failure, Note};
use crate::backend::{Attrs, BackendError, ErrorKind, MemberDelta, Native, NativeRef, Sent, Want, Write};
use crate::kernel::{Ctx, Kind, Priority};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, aspect};

/// In an intent's payload: the native groups that the person is to leave.
const LEAVE: &str = "leave";

/// Puts the groups to leave into a payload.
pub(super) fn leaving(native: &Native) -> Value {
    let groups: Vec<&NativeRef> = native.groups.iter().flatten().map(|group| &group.at).collect();
    json!({LEAVE: groups})
}

/// The groups that a payload says to leave.
pub(super) fn to_leave(payload: &Value) -> Vec<NativeRef> {
    payload.get(LEAVE).cloned().and_then(|groups| serde_json::from_value(groups).ok()).unwrap_or_default()
}

impl Delivery {
    /// Puts a person into quarantine: into the group first, then out of all others; then it is read back.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the backend's error, also while the read does not show it.
    pub(super) async fn quarantine(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        at: &NativeRef,
        payload: &Value,
    ) -> Result<Ended, Failure> {
        self.backend.prepare(ctx).await.map_err(Failure::Refused)?;
        match self.backend.set_active(ctx, at, false).await {
            Ok(()) => {}
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(Ended::Gone),
            Err(error) => return Err(Failure::Refused(error)),
        }
        failpoint!("quarantine", held);
        let delta = MemberDelta { add: Vec::new(), remove: to_leave(payload) };
        self.change_groups(ctx, shadow, at, delta).await?;
        let Some(native) = self.read_back(ctx, at).await.map_err(Failure::Refused)? else {
            return Ok(Ended::Gone);
        };
        // Groups that the person joined a moment before, and that lists did not show yet.
        let remove = to_leave(&leaving(&native));
        if !remove.is_empty() {
            let delta = MemberDelta { add: Vec::new(), remove };
            let plan = self.plan(&Write::ChangeGroups(at.clone(), delta.clone()));
            let mut tx = self.remember(shadow, &native).await?;
            tx.push(self.begun(ctx, shadow, Action::Deactivate, &Note::of(["groups"]).planned(plan)));
            self.store.commit(tx).await?;
            self.change_groups(ctx, shadow, at, delta).await?;
        }
        self.send_what_was_kept(ctx, shadow, native).await.map(Ended::Kept)
    }

    /// The same where the backend has a disabled state, and nothing was read on the way.
    pub(super) async fn send_if_kept(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        at: &NativeRef,
    ) -> Result<Ended, Failure> {
        let as_we_left_it = record_of(shadow, at.clone());
        if self.change(Kind::User, &shadow.document, &as_we_left_it).is_empty() {
            return Ok(Ended::Kept(None));
        }
        match self.backend.get(ctx, Kind::User, at, Want::default()).await.map_err(Failure::Refused)? {
            Some(native) => self.send_what_was_kept(ctx, shadow, native).await.map(Ended::Kept),
            None => Ok(Ended::Gone),
        }
    }

    /// Attributes that clients changed while nobody could be asked: a new name frees the old one for a successor. What the
    /// product changed meanwhile stays, and what it refuses is sent again with the return.
    async fn send_what_was_kept(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        native: Native,
    ) -> Result<Option<Attrs>, Failure> {
        let held = self.backend.capabilities().of(Kind::User);
        let as_we_left_it =
            |field: &str| held.same(field, shadow.projection.get(field), native.attrs.get(field));
        let mut change = self.change(Kind::User, &shadow.document, &native);
        change.set.retain(|field, _| as_we_left_it(field));
        change.clear.retain(|field| as_we_left_it(field));
        if change.is_empty() {
            return Ok(None);
        }
        let plan = self.plan(&Write::Update(Kind::User, native.at.clone(), change.clone()));
        let note = Note::of(change.fields()).planned(plan);
        self.store.commit(vec![self.begun(ctx, shadow, Action::Update, &note)]).await?;
        match self.backend.update(ctx, Kind::User, &native.at, &change).await {
            Err(error)
                if matches!(error.kind, ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::NotFound) =>
            {
                tracing::warn!(request = %ctx.request, id = %shadow.scim_id, %error, "attributes of a quarantined person were not changed");
                Ok(None)
            }
            Err(error) => Err(Failure::Refused(error)),
            Ok(answer) => Ok(Some(answer.unwrap_or_else(|| with_change(native, &change)).attrs)),
        }
    }

    /// Reads until the quarantine shows; a list of groups may lag.
    async fn read_back(&self, ctx: &Ctx, at: &NativeRef) -> Result<Option<Native>, BackendError> {
        let visible = self.clock.now().plus(self.backend.capabilities().visibility_lag);
        loop {
            let looked_at = self.clock.now();
            match self.backend.get(ctx, Kind::User, at, Want { groups: true }).await? {
                None => return Ok(None),
                Some(native) if native.is_inactive() => return Ok(Some(native)),
                Some(_) if looked_at >= visible => {
                    let log = "the person is not shown in the quarantine group";
                    return Err(BackendError::new(ErrorKind::Unavailable, Sent::Maybe, log));
                }
                Some(_) => self.clock.sleep(visible.since(looked_at)).await,
            }
        }
    }

    /// Changes a person's groups. Where one of them is gone or managed elsewhere, they are changed one by one and that one
    /// is left out and told.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the backend's error.
    pub(super) async fn change_groups(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        at: &NativeRef,
        delta: MemberDelta,
    ) -> Result<(), Failure> {
        if delta.is_empty() {
            return Ok(());
        }
        match self.backend.change_groups(ctx, at, &delta).await {
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict) => {}
            done => return done.map_err(Failure::Refused),
        }
        let this = || vec![at.clone()];
        let joins = delta.add.iter().map(|group| (group, MemberDelta { add: this(), remove: Vec::new() }));
        let leaves =
            delta.remove.iter().map(|group| (group, MemberDelta { add: Vec::new(), remove: this() }));
        for (group, change) in joins.chain(leaves) {
            let plan = self.plan(&Write::ChangeMembers(group.clone(), change.clone()));
            let begun = self.begun(ctx, shadow, Action::Update, &Note::of(["groups"]).planned(plan));
            self.store.commit(vec![begun]).await?;
            match self.backend.change_members(ctx, group, &change).await {
                Ok(_) => {}
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Locked(_)) => {
                    tracing::warn!(request = %ctx.request, id = %shadow.scim_id, "a membership of a group that is gone or managed elsewhere was left as it is");
                }
                Err(error) => return Err(Failure::Refused(error)),
            }
        }
        Ok(())
    }

    /// The wish that a quarantined person be parked when it is time.
    pub(super) fn park_later(&self, ctx: &Ctx, shadow: &Shadow) -> Option<Op> {
        let at = self.clock.now().plus(self.policy.park_after?);
        let intent = self.intent(ctx, shadow, aspect::LIFE, Action::Park, json!({}));
        Some(Op::Open(Box::new(Intent { sent: None, attempts: 0, next_at: at, opened: at, ..intent })))
    }

    /// Parks a quarantined person whose time has come. Whoever has left the quarantine natively has access again, and
    /// keeps it: that was decided in the product.
    ///
    /// # Errors
    /// [`Failure::Pending`]: tried again.
    pub(super) async fn carry_out_park(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        mut intent: Intent,
    ) -> Result<(), Failure> {
        let close = Op::Close(intent.id.clone(), IntentState::Done);
        // The operator has changed their mind since.
        let is_off = self.policy.park_after.is_none();
        if is_off && shadow.state == State::Quarantined {
            return Ok(self.store.commit(vec![close]).await?);
        }
        // Whoever asks may be about to give access back.
        if ctx.priority == Priority::Interactive || intent.next_at > self.clock.now() {
            return Ok(());
        }
        let at = native_of(&shadow)?;
        let native = match self.backend.get(ctx, Kind::User, &at, Want { groups: true }).await {
            Ok(Some(native)) => native,
            Ok(None) => {
                return self.deactivated(ctx, shadow, &intent, &Note::default(), Ended::Gone).await.map(drop);
            }
            Err(error) => {
                self.postpone(&mut intent).await?;
                return Err(Failure::Pending(error));
            }
        };
        if is_off {
            // The parking had begun, and has done nothing: without access as before.
            shadow.state = State::Quarantined;
            shadow.version += 1;
            return Ok(self.store.commit(vec![Op::Update(shadow), close]).await?);
        }
        if !native.is_inactive() {
            return self.left_quarantine(shadow, &intent).await;
        }
        self.park_now(ctx, shadow, intent, &at).await
    }

    async fn park_now(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        mut intent: Intent,
        at: &NativeRef,
    ) -> Result<(), Failure> {
        let note = Note::default().planned(self.plan(&Write::Delete(Kind::User, at.clone())));
        shadow.state = State::Parking;
        shadow.version += 1;
        let tx = vec![Op::Update(shadow.clone()), self.begun(ctx, &shadow, Action::Park, &note)];
        self.store.commit(tx).await?;
        failpoint!("park_later", begun);
        match self.backend.delete(ctx, Kind::User, at).await {
            Ok(()) => self.deactivated(ctx, shadow, &intent, &Note::default(), Ended::Gone).await.map(drop),
            // A directory has taken the person over: without access, and nobody's to delete.
            Err(error) if error.is_impossible() => {
                shadow.state = State::Quarantined;
                shadow.version += 1;
                let audit = self.refused(ctx, &shadow, Action::Park, &Note::default(), &error);
                let close = Op::Close(intent.id, IntentState::Dead);
                Ok(self.store.commit(vec![Op::Update(shadow), close, audit]).await?)
            }
            Err(error) => {
                self.postpone(&mut intent).await?;
                Err(Failure::Pending(error))
            }
        }
    }

    async fn left_quarantine(&self, mut shadow: Shadow, intent: &Intent) -> Result<(), Failure> {
        shadow.state = State::Live;
        shadow.active = true;
        shadow.document.set("active", json!(true));
        shadow.version += 1;
        self.drift(&shadow.scim_id, "active");
        let mut tx = vec![Op::Update(shadow.clone()), Op::Close(intent.id.clone(), IntentState::Done)];
        tx.extend(self.forget_memberships(&shadow).await?);
        Ok(self.store.commit(tx).await?)
    }
}
