//! A value that many need and one fetches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::kernel::{Clock, Timestamp};

/// A cached value with single-flight renewal: while one caller fetches, the others wait and share its outcome.
#[derive(Debug)]
pub struct SingleFlight<T, E> {
    held: RwLock<Option<(T, Timestamp)>>,
    turn: tokio::sync::Mutex<Option<E>>,
    finished: AtomicU64,
    share: fn(&E) -> bool,
}

impl<T: Clone, E: Clone> SingleFlight<T, E> {
    /// An empty cache. `share`: whether those who waited take this failure over, instead of trying themselves.
    pub fn new(share: fn(&E) -> bool) -> Self {
        Self {
            held: RwLock::new(None),
            turn: tokio::sync::Mutex::new(None),
            finished: AtomicU64::new(0),
            share,
        }
    }

    /// The value, where it is held and still valid at `now`.
    pub fn fresh(&self, now: Timestamp) -> Option<T> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
    }

    /// The held value, or what `fetch` gives: the value and until when it is valid.
    ///
    /// # Errors
    /// What `fetch` gives, or gave to the caller that was waited for.
    pub async fn get<F>(&self, clock: &dyn Clock, fetch: F) -> Result<T, E>
    where
        F: Future<Output = Result<(T, Timestamp), E>>,
    {
        if let Some(value) = self.fresh(clock.now()) {
            return Ok(value);
        }
        let seen = self.finished.load(Ordering::Acquire);
        let mut last_failure = self.turn.lock().await;
        if let Some(value) = self.fresh(clock.now()) {
            return Ok(value);
        }
        if self.finished.load(Ordering::Acquire) != seen
            && let Some(failure) = last_failure.as_ref().filter(|failure| (self.share)(failure))
        {
            return Err(failure.clone());
        }
        let outcome = fetch.await;
        self.finished.fetch_add(1, Ordering::Release);
        match outcome {
            Ok((value, until)) => {
                *last_failure = None;
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some((value.clone(), until));
                Ok(value)
            }
            Err(failure) => {
                *last_failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// Forgets the held value if `stale` says so of it.
    pub fn forget(&self, stale: impl FnOnce(&T) -> bool) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|(value, _)| stale(value)) {
            *held = None;
        }
    }
}
