//! A configuration file.

use std::path::Path;

use super::failed::Failed;
use crate::config::{self, Config, Process};

/// Reads a configuration, and warns of what is legal but unwise.
pub(super) fn load(path: &Path) -> Result<(Config, Vec<String>), Failed> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failed::misuse(format!("{} can't be read: {error}", path.display())))?;
    let config = config::parse(&text, &Process).map_err(|problems| Failed::configuration(&problems))?;
    let mut warnings = Vec::new();
    if !config.literal_secrets.is_empty() && is_open_to_all(path) {
        let (file, keys) = (path.display(), config.literal_secrets.join(", "));
        warnings.push(format!("{file} holds a secret ({keys}) and everybody may read it: chmod 600 {file}"));
    }
    if config.store == config::StoreConfig::Memory {
        warnings.push(
            "store.memory = true: everything is forgotten at the end, parked people included".to_owned(),
        );
    }
    if !config.server.admin_listen.ip().is_loopback() {
        let address = config.server.admin_listen;
        warnings.push(format!(
            "server.admin_listen = \"{address}\" has no authentication: let only operators reach it"
        ));
    }
    Ok((config, warnings))
}

#[cfg(unix)]
fn is_open_to_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}
