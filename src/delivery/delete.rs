//! Removing a resource. A group that has to be empty first is emptied: a saga of two steps, journalled between.

use std::time::Duration;

use serde_json::json;

use super::create::native_of;
use super::failpoint::failpoint;
use super::{Caller, Delivery, Failure, Note, OWED_FOR};
use crate::backend::{self, BackendError, ErrorKind, MemberDelta, NativeRef, Write};
use crate::kernel::{Ctx, Kind};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, Tombstone, aspect};

/// So often a group is emptied again because somebody was added meanwhile.
const EMPTY_TRIES: usize = 3;

impl Delivery {
    /// Removes a resource. From the first commit on it is gone for every reader.
    ///
    /// # Errors
    /// [`Failure::Refused`]: permanently refused, all is as before. [`Failure::Pending`]: journalled and tried again.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        before: Option<&Shadow>,
        mut shadow: Shadow,
        caller: &Caller,
    ) -> Result<(), Failure> {
        let note = Note::default();
        if shadow.native.is_none() {
            let mut tx = self.gone(ctx, &shadow, Some(caller));
            tx.push(self.done(ctx, &shadow, Action::Delete, &note));
            return Ok(self.store.commit(tx).await?);
        }
        shadow.state = State::Deleting;
        shadow.generation += 1;
        let intent = self.intent(ctx, &shadow, aspect::LIFE, Action::Delete, json!({}));
        let mut tx = vec![self.put(before, &mut shadow)];
        tx.extend(self.supersede(&shadow, aspect::LIFE).await?);
        if !self.empties_first(&shadow) {
            let note = note.clone().planned(self.plan(&Write::Delete(shadow.kind, native_of(&shadow)?)));
            tx.push(self.begun(ctx, &shadow, Action::Delete, &note));
        }
        tx.push(Op::Open(Box::new(intent.clone())));
        self.store.commit(tx).await?;
        self.carry_out_deletion(ctx, shadow, intent, Some(caller)).await
    }

    /// Tries a journalled deletion, for the first time or again: every try is idempotent.
    pub(super) async fn carry_out_deletion(
        &self,
        ctx: &Ctx,
        shadow: Shadow,
        mut intent: Intent,
        caller: Option<&Caller>,
    ) -> Result<(), Failure> {
        let at = native_of(&shadow)?;
        failpoint!(super::failpoint::deleting(&shadow), begun);
        let tried = if self.empties_first(&shadow) {
            self.empty_and_delete(ctx, &shadow, &at).await
        } else {
            self.backend.delete(ctx, shadow.kind, &at).await.map_err(Failure::Refused)
        };
        failpoint!(super::failpoint::deleting(&shadow), asked);
        match tried {
            Ok(()) => {
                let mut tx = self.gone(ctx, &shadow, caller);
                tx.push(self.done(ctx, &shadow, Action::Delete, &Note::default()));
                self.store.commit(tx).await?;
                failpoint!(super::failpoint::deleting(&shadow), stored);
                self.confirmed(&intent);
                Ok(())
            }
            Err(Failure::Refused(error)) if matches!(error.kind, ErrorKind::Locked(_)) => {
                self.deletion_impossible(ctx, shadow, intent, error).await
            }
            Err(Failure::Refused(error) | Failure::Pending(error)) => {
                self.postpone(&mut intent).await?;
                Err(Failure::Pending(error))
            }
            Err(other) => Err(other),
        }
    }

    async fn empty_and_delete(&self, ctx: &Ctx, shadow: &Shadow, at: &NativeRef) -> Result<(), Failure> {
        let ctx = &self.carried_on(ctx);
        let mut last =
            BackendError::new(ErrorKind::Conflict, backend::Sent::Rejected, "the group does not stay empty");
        for _ in 0..EMPTY_TRIES {
            match self.all_members(ctx, at).await {
                Ok(members) if members.is_empty() => {}
                Ok(members) => {
                    let delta = MemberDelta { add: Vec::new(), remove: members };
                    let note =
                        Note::default().planned(self.plan(&Write::ChangeMembers(at.clone(), delta.clone())));
                    self.store.commit(vec![self.begun(ctx, shadow, Action::Delete, &note)]).await?;
                    self.backend.change_members(ctx, at, &delta).await.map_err(Failure::Refused)?;
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
                Err(error) if error.kind == ErrorKind::Conflict => last = error,
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
        let mut all = Vec::new();
        let mut from = Some(0);
        while let Some(start) = from {
            let page = self.backend.members(ctx, group, start).await?;
            all.extend(page.members.into_iter().map(|member| member.at));
            from = page.next;
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
        shadow.version += 1;
        let audit = self.refused(ctx, &shadow, Action::Delete, &Note::default(), &error);
        self.store
            .commit(vec![Op::Update(Box::new(shadow)), Op::Close(intent.id, IntentState::Dead), audit])
            .await?;
        self.alarm_impossible(ctx, &intent.scim_id);
        Err(Failure::Refused(error))
    }

    /// What is stored when a resource is gone: nothing but a tombstone, for lists that lag and a DELETE that is repeated.
    fn gone(&self, ctx: &Ctx, shadow: &Shadow, caller: Option<&Caller>) -> Vec<Op> {
        let owed = caller.is_none_or(|caller| !caller.is_still_there());
        let remember =
            if owed { OWED_FOR } else { self.backend.capabilities().visibility_lag + Duration::from_secs(1) };
        let tombstone = Tombstone {
            target: self.target.clone(),
            kind: shadow.kind,
            scim_id: shadow.scim_id.clone(),
            native_id: shadow.native.as_ref().map(|at| at.id.clone()),
            owed_to: owed.then(|| ctx.client.clone()),
            until: self.clock.now().plus(remember),
        };
        vec![Op::Remove(self.target.clone(), shadow.kind, shadow.scim_id.clone()), Op::Bury(tombstone)]
    }

    fn empties_first(&self, shadow: &Shadow) -> bool {
        shadow.kind == Kind::Group && self.backend.capabilities().delete_needs_empty
    }
}
