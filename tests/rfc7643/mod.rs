//! RFC 7643 by section: what the facade decides.

mod roles_entitlements;
mod section_2_2;
mod section_3_1;
mod section_3_3;
