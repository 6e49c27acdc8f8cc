//! What is fuzzed: functions that take any bytes and panic if a promise is broken.
//!
//! libFuzzer calls them for as long as it is let (`scripts/fuzz`); the tests of this crate call them with mutated seeds, so
//! that every change is fuzzed a little without a fuzzing toolchain. [`Oracle`] reads filters naively, for whoever compares.
//!
//! Nothing here is part of the program: a broken promise is a panic, as in a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![forbid(unsafe_code)]

mod bulk;
mod cursor;
mod filter;
mod oracle;
mod patch;
mod path;
pub mod seeds;
#[cfg(any(test, feature = "short"))]
pub mod short;
pub mod things;

pub use bulk::bulk;
pub use cursor::cursor;
pub use filter::filter;
pub use oracle::Oracle;
pub use patch::patch;
pub use path::path;

use scim::Profile;

/// A target: it takes any bytes, and panics if a promise is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate by the name of its seeds and its dictionary.
pub const TARGETS: [(&str, Target); 5] =
    [("filter", filter), ("path", path), ("patch", patch), ("bulk", bulk), ("cursor", cursor)];

/// Both readings, the tolerant one first.
pub const PROFILES: [Profile; 2] = [Profile::Tolerant, Profile::Strict];

#[cfg(test)]
mod tests;
