//! What the end of an access has to find out before it can be carried out.
//!
//! It is journalled first. Where the backend could not be asked for the person's groups before, they are looked up
//! afterwards; where a person's return was sent and its outcome is unknown, its object is looked for.

use serde_json::{Value, json};

use super::{Delivery, Failure, LOOK_BEFORE_END, Note, Recognise, quarantine};
use crate::backend::{BackendError, Desired, ErrorKind, Locked, Native, Sent, Want};
use crate::kernel::{Ctx, Kind, ScimId, Timestamp};
use crate::store::{Action, Intent, Op, Shadow, State, aspect};

/// In an intent's payload: the person's groups are still to be remembered.
const LOOK: &str = "look";
/// In an intent's payload: what was sent to bring the person back.
const RETURN: &str = "return";

/// What looking for an object of ours has shown.
pub(super) enum Looked {
    Found(Native),
    NotThere,
    Unknown(BackendError),
}

/// Whom an end of access is about.
pub(super) enum Found {
    /// The native object that is to go.
    There(Shadow),
    /// There is none.
    Gone(Shadow),
    /// Somebody else manages it.
    Locked(Shadow, BackendError),
}

/// The payload of a deactivation of somebody who still has to be looked at.
pub(super) fn looking() -> Value {
    json!({LOOK: true})
}

/// Whether a payload says that the person still has to be looked at.
pub(super) fn has_to_look(payload: &Value) -> bool {
    payload.get(LOOK).is_some()
}

/// The payload of an end of access of a person whose return is under way.
pub(super) fn ends_return(sent: &Value) -> Value {
    json!({RETURN: sent})
}

impl Delivery {
    /// The payload of a deactivation: the person's groups are still to be looked up where they have to be remembered and the
    /// object does not tell them.
    pub(super) fn deactivation_of(&self, native: &Native) -> Value {
        match native.groups {
            None if self.backend.capabilities().confirms_end => json!({}),
            None => looking(),
            Some(_) => quarantine::leaving(native),
        }
    }

    /// Ends the access of a person whose return was sent, with an outcome that nobody knows yet.
    ///
    /// # Errors
    /// As [`Delivery::deactivate`].
    pub async fn end_return(
        &self,
        ctx: &Ctx,
        before: &Shadow,
        note: Note,
        ours: &dyn Recognise,
    ) -> Result<Shadow, Failure> {
        let Some(sent) = self.sent_return(before).await? else {
            return self.park_without_native(ctx, before, note).await;
        };
        let mut shadow = self.without_access(before.clone(), State::Parking);
        let note = Note { active: Some((before.active, false)), ..note };
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Deactivate, ends_return(&sent));
        let mut tx = vec![self.put(Some(before), &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        tx.push(self.begun(ctx, &shadow, Action::Deactivate, &note));
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_deactivation(ctx, shadow, intent, note, ours).await
    }

    /// What was sent natively to bring a person back, if its outcome is unknown.
    pub(super) async fn sent_return(&self, shadow: &Shadow) -> Result<Option<Value>, Failure> {
        let open = self.store.open_intents(&self.target, shadow.kind, &shadow.scim_id).await?;
        let life = open.into_iter().find(|intent| intent.aspect == aspect::LIFE && shadow.native.is_none());
        Ok(life.and_then(|intent| match intent.action {
            Action::Activate => Some(intent.payload),
            _ => intent.payload.get(RETURN).cloned(),
        }))
    }

    /// Looks until there is an answer: found, or still not there later than the lag after `since`.
    pub(super) async fn look_for(
        &self,
        ctx: &Ctx,
        sent: &Desired,
        since: Timestamp,
        ours: &dyn Recognise,
    ) -> Looked {
        let visible = since.plus(self.backend.capabilities().visibility_lag);
        loop {
            let looked_at = self.clock.now();
            match ours.find(&self.to_look(ctx), sent).await {
                Ok(Some(native)) => return Looked::Found(native),
                Ok(None) if looked_at >= visible => return Looked::NotThere,
                Ok(None) => self.clock.sleep(visible.since(looked_at)).await,
                Err(error) => return Looked::Unknown(error),
            }
        }
    }

    /// Finds out whom a journalled end of access is about. What is found is kept before anything is sent.
    pub(super) async fn find_out(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: &mut Intent,
        ours: &dyn Recognise,
    ) -> Result<Found, Failure> {
        let Some(at) = shadow.native.clone() else {
            let sent =
                intent.payload.get(RETURN).cloned().and_then(|v| serde_json::from_value::<Desired>(v).ok());
            let Some(sent) = sent else { return Ok(Found::Gone(shadow)) };
            return match self.look_for(ctx, &sent, self.clock.now(), ours).await {
                Looked::NotThere => Ok(Found::Gone(shadow)),
                Looked::Unknown(error) => Err(Failure::Refused(error)),
                Looked::Found(native) => {
                    shadow.native = Some(native.at);
                    shadow.version += 1;
                    intent.payload = json!({});
                    let tx = vec![Op::Update(shadow.clone()), Op::Touch(Box::new(intent.clone()))];
                    self.store.commit(tx).await?;
                    Ok(Found::There(shadow))
                }
            };
        };
        if !has_to_look(&intent.payload) {
            return Ok(Found::There(shadow));
        }
        let want = Want { groups: true };
        let ctx = &ctx.within(&*self.clock, LOOK_BEFORE_END);
        match self.backend.get(ctx, Kind::User, &at, want).await.map_err(Failure::Refused)? {
            None => Ok(Found::Gone(shadow)),
            Some(Native { locked: Some(by), .. }) => Ok(Found::Locked(shadow, locked(by))),
            Some(native) => {
                let mut tx = self.remember(&shadow, &native).await?;
                let payload = quarantine::leaving(&native);
                intent.payload = self.with_admins(ctx, shadow.kind, &at, payload).await;
                let note = Note::of(["active"]).planned(self.deactivation(&at, &intent.payload));
                tx.push(self.begun(ctx, &shadow, intent.action, &note));
                tx.push(Op::Touch(Box::new(intent.clone())));
                self.store.commit(tx).await?;
                Ok(Found::There(shadow))
            }
        }
    }

    /// The groups that an object tells, to be given back to the person on reactivation.
    pub(super) async fn remember(&self, shadow: &Shadow, native: &Native) -> Result<Vec<Op>, Failure> {
        let natives: Vec<String> = native.groups.iter().flatten().map(|group| group.at.id.clone()).collect();
        let known = self.store.by_natives(&self.target, Kind::Group, &natives).await?;
        let scim_id = |native: &String| {
            let is = |group: &&Shadow| group.native.as_ref().is_some_and(|at| at.id == *native);
            known.iter().find(is).map_or_else(|| ScimId::new(native.as_str()), |group| group.scim_id.clone())
        };
        let park = |group: ScimId| Op::RememberMember(self.target.clone(), group, shadow.scim_id.clone());
        Ok(natives.iter().map(scim_id).map(park).collect())
    }
}

fn locked(by: Locked) -> BackendError {
    BackendError::new(ErrorKind::Locked(by), Sent::Rejected, "read before it was deleted")
}
