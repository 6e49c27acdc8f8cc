//! Who may send now: so many at once and in a time, the urgent first, and nobody while the backend asks for a pause.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::kernel::{Clock, Deadline, Priority, Timestamp};

/// Why no permit was given: nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// The backend asked for a pause that ends, so long from now, after the deadline.
    Throttled(Duration),
    /// The deadline passed in the queue.
    Deadline,
}

/// How many requests may begin in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many at once after a pause; at least one.
    pub burst: u32,
    /// After that, one in such a time.
    pub interval: Duration,
}

/// First by urgency, then by arrival.
type Place = (Priority, u64);

#[derive(Debug, Default)]
struct State {
    running: usize,
    arrivals: u64,
    queue: BTreeMap<Place, Arc<Notify>>,
    /// Set by a 429, until an answer to a request sent after it: requests go one at a time, and none before this.
    pause: Option<Timestamp>,
    /// Counts the pauses, so that an answer to a request sent before the pause doesn't end it.
    pauses: u64,
    /// When the last of the requests begun so far would have begun, had there been no burst.
    paced: Timestamp,
}

impl State {
    fn first(&self) -> Option<Place> {
        self.queue.keys().next().copied()
    }

    fn wake_first(&self) {
        if let Some(waiter) = self.queue.values().next() {
            waiter.notify_one();
        }
    }
}

/// The permits of one backend: one permit is one request on the wire.
pub struct Governor {
    clock: Arc<dyn Clock>,
    limit: usize,
    pace: Option<Pace>,
    state: Mutex<State>,
}

impl Governor {
    /// A governor that lets `limit` requests run at once, at least one, and begin no faster than `pace`.
    pub fn new(clock: Arc<dyn Clock>, limit: usize, pace: Option<Pace>) -> Self {
        Self { clock, limit: limit.max(1), pace, state: Mutex::new(State::default()) }
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// [`Busy`]: at once where a pause outlasts the deadline, else when the deadline passes.
    pub async fn acquire(&self, priority: Priority, deadline: Deadline) -> Result<Permit<'_>, Busy> {
        let (ticket, woken) = self.enqueue(priority);
        loop {
            if deadline.passed(&*self.clock) {
                return Err(Busy::Deadline);
            }
            let limit = match self.try_enter(&ticket) {
                Turn::Now(permit) => return Ok(permit),
                Turn::After(wait) if wait > deadline.remaining(&*self.clock) => {
                    return Err(Busy::Throttled(wait));
                }
                Turn::After(wait) | Turn::Slowly(wait) => wait.min(deadline.remaining(&*self.clock)),
                Turn::Later => deadline.remaining(&*self.clock),
            };
            tokio::select! {
                () = woken.notified() => {}
                () = self.clock.sleep(limit) => {}
            }
        }
    }

    fn enqueue(&self, priority: Priority) -> (Ticket<'_>, Arc<Notify>) {
        let mut state = self.lock();
        let place = (priority, state.arrivals);
        state.arrivals += 1;
        let woken = Arc::new(Notify::new());
        state.queue.insert(place, woken.clone());
        (Ticket { governor: self, place }, woken)
    }

    fn try_enter(&self, ticket: &Ticket<'_>) -> Turn<'_> {
        let mut state = self.lock();
        let now = self.clock.now();
        if let Some(until) = state.pause.filter(|until| now < *until) {
            // Everybody is told, so that whose deadline is sooner gives up at once.
            return Turn::After(until.since(now));
        }
        let limit = if state.pause.is_some() { 1 } else { self.limit };
        if state.running >= limit || state.first() != Some(ticket.place) {
            return Turn::Later;
        }
        if let Some(pace) = self.pace {
            let ahead = pace.interval.saturating_mul(pace.burst.saturating_sub(1));
            let wait = state.paced.since(now.plus(ahead));
            if !wait.is_zero() {
                return Turn::Slowly(wait);
            }
            state.paced = state.paced.max(now).plus(pace.interval);
        }
        state.running += 1;
        Turn::Now(Permit { governor: self, pauses: state.pauses })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Turn<'g> {
    Now(Permit<'g>),
    /// The backend asked for a pause.
    After(Duration),
    /// We keep to the pace.
    Slowly(Duration),
    Later,
}

/// A place in the queue; leaves it when dropped, whether served or not.
struct Ticket<'g> {
    governor: &'g Governor,
    place: Place,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.governor.lock();
        state.queue.remove(&self.place);
        state.wake_first();
    }
}

/// The right to send one request; given back when dropped.
pub struct Permit<'g> {
    governor: &'g Governor,
    pauses: u64,
}

impl Permit<'_> {
    /// The backend said "too many": everybody waits so long, then one goes ahead to try.
    pub fn throttled(&self, wait: Duration) {
        let mut state = self.governor.lock();
        let until = self.governor.clock.now().plus(wait);
        state.pause = Some(state.pause.map_or(until, |have| have.max(until)));
        state.pauses += 1;
    }

    /// The backend answered otherwise: if this was sent after the last pause began, the pause is over.
    pub fn answered(&self) {
        let mut state = self.governor.lock();
        if self.pauses == state.pauses {
            state.pause = None;
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.governor.lock();
        state.running -= 1;
        state.wake_first();
    }
}

#[cfg(test)]
#[path = "governor_tests.rs"]
mod tests;
