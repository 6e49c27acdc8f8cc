//! What is measured, and against whom.

pub mod corpus;
pub mod median;
pub mod peers;
pub mod tree;
