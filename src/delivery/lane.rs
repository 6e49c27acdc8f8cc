//! Lanes: each resource has a queue with one running operation.
//!
//! A deprovision goes to the head of its queue. Nobody holds two lanes, so lanes can't deadlock.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::kernel::{Kind, Priority, ScimId};

/// What a lane belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LaneKey {
    /// A resource that exists.
    Resource(Kind, ScimId),
    /// A folded userName or displayName that is being given to a new resource.
    Key(Kind, String),
}

/// The lanes of one target.
#[derive(Clone, Debug, Default)]
pub struct Lanes(Arc<Mutex<HashMap<LaneKey, VecDeque<Waiter>>>>);

#[derive(Debug)]
struct Waiter {
    priority: Priority,
    turn: oneshot::Sender<LaneGuard>,
}

/// The right to run; the next operation's turn comes when it is dropped.
#[derive(Debug)]
pub struct LaneGuard {
    lanes: Lanes,
    key: Option<LaneKey>,
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
                    waiting.insert(place, Waiter { priority, turn: sender });
                    receiver
                }
                None => {
                    lanes.insert(key.clone(), VecDeque::new());
                    return LaneGuard { lanes: self.clone(), key: Some(key) };
                }
            }
        };
        match turn.await {
            Ok(guard) => guard,
            // The sender is only dropped together with the whole map; then there is nobody left to run beside.
            Err(_) => LaneGuard { lanes: self.clone(), key: None },
        }
    }

    /// How many wait for the lane; for tests and metrics.
    pub fn waiting(&self, key: &LaneKey) -> usize {
        self.lock().get(key).map_or(0, VecDeque::len)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LaneKey, VecDeque<Waiter>>> {
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
            let guard = LaneGuard { lanes: self.clone(), key: Some(key.clone()) };
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
                let _turn = lanes.enter(lane(), priority).await;
                order.lock().unwrap().push(name);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["x", "y", "a", "b"]);
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
}
