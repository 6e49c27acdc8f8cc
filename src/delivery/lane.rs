//! Lanes: each resource has a queue with one running operation.
//!
//! A deprovision goes to the head of its queue; whoever it overtakes is told, so that an older wish for the same thing is
//! answered and not carried out. Nobody holds two lanes, so lanes can't deadlock; but whoever carries out an operation holds
//! its lane, and takes its group's for each chunk. Nobody who is in a group's lane waits for an operation's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::kernel::{Kind, Lookup, Priority, ScimId};

/// What a lane belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LaneKey {
    /// A resource that exists.
    Resource(Kind, ScimId),
    /// An operation, by its id: one carries it out, whoever waits for it waits here.
    Operation(String),
    /// A folded userName or displayName that is being given to a new resource.
    Key(Kind, String),
}

/// The lanes of one target.
#[derive(Clone, Debug, Default)]
pub struct Lanes(Arc<Mutex<Lookup<LaneKey, VecDeque<Waiter>>>>);

#[derive(Debug)]
struct Waiter {
    priority: Priority,
    overtaken: bool,
    turn: oneshot::Sender<LaneGuard>,
}

/// The right to run; the next operation's turn comes when it is dropped.
#[derive(Debug)]
pub struct LaneGuard {
    lanes: Lanes,
    key: Option<LaneKey>,
    overtaken: bool,
}

impl LaneGuard {
    /// Whether a later deprovision went first.
    pub fn was_overtaken(&self) -> bool {
        self.overtaken
    }
}

impl Lanes {
    /// Waits for the lane. Requests of one priority go in the order in which they came; a deprovision goes first.
    pub async fn enter(&self, key: LaneKey, priority: Priority) -> LaneGuard {
        let turn = {
            let mut lanes = self.lock();
            match lanes.get_mut(&key) {
                // An entry means that somebody runs; its queue is who waits.
                Some(waiting) => {
                    let (sender, receiver) = oneshot::channel();
                    let place = match priority {
                        Priority::Deprovision => {
                            waiting.iter().take_while(|w| w.priority == priority).count()
                        }
                        Priority::Interactive | Priority::Background => waiting.len(),
                    };
                    waiting.range_mut(place..).for_each(|overtaken| overtaken.overtaken = true);
                    waiting.insert(place, Waiter { priority, overtaken: false, turn: sender });
                    receiver
                }
                None => {
                    lanes.insert(key.clone(), VecDeque::new());
                    return LaneGuard { lanes: self.clone(), key: Some(key), overtaken: false };
                }
            }
        };
        match turn.await {
            Ok(guard) => guard,
            // The sender is only dropped together with the whole map; then there is nobody left to run beside.
            Err(_) => LaneGuard { lanes: self.clone(), key: None, overtaken: false },
        }
    }

    /// Enters a lane in which nobody is; `None` if somebody is.
    pub fn enter_if_free(&self, key: LaneKey) -> Option<LaneGuard> {
        let mut lanes = self.lock();
        if lanes.contains_key(&key) {
            return None;
        }
        lanes.insert(key.clone(), VecDeque::new());
        Some(LaneGuard { lanes: self.clone(), key: Some(key), overtaken: false })
    }

    /// How many wait for the lane; for tests and metrics.
    pub fn waiting(&self, key: &LaneKey) -> usize {
        self.lock().get(key).map_or(0, VecDeque::len)
    }

    fn lock(&self) -> MutexGuard<'_, Lookup<LaneKey, VecDeque<Waiter>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass_on(&self, key: &LaneKey) {
        loop {
            let next = {
                let mut lanes = self.lock();
                match lanes.get_mut(key).and_then(VecDeque::pop_front) {
                    Some(waiter) => waiter,
                    None => {
                        lanes.remove(key);
                        return;
                    }
                }
            };
            let guard = LaneGuard { lanes: self.clone(), key: Some(key.clone()), overtaken: next.overtaken };
            match next.turn.send(guard) {
                Ok(()) => return,
                // Whoever waited has gone: take the right back without passing it on twice.
                Err(mut unwanted) => unwanted.key = None,
            }
        }
    }
}

impl Drop for LaneGuard {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.lanes.clone().pass_on(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> LaneKey {
        LaneKey::Resource(Kind::User, ScimId::new("1"))
    }

    #[tokio::test]
    async fn a_deprovision_overtakes_what_waits() {
        let lanes = Lanes::default();
        let first = lanes.enter(lane(), Priority::Interactive).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (name, priority) in [
            ("a", Priority::Interactive),
            ("b", Priority::Background),
            ("x", Priority::Deprovision),
            ("y", Priority::Deprovision),
        ] {
            let (lanes, order) = (lanes.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let turn = lanes.enter(lane(), priority).await;
                order.lock().unwrap().push((name, turn.was_overtaken()));
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        let expected = [("x", false), ("y", false), ("a", true), ("b", true)];
        assert_eq!(*order.lock().unwrap(), expected);
        assert!(lanes.lock().is_empty(), "an idle lane leaves nothing behind");
    }

    #[tokio::test]
    async fn whoever_stops_waiting_does_not_block_the_lane() {
        let lanes = Lanes::default();
        let first = lanes.enter(lane(), Priority::Interactive).await;
        let gone = tokio::spawn({
            let lanes = lanes.clone();
            async move { lanes.enter(lane(), Priority::Interactive).await }
        });
        tokio::task::yield_now().await;
        gone.abort();
        assert!(gone.await.is_err());
        let next = tokio::spawn({
            let lanes = lanes.clone();
            async move { lanes.enter(lane(), Priority::Interactive).await }
        });
        tokio::task::yield_now().await;
        drop(first);
        drop(next.await.unwrap());
        assert!(lanes.lock().is_empty());
    }

    #[tokio::test]
    async fn a_lane_is_free_when_nobody_runs() {
        let lanes = Lanes::default();
        let first = lanes.enter_if_free(lane()).unwrap();
        assert!(lanes.enter_if_free(lane()).is_none());
        drop(first);
        assert!(lanes.enter_if_free(lane()).is_some());
    }
}
