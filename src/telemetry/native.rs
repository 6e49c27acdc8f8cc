//! What happens between us and a backend.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use super::metrics::{
    ClientLabels, DriftLabels, Metrics, NativeLabels, OperationLabels, StatusClass, Word, seconds,
};
use super::{Event, Heard, redact};
use crate::kernel::{ClientName, TargetName};

/// A call to a vendor ended.
#[derive(Clone, Debug)]
pub struct NativeCallMade<'a> {
    /// The request or the background work that it was made for.
    pub request: &'a str,
    /// The backend: `sophos`.
    pub backend: Word,
    /// What was called, as a word of the backend's client: `user_get`.
    pub operation: Word,
    /// The host that was called.
    pub host: &'a str,
    /// The status; `None` if no answer came.
    pub status: Option<u16>,
    /// From sending to the answer's end.
    pub took: Duration,
}

impl Event for NativeCallMade<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::debug!(
            request = self.request,
            backend = self.backend,
            operation = self.operation,
            host = %redact::Host(self.host),
            status = self.status,
            millis = seconds(self.took) * 1000.0,
            "native call made"
        );
        let timed = OperationLabels { backend: self.backend, operation: self.operation };
        metrics.native_call_seconds.with(&timed, |spread| spread.observe(seconds(self.took)));
        let status = self.status.map_or(StatusClass::NONE, StatusClass::of);
        let labels = NativeLabels { backend: self.backend, operation: self.operation, status };
        metrics.native_calls.with(&labels, Counter::inc);
    }
}

/// A native value is no longer what we last wrote. Only the field's name is told.
#[derive(Clone, Debug)]
pub struct DriftSeen<'a> {
    /// The target.
    pub target: TargetName,
    /// The SCIM id.
    pub id: &'a str,
    /// The native field.
    pub field: Word,
}

impl Event for DriftSeen<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::info!(
            scim_target = self.target.as_str(),
            id = %redact::Id(self.id),
            field = self.field,
            "drift seen"
        );
        metrics.drift.with(&DriftLabels { target: self.target, field: self.field }, Counter::inc);
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard::Drift(self.field))
    }
}

/// A client named group members that exist nowhere; they were left out.
#[derive(Clone, Debug)]
pub struct UnknownMembers<'a> {
    /// The request.
    pub request: &'a str,
    /// The target.
    pub target: TargetName,
    /// Who sent them.
    pub client: ClientName,
    /// How many.
    pub count: u64,
}

impl Event for UnknownMembers<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::warn!(
            request = self.request,
            scim_target = self.target.as_str(),
            client = self.client.as_str(),
            count = self.count,
            "unknown members left out"
        );
        let labels = ClientLabels { target: self.target, client: self.client };
        metrics.unknown_members.with(&labels, |count| count.inc_by(self.count));
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard::UnknownMembers(self.count))
    }
}

/// A client wrote fields of an object that a directory manages; they were left out.
#[derive(Clone, Debug)]
pub struct SyncedIgnored<'a> {
    /// The request.
    pub request: &'a str,
    /// The target.
    pub target: TargetName,
    /// Who sent them.
    pub client: ClientName,
    /// How many.
    pub count: u64,
}

impl Event for SyncedIgnored<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::info!(
            request = self.request,
            scim_target = self.target.as_str(),
            client = self.client.as_str(),
            count = self.count,
            "fields that a directory manages left out"
        );
        let labels = ClientLabels { target: self.target, client: self.client };
        metrics.synced_ignored.with(&labels, |count| count.inc_by(self.count));
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard::SyncedIgnored(self.count))
    }
}
