//! What happens between a client and us.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use super::metrics::{
    ClientLabels, EndpointLabels, Metrics, RepairLabels, RequestLabels, StatusClass, Word, seconds,
};
use super::{Event, Heard, redact};
use crate::kernel::{ClientName, TargetName};

/// The name under which the lines of requests are logged.
pub(super) const ACCESS: &str = "scim_facade::access";

/// What a request was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Endpoint {
    /// `/Users` and one user.
    Users,
    /// `/Groups` and one group.
    Groups,
    /// `/Roles`, `/Entitlements` and one of them.
    Catalogue,
    /// `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`.
    Discovery,
    /// `/Bulk`.
    Bulk,
    /// `/.search` at the root.
    Search,
    /// `/Me`: known to the protocol, not served.
    NotServed,
    /// Nothing that there is.
    #[default]
    Unknown,
}

impl Endpoint {
    /// The word in logs and metrics.
    pub fn word(self) -> Word {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Catalogue => "catalogue",
            Self::Discovery => "discovery",
            Self::Bulk => "bulk",
            Self::Search => "search",
            Self::NotServed => "not_served",
            Self::Unknown => "unknown",
        }
    }
}

/// A request was answered.
#[derive(Clone, Debug)]
pub struct RequestServed<'a> {
    /// Our id for it, which the answer carries too.
    pub request: &'a str,
    /// The target, once it is known to exist and to be the client's.
    pub target: Option<TargetName>,
    /// Who asked, once authenticated.
    pub client: Option<ClientName>,
    /// The method; one of the protocol's or `OTHER`.
    pub method: Word,
    /// What it was for.
    pub endpoint: Endpoint,
    /// The id in its path.
    pub id: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// From its arrival to the answer.
    pub took: Duration,
}

impl Event for RequestServed<'_> {
    fn record(self, metrics: &Metrics) {
        let endpoint = self.endpoint.word();
        let target = self.target.as_ref().map_or("-", TargetName::as_str);
        let client = self.client.as_ref().map_or("-", ClientName::as_str);
        // Made only for a line that is written.
        let id = || self.id.map(|id| redact::Id(id).to_string()).unwrap_or_default();
        let millis = seconds(self.took) * 1000.0;
        // A request that failed on our side is worth a look; whether somebody has to act, an alarm says.
        if self.status >= 500 {
            tracing::warn!(
                target: ACCESS,
                request = self.request,
                scim_target = target,
                client,
                method = self.method,
                endpoint,
                id = id(),
                status = self.status,
                millis,
                "request failed"
            );
        } else {
            tracing::info!(
                target: ACCESS,
                request = self.request,
                scim_target = target,
                client,
                method = self.method,
                endpoint,
                id = id(),
                status = self.status,
                millis,
                "request served"
            );
        }
        let timed = EndpointLabels { method: self.method, endpoint };
        metrics.request_seconds.with(&timed, |spread| spread.observe(seconds(self.took)));
        let status = StatusClass::of(self.status);
        let labels =
            RequestLabels { target: self.target, client: self.client, method: self.method, endpoint, status };
        metrics.requests.with(&labels, Counter::inc);
    }
}

/// A request needed a repair.
#[derive(Clone, Debug)]
pub struct RepairUsed<'a> {
    /// The request.
    pub request: &'a str,
    /// Who sent it.
    pub client: ClientName,
    /// The repair's stable name.
    pub repair: Word,
    /// How often in this request.
    pub count: u32,
}

impl Event for RepairUsed<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::debug!(
            request = self.request,
            client = self.client.as_str(),
            repair = self.repair,
            count = self.count,
            "repair used"
        );
        let labels = RepairLabels { client: self.client, repair: self.repair };
        metrics.repairs.with(&labels, |count| count.inc_by(u64::from(self.count)));
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard::Repair(self.repair, self.count))
    }
}

/// A client was asked to come back.
#[derive(Clone, Debug)]
pub struct TransientAnswered<'a> {
    /// The request.
    pub request: &'a str,
    /// The target.
    pub target: TargetName,
    /// Who asked.
    pub client: ClientName,
    /// 429 or 503, as the client is configured.
    pub status: u16,
    /// In how many seconds.
    pub retry_after: u32,
}

impl Event for TransientAnswered<'_> {
    fn record(self, metrics: &Metrics) {
        tracing::info!(
            request = self.request,
            scim_target = self.target.as_str(),
            client = self.client.as_str(),
            status = self.status,
            retry_after = self.retry_after,
            "asked to come back"
        );
        let labels = ClientLabels { target: self.target, client: self.client };
        metrics.transient_answers.with(&labels, Counter::inc);
    }
}
