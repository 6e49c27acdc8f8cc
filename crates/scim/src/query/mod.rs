//! The parameters of lists and searches (RFC 7644 §3.4.2, §3.4.3, §3.9).

mod list_query;
mod params;
mod projection;
mod selection;
mod sort;

pub use list_query::{ListQuery, SEARCH_REQUEST_URN, SortOrder};
pub use projection::Projection;
pub(crate) use projection::Returns;
pub use sort::{SortBy, SortKey};
