//! A state, and the older one that reads see when they lag behind.
//!
//! The state changes only by applying changes, so the older one gets the same changes later.

use std::collections::VecDeque;

/// A state that changes only by applying changes.
pub(crate) trait Replays: Clone {
    /// One change; the same change on an equal state gives an equal state.
    type Change: Clone + std::fmt::Debug;

    /// Carries it out.
    fn apply(&mut self, change: Self::Change);
}

/// A state with its past.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lagging<S: Replays> {
    current: S,
    behind: Option<Behind<S>>,
    /// Counts changes.
    pub revision: u64,
}

#[derive(Clone, Debug)]
struct Behind<S: Replays> {
    state: S,
    pending: VecDeque<(i64, S::Change)>,
}

impl<S: Replays> Lagging<S> {
    /// The state as it is.
    pub fn current(&self) -> &S {
        &self.current
    }

    /// The state as those see it who are behind.
    pub fn listed(&self) -> &S {
        self.behind.as_ref().map_or(&self.current, |behind| &behind.state)
    }

    /// Changes the state; the older one follows when the lag is over.
    pub fn apply(&mut self, now: i64, change: S::Change) {
        self.revision += 1;
        if let Some(behind) = &mut self.behind {
            behind.pending.push_back((now, change.clone()));
        }
        self.current.apply(change);
    }

    /// Lets the older state see everything that is older than the lag in milliseconds.
    pub fn catch_up(&mut self, now: i64, lag_ms: u32) {
        let lag = i64::from(lag_ms) * 1000;
        if lag == 0 {
            self.behind = None;
            return;
        }
        let behind = self
            .behind
            .get_or_insert_with(|| Behind { state: self.current.clone(), pending: VecDeque::new() });
        while behind.pending.front().is_some_and(|(at, _)| *at <= now - lag) {
            if let Some((_, change)) = behind.pending.pop_front() {
                behind.state.apply(change);
            }
        }
    }
}
