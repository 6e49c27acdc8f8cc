//! `[targets.<name>]`: what clients may ask.

use std::collections::{BTreeMap, BTreeSet};

use super::netskope::{self, NetskopeConfig};
use super::problem::Problems;
use super::section::Section;
use super::sophos::{self, SophosConfig};
use super::{custom, lifecycle, secret};
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
    let match_on = match_on(&mut at, problems);
    let custom_attributes = custom::read(&mut at, problems);
    let scan_limit = at.number("scan_limit", 1, 100_000, problems).unwrap_or(2000);
    let on_delete = lifecycle::on_delete(&mut at, problems);
    if !keeps_shadows {
        without_shadow(&mut at, on_delete, problems);
    }
    let keep = keep(&mut at, problems);
    let anonymous_discovery = at.boolean("anonymous_discovery", problems).unwrap_or(false);
    Some(TargetConfig {
        backend: backend(at, (on_delete, &custom_attributes), secrets, problems)?,
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

fn match_on(at: &mut Section, problems: &mut Problems) -> Option<Vec<String>> {
    let fields = at.strings("match_on", problems);
    if fields.as_ref().is_some_and(Vec::is_empty) {
        problems.add(at.key("match_on"), "names no field: name at least one, or leave it out");
    }
    fields
}

fn keep(at: &mut Section, problems: &mut Problems) -> Keep {
    let parked = at.duration("parked_retention", "1d", "36500d", problems);
    let lost = at.duration("lost_retention", "1d", "36500d", problems).unwrap_or(LOST_RETENTION);
    Keep { parked, lost }
}

/// The product, and the end of the section: what is left in it no product knows.
fn backend(
    mut at: Section,
    (on_delete, custom): (OnDelete, &CustomAttributes),
    secrets: &mut secret::Reader<'_>,
    problems: &mut Problems,
) -> Option<BackendConfig> {
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
    match product {
        Product::Sophos => {
            let sophos = sophos::read(&mut at, on_delete, secrets, problems);
            at.finish(&[KEYS, lifecycle::KEYS, sophos::KEYS].concat(), problems);
            sophos.map(BackendConfig::Sophos)
        }
        Product::Netskope => {
            has_a_disabled_state(&mut at, problems);
            let netskope = netskope::read(&mut at, custom, secrets, problems);
            at.finish(&[KEYS, netskope::KEYS].concat(), problems);
            netskope.map(BackendConfig::Netskope)
        }
        Product::Memory => {
            has_a_disabled_state(&mut at, problems);
            at.finish(KEYS, problems);
            Some(BackendConfig::Memory)
        }
    }
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
