//! Answering questions: resolve, plan, merge, page.

mod by_field;
mod catalogue;
mod list;
mod page;
mod plan;
mod render;
mod resolve;
mod row;

pub use plan::QueryPlan;

pub(super) use list::{LOOK_UP_LIMIT, text};
pub(super) use render::{Rendered, relation};
pub(super) use resolve::Stored;
pub(super) use row::Row;
