//! The house's own rules: which room may import which, what comes in from outside, and which test holds what.

mod ambiguities;
mod arrows;
mod backends;
mod conformance;
mod crates;
mod paths;
mod promises;
mod tables;
