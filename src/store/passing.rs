//! A store that remembers nothing of a target but what is open: in this process alone, and until it is closed.
//!
//! A row is there while something is left open about its resource (an intent, a large change of its members), while lists may
//! not show the last write yet, and while a client is owed an outcome. So writes of one process are joined, settled and shown
//! at once as with any other store. Then the row goes: the resource is one that nobody wrote through us. At the end of the
//! process everything goes. Audit rows are handed on, and keys are kept by the store below.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::memory::MemoryStore;
use super::through::store_through;
use super::{
    AuditRow, Chunk, Intent, IntentId, IntentState, Op, Operation, OperationId, Reconcile, Result, Secret,
    Shadow, State, Store, Tombstone, Tx,
};
use crate::kernel::{ClientName, Clock, Kind, ScimId, TargetName, Timestamp};

/// Is told of every audit row, once what it tells of is committed.
pub trait Auditor: Send + Sync {
    /// One row.
    fn audited(&self, row: &AuditRow);
}

/// A store of one target that remembers only what is open.
pub struct Passing {
    target: TargetName,
    here: MemoryStore,
    below: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    auditor: Arc<dyn Auditor>,
    held: Mutex<Held>,
}

/// A resource.
type Of = (Kind, ScimId);

/// What rows are held for.
#[derive(Default)]
struct Held {
    intents: HashMap<IntentId, Of>,
    /// Groups' operations, and until when one that has ended is remembered.
    operations: HashMap<OperationId, (ScimId, Option<Timestamp>)>,
    /// When to look at a row again that is held for a time.
    until: BTreeSet<(Timestamp, Of)>,
}

impl Passing {
    /// An empty store for one target. `below` keeps the keys that all targets share.
    pub fn new(
        target: TargetName,
        below: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        auditor: Arc<dyn Auditor>,
    ) -> Self {
        Self { target, here: MemoryStore::new(), below, clock, auditor, held: Mutex::default() }
    }

    /// The changes as they are made here, and the rows of the audit.
    async fn sorted(&self, tx: Tx) -> Result<(Tx, Vec<AuditRow>)> {
        let (mut ours, mut audit) = (Vec::with_capacity(tx.len()), Vec::new());
        for op in tx {
            match op {
                Op::Audit(row) => audit.push(*row),
                Op::Keep(..) => self.below.commit(vec![op]).await?,
                // It has gone since it was read: nothing was left open about it.
                Op::Update(row) if !self.has(&row).await? => ours.push(Op::Insert(row)),
                // Nobody looks into what was refused for good: an alarm has told of it.
                Op::Close(id, _) => ours.push(Op::Close(id, IntentState::Done)),
                Op::Agree(..) | Op::Reconciled(_) => {}
                other => ours.push(other),
            }
        }
        Ok((ours, audit))
    }

    async fn has(&self, row: &Shadow) -> Result<bool> {
        Ok(self.here.shadow(&row.target, row.kind, &row.scim_id).await?.is_some())
    }

    /// Lets those go about whom nothing is open any more.
    async fn let_go(&self, held: &mut Held, touched: BTreeSet<Of>) -> Result<()> {
        let now = self.clock.now();
        held.operations.retain(|_, (_, until)| until.is_none_or(|until| until > now));
        let later =
            held.until.split_off(&(Timestamp(now.0.saturating_add(1)), (Kind::User, ScimId::new(""))));
        let due = std::mem::replace(&mut held.until, later);
        let mut gone = vec![Op::Purge(self.target.clone(), now, Timestamp(i64::MAX))];
        for of in touched.into_iter().chain(due.into_iter().map(|(_, of)| of)).collect::<BTreeSet<Of>>() {
            match self.held_until(held, &of, now).await? {
                Until::Closed => {}
                Until::Then(until) => drop(held.until.insert((until, of))),
                Until::Now => gone.push(Op::Remove(self.target.clone(), of.0, of.1)),
            }
        }
        self.here.commit(gone).await
    }

    async fn held_until(&self, held: &Held, of: &Of, now: Timestamp) -> Result<Until> {
        let (kind, id) = of;
        let Some(row) = self.here.shadow(&self.target, *kind, id).await? else { return Ok(Until::Now) };
        if !self.here.open_intents(&self.target, *kind, id).await?.is_empty() {
            return Ok(Until::Closed);
        }
        let own = held.operations.values().filter(|(group, _)| *kind == Kind::Group && group == id);
        let mut ends = Vec::new();
        for (_, until) in own {
            match until {
                None => return Ok(Until::Closed),
                Some(until) => ends.push(*until),
            }
        }
        if row.state.is_native() {
            ends.extend([row.overlay_until, row.owed_until].into_iter().flatten());
        }
        Ok(ends.into_iter().max().filter(|end| *end > now).map_or(Until::Now, Until::Then))
    }
}

/// For how long a row is held.
enum Until {
    /// Until what is open is closed.
    Closed,
    /// Until then.
    Then(Timestamp),
    /// No longer.
    Now,
}

impl Held {
    /// Notes what was committed; gives the resources that may be let go.
    fn note(&mut self, tx: &[Op]) -> BTreeSet<Of> {
        let mut touched = BTreeSet::new();
        for op in tx {
            match op {
                Op::Insert(row) | Op::Update(row) => drop(touched.insert((row.kind, row.scim_id.clone()))),
                Op::Link(_, _, id, _) => touched.extend(Kind::ALL.map(|kind| (kind, id.clone()))),
                Op::RememberMember(_, group, _) => drop(touched.insert((Kind::Group, group.clone()))),
                Op::Open(intent) => {
                    let of = (intent.kind, intent.scim_id.clone());
                    self.intents.insert(intent.id.clone(), of);
                }
                Op::Close(id, _) => touched.extend(self.intents.remove(id)),
                Op::Begin(operation) => {
                    self.operations.insert(operation.id.clone(), (operation.group.clone(), None));
                }
                Op::End(id, until) => {
                    if let Some((group, end)) = self.operations.get_mut(id) {
                        *end = Some(*until);
                        touched.insert((Kind::Group, group.clone()));
                    }
                }
                Op::Forget(id) => {
                    touched.extend(self.operations.remove(id).map(|(group, _)| (Kind::Group, group)));
                }
                Op::Remove(_, kind, id) => {
                    self.intents.retain(|_, of| of.0 != *kind || of.1 != *id);
                    self.operations.retain(|_, (group, _)| *kind != Kind::Group || group != id);
                }
                _ => {}
            }
        }
        touched
    }
}

store_through! {
    impl [] Passing, here;

    fn keeps_shadows(&self) -> bool {
        false
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        let mut held = self.held.lock().await;
        let (ours, audit) = self.sorted(tx).await?;
        self.here.commit(ours.clone()).await?;
        audit.iter().for_each(|row| self.auditor.audited(row));
        let touched = held.note(&ours);
        self.let_go(&mut held, touched).await
    }

    async fn reconcile(&self, _: &TargetName) -> Result<Option<Reconcile>> {
        Ok(None)
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>> {
        self.below.secret(name).await
    }

    async fn audit(&self, _: &TargetName, _: u64) -> Result<Vec<AuditRow>> {
        Ok(Vec::new())
    }

    async fn close(&self) {
        self.below.close().await;
    }
}
