//! Ids are injected, so that a run can be repeated exactly.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Where new ids come from.
pub trait IdGen: Send + Sync {
    /// An id that was never given before.
    fn uuid(&self) -> Uuid;
}

/// Random version 4 UUIDs.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdGen for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes random ids")]
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Ids that count up from a seed: the same seed gives the same ids.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    next: AtomicU64,
}

impl SeededIds {
    /// Ids of one seed; two seeds never give the same id.
    pub fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(1) }
    }
}

impl IdGen for SeededIds {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(self.seed, self.next.fetch_add(1, Ordering::Relaxed))
    }
}
