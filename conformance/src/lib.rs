//! scim-conformance: judges any SCIM 2.0 server from outside.
//!
//! ```text
//! cli         the command line                    report/     text, JSON, JUnit, HTML
//! run         plays checks one after the other, and tidies up
//! checks/     one file per part of the RFCs       transcript/ what identity providers send, as data
//! session     what a check works with: requests, people and groups of its own, what the server advertises
//! facts/      discovery, read once: a check demands only what is advertised
//! client      HTTP: the credential, retries of 429, every exchange kept for the finding that quotes it
//! ```
//!
//! Nothing here is shared with a server: the suite can't repeat a server's mistake.

pub mod check;
pub mod checks;
pub mod cli;
pub mod client;
pub mod clock;
pub mod credential;
pub mod facts;
pub mod mask;
pub mod people;
pub mod reply;
pub mod report;
pub mod request;
pub mod run;
pub mod session;
pub mod transcript;
