//! What SCIM means on one target. The only room that decides.
//!
//! `read/` answers questions: resolve, plan, merge, page. `write/` turns a request into decided writes in the order of
//! the promises (loss of access first) and hands them to delivery.
//!
//! ```text
//! target, service                          what web asks for, and how each request is run
//! core, settings, rights, error            what every part works with
//! discovery, custom                        what the target says of itself
//! matching, external_id, member_ids, wish  whom and what a request means
//! folding, recent                          changes of members that wait together, and those that lists don't show yet
//! background, relink, resurrection, care   what no client asks for
//! ```

mod background;
mod care;
mod core;
mod custom;
mod discovery;
mod error;
mod external_id;
mod folding;
mod matching;
mod member_ids;
mod read;
mod recent;
mod relink;
mod resurrection;
mod rights;
mod service;
mod settings;
mod target;
mod wish;
mod write;

pub use crate::delivery::{AdminOffboarding, OnDelete, Policy};
pub use custom::CustomAttributes;
pub use discovery::{DESCRIBING, discovery};
pub use error::deactivated_but;
pub use read::QueryPlan;
pub use rights::{GroupScope, Right, Rights};
pub use service::Facade;
pub use settings::{
    DeactivatePolicy, Keep, LOST_RETENTION, OnExisting, OnResurrection, PeopleWithoutEmail, Settings,
    SyncedWrite,
};
pub use target::{Answer, Client, Covered, Discovery, Page, PatchResponse, Request, Target, Transient};
pub use write::{Link, Linked};
