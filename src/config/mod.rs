//! The configuration: a pure function from text and environment to [`Config`].
//!
//! One struct per area. Nothing is opened, resolved or sent here; every problem is found in one go, and each names the
//! key and what to do about it.

mod client;
mod custom;
mod duration;
mod lifecycle;
mod limits;
mod netskope;
mod problem;
mod secret;
mod section;
mod server;
mod sophos;
mod store;
mod target;
mod url;

use std::collections::BTreeMap;

pub use client::{ClientConfig, OURSELVES, TokenHash};
pub use lifecycle::{Deactivation, QUARANTINE_GROUP};
pub use netskope::NetskopeConfig;
pub use problem::Problem;
pub use secret::{Env, Process};
pub use server::{LogConfig, LogFormat, LogLevel, ServerConfig};
pub use sophos::SophosConfig;
pub use store::{JournalConfig, StoreConfig};
pub use target::{BackendConfig, TargetConfig};

use scim::limits::Limits;

use crate::facade::DeactivatePolicy;
use crate::kernel::{ClientName, TargetName};
use problem::Problems;
use section::Section;

/// Everything that `serve` needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Listening, deadlines, threads.
    pub server: ServerConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Where the facade remembers.
    pub store: StoreConfig,
    /// What is still to be done.
    pub journal: JournalConfig,
    /// What one request may ask for.
    pub limits: Limits,
    /// Who may ask.
    pub clients: BTreeMap<ClientName, ClientConfig>,
    /// What they may ask.
    pub targets: BTreeMap<TargetName, TargetConfig>,
    /// The keys whose secrets stand in the text itself: its file must not be readable by others.
    pub literal_secrets: Vec<String>,
}

impl Config {
    /// What `active: false` does on each target that has no disabled state.
    pub fn deactivations(&self) -> impl Iterator<Item = (&TargetName, DeactivatePolicy)> {
        self.targets.iter().filter_map(|(name, target)| match &target.backend {
            BackendConfig::Sophos(sophos) => Some((name, sophos.deactivate.policy)),
            BackendConfig::Memory | BackendConfig::Netskope(_) => None,
        })
    }

    /// The targets whose discovery is answered without authentication.
    pub fn discovered_by_all(&self) -> impl Iterator<Item = &TargetName> {
        self.targets.iter().filter(|(_, target)| target.anonymous_discovery).map(|(name, _)| name)
    }
}

/// Reads a configuration.
///
/// # Errors
/// Every problem that there is, in the order of the text's areas.
pub fn parse(text: &str, env: &dyn Env) -> Result<Config, Vec<Problem>> {
    let table = text.parse::<toml::Table>().map_err(|error| vec![Problem::syntax(text, &error)])?;
    let mut problems = Problems::default();
    let mut root = Section::root(table);
    let mut literal_secrets = Vec::new();

    let server = server::read(root.section("server", &mut problems), &mut problems);
    let log = server::read_log(root.section("log", &mut problems), &mut problems);
    let store = store::read(root.section("store", &mut problems), &mut problems);
    let journal = store::read_journal(root.section("journal", &mut problems), &mut problems);
    let limits = limits::read(root.section("limits", &mut problems), &mut problems);
    let mut secrets = secret::Reader { env, literal: &mut literal_secrets };
    let targets = target::read(root.section("targets", &mut problems), &mut secrets, &mut problems);
    let clients = client::read(root.section("clients", &mut problems), &targets.names, &mut problems);
    root.finish(&["server", "log", "store", "journal", "limits", "clients", "targets"], &mut problems);

    problems.unless_any(|| {
        Some(Config {
            server: server?,
            log: log?,
            store: store?,
            journal,
            limits,
            clients,
            targets: targets.read,
            literal_secrets,
        })
    })
}

#[cfg(test)]
mod tests;
