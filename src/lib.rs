//! scim-facade.
