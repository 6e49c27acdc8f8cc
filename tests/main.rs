//! The integration tests: one binary, a module per concern.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cloned_ref_to_slice_refs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]
// Helpers take what `json!` makes as it is made.
#![allow(clippy::needless_pass_by_value)]

mod battery;
mod brownfield;
mod budget;
mod care;
mod explain;
mod fault;
mod fuzz;
mod house;
mod idp;
mod model;
mod netskope;
mod off;
mod process;
mod rfc7643;
mod rfc7644;
mod rfc9865;
mod support;
