//! The facade's durable memory: shadows, links, intents, audit. One trait; SQLite for production, memory as the oracle.
//!
//! Reads are plain. Every change is a [`Tx`]: a list of [`Op`]s that happen together or not at all.

mod chain;
#[cfg(test)]
mod contract;
mod dialect;
pub mod hooked;
mod intent;
pub mod memory;
mod operation;
pub mod overlay;
pub mod passing;
mod reconcile;
mod secret;
mod shadow;
mod sql;
pub mod sqlite;
mod through;

use std::sync::Arc;

use async_trait::async_trait;

pub use chain::Chain;
pub use intent::{Action, Intent, IntentId, IntentState, aspect};
pub use operation::{Chunk, Operation, OperationId};
pub use reconcile::Reconcile;
pub use secret::Secret;
pub use shadow::{Shadow, ShadowRow, State};

use crate::kernel::{ClientName, Kind, ScimId, TargetName, Timestamp};

/// What one deprovision or other write did, for auditors. Names of attributes and ids of objects, never values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// The request's id; the same in every row of one request.
    pub request: String,
    /// Of which target.
    pub target: TargetName,
    /// Who asked.
    pub client: ClientName,
    /// User or group.
    pub kind: Kind,
    /// Whom it is about.
    pub scim_id: ScimId,
    /// The name of an [`Action`]; `reconcile` and `erase` for the store's own care.
    pub action: String,
    /// `begun` (before the first native write), `done`, `refused: <kind>`, `pending`, `superseded`.
    pub outcome: String,
    /// Names of the attributes written, or ids of the members changed.
    pub what: Vec<String>,
    /// `active` before and after, where the write changes it.
    pub active: Option<(bool, bool)>,
    /// The native writes planned: `METHOD path`.
    pub plan: Vec<String>,
    /// From receipt to outcome, in microseconds; 0 in a `begun` row.
    pub latency: i64,
}

/// A resource that was deleted a short while ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Of which target.
    pub target: TargetName,
    /// User or group.
    pub kind: Kind,
    /// Its SCIM id.
    pub scim_id: ScimId,
    /// Its native id, if it had one: lists leave it out while they lag.
    pub native_id: Option<String>,
    /// Who deleted it, if that client was told to come back: its next DELETE is a success.
    pub owed_to: Option<ClientName>,
    /// Until when this row is of use.
    pub until: Timestamp,
}

/// One change of the store.
#[derive(Clone, Debug)]
pub enum Op {
    /// A new shadow. [`Conflict::Key`], [`Conflict::Native`] or [`Conflict::Id`] if one of them is taken.
    Insert(Shadow),
    /// A shadow's new row; the stored `version` has to be one less, else [`Conflict::Stale`], also if there
    /// is none. Key and native id are unique as in `Insert`.
    Update(Shadow),
    /// Removes a shadow with its links and its parked memberships (as person or as group), ends its open intents as done,
    /// forgets the payload of its dead ones, and a group's operations. Removing what is not there is no error.
    Remove(TargetName, Kind, ScimId),
    /// A client's externalId of a resource; `None` takes it away.
    Link(TargetName, ClientName, ScimId, Option<String>),
    /// A parked person's membership, remembered: target, group, user. Doing it twice is no error.
    RememberMember(TargetName, ScimId, ScimId),
    /// Forgets one: target, group, user. Forgetting what is not there is no error.
    ForgetMember(TargetName, ScimId, ScimId),
    /// A new open intent. [`Conflict::Aspect`] if the aspect has one; [`Conflict::Id`] if its id was used before.
    Open(Box<Intent>),
    /// An open intent's new row (attempts, next_at, sent, payload; nothing else changes). [`Conflict::Stale`] if it
    /// is no longer open: what was superseded or settled meanwhile must not be sent.
    Touch(Box<Intent>),
    /// Ends an intent; ending one that is gone or ended is no error. A done one's payload is forgotten.
    Close(IntentId, IntentState),
    /// Remembers a deletion; the newest row of a resource counts.
    Bury(Tombstone),
    /// Begins an operation. [`Conflict::Aspect`] if the group has one for the same wish; [`Conflict::Id`] if the id exists.
    Begin(Box<Operation>),
    /// A chunk's new row, or the first. [`Conflict::Stale`] if its operation is forgotten.
    Chunk(Box<Chunk>),
    /// An operation has ended and is remembered until then. One that is forgotten is no error.
    End(OperationId, Timestamp),
    /// Forgets an operation and its chunks; one that is forgotten is no error.
    Forget(OperationId),
    /// Forgets what is of no more use: a target's tombstones and operations that have ended at the first time, and its done
    /// intents that were due before the second. Dead intents stay.
    Purge(TargetName, Timestamp, Timestamp),
    /// An audit row, chained to the one before it by SHA-256.
    Audit(Box<AuditRow>),
    /// An operator has agreed to a plan that makes a target's rows agree with its backend; kept until `Reconciled`.
    Agree(TargetName, String),
    /// A target's rows agree with its backend: it is read-only no more. If it was not, that is no error.
    Reconciled(TargetName),
    /// A key under a name. If there is one, it stays, and that is no error: the first who makes it decides for all.
    Keep(&'static str, Secret),
}

/// Changes that happen together or not at all.
pub type Tx = Vec<Op>;

/// Why a transaction was refused. Nothing of it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The folded userName or displayName belongs to another shadow of the target and kind.
    Key,
    /// The native id belongs to another shadow.
    Native,
    /// The SCIM id exists.
    Id,
    /// Somebody else changed the row.
    Stale,
    /// The aspect has an open intent.
    Aspect,
}

/// The store's failures.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The transaction contradicts what is stored.
    #[error("the store refuses the change: {0:?}")]
    Conflict(Conflict),
    /// The store does not work.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// The store's results.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The facade's durable memory.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether a resource's row outlasts what is open about it. Where it does not, nothing is remembered of a resource but what
    /// the backend tells: its SCIM id is its native id, and nobody owns it.
    fn keeps_shadows(&self) -> bool {
        true
    }
    /// A shadow by SCIM id.
    async fn shadow(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Option<Shadow>>;
    /// A shadow by folded key.
    async fn by_key(&self, target: &TargetName, kind: Kind, key: &str) -> Result<Option<Shadow>>;
    /// The shadows of these SCIM ids, in any order.
    async fn by_ids(&self, target: &TargetName, kind: Kind, ids: &[ScimId]) -> Result<Vec<Shadow>>;
    /// The shadows that link these native ids, in any order.
    async fn by_natives(&self, target: &TargetName, kind: Kind, native_ids: &[String])
    -> Result<Vec<Shadow>>;
    /// The shadows in one of these states whose SCIM id comes after one (`None`: all of them), in SCIM-id order.
    async fn in_states_after(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        after: Option<&ScimId>,
        limit: u64,
    ) -> Result<Vec<Shadow>>;
    /// The shadows in one of these states, in SCIM-id order.
    async fn in_states(
        &self,
        target: &TargetName,
        kind: Kind,
        states: &[State],
        from: u64,
        limit: u64,
    ) -> Result<Vec<Shadow>>;
    /// How many shadows are in one of these states.
    async fn count_in(&self, target: &TargetName, kind: Kind, states: &[State]) -> Result<u64>;
    /// The shadows whose last write may not be visible natively at `now` (`overlay_until` after it), in SCIM-id order.
    async fn overlays(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Shadow>>;
    /// The linked shadows of people without an e-mail address, in SCIM-id order.
    async fn without_email(&self, target: &TargetName) -> Result<Vec<Shadow>>;
    /// What one client calls these resources, in SCIM-id order; those that it does not name are left out.
    async fn external_ids(
        &self,
        target: &TargetName,
        client: &ClientName,
        ids: &[ScimId],
    ) -> Result<Vec<(ScimId, Arc<str>)>>;
    /// The resources that one client calls so, in SCIM-id order. The comparison is exact.
    async fn by_external_id(
        &self,
        target: &TargetName,
        client: &ClientName,
        external_id: &str,
    ) -> Result<Vec<ScimId>>;
    /// The people to whom clients gave this e-mail address, as any of theirs; folded, in SCIM-id order.
    async fn by_address(&self, target: &TargetName, folded: &str) -> Result<Vec<ScimId>>;
    /// The parked people that a group remembers, in SCIM-id order.
    async fn parked_members(&self, target: &TargetName, group: &ScimId) -> Result<Vec<ScimId>>;
    /// The groups that remember a parked person, in SCIM-id order.
    async fn parked_groups(&self, target: &TargetName, user: &ScimId) -> Result<Vec<ScimId>>;
    /// The open intents of one resource, oldest first.
    async fn open_intents(&self, target: &TargetName, kind: Kind, id: &ScimId) -> Result<Vec<Intent>>;
    /// The open intents of a target that are due, longest due first.
    async fn due_intents(&self, target: &TargetName, now: Timestamp, limit: u64) -> Result<Vec<Intent>>;
    /// A group's operation for a wish, open or ended.
    async fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Result<Option<Operation>>;
    /// The open operations of a target, oldest first.
    async fn open_operations(&self, target: &TargetName) -> Result<Vec<Operation>>;
    /// The first chunk of an operation that is still to be done.
    async fn next_chunk(&self, operation: &OperationId) -> Result<Option<Chunk>>;
    /// The chunks of an operation, in order.
    async fn chunks(&self, operation: &OperationId) -> Result<Vec<Chunk>>;
    /// The deletions still remembered at `now`, in SCIM-id order.
    async fn tombstones(&self, target: &TargetName, kind: Kind, now: Timestamp) -> Result<Vec<Tombstone>>;
    /// What is still to be reconciled of a target; `None` in everyday life.
    async fn reconcile(&self, target: &TargetName) -> Result<Option<Reconcile>>;
    /// Those who are parked or lost (`state`) and were last changed through us before a time, longest ago first.
    async fn resting(
        &self,
        target: &TargetName,
        kind: Kind,
        state: State,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<ScimId>>;
    /// The key under a name, if it was made.
    async fn secret(&self, name: &str) -> Result<Option<Secret>>;
    /// The newest audit rows of a target, newest first.
    async fn audit(&self, target: &TargetName, limit: u64) -> Result<Vec<AuditRow>>;
    /// Carries out a transaction; when this returns, it is durable.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: nothing happened.
    async fn commit(&self, tx: Tx) -> Result<()>;
    /// Writes back what is only in a log, and releases the files. The last call.
    async fn close(&self);
}
