//! The SCIM 2.0 protocol (RFC 7643, RFC 7644), pure: no runtime, no server, no database, no clock.
//!
//! What a client sends is parsed into types that exist only if they are valid: a [`Document`](resource::Document), a
//! [`Patch`](patch::Patch), a [`Filter`](filter::Filter). What real identity providers get wrong is set right on the way,
//! each deviation by a named and counted [`Repair`], unless the client's [`Profile`] is strict.
//!
//! | module | holds |
//! |---|---|
//! | [`schema`] | schemas and resource types, and the resolving of attribute names |
//! | [`resource`] | reading and rendering of resources |
//! | [`path`] | attribute paths and PATCH paths |
//! | [`filter`] | the filter language: parse, print, bind, evaluate |
//! | [`patch`] | PATCH: every dialect in, one canonical change out |
//! | [`query`] | list parameters and the choice of attributes |
//! | [`list`], [`discovery`], [`etag`], [`error`] | what goes out |
//! | [`repairs`], [`profile`], [`limits`] | what is forgiven, to whom, and how much of it |
#![forbid(unsafe_code)]

pub mod discovery;
pub mod error;
pub mod etag;
pub mod filter;
pub mod limits;
pub mod list;
pub mod patch;
pub mod path;
pub mod profile;
pub mod query;
pub mod repairs;
pub mod resource;
pub mod schema;

pub use error::{Result, ScimError, ScimType};
pub use limits::Limits;
pub use profile::Profile;
pub use repairs::{Repair, Repairs};
