//! The integration tests: one binary, a module per concern.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod budget;
mod house;
mod process;
mod support;
