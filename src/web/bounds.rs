//! What a request must not exceed before anybody reads it: its address, its headers, its client's pace; and whether the client
//! takes what we answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, Accept, Header};
use actix_web::mime::{self, Mime};
use scim::error::{Result, ScimError};

use super::Web;
use crate::facade::Transient;
use crate::kernel::Timestamp;

/// Refuses what is too long, too fast, or would be answered in a form that the client does not take.
pub(super) fn admit(
    web: &Web,
    pace: Option<&Pace>,
    transient: Transient,
    request: &HttpRequest,
) -> Result<()> {
    if let Some(wait) = pace.and_then(|pace| pace.wait(web.clock.now())) {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        let detail = "This client sends too many requests in a second";
        return Err(ScimError::transient(transient.status(), seconds, detail));
    }
    let limits = &web.limits;
    let uri = request.uri().path_and_query().map_or(0, |both| both.as_str().len());
    if uri > limits.uri_bytes {
        let detail =
            format!("The address is longer than {} bytes: POST to /.search instead", limits.uri_bytes);
        return Err(ScimError::new(414, detail));
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > limits.header_bytes {
        let detail = format!("The headers are longer than {} bytes together", limits.header_bytes);
        return Err(ScimError::new(431, detail));
    }
    acceptable(request)
}

/// RFC 7644 §3.8: what we answer is `application/scim+json`, which is `application/json`, too. Whoever takes neither is told
/// before anything is done. A DELETE is answered with nothing: no header is a reason not to end an access.
fn acceptable(request: &HttpRequest) -> Result<()> {
    if request.method() == Method::DELETE || !request.headers().contains_key(ACCEPT) {
        return Ok(());
    }
    // What can't be read names nothing (RFC 9110 §12.5.1: the header may be disregarded).
    let Ok(Accept(ranges)) = Accept::parse(request) else { return Ok(()) };
    let is_taken = |subtype: &str| {
        let fits = ranges.iter().filter_map(|range| Some((fit(&range.item, subtype)?, range.quality)));
        fits.max_by_key(|(fit, _)| *fit)
            .is_some_and(|(_, quality)| quality > actix_web::http::header::Quality::ZERO)
    };
    if ranges.is_empty() || ["scim+json", "json"].into_iter().any(is_taken) {
        return Ok(());
    }
    Err(ScimError::new(406, "Answers are application/scim+json, which the Accept header excludes"))
}

/// How exactly a media range names `application/{subtype}`: the most exact one decides (RFC 9110 §12.5.1).
fn fit(range: &Mime, subtype: &str) -> Option<u8> {
    let named = match range.suffix() {
        Some(suffix) => format!("{}+{suffix}", range.subtype()),
        None => range.subtype().to_string(),
    };
    match (range.type_(), named.as_str()) {
        (mime::APPLICATION, name) if name == subtype => Some(2),
        (mime::APPLICATION, "*") => Some(1),
        (mime::STAR, "*") => Some(0),
        _ => None,
    }
}

/// How fast one client may ask: so many requests a second, and after a pause as many at once. The generic cell rate algorithm,
/// by our own clock: one number, no lock.
#[derive(Clone, Debug)]
pub struct Pace {
    per_second: u32,
    /// When the requests so far would have come at an even pace, in µs.
    even: Arc<AtomicI64>,
}

impl Pace {
    /// So many requests a second, at least one.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: per_second.max(1), even: Arc::new(AtomicI64::new(i64::MIN)) }
    }

    /// Counts a request. Gives how long it is too early; then it is not counted.
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        const SECOND: i64 = 1_000_000;
        let each = SECOND / i64::from(self.per_second);
        let next = |even: i64| {
            let next = even.max(now.0).saturating_add(each);
            (next <= now.0.saturating_add(SECOND)).then_some(next)
        };
        let early = self.even.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).err()?;
        let wait = early.saturating_add(each).saturating_sub(now.0.saturating_add(SECOND));
        Some(Duration::from_micros(u64::try_from(wait).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_kept_and_a_pause_gives_it_back() {
        let pace = Pace::new(4);
        let at = |ms: i64| pace.wait(Timestamp(ms * 1000));
        let now: Vec<bool> = (0..5).map(|_| at(0).is_none()).collect();
        assert_eq!(now, [true, true, true, true, false]);
        assert_eq!(at(0), Some(Duration::from_millis(250)));
        assert_eq!(at(249), Some(Duration::from_millis(1)));
        assert_eq!((at(250), at(250)), (None, Some(Duration::from_millis(250))));
        let later: Vec<bool> = (0..5).map(|_| at(60_000).is_none()).collect();
        assert_eq!(later, [true, true, true, true, false]);
    }
}
