//! The metrics, and the labels that they may carry. Every label has few values: names from the configuration, or words
//! from the code. Never an id, and nothing that a client spelled.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::family::Family;
use crate::kernel::{ClientName, TargetName};

impl EncodeLabelValue for TargetName {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), fmt::Error> {
        self.as_str().encode(encoder)
    }
}

impl EncodeLabelValue for ClientName {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), fmt::Error> {
        self.as_str().encode(encoder)
    }
}

/// The first digit of an HTTP status, or that there was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatusClass(&'static str);

impl StatusClass {
    /// No answer came.
    pub const NONE: Self = Self("none");

    /// Of an HTTP status.
    pub fn of(status: u16) -> Self {
        Self(match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "other",
        })
    }
}

impl EncodeLabelValue for StatusClass {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), fmt::Error> {
        self.0.encode(encoder)
    }
}

/// A word from the code.
pub(super) type Word = &'static str;

macro_rules! labels {
    ($($name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            #[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
            pub(super) struct $name { $(pub $field: $type),* }
        )*
    };
}

labels! {
    RequestLabels { target: Option<TargetName>, client: Option<ClientName>, method: Word, endpoint: Word, status: StatusClass }
    EndpointLabels { method: Word, endpoint: Word }
    RepairLabels { client: ClientName, repair: Word }
    NativeLabels { backend: Word, operation: Word, status: StatusClass }
    OperationLabels { backend: Word, operation: Word }
    AlarmLabels { kind: Word }
    DriftLabels { target: TargetName, field: Word }
    ClientLabels { target: TargetName, client: ClientName }
    WishLabels { target: TargetName, wish: Word }
    TargetLabels { target: TargetName }
}

type Histograms<L> = Family<L, Histogram>;

/// From 1 ms to half a minute: what a client waits.
fn waits() -> Histogram {
    Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0])
}

/// From 100 ms to a day: how long a wish stays open.
fn spans() -> Histogram {
    Histogram::new([0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21_600.0, 86_400.0])
}

/// Every metric. Only events move them.
#[derive(Debug)]
pub struct Metrics {
    pub(super) requests: Family<RequestLabels, Counter>,
    pub(super) request_seconds: Histograms<EndpointLabels>,
    pub(super) repairs: Family<RepairLabels, Counter>,
    pub(super) transient_answers: Family<ClientLabels, Counter>,
    pub(super) native_calls: Family<NativeLabels, Counter>,
    pub(super) native_call_seconds: Histograms<OperationLabels>,
    pub(super) alarms: Family<AlarmLabels, Counter>,
    pub(super) drift: Family<DriftLabels, Counter>,
    pub(super) unknown_members: Family<ClientLabels, Counter>,
    pub(super) synced_ignored: Family<ClientLabels, Counter>,
    pub(super) intents_opened: Family<WishLabels, Counter>,
    pub(super) intents_confirmed: Family<WishLabels, Counter>,
    pub(super) intent_seconds: Histograms<WishLabels>,
    pub(super) settlement_runs: Family<TargetLabels, Counter>,
    pub(super) settled: Family<TargetLabels, Counter>,
    pub(super) unsettled: Family<TargetLabels, Gauge>,
}

impl Metrics {
    /// Makes every metric and names it in `registry`.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            request_seconds: Family::new(waits),
            repairs: Family::default(),
            transient_answers: Family::default(),
            native_calls: Family::default(),
            native_call_seconds: Family::new(waits),
            alarms: Family::default(),
            drift: Family::default(),
            unknown_members: Family::default(),
            synced_ignored: Family::default(),
            intents_opened: Family::default(),
            intents_confirmed: Family::default(),
            intent_seconds: Family::new(spans),
            settlement_runs: Family::default(),
            settled: Family::default(),
            unsettled: Family::default(),
        };
        let m = &metrics;
        registry.register("requests", "SCIM requests answered", m.requests.clone());
        registry.register("request_seconds", "Time from request to answer", m.request_seconds.clone());
        registry.register("repairs", "Deviations from the RFCs set right", m.repairs.clone());
        registry.register("transient_answers", "Answers that a retry can cure", m.transient_answers.clone());
        registry.register("native_calls", "Calls to vendors", m.native_calls.clone());
        registry.register("native_call_seconds", "Time of one vendor call", m.native_call_seconds.clone());
        registry.register("alarms", "Things an operator has to act on", m.alarms.clone());
        registry.register("drift", "Fields that changed natively", m.drift.clone());
        registry.register("unknown_members", "Group members that exist nowhere", m.unknown_members.clone());
        registry.register(
            "synced_ignored",
            "Fields left out because a directory manages them",
            m.synced_ignored.clone(),
        );
        registry.register("intents_opened", "Wishes journalled", m.intents_opened.clone());
        registry.register("intents_confirmed", "Wishes seen fulfilled natively", m.intents_confirmed.clone());
        registry.register("intent_seconds", "Time from receipt to confirmation", m.intent_seconds.clone());
        registry.register("settlement_runs", "Looks for work left over", m.settlement_runs.clone());
        registry.register("settled", "Leftovers settled", m.settled.clone());
        registry.register("unsettled", "Leftovers after the last run", m.unsettled.clone());
        metrics
    }
}

/// A duration as a histogram counts it.
pub(super) fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
