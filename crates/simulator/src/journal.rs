//! What was asked, in order.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use crate::faults::Fault;

/// Older entries are dropped, so that a long run does not eat the memory.
const KEPT: usize = 100_000;

/// One request and what became of it. Holds no tokens and no secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts from 1 since the start; clearing the journal does not reset it.
    pub number: u64,
    /// When it arrived, in microseconds.
    pub at_micros: i64,
    /// Which host it was for: the path prefix, such as `eu01`; empty where the vendor has one host.
    pub host: String,
    /// The method.
    pub method: String,
    /// The path without the host prefix.
    pub path: String,
    /// The query as sent.
    pub query: Option<String>,
    /// Whether it asked for a change (anything but GET, and not the token call).
    pub write: bool,
    /// The body of a write: JSON, or a string when it was not JSON.
    pub body: Option<Value>,
    /// The status sent, or nothing when no answer was sent.
    pub status: Option<u16>,
    /// Whether the simulator carried the request out, whatever the caller was told.
    pub applied: bool,
    /// Why it was refused, for people reading a failed test. Whether the caller is told is up to the vendor.
    pub why: Option<&'static str>,
    /// The fault that hit it.
    pub fault: Option<Fault>,
}

/// All entries, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    /// Adds an entry and numbers it.
    pub fn add(&mut self, mut entry: Entry) {
        self.written += 1;
        entry.number = self.written;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
