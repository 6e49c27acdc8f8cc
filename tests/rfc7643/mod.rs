//! RFC 7643 by section: what the facade decides.

mod section_3_1;
