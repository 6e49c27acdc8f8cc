//! What is learned of a request on its way, for its log line.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::facade::Client;
use crate::kernel::{ScimId, TargetName, Timestamp};
use crate::telemetry::Endpoint;

/// One request's notes. Each worker thread has its own requests, so nothing here is shared between threads.
#[derive(Debug)]
pub(super) struct Trace {
    /// Our id for the request.
    pub(super) id: Arc<str>,
    /// When it came.
    pub(super) received: Timestamp,
    /// Who asks, once authenticated.
    pub(super) client: OnceCell<Arc<Client>>,
    /// What is asked, once it is the client's.
    pub(super) target: OnceCell<TargetName>,
    /// What for.
    pub(super) endpoint: Cell<Endpoint>,
    /// The id in the path.
    pub(super) resource: OnceCell<ScimId>,
}

impl Trace {
    pub(super) fn new(id: Arc<str>, received: Timestamp) -> Self {
        Self {
            id,
            received,
            client: OnceCell::new(),
            target: OnceCell::new(),
            endpoint: Cell::new(Endpoint::Unknown),
            resource: OnceCell::new(),
        }
    }

    /// Writes down what the request is for.
    pub(super) fn note(&self, endpoint: Endpoint, id: Option<&ScimId>) {
        self.endpoint.set(endpoint);
        if let Some(id) = id {
            // A request has one path.
            let _ = self.resource.set(id.clone());
        }
    }
}
