//! Carrying a plan out: each resource by itself, each step such that the plan made after a crash is a rest of this one.

use super::plan::{Agreed, Fate, Finding, Item, Plan};
use crate::backend::{BackendError, ErrorKind, Native, NativeRef, Sent, Want};
use crate::delivery::{Delivery, Failure, Note, Recognise};
use crate::kernel::{Ctx, Kind, Priority};
use crate::store::{Action, IntentState, Op, Shadow, State, StoreError};

/// What the audit calls it.
const RECONCILE: &str = "reconcile";

/// What carrying a plan out came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The plan is another one by now; nothing was done.
    Changed(String),
    /// So many resources were dealt with; the rows agree with the backend, and the target may be written.
    Done(u64),
    /// So many resources wait for the backend. What ends an access is journalled; the same command goes on.
    Unfinished(u64),
}

impl Delivery {
    /// Carries out the plan that has this digest, or goes on with it. `plan` was made just now.
    ///
    /// # Errors
    /// [`Failure::Refused`] if the backend can't be asked; [`Failure::Store`]. The same call goes on where this one ended.
    pub async fn reconcile(
        &self,
        ctx: &Ctx,
        plan: &Plan,
        digest: &str,
        ours: &dyn Recognise,
    ) -> Result<Applied, Failure> {
        if !self.agreed(plan, digest).await? {
            return Ok(Applied::Changed(plan.digest()));
        }
        let (mut done, mut waiting) = (0, 0);
        for item in plan.items.iter().filter(|item| item.acts()) {
            let priority = if item.ends_access() { Priority::Deprovision } else { Priority::Background };
            match Box::pin(self.carry_out(&self.step(ctx).at(priority), item, ours)).await {
                Ok(()) => done += 1,
                // Refused for good: the row says so, and an operator was alarmed.
                Err(Failure::Refused(error)) if matches!(error.kind, ErrorKind::Locked(_)) => done += 1,
                Err(Failure::Refused(error) | Failure::Pending(error)) => {
                    tracing::warn!(%error, kind = %item.kind, id = %item.scim_id, "not reconciled yet");
                    waiting += 1;
                }
                Err(store) => return Err(store),
            }
        }
        if waiting > 0 {
            return Ok(Applied::Unfinished(waiting));
        }
        if plan.restored {
            self.forget_sizes().await?;
        }
        let mut tx = vec![Op::Reconciled(self.target.clone())];
        for operation in &plan.operations {
            tx.push(Op::Forget(operation.id.clone()));
            let about = (Kind::Group, &operation.group);
            tx.push(self.cared(ctx, about, RECONCILE, "dropped", &Note::of(["members"])));
        }
        self.store.commit(tx).await?;
        Ok(Applied::Done(done))
    }

    /// Whether an operator agreed to the plan: under its digest, or under that of a plan which has this one as its rest.
    async fn agreed(&self, plan: &Plan, digest: &str) -> Result<bool, Failure> {
        if plan.digest() == digest {
            let agreed =
                serde_json::to_string(&plan.agreed()).map_err(|e| StoreError::Failed(e.to_string()))?;
            self.store.commit(vec![Op::Agree(self.target.clone(), agreed)]).await?;
            return Ok(true);
        }
        let before = self.store.reconcile(&self.target).await?.and_then(|row| row.agreed);
        let before = before.and_then(|text| serde_json::from_str::<Agreed>(&text).ok());
        Ok(before.is_some_and(|agreed| agreed.digest == digest && agreed.covers(plan)))
    }

    async fn carry_out(&self, ctx: &Ctx, item: &Item, ours: &dyn Recognise) -> Result<(), Failure> {
        let Some(row) = self.store.shadow(&self.target, item.kind, &item.scim_id).await? else {
            return Ok(());
        };
        match &item.finding {
            Finding::Linked(at) => return self.link_anew(ctx, item, row, at).await,
            Finding::Gone | Finding::Ended => return self.record_end(ctx, item, row).await,
            Finding::Back(at) if row.state != State::Parking => {
                return self.end_again(ctx, item, row, at, ours).await;
            }
            Finding::Back(at) => self.aim(ctx, item, row, at).await?,
            // The object that the row is about is gone; the others are told.
            Finding::Managed(_) | Finding::Several(_)
                if matches!(row.state, State::Parking | State::Quarantined) =>
            {
                return self.record_end(ctx, item, row).await;
            }
            Finding::Same | Finding::Drifted(_) | Finding::Managed(_) | Finding::Several(_) => {
                self.drop_wishes(ctx, item).await?;
            }
        }
        if item.wishes.iter().any(|wish| matches!(wish.fate, Fate::Resent | Fate::LookedAt)) {
            self.settle(ctx, item.kind, &item.scim_id, ours).await?;
        }
        match &item.finding {
            Finding::Drifted(fields) => self.record_drift(ctx, item, fields).await,
            _ => Ok(()),
        }
    }

    /// Links a row to the object that is in its place.
    async fn link_anew(
        &self,
        ctx: &Ctx,
        item: &Item,
        mut row: Shadow,
        at: &NativeRef,
    ) -> Result<(), Failure> {
        let native = self.object(ctx, item.kind, at).await?;
        // Its native groups are the truth.
        let mut tx = self.forget_memberships(&row).await?;
        tx.extend(self.moot_change(&mut row).await?);
        let row = self.taken_over(row, &native).await?;
        tx.push(Op::Update(row));
        tx.extend(dropped(item));
        tx.push(self.told(ctx, item, "linked", Vec::new()));
        Ok(self.store.commit(tx).await?)
    }

    /// Records that the native object is gone. Nobody is made.
    async fn record_end(&self, ctx: &Ctx, item: &Item, mut row: Shadow) -> Result<(), Failure> {
        let mut tx = self.moot_change(&mut row).await?;
        let (op, outcome) = match row.state {
            State::Creating | State::Deleting => {
                (Op::Remove(self.target.clone(), row.kind, row.scim_id.clone()), "removed")
            }
            State::Parking | State::Parked | State::Unparking | State::Quarantined => {
                (Op::Update(self.parked(row)), "parked")
            }
            State::Live | State::Lost => (Op::Update(row.lost(self.clock.now())), "lost"),
        };
        tx.push(op);
        // Nobody comes back into a group that is gone.
        let parked = self.store.parked_members(&self.target, &item.scim_id).await?;
        let forget = |user| Op::ForgetMember(self.target.clone(), item.scim_id.clone(), user);
        tx.extend(parked.into_iter().map(forget));
        tx.extend(dropped(item));
        tx.push(self.told(ctx, item, outcome, Vec::new()));
        Ok(self.store.commit(tx).await?)
    }

    /// Ends the access of somebody who is there again, as a deactivation does.
    async fn end_again(
        &self,
        ctx: &Ctx,
        item: &Item,
        row: Shadow,
        at: &NativeRef,
        ours: &dyn Recognise,
    ) -> Result<(), Failure> {
        let want = Want { groups: true };
        let native = self.backend.get(ctx, item.kind, at, want).await.map_err(Failure::Refused)?;
        let native = native.ok_or_else(changed_meanwhile)?;
        self.drop_wishes(ctx, item).await?;
        let mut shadow = row.clone();
        shadow.native = Some(at.clone());
        shadow.projection = native.attrs.clone();
        let note = Note::of(["active"]);
        self.deactivate(ctx, Some(&row), shadow, &native, note, ours).await.map(drop)
    }

    /// Aims an open deactivation at the object that is there now; its groups are remembered before it goes.
    async fn aim(&self, ctx: &Ctx, item: &Item, mut row: Shadow, at: &NativeRef) -> Result<(), Failure> {
        let open = self.store.open_intents(&self.target, item.kind, &item.scim_id).await?;
        let mut tx = dropped(item);
        for mut intent in open.into_iter().filter(|intent| intent.action == Action::Deactivate) {
            intent.payload = crate::delivery::unsure::looking();
            tx.push(Op::Touch(Box::new(intent)));
        }
        row.native = Some(at.clone());
        row.version += 1;
        tx.insert(0, Op::Update(row));
        tx.push(self.told(ctx, item, "aimed anew", Vec::new()));
        Ok(self.store.commit(tx).await?)
    }

    /// Lets a row say what there is natively now.
    async fn record_drift(&self, ctx: &Ctx, item: &Item, fields: &[String]) -> Result<(), Failure> {
        let row = self.store.shadow(&self.target, item.kind, &item.scim_id).await?;
        let Some((row, at)) = row.and_then(|row| row.native.clone().map(|at| (row, at))) else {
            return Ok(());
        };
        let native = self.object(ctx, item.kind, &at).await?;
        let row = self.taken_over(row, &native).await?;
        let tx = vec![Op::Update(row), self.told(ctx, item, "taken over", fields.to_vec())];
        Ok(self.store.commit(tx).await?)
    }

    async fn drop_wishes(&self, ctx: &Ctx, item: &Item) -> Result<(), Failure> {
        let mut tx = dropped(item);
        if tx.is_empty() {
            return Ok(());
        }
        let what = item.wishes.iter().filter(|wish| wish.fate == Fate::Dropped);
        let what = what.map(|wish| wish.action.as_str().to_owned()).collect();
        tx.push(self.told(ctx, item, "dropped", what));
        Ok(self.store.commit(tx).await?)
    }

    async fn object(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<Native, Failure> {
        let found = self.backend.get(ctx, kind, at, Default::default()).await.map_err(Failure::Refused)?;
        found.ok_or_else(changed_meanwhile)
    }

    fn told(&self, ctx: &Ctx, item: &Item, outcome: &str, what: Vec<String>) -> Op {
        self.cared(ctx, (item.kind, &item.scim_id), RECONCILE, outcome, &Note::of(what))
    }
}

/// Ends the intents that are dropped.
fn dropped(item: &Item) -> Vec<Op> {
    let dropped = item.wishes.iter().filter(|wish| wish.fate == Fate::Dropped);
    dropped.map(|wish| Op::Close(wish.intent.clone(), IntentState::Done)).collect()
}

fn changed_meanwhile() -> Failure {
    Failure::Refused(BackendError::new(ErrorKind::NotFound, Sent::Rejected, "gone since the plan was made"))
}
