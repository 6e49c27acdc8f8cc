//! Large changes of a group's members: what can't finish within a request becomes one journalled operation.
//!
//! The plan is stored in chunks as the backend takes them, loss of access first. Whoever carries it out takes the group's
//! lane for one chunk at a time, so that newer wishes go in between and supersede what is not sent yet. A chunk is sent
//! again only if the process died while it was under way: every try is idempotent.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::failpoint::failpoint;
use super::member_change::{MemberChange, action_of, delta_of};
use super::members::{GroupChange, MembersDone, is_final};
use super::{CARRY_ON, Delivery, Failure, LaneKey, Note, OWED_FOR};
use crate::backend::{BackendError, ErrorKind, Locked, Refusal, Sent, Write};
use crate::kernel::{Ctx, Kind, Priority, ScimId};
use crate::store::{Action, Chunk, Op, Operation, OperationId, State, StoreError};
use crate::telemetry::AlarmKind;

/// So long what nobody waits for stands back at least when the backend says "too many": others go first, and a bucket
/// that has filled up a little is worth more than one refusal after the other.
const STAND_BACK: Duration = Duration::from_secs(15);

/// The state of a group's members that somebody wishes for.
#[derive(Clone, Debug)]
pub struct NamedWish {
    /// Names the state: the same wish has the same, however it was spelled.
    pub hash: String,
    /// It is about everybody: nothing that was wished before holds any more.
    pub exact: bool,
}

/// Is told of each chunk that is done, and of the changes in it; says whether to go on.
pub type Told<'t> = &'t (dyn Fn(&MembersDone, &[MemberChange]) -> bool + Sync);

impl Delivery {
    /// The operation that a repeated wish attaches to: one that is under way, or one of the same client that has ended a
    /// short while ago without the client having heard of it.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn operation(
        &self,
        ctx: &Ctx,
        group: &ScimId,
        wish: &NamedWish,
    ) -> Result<Option<Operation>, Failure> {
        let found = self.store.operation(&self.target, group, &wish.hash).await?;
        let now = self.clock.now();
        let is_owed = |operation: &Operation| match operation.until {
            None => true,
            Some(until) => until > now && operation.client == ctx.client,
        };
        Ok(found.filter(is_owed))
    }

    /// Journals a change of members as one operation. Nothing is sent yet. The caller is in the group's lane.
    ///
    /// # Errors
    /// [`Failure::Store`]: nothing has changed.
    pub async fn begin_operation(
        &self,
        ctx: &Ctx,
        change: GroupChange,
        wish: &NamedWish,
    ) -> Result<Operation, Failure> {
        let GroupChange { before, mut group, changes, size } = change;
        let operation = Operation {
            id: OperationId(self.ids.uuid().to_string()),
            target: self.target.clone(),
            group: group.scim_id.clone(),
            wish: wish.hash.clone(),
            client: ctx.client.clone(),
            request: ctx.request.to_string(),
            opened: ctx.received,
            until: None,
        };
        let (parked, mut live): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| change.native.is_none());
        live.sort_by_key(|change| change.member);
        let parked = self.not_yet_so(&group.scim_id, parked).await?;
        group.member_count = size.or(group.member_count);
        let mut tx = self.with_parked(before.as_ref(), &mut group, &parked);
        tx.extend(match wish.exact {
            true => self.supersede_all_members(&group).await?,
            false => self.supersede_members(&group, &[parked.clone(), live.clone()].concat()).await?,
        });
        if !parked.is_empty() {
            let note = Note::of(parked.iter().map(|change| change.user.to_string()));
            tx.push(self.done(ctx, &group, action_of(&parked), &note));
        }
        let old = self.store.operation(&self.target, &group.scim_id, &wish.hash).await?;
        tx.extend(old.map(|old| Op::Forget(old.id)));
        tx.push(Op::Begin(Box::new(operation.clone())));
        for (changes, number) in self.in_chunks(&live).into_iter().zip(1..) {
            let note = Note::of(changes.iter().map(|change| change.user.to_string()));
            let write = Write::ChangeMembers(super::record::native_of(&group)?, delta_of(changes));
            let action = action_of(changes);
            self.wished(&group.scim_id, action);
            tx.push(self.begun(ctx, &group, action, &note.planned(self.plan(&write))));
            let chunk =
                Chunk { operation: operation.id.clone(), number, open: true, payload: json!(changes) };
            tx.push(Op::Chunk(Box::new(chunk)));
        }
        self.store.commit(tx).await?;
        Ok(operation)
    }

    /// The changes as the backend takes them, loss of access first.
    fn in_chunks<'c>(&self, changes: &'c [MemberChange]) -> Vec<&'c [MemberChange]> {
        let per_call = self.backend.capabilities().members_per_call;
        let (out, into) = changes.split_at(changes.partition_point(|change| !change.member));
        out.chunks(per_call.remove).chain(into.chunks(per_call.add)).collect()
    }

    /// Carries an operation out to its end, or as far as the time allows; `told` hears of each chunk.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the group's members can't be changed; some may have been. [`Failure::Pending`]: the rest is
    /// still to be done.
    pub async fn carry_out_operation(
        &self,
        ctx: &Ctx,
        operation: &Operation,
        told: Told<'_>,
    ) -> Result<MembersDone, Failure> {
        let ctx = ctx.carried_on(&*self.clock, CARRY_ON);
        let _only = self.lanes.enter(LaneKey::Operation(operation.id.0.clone()), ctx.priority).await;
        self.carry_on_operation(&ctx, operation, told).await
    }

    /// Carries on with the operations that nobody is at. Gives how many came to their end and how many stay open.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub(super) async fn settle_operations(
        &self,
        ctx: &Ctx,
        each_for: Duration,
    ) -> Result<(u64, u64), Failure> {
        let (mut settled, mut left) = (0, 0);
        for operation in self.store.open_operations(&self.target).await? {
            let Some(_only) = self.lanes.enter_if_free(LaneKey::Operation(operation.id.0.clone())) else {
                continue;
            };
            let ctx = ctx.carried_on(&*self.clock, each_for);
            match self.carry_on_operation(&ctx, &operation, &|_, _| true).await {
                Ok(_) | Err(Failure::Refused(_)) => settled += 1,
                Err(Failure::Pending(_)) => left += 1,
                // One operation's contradiction is no reason to leave the others.
                Err(Failure::Store(StoreError::Conflict(conflict))) => {
                    tracing::warn!(id = %operation.group, ?conflict, "an open operation contradicts the store");
                    left += 1;
                }
                Err(other) => return Err(other),
            }
        }
        Ok((settled, left))
    }

    async fn carry_on_operation(
        &self,
        ctx: &Ctx,
        operation: &Operation,
        told: Told<'_>,
    ) -> Result<MembersDone, Failure> {
        let ctx = &Ctx {
            request: operation.request.as_str().into(),
            client: operation.client.clone(),
            received: operation.opened,
            // Other people's loss of access goes first, and so does whoever waits for an answer.
            ..ctx.at(Priority::Background)
        };
        loop {
            match self.next_chunk(ctx, operation, told).await {
                Ok(true) => {}
                Ok(false) => return self.outcome(operation).await,
                Err(Failure::Pending(error)) if self.stood_back(ctx, &error).await => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Carries out the next chunk. `false`: there is none, and the operation has ended.
    async fn next_chunk(&self, ctx: &Ctx, operation: &Operation, told: Told<'_>) -> Result<bool, Failure> {
        let lane = LaneKey::Resource(Kind::Group, operation.group.clone());
        let _turn = self.lanes.enter(lane, ctx.priority).await;
        let group = self.store.shadow(&self.target, Kind::Group, &operation.group).await?;
        let group = group.filter(|group| group.state != State::Deleting && group.native.is_some());
        let Some(mut group) = group else {
            self.store.commit(vec![Op::Forget(operation.id.clone())]).await?;
            let error = BackendError::new(ErrorKind::NotFound, Sent::No, "the group was deleted meanwhile");
            return Err(Failure::Refused(error));
        };
        let Some(chunk) = self.store.next_chunk(&operation.id).await? else {
            let until = self.clock.now().plus(OWED_FOR);
            self.store.commit(vec![Op::End(operation.id.clone(), until)]).await?;
            return Ok(false);
        };
        let changes = self.read(operation, &chunk);
        match self.try_members(ctx, &group, changes).await {
            Ok(tried) => {
                let action = action_of(&tried.changes);
                let (mut tx, refused) = self.changed_members(ctx, &mut group, &tried, None).await?;
                tx.push(Op::Chunk(Box::new(Chunk { open: false, payload: told_of(&refused), ..chunk })));
                self.store.commit(tx).await?;
                failpoint!("members", stored);
                if action == Action::MemberOut && !refused.is_empty() {
                    self.alarm_impossible(ctx, &group.scim_id);
                }
                self.fulfilled(&group.scim_id, action, operation.opened);
                if told(&MembersDone { group, refused }, &tried.changes) {
                    return Ok(true);
                }
                let why = "the program is about to stop; the next one goes on";
                Err(Failure::Pending(BackendError::new(ErrorKind::Unavailable, Sent::No, why)))
            }
            Err(Failure::Refused(error)) if is_final(&error) => {
                let action = action_of(&self.read(operation, &chunk));
                let mut tx = self.members_impossible(ctx, &mut group, action, &Note::default(), &error);
                tx.push(Op::Forget(operation.id.clone()));
                self.store.commit(tx).await?;
                if action == Action::MemberOut && error.kind != ErrorKind::NotFound {
                    self.alarm_impossible(ctx, &group.scim_id);
                }
                Err(Failure::Refused(error))
            }
            Err(Failure::Refused(error)) => Err(Failure::Pending(error)),
            Err(other) => Err(other),
        }
    }

    /// What is to be done in a chunk.
    pub(super) fn read(&self, operation: &Operation, chunk: &Chunk) -> Vec<MemberChange> {
        serde_json::from_value(chunk.payload.clone()).unwrap_or_else(|_| {
            let what = "a part of a journalled change of members can't be read; it was set aside";
            self.alarm(AlarmKind::StoreFailed, &operation.request, &operation.group, what);
            Vec::new()
        })
    }

    /// What became of an operation that has ended.
    async fn outcome(&self, operation: &Operation) -> Result<MembersDone, Failure> {
        let group = self.store.shadow(&self.target, Kind::Group, &operation.group).await?;
        let Some(group) = group else {
            let error = BackendError::new(ErrorKind::NotFound, Sent::No, "the group was deleted meanwhile");
            return Err(Failure::Refused(error));
        };
        let chunks = self.store.chunks(&operation.id).await?;
        let refused = chunks.into_iter().flat_map(|chunk| refusals(chunk.payload)).collect();
        Ok(MembersDone { group, refused })
    }

    /// The client has its answer: the next wish of this kind is a new one.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn answered(&self, operation: &Operation) -> Result<(), Failure> {
        Ok(self.store.commit(vec![Op::Forget(operation.id.clone())]).await?)
    }

    /// What nobody waits for stands back where the backend says "too many". `false` if there is no time for it, or if that
    /// is not what it says.
    pub(super) async fn stood_back(&self, ctx: &Ctx, error: &BackendError) -> bool {
        let wait = error.retry_after.unwrap_or_default().max(STAND_BACK);
        let worth = ctx.priority == Priority::Background
            && error.kind == ErrorKind::RateLimited
            && wait < ctx.deadline.remaining(&*self.clock);
        if worth {
            self.clock.sleep(wait).await;
        }
        worth
    }
}

/// Refusals as they are kept: who manages the person, or null for somebody unknown.
fn told_of(refused: &BTreeMap<ScimId, Refusal>) -> Value {
    let by = |why: &Refusal| match why {
        Refusal::Unknown => Value::Null,
        Refusal::Locked(Locked { by }) => json!(by),
    };
    refused.iter().map(|(user, why)| (user.to_string(), by(why))).collect()
}

fn refusals(kept: Value) -> Vec<(ScimId, Refusal)> {
    let Value::Object(kept) = kept else { return Vec::new() };
    let why =
        |by: Value| by.as_str().map_or(Refusal::Unknown, |by| Refusal::Locked(Locked { by: by.to_owned() }));
    kept.into_iter().map(|(user, by)| (ScimId::new(user), why(by))).collect()
}
