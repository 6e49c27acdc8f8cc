//! What has to be known of a Sophos Central account.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::outbound::{Base, SendPolicy};

/// One Sophos Central credential and the tenant that it is used for.
#[derive(Clone)]
pub struct SophosConfig {
    /// The host that gives tokens.
    pub id: Base,
    /// The host of whoami and of the tenant lists.
    pub global: Base,
    /// The tenant's regional host, where the operator names one; else Sophos tells it.
    pub region: Option<Base>,
    /// The credential's id.
    pub client_id: String,
    /// The credential's secret.
    pub client_secret: SecretString,
    /// The tenant: needed with a partner's or an organization's credential; with a tenant's own it must be that tenant.
    pub tenant_id: Option<String>,
    /// How calls are made.
    pub policy: SendPolicy,
    /// For how long after a write a list or search may not show it.
    pub visibility_lag: Duration,
}

impl SophosConfig {
    /// A tenant's own credential at Sophos's hosts, with the defaults.
    pub fn new(client_id: impl Into<String>, client_secret: SecretString) -> Self {
        Self {
            id: Base::known("id.sophos.com"),
            global: Base::known("api.central.sophos.com"),
            region: None,
            client_id: client_id.into(),
            client_secret,
            tenant_id: None,
            policy: SendPolicy::default(),
            visibility_lag: Duration::from_secs(5),
        }
    }

    /// Whether the credential may be sent to a host that Sophos told us: one of Sophos's own, or one that the operator
    /// has named for another purpose (a simulator, a validating proxy).
    pub(super) fn trusts(&self, host: &Base) -> bool {
        host.is_under(".central.sophos.com") || host.same_host(&self.global) || host.same_host(&self.id)
    }
}

/// Shows no credential.
impl fmt::Debug for SophosConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SophosConfig({}, {}, {:?}, tenant {:?})",
            self.id, self.global, self.region, self.tenant_id
        )
    }
}
