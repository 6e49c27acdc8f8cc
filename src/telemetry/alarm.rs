//! What an operator has to act on.

use prometheus_client::metrics::counter::Counter;

use super::metrics::{AlarmLabels, Metrics, Word};
use super::{Event, Heard, redact};
use crate::kernel::TargetName;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// The backend refuses for good to take somebody's access away.
    DeprovisionImpossible,
    /// A deactivated person exists natively again.
    Resurrected,
    /// The backend refuses our credential or our rights.
    CredentialRefused,
    /// A native listing is suddenly much shorter than it was.
    ListingShrunk,
    /// The store can't be read or written.
    StoreFailed,
    /// The store was put back from a backup and has to be reconciled.
    StoreRestored,
    /// A part of the program panicked; the request was answered with 500.
    Panicked,
}

impl AlarmKind {
    /// The word in logs and metrics.
    pub fn word(self) -> Word {
        match self {
            Self::DeprovisionImpossible => "deprovision_impossible",
            Self::Resurrected => "resurrected",
            Self::CredentialRefused => "credential_refused",
            Self::ListingShrunk => "listing_shrunk",
            Self::StoreFailed => "store_failed",
            Self::StoreRestored => "store_restored",
            Self::Panicked => "panicked",
        }
    }
}

/// Something that an operator has to act on: an ERROR line that names its kind.
#[derive(Clone, Debug)]
pub struct Alarm<'a> {
    /// What is wrong.
    pub kind: AlarmKind,
    /// The target, if it is about one.
    pub target: Option<TargetName>,
    /// The request, or the background work.
    pub request: &'a str,
    /// The SCIM id, if it is about one resource.
    pub id: Option<&'a str>,
    /// What to know or do, in words of ours: never what a client or a vendor spelled.
    pub what: &'a str,
}

impl Event for Alarm<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::error!(
            alarm = self.kind.word(),
            scim_target = self.target.as_ref().map_or("-", TargetName::as_str),
            request = self.request,
            id = self.id.map(|id| redact::Id(id).to_string()).unwrap_or_default(),
            "{}",
            self.what
        );
        metrics.alarms.with(&AlarmLabels { kind: self.kind.word() }, Counter::inc);
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard::Alarm(self.kind.word(), self.what.to_owned()))
    }
}
