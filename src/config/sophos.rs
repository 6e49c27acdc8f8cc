//! What a target over Sophos Central has of its own.

use secrecy::SecretString;

use super::lifecycle::{self, Deactivation};
use super::problem::Problems;
use super::section::Section;
use super::{secret, url};
use crate::facade::OnDelete;

/// How to reach a Sophos Central tenant, and what to do there.
#[derive(Clone, Debug)]
pub struct SophosConfig {
    /// The id of the API credential.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Where tokens come from.
    pub id_url: String,
    /// Where the tenant's region is told.
    pub global_url: String,
    /// The tenant, if the credential is a partner's or an organisation's.
    pub tenant_id: Option<String>,
    /// What `active: false` means.
    pub deactivate: Deactivation,
}

/// Its keys.
pub(super) const KEYS: &[&str] = &["client_id", "client_secret", "id_url", "global_url", "tenant_id"];

/// Takes what is Sophos's own out of a target's section.
pub(super) fn read(
    at: &mut Section,
    on_delete: OnDelete,
    secrets: &mut secret::Reader<'_>,
    problems: &mut Problems,
) -> Option<SophosConfig> {
    let client_id = at.string("client_id", problems).filter(|id| !id.trim().is_empty());
    if client_id.is_none() {
        problems.add(
            at.key("client_id"),
            "is missing: the client id of the API credential made in Sophos Central",
        );
    }
    let client_secret = secrets.read(at, "client_secret", problems);
    let id_url = host(at, "id_url", "https://id.sophos.com", problems);
    let global_url = host(at, "global_url", "https://api.central.sophos.com", problems);
    let tenant_id = at.string("tenant_id", problems);
    let deactivate = lifecycle::read(at, on_delete, problems);
    Some(SophosConfig {
        client_id: client_id?,
        client_secret: client_secret?,
        id_url: id_url?,
        global_url: global_url?,
        tenant_id,
        deactivate: deactivate?,
    })
}

fn host(at: &mut Section, key: &str, vendor: &str, problems: &mut Problems) -> Option<String> {
    let text = at.string(key, problems).unwrap_or_else(|| vendor.to_owned());
    url::checked(at, key, &text, problems)
}
