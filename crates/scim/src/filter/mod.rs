//! The filter language (RFC 7644 §3.4.2.2), with errata 4670 (precedence), 4690 and 7322 (value filters), 7319 (`not` and the space).
//!
//! Text becomes a [`Filter`] that borrows from it; a filter bound to a resource type is a [`Bound`], which evaluates resources.

mod ast;
mod bind;
mod bound;
mod check;
mod parse;
mod print;
mod token;

pub use ast::{CompareOp, Filter, Literal, Test};
pub use bound::{Bound, ElementFilter, Equality};
pub use parse::parse;
pub(crate) use parse::parse_bracketed;
