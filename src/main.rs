//! scim-facade.
fn main() {}
