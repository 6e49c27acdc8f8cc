//! Operations: changes of a group's members that take longer than a request. The plan is kept, in chunks as the backend
//! takes them, so that nothing is read twice and nothing done is sent again.

use serde_json::Value;

use crate::kernel::{ClientName, ScimId, TargetName, Timestamp};

/// An operation's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub String);

/// One large change of one group's members. It is open until its last chunk is done, and remembered for a while after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// Of which target.
    pub target: TargetName,
    /// Which group.
    pub group: ScimId,
    /// A hash of the state that is wished for; one operation of a group for each.
    pub wish: String,
    /// Who wished it.
    pub client: ClientName,
    /// The request that wished it, for the audit.
    pub request: String,
    /// When it was wished; the latency clock starts here.
    pub opened: Timestamp,
    /// It has ended, and is remembered until then.
    pub until: Option<Timestamp>,
}

/// A part of an operation, carried out together.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Of which operation.
    pub operation: OperationId,
    /// Its place: chunks are carried out in order.
    pub number: u32,
    /// Whether it is still to be done.
    pub open: bool,
    /// What is to be done; once it is done, what was refused.
    pub payload: Value,
}
