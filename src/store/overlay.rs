//! A store over another one that is only read: what is written stays here, in memory, and is gone at the end.
//!
//! Before a question is asked here, what the other store would answer is copied here, each row once. So the memory store
//! answers every question and decides every conflict; nothing is merged.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, MutexGuard};

use super::memory::MemoryStore;
use super::{
    AuditRow, Chunk, Intent, IntentId, Op, Operation, OperationId, Reconcile, Result, Shadow, State, Store,
    Tombstone, Tx,
};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// A store that never changes the one below it.
pub struct Overlay {
    below: Arc<dyn Store>,
    here: MemoryStore,
    known: Mutex<Known>,
}

/// The rows that are no longer looked for below: they were copied, or written here.
#[derive(Default)]
struct Known {
    shadows: HashSet<(TargetName, Kind, ScimId)>,
    links: HashSet<(TargetName, ClientName, ScimId)>,
    /// Target, group, user.
    parked: HashSet<(TargetName, ScimId, ScimId)>,
    intents: HashSet<IntentId>,
    operations: HashSet<OperationId>,
    stones: HashSet<(TargetName, Kind, ScimId)>,
    /// What was decided here about what is still to be reconciled; `None`: nothing is.
    reconcile: HashMap<TargetName, Option<Reconcile>>,
    /// What was removed here, and with it its links and parked memberships.
    removed: HashSet<(TargetName, Kind, ScimId)>,
    /// What was written here, in order.
    written: Vec<Op>,
}

/// Every time there is.
const ALWAYS: Timestamp = Timestamp(i64::MIN);
const EVER: Timestamp = Timestamp(i64::MAX);

impl Overlay {
    /// A store over `below`.
    pub fn new(below: Arc<dyn Store>) -> Self {
        Self { below, here: MemoryStore::new(), known: Mutex::default() }
    }

    /// Every change that was committed here, in order.
    pub async fn written(&self) -> Vec<Op> {
        self.known.lock().await.written.clone()
    }

    async fn shadows(&self, known: &mut Known, rows: Vec<Shadow>) -> Result<()> {
        let new = |row: &Shadow| known.shadows.insert((row.target.clone(), row.kind, row.scim_id.clone()));
        let rows = rows.into_iter().filter(new).map(|row| Op::Insert(Box::new(row)));
        self.here.commit(rows.collect()).await
    }

    async fn intents(&self, known: &mut Known, rows: Vec<Intent>) -> Result<()> {
        let rows = rows.into_iter().filter(|row| known.intents.insert(row.id.clone()));
        self.here.commit(rows.map(|row| Op::Open(Box::new(row))).collect()).await
    }

    async fn operations(&self, known: &mut Known, rows: Vec<Operation>) -> Result<()> {
        let mut tx = Vec::new();
        for row in rows.into_iter().filter(|row| known.operations.insert(row.id.clone())) {
            let chunks = self.below.chunks(&row.id).await?;
            tx.push(Op::Begin(Box::new(row)));
            tx.extend(chunks.into_iter().map(|chunk| Op::Chunk(Box::new(chunk))));
        }
        self.here.commit(tx).await
    }

    async fn reconcile_of(&self, known: &Known, target: &TargetName) -> Result<Option<Reconcile>> {
        match known.reconcile.get(target) {
            Some(decided) => Ok(decided.clone()),
            None => self.below.reconcile(target).await,
        }
    }

    async fn parked(
        &self,
        known: &mut Known,
        target: &TargetName,
        pairs: impl Iterator<Item = (ScimId, ScimId)>,
    ) -> Result<()> {
        let mut tx = Vec::new();
        for (group, user) in pairs {
            let is_removed = |kind, id: &ScimId| known.removed.contains(&(target.clone(), kind, id.clone()));
            let gone = is_removed(Kind::Group, &group) || is_removed(Kind::User, &user);
            if known.parked.insert((target.clone(), group.clone(), user.clone())) && !gone {
                tx.push(Op::Park(target.clone(), group, user));
            }
        }
        self.here.commit(tx).await
    }

    async fn links(
        &self,
        known: &mut Known,
        target: &TargetName,
        client: &ClientName,
        rows: Vec<(ScimId, String)>,
    ) -> Result<()> {
        let mut tx = Vec::new();
        for (id, name) in rows {
            let is_removed = |kind| known.removed.contains(&(target.clone(), kind, id.clone()));
            let gone = is_removed(Kind::User) || is_removed(Kind::Group);
            if known.links.insert((target.clone(), client.clone(), id.clone())) && !gone {
                tx.push(Op::Link(target.clone(), client.clone(), id, Some(name)));
            }
        }
        self.here.commit(tx).await
    }

    async fn stones(&self, known: &mut Known, target: &TargetName, kind: Kind, at: Timestamp) -> Result<()> {
        let rows = self.below.tombstones(target, kind, at).await?.into_iter();
        let rows =
            rows.filter(|row| known.stones.insert((row.target.clone(), row.kind, row.scim_id.clone())));
        self.here.commit(rows.map(Op::Bury).collect()).await
    }

    /// Copies what a change may meet.
    async fn meet(&self, known: &mut Known, op: &Op) -> Result<()> {
        match op {
            Op::Insert(row) | Op::Update(row) => {
                let (target, kind) = (&row.target, row.kind);
                let mut rows: Vec<Shadow> =
                    self.below.shadow(target, kind, &row.scim_id).await?.into_iter().collect();
                rows.extend(self.below.by_key(target, kind, &row.key).await?);
                if let Some(at) = &row.native {
                    rows.extend(self.below.by_natives(target, kind, std::slice::from_ref(&at.id)).await?);
                }
                self.shadows(known, rows).await
            }
            Op::Remove(target, kind, id) => {
                let rows = self.below.shadow(target, *kind, id).await?;
                self.shadows(known, rows.into_iter().collect()).await?;
                let open = self.below.open_intents(target, *kind, id).await?;
                self.intents(known, open).await?;
                let open = self.below.open_operations(target).await?;
                self.operations(known, open).await
            }
            Op::Begin(begun) => {
                let same = self.below.operation(&begun.target, &begun.group, &begun.wish).await?;
                self.operations(known, same.into_iter().collect()).await
            }
            Op::Agree(target, _) => {
                let before = self.reconcile_of(known, target).await?;
                known.reconcile.insert(target.clone(), before);
                Ok(())
            }
            Op::Open(intent) => {
                let open = self.below.open_intents(&intent.target, intent.kind, &intent.scim_id).await?;
                self.intents(known, open).await
            }
            Op::Touch(intent) if !known.intents.contains(&intent.id) => {
                let open = self.below.due_intents(&intent.target, EVER, u64::MAX).await?;
                self.intents(known, open).await
            }
            Op::Purge(target, ..) => {
                self.stones(known, target, Kind::User, ALWAYS).await?;
                self.stones(known, target, Kind::Group, ALWAYS).await
            }
            Op::Touch(_)
            | Op::Link(..)
            | Op::Park(..)
            | Op::Unpark(..)
            | Op::Close(..)
            | Op::Chunk(_)
            | Op::End(..)
            | Op::Forget(_)
            | Op::Reconciled(_)
            | Op::Bury(_)
            | Op::Audit(_) => Ok(()),
        }
    }
}

impl Known {
    /// What a change decides here is not looked for below any more.
    fn note(&mut self, op: &Op) {
        // Whether it was noted before makes no difference.
        let _ = match op {
            Op::Link(target, client, id, _) => {
                self.links.insert((target.clone(), client.clone(), id.clone()))
            }
            Op::Park(target, group, user) | Op::Unpark(target, group, user) => {
                self.parked.insert((target.clone(), group.clone(), user.clone()))
            }
            Op::Close(id, _) => self.intents.insert(id.clone()),
            Op::Bury(row) => self.stones.insert((row.target.clone(), row.kind, row.scim_id.clone())),
            Op::Remove(target, kind, id) => self.removed.insert((target.clone(), *kind, id.clone())),
            Op::Begin(begun) => self.operations.insert(begun.id.clone()),
            Op::Forget(id) => self.operations.insert(id.clone()),
            Op::Agree(target, plan) => {
                let row = self.reconcile.entry(target.clone()).or_default();
                row.get_or_insert_with(Reconcile::default).agreed.replace(plan.clone()).is_some()
            }
            Op::Reconciled(target) => self.reconcile.insert(target.clone(), None).is_some(),
            Op::Insert(_)
            | Op::Update(_)
            | Op::Open(_)
            | Op::Touch(_)
            | Op::Chunk(_)
            | Op::End(..)
            | Op::Purge(..)
            | Op::Audit(_) => false,
        };
        self.written.push(op.clone());
    }
}

#[async_trait]
impl Store for Overlay {
    async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>> {
        let known = &mut *self.known.lock().await;
        let rows = self.below.shadow(target, kind, id).await?;
        self.shadows(known, rows.into_iter().collect()).await?;
        self.here.shadow(target, kind, id).await
    }

    async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>> {
        let known = &mut *self.known.lock().await;
        let rows = self.below.by_key(target, kind, key).await?;
        self.shadows(known, rows.into_iter().collect()).await?;
        self.here.by_key(target, kind, key).await
    }

    async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.by_ids(target, kind, ids).await?).await?;
        self.here.by_ids(target, kind, ids).await
    }

    async fn by_natives(
        &self,
        target: &TargetName,
        kind: Kind,
        native_ids: &[String],
    ) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.by_natives(target, kind, native_ids).await?).await?;
        self.here.by_natives(target, kind, native_ids).await
    }

    async fn in_states(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        from: u64,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        // All of them: what was written here may have moved those that come after.
        self.shadows(known, self.below.in_states(target, kind, states, 0, u64::MAX).await?).await?;
        self.here.in_states(target, kind, states, from, limit).await
    }

    async fn count_in(&self, target: &TargetName, kind: Kind, states: &[State]) -> Result<u64> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.in_states(target, kind, states, 0, u64::MAX).await?).await?;
        self.here.count_in(target, kind, states).await
    }

    async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.overlays(target, kind, now).await?).await?;
        self.here.overlays(target, kind, now).await
    }

    async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.without_email(target).await?).await?;
        self.here.without_email(target).await
    }

    async fn external_ids(
        &self,
        target: &TargetName,
        client: &ClientName,
        ids: &[ScimId],
    ) -> Result<Vec<(ScimId, String)>> {
        let known = &mut *self.known.lock().await;
        self.links(known, target, client, self.below.external_ids(target, client, ids).await?).await?;
        self.here.external_ids(target, client, ids).await
    }

    async fn by_external_id(
        &self,
        target: &TargetName,
        client: &ClientName,
        external_id: &str,
    ) -> Result<Vec<ScimId>> {
        let known = &mut *self.known.lock().await;
        let ids = self.below.by_external_id(target, client, external_id).await?;
        let rows = ids.into_iter().map(|id| (id, external_id.to_owned())).collect();
        self.links(known, target, client, rows).await?;
        self.here.by_external_id(target, client, external_id).await
    }

    async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>> {
        let known = &mut *self.known.lock().await;
        let ids = self.below.by_address(target, folded).await?;
        self.shadows(known, self.below.by_ids(target, Kind::User, &ids).await?).await?;
        self.here.by_address(target, folded).await
    }

    async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>> {
        let known = &mut *self.known.lock().await;
        let users = self.below.parked_members(target, group).await?;
        self.parked(known, target, users.into_iter().map(|user| (group.clone(), user))).await?;
        self.here.parked_members(target, group).await
    }

    async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>> {
        let known = &mut *self.known.lock().await;
        let groups = self.below.parked_groups(target, user).await?;
        self.parked(known, target, groups.into_iter().map(|group| (group, user.clone()))).await?;
        self.here.parked_groups(target, user).await
    }

    async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>> {
        let known = &mut *self.known.lock().await;
        self.intents(known, self.below.open_intents(target, kind, id).await?).await?;
        self.here.open_intents(target, kind, id).await
    }

    async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>> {
        let known = &mut *self.known.lock().await;
        self.intents(known, self.below.due_intents(target, now, u64::MAX).await?).await?;
        self.here.due_intents(target, now, limit).await
    }

    async fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Result<Option<Operation>> {
        let known = &mut *self.known.lock().await;
        let rows = self.below.operation(target, group, wish).await?;
        self.operations(known, rows.into_iter().collect()).await?;
        self.here.operation(target, group, wish).await
    }

    async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>> {
        let known = &mut *self.known.lock().await;
        self.operations(known, self.below.open_operations(target).await?).await?;
        self.here.open_operations(target).await
    }

    async fn next_chunk(&self, operation: &OperationId) -> Result<Option<Chunk>> {
        self.here.next_chunk(operation).await
    }

    async fn chunks(&self, operation: &OperationId) -> Result<Vec<Chunk>> {
        self.here.chunks(operation).await
    }

    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>> {
        self.reconcile_of(&*self.known.lock().await, target).await
    }

    async fn resting(
        &self,
        target: &TargetName,
        kind: Kind,
        state: State,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<ScimId>> {
        let known = &mut *self.known.lock().await;
        self.shadows(known, self.below.in_states(target, kind, &[state], 0, u64::MAX).await?).await?;
        self.here.resting(target, kind, state, before, limit).await
    }

    async fn tombstones(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Tombstone>> {
        let known = &mut *self.known.lock().await;
        self.stones(known, target, kind, now).await?;
        self.here.tombstones(target, kind, now).await
    }

    async fn audit(&self, target: &TargetName, limit: u64) -> Result<Vec<AuditRow>> {
        let mut rows = self.here.audit(target, limit).await?;
        let room = limit - limit.min(rows.len() as u64);
        rows.extend(self.below.audit(target, room).await?);
        Ok(rows)
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        let mut known: MutexGuard<'_, Known> = self.known.lock().await;
        for op in &tx {
            self.meet(&mut known, op).await?;
        }
        self.here.commit(tx.clone()).await?;
        tx.iter().for_each(|op| known.note(op));
        Ok(())
    }

    async fn close(&self) {
        self.below.close().await;
    }
}
