//! What is only kept for a while.

use std::time::Duration;

use super::{Delivery, Failure, Note};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Op, State};

/// So many rows go in one commit.
const BATCH: u64 = 100;

/// For how long rows without a native object are kept, counted from the last change through us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Parked people; `None` is for ever.
    pub parked: Option<Duration>,
    /// People and groups whose native object vanished.
    pub lost: Duration,
}

impl Delivery {
    /// Forgets whoever was kept for long enough. Somebody about whom something is open is never forgotten.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn forget_rested(&self, ctx: &Ctx, keep: Keep) -> Result<u64, Failure> {
        if self.is_restored().await? {
            return Ok(0);
        }
        let mut forgotten = 0;
        for kind in [Kind::User, Kind::Group] {
            forgotten += self.forget_in(ctx, kind, State::Lost, keep.lost).await?;
        }
        if let Some(parked) = keep.parked {
            forgotten += self.forget_in(ctx, Kind::User, State::Parked, parked).await?;
        }
        Ok(forgotten)
    }

    /// One batch: the next round goes on.
    async fn forget_in(&self, ctx: &Ctx, kind: Kind, state: State, kept: Duration) -> Result<u64, Failure> {
        let before = self.clock.now().minus(kept);
        let resting = self.store.resting(&self.target, kind, state, before, BATCH).await?;
        let mut forgotten = 0;
        for id in resting {
            let lane = super::LaneKey::Resource(kind, id.clone());
            let _turn = self.lanes.enter(lane, ctx.priority).await;
            // Somebody may have come back while we waited for the turn.
            let row = self.store.shadow(&self.target, kind, &id).await?;
            let rests = row.is_some_and(|row| row.state == state && row.modified < before);
            if rests && self.store.open_intents(&self.target, kind, &id).await?.is_empty() {
                self.store.commit(self.erasure(ctx, kind, &id, state.as_str())).await?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    /// Removes every personal value of somebody from the store. What stays are ids: in the audit, which gets a row for it.
    pub(super) fn erasure(&self, ctx: &Ctx, kind: Kind, id: &ScimId, why: &str) -> Vec<Op> {
        let audit = self.cared(ctx, (kind, id), "erase", "done", &Note::of([why]));
        vec![Op::Remove(self.target.clone(), kind, id.clone()), audit]
    }
}
