//! The questions, and the commit.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::MutexGuard;

use super::{Known, Overlay};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};
use crate::store::{
    AuditRow, Chunk, Intent, Operation, OperationId, Reconcile, Result, Secret, Shadow, State, Store,
    Tombstone, Tx,
};

#[async_trait]
impl Store for Overlay {
    fn keeps_shadows(&self) -> bool {
        self.below.keeps_shadows()
    }

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

    async fn in_states_after(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        after: Option<&ScimId>,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        let known = &mut *self.known.lock().await;
        // All of them: what was written here may have ended some.
        self.shadows(known, self.below.in_states(target, kind, states, 0, u64::MAX).await?).await?;
        self.here.in_states_after(target, kind, states, after, limit).await
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
    ) -> Result<Vec<(ScimId, Arc<str>)>> {
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
        let rows = ids.into_iter().map(|id| (id, Arc::from(external_id))).collect();
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

    async fn secret(&self, name: &str) -> Result<Option<Secret>> {
        // One that is there below was never made here.
        match self.below.secret(name).await? {
            Some(secret) => Ok(Some(secret)),
            None => self.here.secret(name).await,
        }
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
