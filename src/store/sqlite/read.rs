//! The reads, and the trait.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Row, query};

use super::{SqliteStore, operation, row};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};
use crate::store::chain::{Chain, Sealed, Verifier};
use crate::store::{
    AuditRow, Chunk, Intent, Operation, OperationId, Reconcile, Result, Secret, Shadow, State, Store,
    Tombstone, Tx, sql,
};

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// So many audit rows are held at once while the chain is verified.
const AUDIT_PAGE: i64 = 1000;

impl SqliteStore {
    /// Verifies the audit chain from its first row on, page by page.
    ///
    /// # Errors
    /// [`Failed`](crate::store::StoreError::Failed) if the rows can't be read.
    pub async fn verify_audit(&self) -> Result<Chain> {
        let mut verifier = Verifier::new();
        let mut last = 0_i64;
        loop {
            let page = self.all(query(sql::AUDIT_FROM).bind(last).bind(AUDIT_PAGE), sealed).await?;
            let Some(end) = page.last() else { return Ok(Chain::Intact(verifier.rows())) };
            last = end.0;
            for (_, target, row) in &page {
                let own = serde_json::from_str(&row.row).is_ok_and(|r: AuditRow| r.target.as_str() == target);
                if !verifier.accepts(row) || !own {
                    return Ok(Chain::Broken(verifier.rows()));
                }
            }
        }
    }

    async fn all<T>(&self, query: Statement<'_>, read: fn(&SqliteRow) -> Result<T>) -> Result<Vec<T>> {
        let rows = query.fetch_all(&self.readers).await.map_err(row::failed)?;
        rows.iter().map(read).collect()
    }

    async fn one<T>(&self, query: Statement<'_>, read: fn(&SqliteRow) -> Result<T>) -> Result<Option<T>> {
        let found = query.fetch_optional(&self.readers).await.map_err(row::failed)?;
        found.as_ref().map(read).transpose()
    }

    /// The rows for these ids, some ids at a time; `statement` takes two names and [`sql::IDS`] ids.
    async fn for_ids<T>(
        &self,
        statement: &'static str,
        names: (&str, &str),
        ids: impl Iterator<Item = &str>,
        read: fn(&SqliteRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let ids: Vec<&str> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Vec::new();
        for some in ids.chunks(sql::IDS) {
            let query = filled(query(statement).bind(names.0).bind(names.1), some, sql::IDS);
            found.extend(self.all(query, read).await?);
        }
        Ok(found)
    }
}

/// Binds `items`, then the last of them again until there are `count`.
fn filled<'q>(query: Statement<'q>, items: &[&str], count: usize) -> Statement<'q> {
    let last = items.last().copied().unwrap_or_default();
    items.iter().copied().chain(std::iter::repeat(last)).take(count).fold(query, Query::bind)
}

fn states<'q>(statement: &'static str, target: &TargetName, kind: Kind, states: &[State]) -> Statement<'q> {
    let names: BTreeSet<&str> = states.iter().map(|state| state.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    filled(query(statement).bind(target.as_str()).bind(kind.name()), &names, sql::STATES)
}

fn sealed(row: &SqliteRow) -> Result<(i64, String, Sealed)> {
    let get = || Ok((row.try_get(0)?, row.try_get(4)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
    let (seq, target, row, prev, hash) = get().map_err(|e: sqlx::Error| row::failed(e))?;
    Ok((seq, target, Sealed { row, prev, hash }))
}

fn audit_row(row: &SqliteRow) -> Result<AuditRow> {
    serde_json::from_str(row.try_get(0).map_err(row::failed)?).map_err(row::failed)
}

/// A page's bound: nothing has more rows than the database can count.
fn bound(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for SqliteStore {
    async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>> {
        let query = query(sql::SHADOW_BY_ID).bind(target.as_str()).bind(kind.name()).bind(id.as_str());
        self.one(query, row::shadow).await
    }

    async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>> {
        let query = query(sql::SHADOW_BY_KEY).bind(target.as_str()).bind(kind.name()).bind(key);
        self.one(query, row::shadow).await
    }

    async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>> {
        let ids = ids.iter().map(ScimId::as_str);
        self.for_ids(sql::SHADOWS_BY_IDS, (target.as_str(), kind.name()), ids, row::shadow).await
    }

    async fn by_natives(
        &self,
        target: &TargetName,
        kind: Kind,
        native_ids: &[String],
    ) -> Result<Vec<Shadow>> {
        let ids = native_ids.iter().map(String::as_str);
        self.for_ids(sql::SHADOWS_BY_NATIVES, (target.as_str(), kind.name()), ids, row::shadow).await
    }

    async fn in_states_after(
        &self,
        target: &TargetName,
        kind: Kind,
        wanted: &[State],
        after: Option<&ScimId>,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        // No id is empty: every one comes after the empty text.
        let after = after.map_or("", ScimId::as_str);
        let query = states(sql::SHADOWS_IN_STATES_AFTER, target, kind, wanted);
        self.all(query.bind(after).bind(bound(limit)), row::shadow).await
    }

    async fn in_states(
        &self,
        target: &TargetName,
        kind: Kind,
        wanted: &[State],
        from: u64,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let query = states(sql::SHADOWS_IN_STATES, target, kind, wanted);
        self.all(query.bind(bound(limit)).bind(bound(from)), row::shadow).await
    }

    async fn count_in(&self, target: &TargetName, kind: Kind, wanted: &[State]) -> Result<u64> {
        if wanted.is_empty() {
            return Ok(0);
        }
        let count = self.one(states(sql::COUNT_IN_STATES, target, kind, wanted), row::count).await?;
        Ok(count.unwrap_or(0))
    }

    async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>> {
        let query = query(sql::SHADOW_OVERLAYS).bind(target.as_str()).bind(kind.name()).bind(now.0);
        self.all(query, row::shadow).await
    }

    async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>> {
        let query = query(sql::SHADOWS_WITHOUT_EMAIL).bind(target.as_str()).bind(Kind::User.name());
        self.all(query, row::shadow).await
    }

    async fn external_ids(
        &self,
        target: &TargetName,
        client: &ClientName,
        ids: &[ScimId],
    ) -> Result<Vec<(ScimId, Arc<str>)>> {
        let ids = ids.iter().map(ScimId::as_str);
        self.for_ids(sql::EXTERNAL_IDS, (target.as_str(), client.as_str()), ids, row::link).await
    }

    async fn by_external_id(
        &self,
        target: &TargetName,
        client: &ClientName,
        external_id: &str,
    ) -> Result<Vec<ScimId>> {
        let query = query(sql::BY_EXTERNAL_ID).bind(target.as_str()).bind(client.as_str()).bind(external_id);
        self.all(query, row::scim_id).await
    }

    async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>> {
        self.all(query(sql::BY_ADDRESS).bind(target.as_str()).bind(folded), row::scim_id).await
    }

    async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>> {
        self.all(query(sql::PARKED_MEMBERS).bind(target.as_str()).bind(group.as_str()), row::scim_id).await
    }

    async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>> {
        self.all(query(sql::PARKED_GROUPS).bind(target.as_str()).bind(user.as_str()), row::scim_id).await
    }

    async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>> {
        let query = query(sql::OPEN_INTENTS).bind(target.as_str()).bind(kind.name()).bind(id.as_str());
        self.all(query, row::intent).await
    }

    async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>> {
        let query = query(sql::DUE_INTENTS).bind(target.as_str()).bind(now.0).bind(bound(limit));
        self.all(query, row::intent).await
    }

    async fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Result<Option<Operation>> {
        let query = query(sql::OPERATION).bind(target.as_str()).bind(group.as_str()).bind(wish);
        self.one(query, operation::operation).await
    }

    async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>> {
        self.all(query(sql::OPERATIONS_OPEN).bind(target.as_str()), operation::operation).await
    }

    async fn next_chunk(&self, of: &OperationId) -> Result<Option<Chunk>> {
        self.one(query(sql::CHUNK_NEXT).bind(of.0.as_str()), operation::chunk).await
    }

    async fn chunks(&self, of: &OperationId) -> Result<Vec<Chunk>> {
        self.all(query(sql::CHUNKS).bind(of.0.as_str()), operation::chunk).await
    }

    async fn tombstones(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Tombstone>> {
        let query = query(sql::TOMBSTONES).bind(target.as_str()).bind(kind.name()).bind(now.0);
        self.all(query, row::tombstone).await
    }

    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>> {
        self.one(query(sql::RECONCILE).bind(target.as_str()), row::reconcile).await
    }

    async fn resting(
        &self,
        target: &TargetName,
        kind: Kind,
        state: State,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<ScimId>> {
        let query = query(sql::RESTING).bind(target.as_str()).bind(kind.name()).bind(state.as_str());
        self.all(query.bind(before.0).bind(bound(limit)), row::scim_id).await
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>> {
        self.one(query(sql::SECRET).bind(name), row::secret).await
    }

    async fn audit(&self, target: &TargetName, limit: u64) -> Result<Vec<AuditRow>> {
        self.all(query(sql::AUDIT).bind(target.as_str()).bind(bound(limit)), audit_row).await
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        self.write(tx).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
