//! A seam for tests: a store that tells before and after each commit, so that a test can stop the world there.
//!
//! A crash *before* a commit is a [`CommitHook::before`] that never returns; a crash *after* it is a
//! [`CommitHook::after`] that never returns: then the test drops the tasks and goes on with the inner store.

use std::sync::Arc;

use async_trait::async_trait;

use super::through::store_through;
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

store_through! {
    impl [S: Store + ?Sized] Hooked<S>, inner;

    fn keeps_shadows(&self) -> bool {
        self.inner.keeps_shadows()
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        self.hook.before(&tx).await;
        self.inner.commit(tx.clone()).await?;
        self.hook.after(&tx).await;
        Ok(())
    }

    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>> {
        self.inner.reconcile(target).await
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
