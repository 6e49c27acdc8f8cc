//! The store in memory: no files, the same answers. The oracle that the durable stores are compared with, and the
//! store of tests, which crash by dropping every task and going on with the same store.

mod apply;
mod index;
mod names;
mod operation;
mod shelf;
mod table;
mod tables;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use self::table::Undo;
use self::tables::Tables;
use super::chain::{Chain, Sealed, Verifier};
use super::{
    AuditRow, Chunk, Intent, Operation, OperationId, Reconcile, Result, Secret, Shadow, State, Store,
    StoreError, Tombstone, Tx,
};
use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// A store in memory. Share it by `Arc`; what was committed is there as long as it is.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The store as it comes back from a copy made now: every target has to be reconciled.
    #[must_use]
    pub fn restored_copy(&self) -> Self {
        let mut tables = self.tables().clone();
        let restored = Reconcile { restored: true, agreed: None };
        let open = tables.all_open().map(|intent| &intent.target);
        let targets: BTreeSet<TargetName> = tables.targets().chain(open).cloned().collect();
        for target in targets {
            tables.reconcile.put(target, restored.clone());
        }
        tables.keep();
        Self { tables: Mutex::new(tables) }
    }

    /// Verifies the audit chain from its first row on.
    pub fn verify_audit(&self) -> Chain {
        let mut verifier = Verifier::new();
        for row in self.tables().audit.rows() {
            if !verifier.accepts(row) {
                return Chain::Broken(verifier.rows());
            }
        }
        Chain::Intact(verifier.rows())
    }

    /// The tables. What a holder of the lock had begun when it panicked did not happen.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(|poisoned| {
            let mut tables = PoisonError::into_inner(poisoned);
            tables.take_back();
            tables
        })
    }

    /// The shadows of one target and kind that `wanted` picks, in SCIM-id order.
    fn shadows(&self, target: &TargetName, kind: Kind, wanted: impl Fn(&Shadow) -> bool) -> Vec<Shadow> {
        let tables = self.tables();
        let mut found: Vec<&Shadow> = tables.shadows(target, kind).filter(|shadow| wanted(shadow)).collect();
        found.sort_unstable_by_key(|shadow| &shadow.scim_id);
        found.into_iter().cloned().collect()
    }
}

/// Each once, in order.
fn distinct<T: Ord>(all: &[T]) -> Vec<&T> {
    let mut all: Vec<&T> = all.iter().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}

fn at_most(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[async_trait]
impl Store for MemoryStore {
    async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>> {
        Ok(self.tables().shadow(target, kind, id).cloned())
    }

    async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>> {
        Ok(self.tables().by_key(target, kind, key).cloned())
    }

    async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>> {
        let ids = distinct(ids);
        let tables = self.tables();
        let found = ids.into_iter().filter_map(|id| tables.shadow(target, kind, id));
        Ok(found.cloned().collect())
    }

    async fn by_natives(
        &self,
        target: &TargetName,
        kind: Kind,
        native_ids: &[String],
    ) -> Result<Vec<Shadow>> {
        let ids = distinct(native_ids);
        let tables = self.tables();
        let found = ids.into_iter().filter_map(|id| tables.by_native(target, kind, id));
        Ok(found.cloned().collect())
    }

    async fn in_states_after(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        after: Option<&ScimId>,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        let tables = self.tables();
        let in_state = |state: &State| tables.in_state(target, kind, *state);
        let ids: BTreeSet<&ScimId> = states.iter().flat_map(in_state).collect();
        let rest = ids.into_iter().filter(|id| after.is_none_or(|after| *id > after)).take(at_most(limit));
        Ok(rest.filter_map(|id| tables.shadow(target, kind, id).cloned()).collect())
    }

    async fn in_states(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        from: u64,
        limit: u64,
    ) -> Result<Vec<Shadow>> {
        let tables = self.tables();
        let ids: BTreeSet<&ScimId> =
            states.iter().flat_map(|state| tables.in_state(target, kind, *state)).collect();
        let slice = ids.into_iter().skip(at_most(from)).take(at_most(limit));
        Ok(slice.filter_map(|id| tables.shadow(target, kind, id).cloned()).collect())
    }

    async fn count_in(&self, target: &TargetName, kind: Kind, states: &[State]) -> Result<u64> {
        let tables = self.tables();
        let states: BTreeSet<&State> = states.iter().collect();
        let count: usize =
            states.into_iter().map(|state| tables.in_state(target, kind, *state).count()).sum();
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>> {
        Ok(self.shadows(target, kind, |s| s.overlay_until.is_some_and(|until| until > now)))
    }

    async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>> {
        Ok(self.shadows(target, Kind::User, |s| !s.has_email && s.native.is_some()))
    }

    async fn external_ids(
        &self,
        target: &TargetName,
        client: &ClientName,
        ids: &[ScimId],
    ) -> Result<Vec<(ScimId, Arc<str>)>> {
        let ids = distinct(ids);
        let tables = self.tables();
        let found = |id: &ScimId| Some((id.clone(), Arc::clone(tables.name_of(target, client, id)?)));
        Ok(ids.into_iter().filter_map(found).collect())
    }

    async fn by_external_id(
        &self,
        target: &TargetName,
        client: &ClientName,
        external_id: &str,
    ) -> Result<Vec<ScimId>> {
        let tables = self.tables();
        Ok(tables.named(target, client, external_id).to_vec())
    }

    async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>> {
        let people = self.shadows(target, Kind::User, |shadow| shadow.addresses().contains(folded));
        Ok(people.iter().map(|shadow| shadow.scim_id.clone()).collect())
    }

    async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>> {
        Ok(self.tables().parked_members(target, group).cloned().collect())
    }

    async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>> {
        Ok(self.tables().parked_groups(target, user).cloned().collect())
    }

    async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>> {
        let mut open: Vec<Intent> = self.tables().open_of(target, kind, id).cloned().collect();
        open.sort_by_key(|i| i.opened); // stable: by id within one instant
        Ok(open)
    }

    async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>> {
        let tables = self.tables();
        let due = tables.all_open().filter(|i| i.target == *target && i.next_at <= now);
        let mut due: Vec<Intent> = due.cloned().collect();
        due.sort_by(|a, b| (a.next_at, a.opened, &a.id.0).cmp(&(b.next_at, b.opened, &b.id.0)));
        due.truncate(at_most(limit));
        Ok(due)
    }

    async fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Result<Option<Operation>> {
        Ok(self.tables().operation(target, group, wish).cloned())
    }

    async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>> {
        Ok(self.tables().open_operations(target))
    }

    async fn next_chunk(&self, operation: &OperationId) -> Result<Option<Chunk>> {
        Ok(self.tables().chunks_of(operation).find(|chunk| chunk.open).cloned())
    }

    async fn chunks(&self, operation: &OperationId) -> Result<Vec<Chunk>> {
        Ok(self.tables().chunks_of(operation).cloned().collect())
    }

    async fn tombstones(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Tombstone>> {
        let tables = self.tables();
        let all = tables.tombstones.values().filter(|t| t.target == *target && t.kind == kind);
        let mut found: Vec<Tombstone> = all.filter(|t| t.until > now).cloned().collect();
        found.sort_unstable_by(|a, b| a.scim_id.cmp(&b.scim_id));
        Ok(found)
    }

    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>> {
        Ok(self.tables().reconcile.get(target).cloned())
    }

    async fn resting(
        &self,
        target: &TargetName,
        kind: Kind,
        state: State,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<ScimId>> {
        let rests = |s: &Shadow| s.state == state && matches!(state, State::Parked | State::Lost);
        let mut found = self.shadows(target, kind, |s| rests(s) && s.modified < before);
        found.sort_by_key(|s| s.modified); // stable: by id within one instant
        Ok(found.iter().take(at_most(limit)).map(|s| s.scim_id.clone()).collect())
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.tables().secrets.get(name).cloned())
    }

    async fn audit(&self, target: &TargetName, limit: u64) -> Result<Vec<AuditRow>> {
        let tables = self.tables();
        let read = |sealed: &Sealed| serde_json::from_str::<AuditRow>(&sealed.row);
        let rows = tables.audit.rows().rev().map(|sealed| read(sealed).map_err(|e| unreadable(&e)));
        let about = |row: &Result<AuditRow>| row.as_ref().map_or(true, |row| row.target == *target);
        rows.filter(about).take(at_most(limit)).collect()
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        let mut tables = self.tables();
        let done = tx.into_iter().try_for_each(|op| tables.apply(op));
        match done {
            Ok(()) => tables.keep(),
            Err(_) => tables.take_back(),
        }
        done
    }

    async fn close(&self) {}
}
