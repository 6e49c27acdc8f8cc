//! What every vendor client shares: transport, token cache, governor, retry, answer limits, safe URLs.
//!
//! One call is, from the outside in: deadline, retry (by idempotency class), governor permit (one per attempt), token,
//! attempt timeout, transport. [`Sender`] is that order; a vendor's client adds only its hosts and headers.

mod governor;
mod http;
mod read_only;
mod sender;
mod single_flight;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod transport;
mod url;

pub use governor::{Busy, Governor, Pace, Permit};
pub use http::{HttpConfig, HttpError, HttpTransport};
pub use read_only::{ReadMade, ReadOnly, ReadTerms, ReadsMade};
pub use sender::{CallError, Class, Jitter, RandomJitter, SendPolicy, Sender};
pub use single_flight::SingleFlight;
pub use token::{Fetch, FetchError, Fresh, Token, TokenCache};
pub use transport::{Header, Left, Method, NoAnswer, Request, Response, Transport, TransportError};
pub use url::{Base, Route, Segment, Url, UrlError};
