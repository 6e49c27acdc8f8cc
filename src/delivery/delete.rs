//! Removing a resource. A group that has to be empty first is emptied: a saga of two steps, journalled between.

use std::time::Duration;

use serde_json::{Value, json};

use super::failpoint::failpoint;
use super::record::native_of;
use super::unsure::{Found, ends_return};
use super::{Caller, Delivery, Failure, Note, OWED_FOR, OnDelete, Recognise};
use crate::backend::{
    self, BackendError, Deactivate, ErrorKind, Locked, MemberDelta, Native, NativeRef, Neighbour, Refusal,
    Write,
};
use crate::kernel::{ClientName, Ctx, Kind};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, Tombstone, aspect};

/// So often a group is emptied again because somebody was added meanwhile.
const EMPTY_TRIES: usize = 3;

impl Delivery {
    /// Removes a resource. From the first commit on it is gone for every reader. `native` is the object as it was read, if
    /// it could be.
    ///
    /// # Errors
    /// [`Failure::Refused`]: permanently refused, all is as before. [`Failure::Pending`]: journalled and tried again.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        before: Option<&Shadow>,
        mut shadow: Shadow,
        native: Option<&Native>,
        caller: &Caller,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        let note = Note::default();
        let sent = self.sent_return(&shadow).await?;
        if shadow.native.is_none() && sent.is_none() {
            let mut tx = self.gone(&ctx.client, &shadow, Some(caller));
            tx.push(self.done(ctx, &shadow, Action::Delete, &note));
            return Ok(self.store.commit(tx).await?);
        }
        shadow.state = State::Deleting;
        shadow.generation += 1;
        let payload = match (sent, &shadow.native) {
            (Some(sent), _) => ends_return(&sent),
            (None, Some(at)) => {
                let payload = match native {
                    Some(native) if self.on_delete(&shadow).deactivates() => self.deactivation_of(native),
                    _ => json!({}),
                };
                self.with_admins(ctx, shadow.kind, at, payload).await
            }
            (None, None) => json!({}),
        };
        let plan = self.deletion(&shadow, &payload);
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Delete, payload);
        let mut tx = vec![self.put(before, &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        if !plan.is_empty() {
            tx.push(self.begun(ctx, &shadow, Action::Delete, &note.clone().planned(plan)));
        }
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_deletion(ctx, shadow, intent, Some(caller), ours).await
    }

    /// Tries a journalled deletion, for the first time or again: every try is idempotent.
    pub(super) async fn carry_out_deletion(
        &self,
        ctx: &Ctx,
        shadow: Shadow,
        mut intent: Intent,
        caller: Option<&Caller>,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        failpoint!(super::failpoint::deleting(&shadow), begun);
        let (shadow, tried) = match self.find_out(ctx, shadow.clone(), &mut intent, ours).await {
            Ok(Found::There(found)) => {
                let tried = self.try_deletion(ctx, &found, &intent).await;
                (found, tried)
            }
            Ok(Found::Gone(shadow)) => (shadow, Ok(())),
            Ok(Found::Locked(shadow, error)) => (shadow, Err(Failure::Refused(error))),
            Err(failure) => (shadow, Err(failure)),
        };
        failpoint!(super::failpoint::deleting(&shadow), asked);
        match tried {
            Ok(()) => {
                let mut tx = self.gone(&intent.client, &shadow, caller);
                tx.push(self.done(ctx, &shadow, Action::Delete, &Note::default()));
                self.store.commit(tx).await?;
                failpoint!(super::failpoint::deleting(&shadow), stored);
                self.confirmed(&intent);
                Ok(())
            }
            Err(Failure::Refused(error)) if error.is_impossible() => {
                self.deletion_impossible(ctx, shadow, intent, error).await
            }
            Err(Failure::Refused(error) | Failure::Pending(error)) => {
                self.postpone(&mut intent).await?;
                Err(Failure::Pending(error))
            }
            Err(other) => Err(other),
        }
    }

    /// The native writes that a deletion can be planned with; those of a group that has to be emptied first come with the
    /// emptying.
    fn deletion(&self, shadow: &Shadow, payload: &Value) -> Vec<String> {
        let Some(at) = &shadow.native else { return Vec::new() };
        if self.empties_first(shadow) {
            return Vec::new();
        }
        let on_delete = self.on_delete(shadow);
        let mut plan = match on_delete.deactivates() {
            true => self.deactivation(at, payload),
            false => self.admin_plan(payload),
        };
        if on_delete != OnDelete::Deactivate {
            plan.extend(self.plan(&Write::Delete(shadow.kind, at.clone())));
        }
        plan
    }

    /// What a deletion does: of a group always the same. Without a disabled state a deactivation is a deletion already.
    fn on_delete(&self, shadow: &Shadow) -> OnDelete {
        let keeps = self.backend.capabilities().deactivate != Deactivate::Absent;
        if shadow.kind == Kind::User && keeps { self.policy.on_delete } else { OnDelete::Delete }
    }

    async fn try_deletion(&self, ctx: &Ctx, shadow: &Shadow, intent: &Intent) -> Result<(), Failure> {
        let at = native_of(shadow)?;
        if self.empties_first(shadow) {
            return self.empty_and_delete(ctx, shadow, &at).await;
        }
        let on_delete = self.on_delete(shadow);
        if on_delete.deactivates() {
            self.end_native_access(ctx, shadow, intent).await?;
            if on_delete == OnDelete::Deactivate {
                return Ok(());
            }
            failpoint!("delete", deactivated);
        } else {
            self.end_admins(ctx, shadow, &at, intent).await?;
        }
        self.backend.delete(ctx, shadow.kind, &at).await.map_err(Failure::Refused)
    }

    async fn empty_and_delete(&self, ctx: &Ctx, shadow: &Shadow, at: &NativeRef) -> Result<(), Failure> {
        let ctx = &self.carried_on(ctx);
        let mut last =
            BackendError::new(ErrorKind::Conflict, backend::Sent::Rejected, "the group does not stay empty");
        for _ in 0..EMPTY_TRIES {
            match self.members(ctx, at).await {
                Ok(members) if members.is_empty() => {}
                Ok(members) => {
                    // Whoever can't be taken out keeps the group: nobody is taken out in vain.
                    if let Some(by) = members.iter().find_map(|member| member.locked.clone()) {
                        return Err(locked_in(by));
                    }
                    let remove = members.into_iter().map(|member| member.at).collect();
                    let delta = MemberDelta { add: Vec::new(), remove };
                    let note =
                        Note::default().planned(self.plan(&Write::ChangeMembers(at.clone(), delta.clone())));
                    self.store.commit(vec![self.begun(ctx, shadow, Action::Delete, &note)]).await?;
                    let outcome = self.change_all(ctx, shadow, at, delta).await?;
                    let locked = |why: &Refusal| match why {
                        Refusal::Locked(by) => Some(by.clone()),
                        Refusal::Unknown => None,
                    };
                    if let Some(by) = outcome.refused.values().find_map(locked) {
                        return Err(locked_in(by));
                    }
                    failpoint!("group_delete", emptied);
                }
                // Upstream 404 counts as done.
                Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(Failure::Refused(error)),
            }
            let note = Note::default().planned(self.plan(&Write::Delete(Kind::Group, at.clone())));
            self.store.commit(vec![self.begun(ctx, shadow, Action::Delete, &note)]).await?;
            match self.backend.delete(ctx, Kind::Group, at).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind == ErrorKind::Conflict => {
                    last = error;
                    // Its members are not shown yet.
                    self.clock.sleep(self.backend.capabilities().visibility_lag).await;
                }
                Err(error) => return Err(Failure::Refused(error)),
            }
        }
        Err(Failure::Refused(last))
    }

    /// Every native member of a group.
    ///
    /// # Errors
    /// As [`backend::Reads::members`].
    pub async fn all_members(&self, ctx: &Ctx, group: &NativeRef) -> backend::Result<Vec<NativeRef>> {
        Ok(self.members(ctx, group).await?.into_iter().map(|member| member.at).collect())
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef) -> backend::Result<Vec<Neighbour>> {
        let mut all = Vec::new();
        let mut from = Some(0);
        while let Some(start) = from {
            match self.backend.members(ctx, group, start).await {
                Ok(page) => {
                    all.extend(page.members);
                    from = page.next;
                }
                Err(error) if self.stood_back(ctx, &error).await => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn deletion_impossible(
        &self,
        ctx: &Ctx,
        mut shadow: Shadow,
        intent: Intent,
        error: BackendError,
    ) -> Result<(), Failure> {
        shadow.state = State::Live;
        if !shadow.active {
            // A deactivation was superseded by the wish to delete: the truth is that access stands.
            shadow.active = true;
            shadow.document.set("active", json!(true));
        }
        shadow.version += 1;
        let audit = self.refused(ctx, &shadow, Action::Delete, &Note::default(), &error);
        self.store.commit(vec![Op::Update(shadow), Op::Close(intent.id, IntentState::Dead), audit]).await?;
        self.alarm_impossible(ctx, &intent.scim_id);
        Err(Failure::Refused(error))
    }

    /// What is stored when a resource is gone: nothing but a tombstone, for lists that lag and a DELETE that is repeated.
    fn gone(&self, client: &ClientName, shadow: &Shadow, caller: Option<&Caller>) -> Vec<Op> {
        let owed = caller.is_none_or(|caller| !caller.claim_answer());
        let tombstone = self.tombstone(shadow, owed.then(|| client.clone()));
        vec![Op::Remove(self.target.clone(), shadow.kind, shadow.scim_id.clone()), Op::Bury(tombstone)]
    }

    /// Remembers that a native object is gone: for lists that lag, and for a client that is owed an answer.
    pub(super) fn tombstone(&self, shadow: &Shadow, owed_to: Option<ClientName>) -> Tombstone {
        let lag = self.backend.capabilities().visibility_lag + Duration::from_secs(1);
        let remember = if owed_to.is_some() { OWED_FOR } else { lag };
        Tombstone {
            target: self.target.clone(),
            kind: shadow.kind,
            scim_id: shadow.scim_id.clone(),
            native_id: shadow.native.as_ref().map(|at| at.id.clone()),
            owed_to,
            until: self.clock.now().plus(remember),
        }
    }

    fn empties_first(&self, shadow: &Shadow) -> bool {
        shadow.kind == Kind::Group && self.backend.capabilities().delete_needs_empty
    }
}

/// A group that can't be emptied because of one member.
fn locked_in(by: Locked) -> Failure {
    let log = "a member can't be taken out, so that the group can't be deleted";
    Failure::Refused(BackendError::new(ErrorKind::Locked(by), backend::Sent::Rejected, log))
}
