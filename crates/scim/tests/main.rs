//! The protocol's tests, filed by RFC and section.
//! Helpers take the values that `json!` makes, as the functions under test do.
#![allow(clippy::needless_pass_by_value)]

#[cfg(test)]
mod support;

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod deactivation;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod repairs;
#[cfg(test)]
mod rfc7643;
#[cfg(test)]
mod rfc7644;
#[cfg(test)]
mod sharing;

mod rfc9865;
