//! The house's own rules: which room may import which, and what comes in from outside.

mod arrows;
mod crates;
mod promises;
