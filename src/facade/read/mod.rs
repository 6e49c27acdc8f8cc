//! Answering questions: resolve, plan, merge, page.

mod by_field;
mod candidates;
mod catalogue;
mod cursor;
mod explained;
mod found;
mod list;
mod page;
mod plan;
mod related;
mod render;
mod resolve;
mod row;
mod walk;

pub use explained::QueryPlan;

pub(super) use candidates::{LOOK_UP_LIMIT, text};
pub(super) use render::{Rendered, relation};
pub(super) use resolve::Stored;
pub(super) use row::Row;
