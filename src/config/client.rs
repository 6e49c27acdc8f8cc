//! `[clients.<name>]`: who may ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scim::profile::Profile;

use super::problem::Problems;
use super::section::Section;
use crate::facade::{GroupScope, PatchResponse, Right, Rights, SyncedWrite, Transient};
use crate::kernel::{ClientName, TargetName};

/// The SHA-256 of a bearer token. The token itself is never configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

/// One connection of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// The hashes of its tokens: more than one while a token is being replaced.
    pub tokens: Vec<TokenHash>,
    /// The targets that it may ask.
    pub targets: BTreeSet<TargetName>,
    /// How strictly its requests are read.
    pub profile: Profile,
    /// The status that it retries.
    pub transient: Transient,
    /// When a PATCH answers with the resource.
    pub patch_response: PatchResponse,
    /// What becomes of its writes to synced attributes: a client may only be stricter than the target.
    pub synced_write: Option<SyncedWrite>,
    /// What it may do.
    pub rights: Rights,
    /// Which groups it may write.
    pub groups: GroupScope,
    /// How many requests it may send in a second; `None`: as many as it likes.
    pub requests_per_second: Option<u32>,
}

/// The name under which the facade does what no client asked for.
pub const OURSELVES: &str = "facade";

const KEYS: &[&str] = &[
    "token_sha256",
    "targets",
    "profile",
    "transient",
    "patch_response",
    "synced_write",
    "allow",
    "groups",
    "requests_per_second",
];
const HASH: &str = "must be 64 hexadecimal digits: take the line that `scim-facade token new` prints";

/// Reads every client. `known` are the names of all targets, those with problems included.
pub(super) fn read(
    mut at: Section,
    known: &BTreeSet<TargetName>,
    problems: &mut Problems,
) -> BTreeMap<ClientName, ClientConfig> {
    let mut clients = BTreeMap::new();
    let mut owners: HashMap<TokenHash, String> = HashMap::new();
    if at.names().is_empty() {
        problems
            .add("clients", "needs at least one [clients.<name>]: without a client nobody can ask anything");
    }
    for name in at.names() {
        let key = at.key(&name);
        let client = read_one(at.section(&name, problems), known, problems);
        for token in &client.tokens {
            if let Some(other) = owners.insert(*token, key.clone()) {
                let advice = if other == key {
                    "names the same token twice: remove one".to_owned()
                } else {
                    format!(
                        "has a token that {other} has too: make one of its own with `scim-facade token new`"
                    )
                };
                problems.add(format!("{key}.token_sha256"), advice);
            }
        }
        match ClientName::parse(&name) {
            // The audit tells the facade's own work from that of its clients by this name.
            Ok(name) if name.as_str() == OURSELVES => {
                problems.add(key, "is the facade's own name: give the client another");
            }
            Ok(name) => drop(clients.insert(name, client)),
            Err(error) => problems.add(key, error.to_string()),
        }
    }
    clients
}

fn read_one(mut at: Section, known: &BTreeSet<TargetName>, problems: &mut Problems) -> ClientConfig {
    let tokens = tokens(&mut at, problems);
    let targets = targets(&mut at, known, problems);
    let profiles = [("tolerant", Profile::Tolerant), ("strict", Profile::Strict)];
    let patches = [
        ("auto", PatchResponse::Auto),
        ("body", PatchResponse::Body),
        ("no_content", PatchResponse::NoContent),
    ];
    let profile = at.word("profile", &profiles, problems).unwrap_or_default();
    let patch_response = at.word("patch_response", &patches, problems).unwrap_or_default();
    let transient = transient(&mut at, profile, problems);
    let synced_write = at.word("synced_write", &[("reject", SyncedWrite::Reject)], problems);
    let rights = rights(&mut at, problems);
    let scopes = [("own", GroupScope::Own), ("all", GroupScope::All)];
    let groups = at.word("groups", &scopes, problems).unwrap_or_default();
    // Provisioning needs 25 a second (OpenID IPSIE, account lifecycle).
    let requests_per_second = at.number("requests_per_second", 25, 100_000, problems);
    at.finish(KEYS, problems);
    ClientConfig {
        tokens,
        targets,
        profile,
        transient,
        patch_response,
        synced_write,
        rights,
        groups,
        requests_per_second,
    }
}

fn tokens(at: &mut Section, problems: &mut Problems) -> Vec<TokenHash> {
    let hashes = at.strings("token_sha256", problems).unwrap_or_default();
    if hashes.is_empty() {
        problems.add(at.key("token_sha256"), format!("is missing: {HASH}"));
    }
    let mut tokens = Vec::new();
    for hash in &hashes {
        match TokenHash::parse(hash) {
            Some(hash) => tokens.push(hash),
            None => problems.add(at.key("token_sha256"), HASH),
        }
    }
    tokens
}

fn targets(at: &mut Section, known: &BTreeSet<TargetName>, problems: &mut Problems) -> BTreeSet<TargetName> {
    let names = at.strings("targets", problems).unwrap_or_default();
    if names.is_empty() {
        problems
            .add(at.key("targets"), "is missing: a list of the targets that it may ask, like [\"sophos\"]");
    }
    let mut targets = BTreeSet::new();
    for name in names {
        match TargetName::parse(&name).ok().filter(|name| known.contains(name)) {
            Some(name) => drop(targets.insert(name)),
            None => {
                problems
                    .add(at.key("targets"), format!("names \"{name}\", but there is no [targets.{name}]"));
            }
        }
    }
    targets
}

/// Exactly the rights that are named.
fn rights(at: &mut Section, problems: &mut Problems) -> Rights {
    let Some(words) = at.strings("allow", problems) else { return Rights::default() };
    let mut rights = Vec::new();
    for word in words {
        match Right::ALL.into_iter().find(|right| right.word() == word) {
            Some(right) => rights.push(right),
            None => {
                let known: Vec<&str> = Right::ALL.into_iter().map(Right::word).collect();
                problems
                    .add(at.key("allow"), format!("names \"{word}\"; its words are {}", known.join(", ")));
            }
        }
    }
    Rights::of(rights)
}

/// 429 or 503, as a number or in quotes. A strict client gets what the RFC would say (RFC 9110 §15.6.4) unless it chooses.
fn transient(at: &mut Section, profile: Profile, problems: &mut Problems) -> Transient {
    let Some(value) = at.value("transient") else {
        return if profile.is_tolerant() { Transient::TooManyRequests } else { Transient::Unavailable };
    };
    match (value.as_integer(), value.as_str()) {
        (Some(429), _) | (_, Some("429")) => Transient::TooManyRequests,
        (Some(503), _) | (_, Some("503")) => Transient::Unavailable,
        _ => {
            problems.add(at.key("transient"), "must be 429 (what Okta retries) or 503");
            Transient::default()
        }
    }
}
