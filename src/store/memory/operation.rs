//! Operations and their chunks.

use super::apply::refuse;
use super::tables::Tables;
use crate::kernel::{ScimId, TargetName, Timestamp};
use crate::store::{Chunk, Conflict, Operation, OperationId, Result};

impl Tables {
    pub(super) fn operation(&self, target: &TargetName, group: &ScimId, wish: &str) -> Option<&Operation> {
        self.operations.values().find(|o| o.target == *target && o.group == *group && o.wish == wish)
    }

    pub(super) fn open_operations(&self, target: &TargetName) -> Vec<Operation> {
        let open = self.operations.values().filter(|o| o.target == *target && o.until.is_none());
        let mut open: Vec<Operation> = open.cloned().collect();
        open.sort_by(|a, b| (a.opened, &a.id.0).cmp(&(b.opened, &b.id.0)));
        open
    }

    pub(super) fn chunks_of(&self, operation: &OperationId) -> impl Iterator<Item = &Chunk> {
        let all = self.chunk_numbers.from((operation.clone(), 0));
        all.take_while(move |(of, _)| of == operation).filter_map(|at| self.chunks.get(at))
    }

    pub(super) fn begin(&mut self, operation: Operation) -> Result<()> {
        if self.operation(&operation.target, &operation.group, &operation.wish).is_some() {
            return refuse(Conflict::Aspect);
        }
        if self.operations.get(&operation.id).is_some() {
            return refuse(Conflict::Id);
        }
        self.operations.put(operation.id.clone(), operation);
        Ok(())
    }

    pub(super) fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        if self.operations.get(&chunk.operation).is_none() {
            return refuse(Conflict::Stale);
        }
        let at = (chunk.operation.clone(), chunk.number);
        self.chunk_numbers.put(at.clone());
        self.chunks.put(at, chunk);
        Ok(())
    }

    pub(super) fn end_operation(&mut self, id: &OperationId, until: Timestamp) {
        if let Some(operation) = self.operations.get(id) {
            let ended = Operation { until: Some(until), ..operation.clone() };
            self.operations.put(id.clone(), ended);
        }
    }

    pub(super) fn forget_where(&mut self, forgotten: impl Fn(&Operation) -> bool) {
        let gone: Vec<OperationId> =
            self.operations.values().filter(|o| forgotten(o)).map(|o| o.id.clone()).collect();
        for operation in gone {
            let chunks: Vec<u32> = self.chunks_of(&operation).map(|chunk| chunk.number).collect();
            for number in chunks {
                let at = (operation.clone(), number);
                self.chunks.take(&at);
                self.chunk_numbers.take(&at);
            }
            self.operations.take(&operation);
        }
    }
}
