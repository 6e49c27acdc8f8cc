//! A store over another one that is only read: what is written stays here, in memory, and is gone at the end.
//!
//! Before a question is asked here, what the other store would answer is copied here, each row once. So the memory store
//! answers every question and decides every conflict; nothing is merged.

mod known;
mod store;

use std::sync::Arc;

use tokio::sync::Mutex;

use self::known::Known;
use super::memory::MemoryStore;
use super::{Intent, Op, Operation, Reconcile, Result, Shadow, Store};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// A store that never changes the one below it.
pub struct Overlay {
    below: Arc<dyn Store>,
    here: MemoryStore,
    known: Mutex<Known>,
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
        let rows = rows.into_iter().filter(new).map(Op::Insert);
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
                tx.push(Op::RememberMember(target.clone(), group, user));
            }
        }
        self.here.commit(tx).await
    }

    async fn links(
        &self,
        known: &mut Known,
        target: &TargetName,
        client: &ClientName,
        rows: Vec<(ScimId, Arc<str>)>,
    ) -> Result<()> {
        let mut tx = Vec::new();
        for (id, name) in rows {
            let is_removed = |kind| known.removed.contains(&(target.clone(), kind, id.clone()));
            let gone = is_removed(Kind::User) || is_removed(Kind::Group);
            if known.links.insert((target.clone(), client.clone(), id.clone())) && !gone {
                tx.push(Op::Link(target.clone(), client.clone(), id, Some((*name).to_owned())));
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
            | Op::RememberMember(..)
            | Op::ForgetMember(..)
            | Op::Close(..)
            | Op::Chunk(_)
            | Op::End(..)
            | Op::Forget(_)
            | Op::Reconciled(_)
            | Op::Bury(_)
            | Op::Keep(..)
            | Op::Audit(_) => Ok(()),
        }
    }
}
