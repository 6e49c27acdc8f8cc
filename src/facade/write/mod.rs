//! From requests to decided writes, in the order of the promises: loss of access first, then grants and attributes,
//! then deletions.

mod answer;
mod condition;
mod create;
mod create_group;
mod delete;
mod edit;
mod edit_group;
mod edit_user;
mod external_id;
mod lifecycle;
mod link;
mod meet;
mod members;
mod required;
mod row;
mod synced;

pub(super) use edit::Edit;
pub use link::{Link, Linked};
