//! `[targets.<name>]`: what clients may ask.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use secrecy::SecretString;

use super::custom;
use super::lifecycle::{self, Deactivation};
use super::problem::Problems;
use super::secret;
use super::section::Section;
use super::url;
use crate::facade::{
    CustomAttributes, Keep, LOST_RETENTION, OnDelete, OnExisting, PeopleWithoutEmail, SyncedWrite,
};
use crate::kernel::TargetName;

/// One backend tenant.
#[derive(Clone, Debug)]
pub struct TargetConfig {
    /// The product behind it.
    pub backend: BackendConfig,
    /// Whether rows are kept of its people and groups; else nothing is remembered of them but what the product tells.
    pub keeps_shadows: bool,
    /// Whether people without an e-mail address are listed.
    pub people_without_email: PeopleWithoutEmail,
    /// What becomes of writes to synced attributes; `None`: as the client's profile has it.
    pub synced_write: Option<SyncedWrite>,
    /// What a POST does that meets somebody whom nobody linked.
    pub on_existing: OnExisting,
    /// The native fields that a userName is compared with; `None` for the backend's own choice.
    pub match_on: Option<Vec<String>>,
    /// The attributes that the operator declares.
    pub custom_attributes: CustomAttributes,
    /// How many objects a query may look through before it is refused.
    pub scan_limit: u32,
    /// What the deletion of a person does.
    pub on_delete: OnDelete,
    /// For how long rows without a native object are kept.
    pub keep: Keep,
    /// Whether discovery is answered without authentication.
    pub anonymous_discovery: bool,
}

/// A product and how to reach it.
#[derive(Clone, Debug)]
pub enum BackendConfig {
    /// The reference, in memory.
    Memory,
    /// Sophos Central.
    Sophos(SophosConfig),
    /// Netskope.
    Netskope(NetskopeConfig),
}

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

/// How to reach a Netskope tenant.
#[derive(Clone, Debug)]
pub struct NetskopeConfig {
    /// The tenant's host.
    pub url: String,
    /// Its REST API v2 token.
    pub token: SecretString,
    /// Whether the token goes in the vendor's own header.
    pub native_header: bool,
    /// The day on which the token ends.
    pub token_expires: Option<Date>,
    /// Whether a userName that is an e-mail address makes up for a missing one.
    pub email_from_username: bool,
    /// Whether people are found by e-mail address through the User-Management API.
    pub user_management: bool,
    /// Whether the tenant is known to show people whom it has switched off.
    pub inactive_visible: bool,
    /// The names of the tenant's own attributes that are declared.
    pub own_attributes: Vec<String>,
    /// Calls a second for people, and as many for groups; 0: as many as the product takes.
    pub rate: u32,
}

/// The targets that were read, and the names of all that the text has.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) read: BTreeMap<TargetName, TargetConfig>,
    pub(super) names: BTreeSet<TargetName>,
}

#[derive(Clone, Copy)]
enum Product {
    Memory,
    Sophos,
    Netskope,
}

const KEYS: &[&str] = &[
    "backend",
    "shadow",
    "people_without_email",
    "on_existing",
    "match_on",
    "custom_attributes",
    "custom_attribute_limits",
    "scan_limit",
    "on_delete",
    "synced_write",
    "parked_retention",
    "lost_retention",
    "anonymous_discovery",
];
const SOPHOS_KEYS: &[&str] = &["client_id", "client_secret", "id_url", "global_url", "tenant_id"];
const NETSKOPE_KEYS: &[&str] = &[
    "url",
    "token",
    "token_header",
    "token_expires",
    "email_from_username",
    "user_management",
    "inactive_visible",
    "rate",
];

pub(super) fn read(mut at: Section, secrets: &mut secret::Reader<'_>, problems: &mut Problems) -> Targets {
    let mut targets = Targets::default();
    if at.names().is_empty() {
        problems
            .add("targets", "needs at least one [targets.<name>]: without a target there is nothing to ask");
    }
    for name in at.names() {
        let key = at.key(&name);
        let target = read_one(at.section(&name, problems), secrets, problems);
        match TargetName::parse(&name) {
            Ok(name) => {
                targets.names.insert(name.clone());
                targets.read.extend(target.map(|target| (name, target)));
            }
            Err(error) => problems.add(key, error.to_string()),
        }
    }
    targets
}

fn read_one(
    mut at: Section,
    secrets: &mut secret::Reader<'_>,
    problems: &mut Problems,
) -> Option<TargetConfig> {
    let shown = [("hide", PeopleWithoutEmail::Hide), ("show", PeopleWithoutEmail::Show)];
    let splits = [("ignore", SyncedWrite::Ignore), ("reject", SyncedWrite::Reject)];
    let synced_write = at.word("synced_write", &splits, problems);
    let people_without_email = at.word("people_without_email", &shown, problems).unwrap_or_default();
    let meets = [("adopt", OnExisting::Adopt), ("conflict", OnExisting::Conflict)];
    let keeps_shadows = at.word("shadow", &[("on", true), ("off", false)], problems).unwrap_or(true);
    // Without a shadow everybody is a stranger: a POST that adopts would never be told that the name is taken.
    let usual = if keeps_shadows { OnExisting::Adopt } else { OnExisting::Conflict };
    let on_existing = at.word("on_existing", &meets, problems).unwrap_or(usual);
    let match_on = at.strings("match_on", problems);
    if match_on.as_ref().is_some_and(Vec::is_empty) {
        problems.add(at.key("match_on"), "names no field: name at least one, or leave it out");
    }
    let custom_attributes = custom::read(&mut at, problems);
    let scan_limit = at.number("scan_limit", 1, 100_000, problems).unwrap_or(2000);
    let on_delete = lifecycle::on_delete(&mut at, problems);
    if !keeps_shadows {
        without_shadow(&mut at, on_delete, problems);
    }
    let parked = at.duration("parked_retention", "1d", "36500d", problems);
    let lost = at.duration("lost_retention", "1d", "36500d", problems).unwrap_or(LOST_RETENTION);
    let keep = Keep { parked, lost };
    let anonymous_discovery = at.boolean("anonymous_discovery", problems).unwrap_or(false);
    let key = at.key("backend");
    let products =
        [("memory", Product::Memory), ("sophos", Product::Sophos), ("netskope", Product::Netskope)];
    let named = at.names().iter().any(|name| name == "backend");
    let Some(product) = at.word("backend", &products, problems) else {
        if !named {
            problems.add(key, "is missing: \"sophos\", \"netskope\" or \"memory\"");
        }
        return None;
    };
    let backend = match product {
        Product::Sophos => {
            let sophos = sophos(&mut at, on_delete, secrets, problems);
            at.finish(&[KEYS, lifecycle::KEYS, SOPHOS_KEYS].concat(), problems);
            BackendConfig::Sophos(sophos?)
        }
        Product::Netskope => {
            has_a_disabled_state(&mut at, problems);
            let netskope = netskope(&mut at, &custom_attributes, secrets, problems);
            at.finish(&[KEYS, NETSKOPE_KEYS].concat(), problems);
            BackendConfig::Netskope(netskope?)
        }
        Product::Memory => {
            has_a_disabled_state(&mut at, problems);
            at.finish(KEYS, problems);
            BackendConfig::Memory
        }
    };
    Some(TargetConfig {
        backend,
        keeps_shadows,
        people_without_email,
        on_existing,
        match_on,
        custom_attributes,
        synced_write,
        scan_limit,
        on_delete,
        keep,
        anonymous_discovery,
    })
}

/// What belongs to a backend without a disabled state is no setting of one that has it.
fn has_a_disabled_state(at: &mut Section, problems: &mut Problems) {
    for key in lifecycle::KEYS {
        if at.value(key).is_some() {
            let advice = "has no meaning here: this backend has a disabled state and no admins; remove it";
            problems.add(at.key(key), advice);
        }
    }
}

fn netskope(
    at: &mut Section,
    custom: &CustomAttributes,
    secrets: &mut secret::Reader<'_>,
    problems: &mut Problems,
) -> Option<NetskopeConfig> {
    let url = at.string("url", problems);
    if url.is_none() {
        problems.add(at.key("url"), "is missing: the tenant's address, like \"https://example.goskope.com\"");
    }
    let url = url.and_then(|text| checked(at, "url", &text, problems));
    let token = secrets.read(at, "token", problems);
    let headers = [("bearer", false), ("native", true)];
    let native_header = at.word("token_header", &headers, problems).unwrap_or_default();
    let rate = at.number("rate", 0, 1000, problems).unwrap_or(4);
    let a_date = "must be a date in quotes, like \"2027-01-31\"";
    let token_expires = at.parsed("token_expires", a_date, problems);
    let email_from_username = at.boolean("email_from_username", problems).unwrap_or(true);
    let user_management = at.boolean("user_management", problems).unwrap_or_default();
    let inactive_visible = at.boolean("inactive_visible", problems).unwrap_or_default();
    let own_attributes = custom.names().map(str::to_owned).collect();
    Some(NetskopeConfig {
        url: url?,
        token: token?,
        native_header,
        token_expires,
        email_from_username,
        user_management,
        inactive_visible,
        own_attributes,
        rate,
    })
}

/// What makes no sense where nothing is remembered.
fn without_shadow(at: &mut Section, on_delete: OnDelete, problems: &mut Problems) {
    for key in ["parked_retention", "lost_retention"] {
        if at.value(key).is_some() {
            problems.add(at.key(key), "has no meaning with shadow = \"off\": nothing is kept; remove it");
        }
    }
    if on_delete == OnDelete::Deactivate {
        let advice = "leaves deleted people in the product, where shadow = \"off\" would show them still: choose another";
        problems.add(at.key("on_delete"), advice);
    }
}

fn sophos(
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
    checked(at, key, &text, problems)
}

fn checked(at: &Section, key: &str, text: &str, problems: &mut Problems) -> Option<String> {
    url::base(text).map_err(|advice| problems.add(at.key(key), advice)).ok()
}
