//! What SCIM means on one target. The only room that decides.

mod target;

pub use target::{Answer, Client, Discovery, Page, PatchResponse, Request, Target, Transient};
