//! scim-facade: one SCIM 2.0 front for security products that speak something else.
//!
//! The map of the house; arrows run one way, from the top down:
//!
//! ```text
//! cli        one file per subcommand            config     one struct per area, read by cli alone
//! web        actix: routes, auth, rendering
//! facade     what SCIM means on one target: read/, write/
//! delivery   how a decided write gets done: lanes, intents, settlement
//! backend    the vendors behind one pair of traits       store   shadows, links, intents, audit
//! outbound   what every vendor client shares
//! ```
//!
//! A PATCH is parsed by `crates/scim/src/patch`, decided in `facade/write`, delivered by `delivery` and sent by `outbound`;
//! `docs/tour.md` follows it, and a GET, file by file.
//!
//! `kernel` and `telemetry` are open to every room, and so is the crate `scim`, which holds the protocol.

pub mod backend;
pub mod cli;
pub mod config;
pub mod delivery;
pub mod facade;
pub mod kernel;
pub mod outbound;
pub mod store;
pub mod telemetry;
pub mod web;
