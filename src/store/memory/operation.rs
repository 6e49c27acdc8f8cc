//! Operations and their chunks.

use std::sync::Arc;

use super::apply::refuse;
use super::tables::{Tables, retain};
use crate::kernel::{ScimId, TargetName, Timestamp};
use crate::store::{Chunk, Conflict, Operation, OperationId, Result};

impl Tables {
    pub(super) fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Option<Operation> {
        let same = |o: &&Arc<Operation>| o.target == *target && o.group == *group && o.wish == wish;
        self.operations.values().find(same).map(|operation| Operation::clone(operation))
    }

    pub(super) fn open_operations(&self, target: &TargetName) -> Vec<Operation> {
        let open = self.operations.values().filter(|o| o.target == *target && o.until.is_none());
        let mut open: Vec<Operation> = open.map(|operation| Operation::clone(operation)).collect();
        open.sort_by_key(|operation| operation.opened); // stable: by id within one instant
        open
    }

    pub(super) fn chunks_of(&self, operation: &OperationId) -> impl Iterator<Item = &Chunk> {
        let all = (operation.0.clone(), 0)..=(operation.0.clone(), u32::MAX);
        self.chunks.range(all).map(|(_, chunk)| &**chunk)
    }

    pub(super) fn begin(&mut self, operation: Operation) -> Result<()> {
        if self.operation(&operation.target, &operation.group, &operation.wish).is_some() {
            return refuse(Conflict::Aspect);
        }
        if self.operations.contains_key(&operation.id.0) {
            return refuse(Conflict::Id);
        }
        self.operations.insert_mut(operation.id.0.clone(), Arc::new(operation));
        Ok(())
    }

    pub(super) fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        if !self.operations.contains_key(&chunk.operation.0) {
            return refuse(Conflict::Stale);
        }
        self.chunks.insert_mut((chunk.operation.0.clone(), chunk.number), Arc::new(chunk));
        Ok(())
    }

    pub(super) fn end_operation(&mut self, id: &OperationId, until: Timestamp) {
        if let Some(operation) = self.operations.get_mut(&id.0) {
            Arc::make_mut(operation).until = Some(until);
        }
    }

    pub(super) fn forget_where(&mut self, forgotten: impl Fn(&Operation) -> bool) {
        retain(&mut self.operations, |_, operation| !forgotten(operation));
        let operations = self.operations.clone();
        retain(&mut self.chunks, |(operation, _), _| operations.contains_key(operation));
    }
}
