//! What every part of the facade works with.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim::schema::ResourceType;
use tokio_util::task::TaskTracker;

use super::settings::Settings;
use super::target::Discovery;
use crate::backend::{Backend, Capabilities};
use crate::delivery::Delivery;
use crate::kernel::{Kind, TargetName};
use crate::store::Store;

/// What is encoded in an id: all but letters, digits and what every URL shows as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// One target's parts.
pub(super) struct Core {
    pub delivery: Delivery,
    pub settings: Settings,
    pub discovery: Discovery,
    pub folding: super::folding::Folding,
    pub recent: super::recent::Recent,
    /// The store is known to be no copy. It can't become one while it is open.
    pub writable: std::sync::OnceLock<()>,
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

    pub fn resource_type(&self, kind: Kind) -> &Arc<ResourceType> {
        match kind {
            Kind::User => &self.discovery.user_type,
            Kind::Group => &self.discovery.group_type,
        }
    }

    /// A resource's address.
    pub fn location(&self, kind: Kind, id: &str) -> String {
        let segment = utf8_percent_encode(id, SEGMENT);
        format!("{}/{}/{segment}", self.settings.base_url, kind.endpoint())
    }
}
