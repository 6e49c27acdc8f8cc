//! `[store]` and `[journal]`.

use std::path::PathBuf;
use std::time::Duration;

use super::problem::Problems;
use super::section::Section;

/// Where the facade remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreConfig {
    /// In a SQLite file.
    File(PathBuf),
    /// In memory: everything is forgotten at the end. For trying out.
    Memory,
}

pub(super) fn read(mut at: Section, problems: &mut Problems) -> Option<StoreConfig> {
    let path = at.string("path", problems);
    let memory = at.boolean("memory", problems).unwrap_or(false);
    let store = match (path, memory) {
        (Some(path), false) if !path.trim().is_empty() => Some(StoreConfig::File(path.into())),
        (None, true) => Some(StoreConfig::Memory),
        _ => {
            let advice = "needs either path = \"/var/lib/scim-facade/store.db\" on a disk that lasts, or memory = true to \
                          forget everything at the end";
            problems.add(at.path(), advice);
            None
        }
    };
    at.finish(&["path", "memory"], problems);
    store
}

/// What is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalConfig {
    /// What a restored store wished longer ago is not sent without being asked.
    pub max_age: Duration,
}

pub(super) fn read_journal(mut at: Section, problems: &mut Problems) -> JournalConfig {
    let week = Duration::from_secs(7 * 24 * 3600);
    let max_age = at.duration("max_age", "1m", "365d", problems).unwrap_or(week);
    at.finish(&["max_age"], problems);
    JournalConfig { max_age }
}
