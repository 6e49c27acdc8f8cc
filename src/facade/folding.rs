//! Deltas of one group that wait together are carried out together.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use scim::error::ScimError;
use tokio::sync::oneshot;

use super::target::Request;
use crate::delivery::MembersDone;
use crate::kernel::ScimId;

/// What became of a delta.
type DeltaOutcome = Result<MembersDone, ScimError>;

/// One request's delta.
pub(super) struct WaitingDelta {
    pub request: Request,
    pub wishes: BTreeMap<ScimId, bool>,
    pub tell: oneshot::Sender<DeltaOutcome>,
}

/// Deltas that came one after the other, with nothing else for the group between them.
#[derive(Default)]
struct Batch {
    number: u64,
    sealed: bool,
    waiting: Vec<WaitingDelta>,
}

#[derive(Default)]
struct Batches {
    last: u64,
    of_group: HashMap<ScimId, Vec<Batch>>,
}

/// The deltas that wait for each group's lane. Whoever of a batch gets the lane first carries out all of it.
#[derive(Default)]
pub(super) struct Folding(Mutex<Batches>);

impl Folding {
    /// Adds a delta to those that wait. Gives its batch and where the outcome will be told.
    pub fn join(
        &self,
        request: &Request,
        group: &ScimId,
        wishes: BTreeMap<ScimId, bool>,
    ) -> (u64, oneshot::Receiver<DeltaOutcome>) {
        let (tell, told) = oneshot::channel();
        let mut batches = self.lock();
        let next = batches.last + 1;
        let of_group = batches.of_group.entry(group.clone()).or_default();
        if of_group.last().is_none_or(|batch| batch.sealed) {
            of_group.push(Batch { number: next, ..Batch::default() });
        }
        let Some(batch) = of_group.last_mut() else { return (next, told) };
        batch.waiting.push(WaitingDelta { request: request.clone(), wishes, tell });
        let number = batch.number;
        batches.last = next;
        (number, told)
    }

    /// Something else is wished of the group: later deltas come after it.
    pub fn seal(&self, group: &ScimId) {
        if let Some(batch) = self.lock().of_group.get_mut(group).and_then(|batches| batches.last_mut()) {
            batch.sealed = true;
        }
    }

    /// Takes a batch, in the order in which its deltas came; nothing if somebody else has.
    pub fn take(&self, group: &ScimId, number: u64) -> Vec<WaitingDelta> {
        let mut batches = self.lock();
        let Some(of_group) = batches.of_group.get_mut(group) else { return Vec::new() };
        let Some(at) = of_group.iter().position(|batch| batch.number == number) else { return Vec::new() };
        let batch = of_group.remove(at);
        if of_group.is_empty() {
            batches.of_group.remove(group);
        }
        batch.waiting
    }

    fn lock(&self) -> MutexGuard<'_, Batches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
