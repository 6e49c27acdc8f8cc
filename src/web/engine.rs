//! Where the work is done: on another runtime than the one that parses and renders.

use std::future::Future;
use std::sync::Arc;

use scim::error::{Result, ScimError};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::telemetry::{Alarm, AlarmKind, Telemetry};

/// The engine's runtime, and what is running on it for clients.
#[derive(Clone, Debug)]
pub struct Engine {
    handle: Handle,
    tasks: TaskTracker,
    telemetry: Telemetry,
}

impl Engine {
    /// An engine on a runtime.
    pub fn new(handle: Handle, telemetry: Telemetry) -> Self {
        Self { handle, tasks: TaskTracker::new(), telemetry }
    }

    /// Waits until every write that was handed over has come to its end.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Does a read. It ends when nobody waits for it any more.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        request: &Arc<str>,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let mut task = Abandoned(self.handle.spawn(work));
        let done = (&mut task.0).await;
        done.unwrap_or_else(|_| Err(self.panicked(request)))
    }

    /// Does a write. It goes on when nobody waits for it any more: a client that is gone never stops a write half-way.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        request: &Arc<str>,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let done = self.tasks.spawn_on(work, &self.handle).await;
        done.unwrap_or_else(|_| Err(self.panicked(request)))
    }

    fn panicked(&self, request: &str) -> ScimError {
        self.telemetry.emit(Alarm {
            kind: AlarmKind::Panicked,
            target: None,
            request,
            id: None,
            what: "a request panicked while it was carried out. Please report it",
        });
        ScimError::new(500, "The request could not be completed")
    }
}

/// Ends its task when it is dropped.
struct Abandoned<T>(JoinHandle<T>);

impl<T> Drop for Abandoned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
