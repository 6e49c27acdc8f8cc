//! What is learned of a request on its way through the layers, for its log line.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;

use crate::facade::Client;
use crate::kernel::{TargetName, Timestamp};
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
    pub(super) resource: RefCell<Option<String>>,
}

impl Trace {
    pub(super) fn new(id: Arc<str>, received: Timestamp) -> Rc<Self> {
        Rc::new(Self {
            id,
            received,
            client: OnceCell::new(),
            target: OnceCell::new(),
            endpoint: Cell::new(Endpoint::Unknown),
            resource: RefCell::new(None),
        })
    }

    /// The notes of a request. One that came past the outermost layer has none.
    pub(super) fn of(request: &impl HttpMessage) -> Option<Rc<Self>> {
        request.extensions().get::<Rc<Self>>().cloned()
    }

    /// Attaches the notes to a request.
    pub(super) fn attach(self: &Rc<Self>, request: &ServiceRequest) {
        request.extensions_mut().insert(Rc::clone(self));
    }
}
