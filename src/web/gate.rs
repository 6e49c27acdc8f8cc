//! Whether we are ready, and who is still being answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Shared by the health endpoints, the outermost layer and whoever stops the server.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    ready: Arc<AtomicBool>,
    answering: TaskTracker,
}

impl Gate {
    /// A gate that is open for work.
    pub fn open() -> Self {
        let gate = Self::default();
        gate.ready.store(true, Ordering::Release);
        gate
    }

    /// Whether new work is welcome.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// From now on we are not ready. Requests are still answered.
    pub fn close(&self) {
        self.ready.store(false, Ordering::Release);
        self.answering.close();
    }

    /// How many requests are being answered.
    pub fn answering(&self) -> usize {
        self.answering.len()
    }

    /// Waits until nobody is being answered. Needs [`close`](Self::close).
    pub async fn answered(&self) {
        self.answering.wait().await;
    }

    /// Counts one request for as long as the token lives.
    pub(super) fn enter(&self) -> TaskTrackerToken {
        self.answering.token()
    }
}
