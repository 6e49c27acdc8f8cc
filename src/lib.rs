//! scim-facade.

pub mod backend;
pub mod kernel;
pub mod outbound;
pub mod store;
