//! Worlds to test in: a facade over the Sophos simulator or over the reference backend, with virtual time.

pub mod transport;
pub mod world;

pub use world::World;
