//! What has to be known of a Netskope tenant.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use secrecy::SecretString;

use crate::outbound::{Base, Pace, SendPolicy};

/// Domains of Netskope's own: the token goes nowhere else.
const DOMAINS: [&str; 3] = [".goskope.com", ".netskope.com", ".boomskope.com"];

/// Calls a second for each family of routes (vendor: said of other routes of this API; for SCIM no number is told).
const RATE: u32 = 4;

/// So many calls a second, and as many at once; 0: without a limit.
pub fn pace(rate: u32) -> Option<Pace> {
    let interval = Duration::from_secs(1).checked_div(rate)?;
    Some(Pace { burst: rate, interval })
}

/// The header that carries the token. Vendor: both work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenHeader {
    /// `Authorization: Bearer …`, as identity providers send it.
    #[default]
    Bearer,
    /// `Netskope-Api-Token: …`, the vendor's own.
    Native,
}

/// One Netskope tenant and the token for it.
#[derive(Clone)]
pub struct NetskopeConfig {
    /// The tenant's host.
    pub host: Base,
    /// The REST API v2 token. It always ends some day.
    pub token: SecretString,
    /// The header that carries it.
    pub header: TokenHeader,
    /// How calls are made; the pace holds for people and groups separately.
    pub policy: SendPolicy,
    /// The names of the tenant's own user attributes, as far as they are declared.
    pub own_attributes: Vec<String>,
    /// Whether a userName that is an address makes up for a missing one.
    pub email_from_username: bool,
    /// Whether people are found by e-mail address through the User-Management API, which takes a scope of its own.
    pub user_management: bool,
    /// Whether the tenant is known to show people whom it has switched off; nobody documents whether it does.
    pub inactive_visible: bool,
    /// The day on which the token ends, if the operator says it: Netskope doesn't.
    pub token_expires: Option<Date>,
}

impl NetskopeConfig {
    /// A tenant with the defaults.
    ///
    /// # Errors
    /// What is wrong with the host: the token would be sent to somebody else, or to an interface that has ended.
    pub fn new(host: Base, token: SecretString) -> Result<Self, String> {
        let name = host.host();
        if name.starts_with("addon-") {
            return Err(
                "names the add-on interface, which has ended: use the tenant's own host, like \"https://example.goskope.com\""
                    .to_owned(),
            );
        }
        if !host.is_loopback() && !DOMAINS.iter().any(|domain| host.is_under(domain)) {
            return Err(format!("{name} is none of Netskope's: it has to end in {}", DOMAINS.join(", ")));
        }
        Ok(Self {
            host,
            token,
            header: TokenHeader::default(),
            policy: SendPolicy { pace: pace(RATE), ..SendPolicy::default() },
            own_attributes: Vec::new(),
            email_from_username: true,
            user_management: false,
            inactive_visible: false,
            token_expires: None,
        })
    }
}

/// Shows no token.
impl fmt::Debug for NetskopeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NetskopeConfig({}, {:?})", self.host, self.header)
    }
}
