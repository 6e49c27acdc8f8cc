//! Settlement: what a crash, a time-out or a backend that was down has left open is brought to its end, at the start
//! and every minute.

use std::collections::HashSet;
use std::time::Duration;

use crate::backend::{Deactivate, Desired};
use crate::kernel::{Ctx, Kind, Priority, Timestamp};
use crate::store::{Action, Intent, IntentState, Op, Shadow, State, StoreError};
use crate::telemetry::SettlementRun;

use super::create::Birth;
use super::{Delivery, Failure, LaneKey, Note, Recognise};

/// Done intents are kept for so long, for whoever looks into what happened.
const KEEP_DONE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Settling one resource takes so long at most: the others wait.
const ONE_FOR: Duration = Duration::from_secs(30);
/// So many open intents are looked at in one run.
const BATCH: u64 = 1000;

impl Delivery {
    /// Tries every intent that is due. Gives how many resources came to their end and how many stay open.
    ///
    /// # Errors
    /// [`Failure::Store`]; what a backend refuses stays open and is counted, not told.
    pub async fn settle_due(
        &self,
        ctx: &Ctx,
        now: Timestamp,
        ours: &dyn Recognise,
    ) -> Result<SettlementRun, Failure> {
        let begun = self.clock.now();
        let mut due = self.store.due_intents(&self.target, now, BATCH).await?;
        // What waits for a slow look-up must not hold up a loss of access.
        due.sort_by_key(|intent| !intent.action.ends_access());
        let mut seen = HashSet::new();
        let (mut settled, mut left) = (0, 0);
        for mut intent in due {
            if !seen.insert((intent.kind, intent.scim_id.clone())) {
                continue;
            }
            match self.settle_in_lane(ctx, &intent, ours).await {
                Ok(true) => settled += 1,
                Ok(false) => left += 1,
                // One resource's contradiction is no reason to leave the others.
                Err(Failure::Store(StoreError::Conflict(conflict))) => {
                    tracing::warn!(id = %intent.scim_id, ?conflict, "an open intent contradicts the store");
                    self.postpone(&mut intent).await?;
                    left += 1;
                }
                Err(other) => return Err(other),
            }
        }
        self.store.commit(vec![Op::Purge(self.target.clone(), begun, begun.minus(KEEP_DONE))]).await?;
        Ok(SettlementRun { target: self.target.clone(), settled, left, took: self.clock.now().since(begun) })
    }

    async fn settle_in_lane(&self, ctx: &Ctx, due: &Intent, ours: &dyn Recognise) -> Result<bool, Failure> {
        let Some(shadow) = self.store.shadow(&self.target, due.kind, &due.scim_id).await? else {
            self.store.commit(vec![Op::Close(due.id.clone(), IntentState::Done)]).await?;
            return Ok(true);
        };
        let ctx = ctx.at(if due.action.ends_access() { Priority::Deprovision } else { Priority::Background });
        let _turn = self.lanes.enter(lane_of(&shadow), ctx.priority).await;
        match Box::pin(self.settle(&ctx.carried_on(&*self.clock, ONE_FOR), due.kind, &due.scim_id, ours))
            .await
        {
            Err(Failure::Store(error)) => Err(Failure::Store(error)),
            outcome => Ok(outcome.is_ok()),
        }
    }

    /// Brings one resource's open intents to their end. The caller is in the lane.
    ///
    /// # Errors
    /// [`Failure::Pending`] if one of them stays open.
    pub async fn settle(
        &self,
        ctx: &Ctx,
        kind: Kind,
        id: &crate::kernel::ScimId,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        let mut open = self.store.open_intents(&self.target, kind, id).await?;
        // Loss of access first, whatever was wished before it.
        open.sort_by_key(|intent| {
            (!matches!(intent.action, Action::Deactivate | Action::Delete), intent.opened)
        });
        let (members, others): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|intent| matches!(intent.action, Action::MemberIn | Action::MemberOut));
        for intent in others {
            // The end of one can make another moot: a loss of access supersedes what was to change.
            let open = self.store.open_intents(&self.target, kind, id).await?;
            let is_open = open.iter().any(|other| other.id == intent.id);
            if let (true, Some(shadow)) = (is_open, self.store.shadow(&self.target, kind, id).await?) {
                self.resume(ctx, shadow, intent, ours).await?;
            }
        }
        if let (Some(first), Some(group)) =
            (members.first(), self.store.shadow(&self.target, kind, id).await?)
        {
            let ctx = &on_behalf(ctx, first);
            self.carry_out_members(ctx, group, members, &Note::default(), None).await?;
        }
        Ok(())
    }

    async fn resume(
        &self,
        ctx: &Ctx,
        shadow: Shadow,
        intent: Intent,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        let note = Note::default();
        let ctx = &on_behalf(ctx, &intent);
        match intent.action {
            Action::Deactivate => {
                self.carry_out_deactivation(ctx, shadow, intent, note, ours).await.map(drop)
            }
            Action::Delete => self.carry_out_deletion(ctx, shadow, intent, None, ours).await,
            Action::Park => self.carry_out_park(ctx, shadow, intent).await,
            Action::Update => self.resume_update(ctx, shadow, intent).await,
            Action::Activate
                if shadow.native.is_some()
                    && self.backend.capabilities().deactivate != Deactivate::Native =>
            {
                self.carry_out_adoption(ctx, shadow, intent, note, None).await.map(drop)
            }
            Action::Activate if shadow.native.is_some() => {
                self.carry_out_activation(ctx, shadow, intent, note).await.map(drop)
            }
            Action::Create | Action::Activate => {
                match serde_json::from_value::<Desired>(intent.payload.clone()) {
                    Ok(desired) => {
                        self.resume_create(ctx, Birth { shadow, intent, desired, note }, ours).await
                    }
                    Err(_) => {
                        self.alarm_unreadable(&intent);
                        Ok(self.store.commit(vec![Op::Close(intent.id, IntentState::Dead)]).await?)
                    }
                }
            }
            Action::MemberIn | Action::MemberOut => Ok(()),
        }
    }
}

/// The context of whoever wished for it: the audit names them, and latency counts from their request.
fn on_behalf(ctx: &Ctx, intent: &Intent) -> Ctx {
    Ctx {
        request: intent.request.as_str().into(),
        client: intent.client.clone(),
        received: intent.opened,
        ..ctx.clone()
    }
}

/// A resource that is being made is in its key's lane: nobody knows its id yet.
fn lane_of(shadow: &Shadow) -> LaneKey {
    if shadow.state == State::Creating {
        LaneKey::Key(shadow.kind, shadow.key.clone())
    } else {
        LaneKey::Resource(shadow.kind, shadow.scim_id.clone())
    }
}
