//! What becomes of wishes with consequences.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use super::metrics::{Metrics, TargetLabels, WishLabels, Word, seconds};
use super::{Event, redact};
use crate::kernel::TargetName;

/// What is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Access back.
    Activate,
    /// Access gone, the resource kept.
    Deactivate,
    /// The resource gone.
    Delete,
    /// Into a group.
    MemberIn,
    /// Out of a group.
    MemberOut,
}

impl Wish {
    /// The word in logs and metrics.
    pub fn word(self) -> Word {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::MemberIn => "member_in",
            Self::MemberOut => "member_out",
        }
    }
}

/// A wish was journalled.
#[derive(Clone, Debug)]
pub struct IntentOpened<'a> {
    /// The target.
    pub target: TargetName,
    /// The SCIM id.
    pub id: &'a str,
    /// What is wished.
    pub wish: Wish,
}

impl Event for IntentOpened<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::info!(
            scim_target = self.target.as_str(),
            id = %redact::Id(self.id),
            wish = self.wish.word(),
            "intent opened"
        );
        let labels = WishLabels { target: self.target, wish: self.wish.word() };
        metrics.intents_opened.with(&labels, Counter::inc);
    }
}

/// A wish was seen fulfilled natively. Only this stops its clock.
#[derive(Clone, Debug)]
pub struct IntentConfirmed<'a> {
    /// The target.
    pub target: TargetName,
    /// The SCIM id.
    pub id: &'a str,
    /// What was wished.
    pub wish: Wish,
    /// From the receipt of the request to the confirmation.
    pub took: Duration,
}

impl Event for IntentConfirmed<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::info!(
            scim_target = self.target.as_str(),
            id = %redact::Id(self.id),
            wish = self.wish.word(),
            millis = seconds(self.took) * 1000.0,
            "intent confirmed"
        );
        let labels = WishLabels { target: self.target, wish: self.wish.word() };
        metrics.intent_seconds.with(&labels, |spread| spread.observe(seconds(self.took)));
        metrics.intents_confirmed.with(&labels, Counter::inc);
    }
}

/// The facade looked for work left over by crashes, time-outs and backends that were down.
#[derive(Clone, Debug)]
pub struct SettlementRun {
    /// The target.
    pub target: TargetName,
    /// How many leftovers came to their end.
    pub settled: u64,
    /// How many stay for the next run.
    pub left: u64,
    /// How long it took.
    pub took: Duration,
}

impl Event for SettlementRun {
    fn record(self, metrics: &Metrics) {
        let (target, millis) = (self.target.as_str(), seconds(self.took) * 1000.0);
        if self.settled + self.left > 0 {
            tracing::info!(
                scim_target = target,
                settled = self.settled,
                left = self.left,
                millis,
                "settlement run"
            );
        } else {
            tracing::debug!(scim_target = target, millis, "settlement run: nothing left over");
        }
        let labels = TargetLabels { target: self.target };
        metrics.settlement_runs.with(&labels, Counter::inc);
        metrics.settled.with(&labels, |count| count.inc_by(self.settled));
        metrics.unsettled.with(&labels, |gauge| gauge.set(i64::try_from(self.left).unwrap_or(i64::MAX)));
    }
}
