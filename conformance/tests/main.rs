//! The suite is judged, too: a server that conforms passes, and one that misbehaves is caught.

mod conforming;
mod fake;
mod misbehaving;
mod program;
mod readme;
