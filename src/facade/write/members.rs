//! Changes of a group's members, decided: small ones within the request, large ones as operations.

use std::collections::BTreeMap;

use scim::error::ScimError;

use super::super::core::Core;
use super::super::error;
use super::super::member_ids::Sorted;
use super::super::read::Stored;
use super::super::target::Request;
use super::super::wish::MemberWish;
use crate::backend::{ErrorKind, Native, Refusal};
use crate::delivery::{
    Failure, GroupChange, LaneGuard, LaneKey, MemberChange, MembersDone, NamedWish, SMALL_DELTA,
};
use crate::kernel::{Kind, Priority, ScimId};
use crate::store::{Operation, Shadow};

/// How far a change of a group came within its turn.
pub(super) enum Step {
    /// To its end.
    Done(Box<MembersDone>),
    /// The members are many: the change is journalled, and goes on outside the lane.
    Begun(Operation),
}

impl Core {
    /// The turn to change a group. Nobody goes before others here: a removal that overtook an earlier PUT would be undone by it.
    pub(super) async fn turn(&self, id: &ScimId) -> LaneGuard {
        self.delivery.lanes.enter(LaneKey::Resource(Kind::Group, id.clone()), Priority::Interactive).await
    }

    /// A change of members only, given as a small delta: what waits for the same group is carried out together.
    pub(super) async fn fold_members(
        &self,
        request: &Request,
        id: &ScimId,
        wishes: &BTreeMap<ScimId, bool>,
    ) -> Result<Shadow, ScimError> {
        // What is wrong with these wishes is this request's own error, whoever carries them out.
        self.checked(request, wishes.clone()).await?;
        let (batch, told) = self.folding.join(request, id, wishes.clone());
        let turn = self.turn(id).await;
        let waiting = self.folding.take(id, batch);
        if let Some(latest) = waiting.iter().max_by_key(|waiting| waiting.request.ctx.deadline) {
            let mut merged = BTreeMap::new();
            waiting.iter().for_each(|waiting| merged.extend(waiting.wishes.clone()));
            // Losing a membership is losing access.
            let urgent = merged.values().all(|member| !member);
            let priority = if urgent { Priority::Deprovision } else { Priority::Interactive };
            let done = self.fold(&latest.request.at(priority), id, merged, turn).await;
            for waiting in waiting {
                // Whoever no longer waits does not need to know.
                let _ = waiting.tell.send(done.clone());
            }
        } else {
            drop(turn);
        }
        let done = told.await.unwrap_or_else(|_| Err(error::still_running(&request.client)));
        let done = done.map_err(|e| error::as_told_to(&request.client, e))?;
        self.tell_refused(request, &done.refused, &|user| wishes.contains_key(user))?;
        Ok(done.group)
    }

    /// Carries deltas out that have waited together: small ones can be many.
    async fn fold(
        &self,
        request: &Request,
        id: &ScimId,
        merged: BTreeMap<ScimId, bool>,
        turn: LaneGuard,
    ) -> Result<MembersDone, ScimError> {
        let wish = MemberWish::Delta(merged.clone());
        let Sorted { changes, unknown, .. } = self.sorted(request, merged).await?;
        let step = self.change_delta(request, id, &wish, changes).await;
        drop(turn);
        let mut done = match step? {
            Step::Done(done) => *done,
            Step::Begun(operation) => {
                let done = self.carry_out(request, &operation).await?;
                self.told(request, &operation).await?;
                done
            }
        };
        // Each sender is told of its own.
        done.refused.extend(unknown.into_iter().map(|user| (user, Refusal::Unknown)));
        Ok(done)
    }

    /// A delta costs no look at the group.
    pub(super) async fn change_delta(
        &self,
        request: &Request,
        id: &ScimId,
        wish: &MemberWish,
        changes: Vec<MemberChange>,
    ) -> Result<Step, ScimError> {
        let (before, group, size) = match self.group_to_write(request, id).await? {
            Stored::Shadow(group) => (Some(group.clone()), group, None),
            _ => {
                let native = self.native_group(request, id).await?;
                let size =
                    native.members.as_ref().map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX));
                (None, self.unwritten(request, Kind::Group, native), size)
            }
        };
        if changes.is_empty() {
            return Ok(Step::Done(Box::new(MembersDone { group, refused: BTreeMap::new() })));
        }
        let change = GroupChange { before, group, changes, size };
        if change.changes.len() > SMALL_DELTA {
            return self.begin(request, change, &wish.named()).await;
        }
        self.change_members(request, id, change).await.map(|done| Step::Done(Box::new(done)))
    }

    pub(super) async fn change_members(
        &self,
        request: &Request,
        id: &ScimId,
        change: GroupChange,
    ) -> Result<MembersDone, ScimError> {
        let wrote = change.changes.clone();
        let done = self.delivery.change_members(&request.ctx, change).await;
        let done = done.map_err(|failure| self.members_not_changed(request, id, failure))?;
        self.note_members(&done, &wrote);
        Ok(done)
    }

    /// Journals a large change of members, unless this very wish is under way.
    pub(super) async fn begin(
        &self,
        request: &Request,
        change: GroupChange,
        wish: &NamedWish,
    ) -> Result<Step, ScimError> {
        let begun = match self.delivery.operation(&request.ctx, &change.group.scim_id, wish).await {
            Ok(None) => self.delivery.begin_operation(&request.ctx, change, wish).await,
            Ok(Some(known)) => Ok(known),
            Err(failure) => Err(failure),
        };
        begun.map(Step::Begun).map_err(|failure| error::write(&request.client, failure))
    }

    /// Brings a large change of members to its end, or waits for whoever does.
    pub(super) async fn carry_out(
        &self,
        request: &Request,
        operation: &Operation,
    ) -> Result<MembersDone, ScimError> {
        let told = |done: &MembersDone, wrote: &[MemberChange]| {
            self.note_members(done, wrote);
            // Whoever stops the program waits for all tasks, and need not wait for all chunks.
            !self.tasks.is_closed()
        };
        let done = self.delivery.carry_out_operation(&request.ctx, operation, &told).await;
        done.map_err(|failure| self.members_not_changed(request, &operation.group, failure))
    }

    /// Its clients have their answer: whoever asks again wishes anew.
    pub(super) async fn told(&self, request: &Request, operation: &Operation) -> Result<(), ScimError> {
        let answered = self.delivery.answered(operation).await;
        answered.map_err(|failure| error::write(&request.client, failure))
    }

    fn members_not_changed(&self, request: &Request, id: &ScimId, failure: Failure) -> ScimError {
        match failure {
            Failure::Refused(e) if e.kind == ErrorKind::NotFound => error::not_found(Kind::Group, id),
            other => error::write(&request.client, other),
        }
    }

    /// The stored row of a group that may be written.
    async fn group_to_write(&self, request: &Request, id: &ScimId) -> Result<Stored, ScimError> {
        match self.stored(request, Kind::Group, id).await? {
            Stored::Nothing | Stored::Gone(_) => Err(error::not_found(Kind::Group, id)),
            other => Ok(other),
        }
    }

    async fn native_group(&self, request: &Request, id: &ScimId) -> Result<Native, ScimError> {
        let row = self.resolve(request, Kind::Group, id, Default::default()).await?;
        row.and_then(|row| row.native).ok_or_else(|| error::not_found(Kind::Group, id))
    }
}
