//! A seam for tests: a store that tells before and after each commit, so that a test can stop the world there.
//!
//! A crash *before* a commit is a [`CommitHook::before`] that never returns; a crash *after* it is a
//! [`CommitHook::after`] that never returns: then the test drops the tasks and goes on with the inner store.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    AuditRow, Chunk, Intent, Op, Operation, OperationId, Reconcile, Result, Secret, Shadow, State, Store,
    Tombstone, Tx,
};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// What a test wants to do at the boundaries of a commit. The default does nothing.
#[async_trait]
pub trait CommitHook: Send + Sync {
    /// Before anything of the transaction happens; if it never returns, nothing ever does.
    async fn before(&self, _tx: &[Op]) {}
    /// After the transaction is durable and before its caller knows; not called if the store refused it.
    async fn after(&self, _tx: &[Op]) {}
}

/// A store with a hook around each commit; everything else goes straight through.
pub struct Hooked<S: ?Sized> {
    inner: Arc<S>,
    hook: Arc<dyn CommitHook>,
}

impl<S: Store + ?Sized> Hooked<S> {
    /// Puts a hook around a store. The store can be shared: a test keeps it for the time after the crash.
    pub fn new(inner: Arc<S>, hook: Arc<dyn CommitHook>) -> Self {
        Self { inner, hook }
    }
}

#[async_trait]
impl<S: Store + ?Sized> Store for Hooked<S> {
    async fn commit(&self, tx: Tx) -> Result<()> {
        self.hook.before(&tx).await;
        self.inner.commit(tx.clone()).await?;
        self.hook.after(&tx).await;
        Ok(())
    }

    async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>> {
        self.inner.shadow(target, kind, id).await
    }

    async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>> {
        self.inner.by_key(target, kind, key).await
    }

    async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>> {
        self.inner.by_ids(target, kind, ids).await
    }

    async fn by_natives(
        &self,
        target: &TargetName,
        kind: Kind,
        native_ids: &[String],
    ) -> Result<Vec<Shadow>> {
        self.inner.by_natives(target, kind, native_ids).await
    }

    async fn in_states_after(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        after: Option<&ScimId>,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        self.inner.in_states_after(target, kind, states, after, limit).await
    }

    async fn in_states(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        from: u64,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        self.inner.in_states(target, kind, states, from, limit).await
    }

    async fn count_in(&self, target: &TargetName, kind: Kind, states: &[State]) -> Result<u64> {
        self.inner.count_in(target, kind, states).await
    }

    async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>> {
        self.inner.overlays(target, kind, now).await
    }

    async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>> {
        self.inner.without_email(target).await
    }

    async fn external_ids(
        &self,
        target: &TargetName,
        client: &ClientName,
        ids: &[ScimId],
    ) -> Result<Vec<(ScimId, String)>> {
        self.inner.external_ids(target, client, ids).await
    }

    async fn by_external_id(
        &self,
        target: &TargetName,
        client: &ClientName,
        external_id: &str,
    ) -> Result<Vec<ScimId>> {
        self.inner.by_external_id(target, client, external_id).await
    }

    async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>> {
        self.inner.by_address(target, folded).await
    }

    async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>> {
        self.inner.parked_members(target, group).await
    }

    async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>> {
        self.inner.parked_groups(target, user).await
    }

    async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>> {
        self.inner.open_intents(target, kind, id).await
    }

    async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>> {
        self.inner.due_intents(target, now, limit).await
    }

    async fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Result<Option<Operation>> {
        self.inner.operation(target, group, wish).await
    }

    async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>> {
        self.inner.open_operations(target).await
    }

    async fn next_chunk(&self, operation: &OperationId) -> Result<Option<Chunk>> {
        self.inner.next_chunk(operation).await
    }

    async fn chunks(&self, operation: &OperationId) -> Result<Vec<Chunk>> {
        self.inner.chunks(operation).await
    }

    async fn tombstones(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Tombstone>> {
        self.inner.tombstones(target, kind, now).await
    }

    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>> {
        self.inner.reconcile(target).await
    }

    async fn resting(
        &self,
        target: &TargetName,
        kind: Kind,
        state: State,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<ScimId>> {
        self.inner.resting(target, kind, state, before, limit).await
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>> {
        self.inner.secret(name).await
    }

    async fn audit(&self, target: &TargetName, limit: u64) -> Result<Vec<AuditRow>> {
        self.inner.audit(target, limit).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
