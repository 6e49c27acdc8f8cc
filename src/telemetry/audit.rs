//! The audit of targets of which nothing is stored: a line for each row.

use std::time::Duration;

use super::metrics::{Metrics, Word, seconds};
use super::{Event, redact};
use crate::kernel::{ClientName, TargetName};

/// The name under which these lines are logged: at every level.
pub(super) const AUDIT: &str = "scim_facade::audit";

/// What one write did, for auditors. Names of attributes and ids of objects, never values.
#[derive(Clone, Debug)]
pub struct Audited<'a> {
    /// The request.
    pub request: &'a str,
    /// The target.
    pub target: &'a TargetName,
    /// Who asked.
    pub client: &'a ClientName,
    /// User or group.
    pub kind: Word,
    /// Whom it is about.
    pub id: &'a str,
    /// What was done.
    pub action: &'a str,
    /// What came of it.
    pub outcome: &'a str,
    /// Names of the attributes written, or ids of the members changed.
    pub what: &'a [String],
    /// `active` before and after, where the write changes it.
    pub active: Option<(bool, bool)>,
    /// The native writes planned.
    pub plan: &'a [String],
    /// From receipt to outcome.
    pub took: Duration,
}

impl Event for Audited<'_> {
    fn record(self, _: &Metrics) {
        let active = self.active.map(|(before, after)| format!("{before} -> {after}"));
        tracing::info!(
            target: AUDIT,
            request = self.request,
            scim_target = self.target.as_str(),
            client = self.client.as_str(),
            kind = self.kind,
            id = %redact::Id(self.id),
            action = self.action,
            outcome = self.outcome,
            what = self.what.join(" "),
            active,
            plan = self.plan.join("; "),
            millis = seconds(self.took) * 1000.0,
            "audit"
        );
    }
}
