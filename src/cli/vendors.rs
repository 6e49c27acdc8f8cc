//! Builds the vendors' clients from the configuration: what each product needs, and what goes out to it.

use std::sync::Arc;

use super::wiring::Tools;
use crate::backend::netskope::{self, Netskope, TokenHeader};
use crate::backend::sophos::{self, Sophos};
use crate::config::{NetskopeConfig, SophosConfig};
use crate::outbound::{
    Base, HttpConfig, HttpTransport, RandomJitter, ReadOnly, ReadTerms, ReadsMade, Transport,
};

/// A Sophos tenant; with `made` one to which nothing can be written.
pub(super) fn sophos(
    config: &SophosConfig,
    tools: &Tools,
    made: Option<ReadsMade>,
) -> Result<Sophos, String> {
    let http = HttpTransport::new(&HttpConfig::default()).map_err(|error| error.to_string())?;
    let mut settings = sophos::SophosConfig::new(config.client_id.as_str(), config.client_secret.clone());
    settings.id = Base::parse(&config.id_url).map_err(|error| format!("id_url: {error}"))?;
    settings.global = Base::parse(&config.global_url).map_err(|error| format!("global_url: {error}"))?;
    settings.tenant_id.clone_from(&config.tenant_id);
    let transport = guarded(http, sophos::reading(&settings), made);
    Ok(Sophos::new(settings, transport, Arc::clone(&tools.clock), Arc::new(RandomJitter)))
}

/// A Netskope tenant; with `made` one to which nothing can be written.
pub(super) fn netskope(
    config: &NetskopeConfig,
    tools: &Tools,
    made: Option<ReadsMade>,
) -> Result<Netskope, String> {
    let http = HttpTransport::new(&HttpConfig::default()).map_err(|error| error.to_string())?;
    let host = Base::parse(&config.url).map_err(|error| format!("url: {error}"))?;
    let token = config.token.clone();
    let mut settings = netskope::NetskopeConfig::new(host, token).map_err(|why| format!("url: {why}"))?;
    if config.native_header {
        settings.header = TokenHeader::Native;
    }
    settings.policy.pace = netskope::pace(config.rate);
    settings.token_expires = config.token_expires;
    settings.email_from_username = config.email_from_username;
    settings.user_management = config.user_management;
    settings.inactive_visible = config.inactive_visible;
    settings.own_attributes.clone_from(&config.own_attributes);
    let transport = guarded(http, netskope::reading(), made);
    Ok(Netskope::new(&settings, transport, Arc::clone(&tools.clock), Arc::new(RandomJitter)))
}

/// What goes out; with `made` nothing but reads.
fn guarded(http: HttpTransport, terms: ReadTerms, made: Option<ReadsMade>) -> Arc<dyn Transport> {
    let http: Arc<dyn Transport> = Arc::new(http);
    match made {
        Some(made) => Arc::new(ReadOnly::new(http, terms, made)),
        None => http,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_the_products_own_hosts() {
        for (url, is_fine) in [
            ("https://example.goskope.com", true),
            ("http://127.0.0.1:9003", true),
            ("https://example.com", false),
            ("https://addon-example.goskope.com", false),
        ] {
            let config = NetskopeConfig {
                url: url.to_owned(),
                token: "t".to_owned().into(),
                native_header: false,
                rate: 4,
                token_expires: None,
                email_from_username: true,
                user_management: false,
                inactive_visible: false,
                own_attributes: Vec::new(),
            };
            let made = netskope(&config, &Tools::default(), None);
            assert_eq!(made.is_ok(), is_fine, "{url}");
            assert!(made.err().is_none_or(|why| why.starts_with("url: ")), "the key is named");
        }
    }
}
