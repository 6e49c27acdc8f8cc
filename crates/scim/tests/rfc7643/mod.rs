//! RFC 7643, the core schema.

mod section_2;
mod section_3;
mod section_5_6_7;
