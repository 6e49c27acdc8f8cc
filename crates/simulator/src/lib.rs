//! Vendor clouds as they really answer, for tests and demonstrations.
//!
//! A simulator is a pure state machine: it is given the time and a request, and returns an answer and what has to
//! happen on the wire. It reads no clock, opens no socket and draws no random number, so a run can be repeated
//! exactly. [`shell`] puts one on a TCP port.
//!
//! What a vendor documents is fixed in the code. What a vendor leaves open is guessed, and every guess is a switch.

#![forbid(unsafe_code)]

mod choice;
mod control;
pub mod faults;
pub mod http;
pub mod ids;
mod instruments;
pub mod journal;
mod lagging;
pub mod limiter;
mod memberships;
pub mod netskope;

pub mod seed;
pub mod shell;
pub mod sophos;
mod text;
mod vendor;

/// A vendor simulator: a pure state machine.
pub trait Simulator: Send + 'static {
    /// Answers one request at the given time (microseconds since 1970, UTC).
    fn handle(&mut self, now_micros: i64, request: &http::Request) -> (http::Response, http::Effect);
}
