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
//! | [`bulk`] | many operations in one request: read, put in order, joined by their bulkIds |
//! | [`query`] | list parameters, sorting, and the choice of attributes |
//! | [`cursor`] | cursors: sealed positions in a list |
//! | [`list`], [`discovery`], [`etag`], [`error`] | what goes out |
//! | [`repairs`], [`profile`], [`limits`] | what is forgiven, to whom, and how much of it |
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim::schema::{ResourceType, Schema};
//! use scim::{Limits, Profile, Repair, Repairs, filter};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let user = Arc::new(Schema::from_json(
//!     r#"{"id": "urn:example:User", "name": "User", "attributes": [{"name": "userName"}, {"name": "active", "type": "boolean"}]}"#,
//! )?);
//! let types = r#"{"name": "User", "endpoint": "/Users", "schema": "urn:example:User"}"#;
//! let rt = ResourceType::from_json(types, &[user])?;
//!
//! let mut repairs = Repairs::new();
//! let text = r#"userName eq "Ada" and active eq "True""#;
//! let filter = filter::parse(text, Profile::Tolerant, &Limits::default(), &mut repairs)?;
//! let bound = filter.bind(&rt, Profile::Tolerant, &mut repairs)?;
//!
//! let person = serde_json::json!({"userName": "ada", "active": true});
//! assert!(person.as_object().is_some_and(|person| bound.matches(person)));
//! assert_eq!(repairs.count(Repair::QuotedBoolean), 1);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod bulk;
pub mod cursor;
pub mod discovery;
pub mod error;
pub mod etag;
pub mod filter;
pub mod limits;
pub mod list;
mod made;
mod message;
mod object_text;
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
