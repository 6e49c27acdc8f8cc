//! What the facade tells its operators: one struct per event, which is a log line and a metric together.
//!
//! A caller fills in an event and hands it to [`Telemetry::emit`]; nothing else in the house logs or counts. Events hold
//! names from the configuration, counts, durations and our own ids. They have no field for a body, a filter, an e-mail
//! address or a token, and what a client or a vendor spelled goes through [`redact`] first. ERROR is kept for what an
//! operator has to act on.

mod alarm;
mod audit;
mod family;
mod intent;
pub mod logging;
mod metrics;
mod native;
pub mod redact;
mod request;

use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::kernel::Ctx;

pub use alarm::{Alarm, AlarmKind};
pub use audit::Audited;
pub use intent::{IntentConfirmed, IntentOpened, SettlementRun, Wish};
pub use metrics::{Metrics, StatusClass};
pub use native::{DriftSeen, NativeCallMade, SyncedIgnored, UnknownMembers};
pub use request::{Endpoint, RepairUsed, RequestServed, TransientAnswered};

/// Something that happened: it writes its log line and moves its metrics.
pub trait Event {
    /// Writes the line and moves the metrics.
    fn record(self, metrics: &Metrics);

    /// What an explanation of the request tells of it.
    fn heard(&self) -> Option<Heard> {
        None
    }
}

/// An event, as an explanation tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A repair's name, and how often it was needed.
    Repair(&'static str, u32),
    /// Somebody would have to act: which alarm, and what to do.
    Alarm(&'static str, String),
    /// So many members were named that exist nowhere.
    UnknownMembers(u64),
    /// So many fields that a directory manages were left out.
    SyncedIgnored(u64),
    /// A native field is no longer what was written.
    Drift(&'static str),
}

/// The handle that every room gets. Cloning it is cheap, and all clones count together.
#[derive(Clone, Debug)]
pub struct Telemetry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    metrics: Metrics,
    /// `None` where nobody asks.
    heard: Option<Mutex<Vec<Heard>>>,
}

impl Telemetry {
    /// Registers every metric in `registry`, which is only read from then on.
    pub fn new(registry: Registry) -> Self {
        Self::made(registry, None)
    }

    /// A handle that remembers what an explanation tells.
    pub fn listening() -> Self {
        Self::made(Registry::default(), Some(Mutex::default()))
    }

    fn made(mut registry: Registry, heard: Option<Mutex<Vec<Heard>>>) -> Self {
        let metrics = Metrics::register(registry.sub_registry_with_prefix("scim_facade"));
        Self(Arc::new(Inner { registry, metrics, heard }))
    }

    /// Records one event.
    pub fn emit(&self, event: impl Event) {
        if let (Some(all), Some(heard)) = (&self.0.heard, event.heard()) {
            all.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
        }
        event.record(&self.0.metrics);
    }

    /// What was remembered, in order; nothing if nobody [listens](Self::listening).
    pub fn heard(&self) -> Vec<Heard> {
        let heard = self.0.heard.as_ref();
        heard.map(|all| all.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Records the repairs that a request needed, each with how often.
    pub fn repairs(&self, ctx: &Ctx, used: impl Iterator<Item = (&'static str, u32)>) {
        for (repair, count) in used {
            self.emit(RepairUsed { request: &ctx.request, client: ctx.client.clone(), repair, count });
        }
    }

    /// Every metric in the OpenMetrics text format, for `/metrics`.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a String can't fail; an encoder that fails anyway leaves a page that Prometheus refuses.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}

/// A handle with a registry of its own: for tests, and for tools that nobody scrapes.
impl Default for Telemetry {
    fn default() -> Self {
        Self::new(Registry::default())
    }
}

#[cfg(test)]
mod tests;
