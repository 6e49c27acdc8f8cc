//! RFC 7644, the protocol.

mod section_3_12;
mod section_3_14;
mod section_3_4_2;
mod section_3_4_2_2;
mod section_3_4_2_3;
mod section_3_5_2;
mod section_3_5_2_members;
mod section_3_7;
mod section_3_9;
