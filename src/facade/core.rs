//! What every part of the facade works with.

use std::sync::Arc;

use scim::resource::Location;
use scim::schema::ResourceType;
use tokio_util::task::TaskTracker;

use super::settings::Settings;
use super::target::Discovery;
use crate::backend::{Backend, Capabilities};
use crate::delivery::Delivery;
use crate::kernel::{Kind, TargetName};
use crate::store::Store;

/// One target's parts.
pub(super) struct Core {
    pub delivery: Delivery,
    pub settings: Settings,
    pub discovery: Discovery,
    pub folding: super::folding::Folding,
    pub recent: super::recent::Recent,
    /// The store is known to be no copy. It can't become one while it is open.
    pub writable: std::sync::OnceLock<()>,
    /// What cursors are sealed with, once it was needed.
    pub cursor_key: tokio::sync::OnceCell<scim::cursor::Key>,
    /// Everything that runs; closed when the program is about to stop.
    pub tasks: TaskTracker,
}

impl Core {
    pub fn target(&self) -> &TargetName {
        &self.delivery.target
    }

    pub fn backend(&self) -> &dyn Backend {
        &*self.delivery.backend
    }

    pub fn caps(&self) -> &Capabilities {
        self.delivery.backend.capabilities()
    }

    pub fn store(&self) -> &dyn Store {
        &*self.delivery.store
    }

    /// Whether resources have rows that last. Where they have none, a resource is what the backend tells of it.
    pub fn keeps_shadows(&self) -> bool {
        self.delivery.store.keeps_shadows()
    }

    pub fn resource_type(&self, kind: Kind) -> &Arc<ResourceType> {
        match kind {
            Kind::User => &self.discovery.user_type,
            Kind::Group => &self.discovery.group_type,
        }
    }

    /// A resource's URL.
    pub fn location(&self, kind: Kind, id: impl Into<Arc<str>>) -> Location {
        self.discovery.location(kind, id)
    }
}
