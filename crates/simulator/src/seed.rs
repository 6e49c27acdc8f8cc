//! What a simulator starts with.

use serde::{Deserialize, Serialize};

/// The people and groups that are there from the start. Credentials and what a vendor predefines are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Seed {
    /// No people, no groups.
    Empty,
    /// A company with everything odd that a real directory has.
    Sample,
    /// So many plain users, and a tenth as many groups of ten.
    Many {
        /// The number of users.
        users: usize,
    },
}
