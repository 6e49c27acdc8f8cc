//! Worlds to test in: a facade over a vendor's simulator or over the reference backend, with virtual time.

pub mod insist;
pub mod over;
pub mod transport;
pub mod web;
pub mod world;

pub use over::Over;
pub use world::World;
