//! Getting a token, and finding out where the tenant lives.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use super::client::Client;
use super::config::SophosConfig;
use super::error::log_of;
use super::model::{Tenant, TokenAnswer, WhoAmI};
use crate::backend::{BackendError, ErrorKind, Result, Sent};
use crate::kernel::{Clock, Ctx};
use crate::outbound::{
    Base, Fetch, FetchError, Fresh, Header, Method, Request, Response, Route, Segment, Transport,
};

/// Where the id host gives tokens.
pub(super) const TOKEN: &str = "/api/v2/oauth2/token";

/// Asks the id host for tokens (vendor: client credentials, scope `token`; never refreshed, always asked anew).
pub(super) struct TokenFetch {
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub config: Arc<SophosConfig>,
}

#[async_trait]
impl Fetch for TokenFetch {
    async fn fetch(&self, timeout: Duration) -> std::result::Result<Fresh, FetchError> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope=token",
            encode(&self.config.client_id),
            encode(self.config.client_secret.expose_secret()),
        );
        let request = Request {
            method: Method::Post,
            url: self.config.id.at(&Route::new(TOKEN)),
            headers: vec![
                ("content-type", Header::Plain("application/x-www-form-urlencoded".to_owned())),
                ("accept", Header::Plain("application/json".to_owned())),
            ],
            body: Some(body.into_bytes()),
        };
        let unreachable = |error| FetchError::Unavailable {
            wait: None,
            log: format!("no token, the id host gave no answer: {error}"),
        };
        let answer = self.transport.send(request, timeout).await.map_err(unreachable)?;
        self.read(&answer)
    }
}

impl TokenFetch {
    /// Vendor: the id host may answer 200 with an `errorCode` other than `success`.
    fn read(&self, answer: &Response) -> std::result::Result<Fresh, FetchError> {
        let log = || format!("no token: {}", log_of(answer));
        match answer.status {
            200..=299 => {}
            400 | 401 | 403 => return Err(FetchError::Denied(log())),
            408 | 429 | 500..=599 => {
                return Err(FetchError::Unavailable {
                    wait: answer.retry_after(self.clock.now()),
                    log: log(),
                });
            }
            _ => return Err(FetchError::Unusable(log())),
        }
        let token: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| FetchError::Unusable(log()))?;
        if token.error_code.is_some_and(|code| !code.eq_ignore_ascii_case("success")) {
            return Err(FetchError::Denied(log()));
        }
        let secret =
            token.access_token.filter(|text| !text.is_empty()).ok_or_else(|| FetchError::Unusable(log()))?;
        // Vendor: tokens live an hour.
        let expires_in = Duration::from_secs(token.expires_in.unwrap_or(3600));
        Ok(Fresh { secret: SecretString::from(secret), expires_in })
    }
}

/// Where a tenant's directory is.
#[derive(Debug)]
pub(super) struct Place {
    /// The tenant's id, for `X-Tenant-ID`.
    pub tenant: String,
    /// The regional host.
    pub region: Base,
    /// The region's name: `eu01`.
    pub data_region: Option<String>,
}

/// Asks whoami, and for a partner's or an organization's credential the tenant's entry (vendor: their whoami names no
/// regional host).
pub(super) async fn locate(client: &Client, ctx: &Ctx, config: &SophosConfig) -> Result<Place> {
    let me: WhoAmI = client.global(ctx, &Route::new("/whoami/v1"), None).await?;
    let (header, tenants) = match me.id_type.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("partner") => ("x-partner-id", "/partner/v1/tenants"),
        Some("organization") => ("x-organization-id", "/organization/v1/tenants"),
        _ => {
            let told = me.api_hosts.and_then(|hosts| hosts.data_region);
            let tenant = own_tenant(config, me.id)?;
            let region = region_of(config, told.as_deref())?;
            return Ok(Place { tenant, data_region: region_name(&region), region });
        }
    };
    let Some(id) = config.tenant_id.as_deref().and_then(Segment::new) else {
        return Err(denied("a partner's or an organization's credential needs a tenant_id"));
    };
    let route = Route::new(tenants).id(&id);
    let tenant: Tenant = match client.global(ctx, &route, Some((header, &me.id))).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Err(denied(&format!("the credential manages no such tenant ({})", error.log)));
        }
        answer => answer?,
    };
    let region = region_of(config, tenant.api_host.as_deref())?;
    let data_region = tenant.data_region.or_else(|| region_name(&region));
    Ok(Place { tenant: tenant.id, region, data_region })
}

fn own_tenant(config: &SophosConfig, own: String) -> Result<String> {
    match &config.tenant_id {
        Some(asked) if !asked.eq_ignore_ascii_case(&own) => {
            Err(denied("the credential belongs to another tenant"))
        }
        _ => Ok(own),
    }
}

/// The operator's word, else what Sophos told, if the credential may be sent there.
fn region_of(config: &SophosConfig, told: Option<&str>) -> Result<Base> {
    if let Some(region) = &config.region {
        return Ok(region.clone());
    }
    let unusable = |why: String| BackendError::new(ErrorKind::Unusable, Sent::Rejected, why);
    let told = told.ok_or_else(|| unusable("Sophos named no regional host".to_owned()))?;
    let region = Base::parse_upgrading(told).map_err(|error| unusable(error.to_string()))?;
    if !config.trusts(&region) {
        return Err(unusable(format!("the regional host {} is none of Sophos's", region.host())));
    }
    Ok(region)
}

/// `eu01` of `api-eu01.central.sophos.com`, or of a path that stands for such a host.
fn region_name(region: &Base) -> Option<String> {
    let label = region.host().strip_prefix("api-").and_then(|rest| rest.split('.').next());
    label.or_else(|| region.last_segment()).map(str::to_owned)
}

fn denied(why: &str) -> BackendError {
    BackendError::new(ErrorKind::Denied, Sent::Rejected, why)
}
