//! From requests to decided writes, in the order of the promises: loss of access first, then grants and attributes,
//! then deletions.

mod answer;
mod condition;
mod create;
mod create_group;
mod delete;
mod edit;
mod external_id;
mod group;
mod lifecycle;
mod link;
mod meet;
mod members;
mod required;
mod row;
mod synced;
mod user;

pub(super) use edit::Edit;
pub use link::{Link, Linked};
