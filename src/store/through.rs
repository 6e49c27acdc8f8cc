//! A store that answers most questions as another does.

/// Implements [`Store`](super::Store) for a type, the questions by asking `self.$inner`. What is the type's own comes after:
/// `keeps_shadows`, `reconcile`, `secret`, `audit`, `commit` and `close`.
macro_rules! store_through {
    (impl [$($generic:tt)*] $type:ty, $inner:ident; $($own:tt)*) => {
        #[async_trait]
        impl<$($generic)*> Store for $type {
            $($own)*

            async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>> {
                self.$inner.shadow(target, kind, id).await
            }

            async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>> {
                self.$inner.by_key(target, kind, key).await
            }

            async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>> {
                self.$inner.by_ids(target, kind, ids).await
            }

            async fn by_natives(
                &self,
                target: &TargetName,
                kind: Kind,
                native_ids: &[String],
            ) -> Result<Vec<Shadow>> {
                self.$inner.by_natives(target, kind, native_ids).await
            }

            async fn in_states_after(
                &self,
                target: &TargetName,
                kind: Kind,
                states: &[State],
                after: Option<&ScimId>,
                limit: u64,
            ) -> Result<Vec<Shadow>> {
                self.$inner.in_states_after(target, kind, states, after, limit).await
            }

            async fn in_states(
                &self,
                target: &TargetName,
                kind: Kind,
                states: &[State],
                from: u64,
                limit: u64,
            ) -> Result<Vec<Shadow>> {
                self.$inner.in_states(target, kind, states, from, limit).await
            }

            async fn count_in(&self, target: &TargetName, kind: Kind, states: &[State]) -> Result<u64> {
                self.$inner.count_in(target, kind, states).await
            }

            async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>> {
                self.$inner.overlays(target, kind, now).await
            }

            async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>> {
                self.$inner.without_email(target).await
            }

            async fn external_ids(
                &self,
                target: &TargetName,
                client: &ClientName,
                ids: &[ScimId],
            ) -> Result<Vec<(ScimId, Arc<str>)>> {
                self.$inner.external_ids(target, client, ids).await
            }

            async fn by_external_id(
                &self,
                target: &TargetName,
                client: &ClientName,
                external_id: &str,
            ) -> Result<Vec<ScimId>> {
                self.$inner.by_external_id(target, client, external_id).await
            }

            async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>> {
                self.$inner.by_address(target, folded).await
            }

            async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>> {
                self.$inner.parked_members(target, group).await
            }

            async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>> {
                self.$inner.parked_groups(target, user).await
            }

            async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>> {
                self.$inner.open_intents(target, kind, id).await
            }

            async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>> {
                self.$inner.due_intents(target, now, limit).await
            }

            async fn operation(
                &self,
                target: &TargetName,
                group: &ScimId,
                wish: &str,
            ) -> Result<Option<Operation>> {
                self.$inner.operation(target, group, wish).await
            }

            async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>> {
                self.$inner.open_operations(target).await
            }

            async fn next_chunk(&self, operation: &OperationId) -> Result<Option<Chunk>> {
                self.$inner.next_chunk(operation).await
            }

            async fn chunks(&self, operation: &OperationId) -> Result<Vec<Chunk>> {
                self.$inner.chunks(operation).await
            }

            async fn tombstones(
                &self,
                target: &TargetName,
                kind: Kind,
                now: Timestamp,
            ) -> Result<Vec<Tombstone>> {
                self.$inner.tombstones(target, kind, now).await
            }

            async fn resting(
                &self,
                target: &TargetName,
                kind: Kind,
                state: State,
                before: Timestamp,
                limit: u64,
            ) -> Result<Vec<ScimId>> {
                self.$inner.resting(target, kind, state, before, limit).await
            }
        }
    };
}

pub(super) use store_through;
