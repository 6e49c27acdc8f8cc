//! What is known here of each row, so that it is not looked for below again.

use std::collections::{HashMap, HashSet};

use crate::kernel::{ClientName, Kind, ScimId, TargetName};
use crate::store::{IntentId, Op, OperationId, Reconcile};

/// The rows that are no longer looked for below: they were copied, or written here.
#[derive(Default)]
pub(super) struct Known {
    pub shadows: HashSet<(TargetName, Kind, ScimId)>,
    pub links: HashSet<(TargetName, ClientName, ScimId)>,
    /// Target, group, user.
    pub parked: HashSet<(TargetName, ScimId, ScimId)>,
    pub intents: HashSet<IntentId>,
    pub operations: HashSet<OperationId>,
    pub stones: HashSet<(TargetName, Kind, ScimId)>,
    /// What was decided here about what is still to be reconciled; `None`: nothing is.
    pub reconcile: HashMap<TargetName, Option<Reconcile>>,
    /// What was removed here, and with it its links and parked memberships.
    pub removed: HashSet<(TargetName, Kind, ScimId)>,
    /// What was written here, in order.
    pub written: Vec<Op>,
}

impl Known {
    /// What a change decides here is not looked for below any more.
    pub fn note(&mut self, op: &Op) {
        // Whether it was noted before makes no difference.
        let _ = match op {
            Op::Link(target, client, id, _) => {
                self.links.insert((target.clone(), client.clone(), id.clone()))
            }
            Op::RememberMember(target, group, user) | Op::ForgetMember(target, group, user) => {
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
            | Op::Keep(..)
            | Op::Audit(_) => false,
        };
        self.written.push(op.clone());
    }
}
