//! A request with a body.

use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, Bytes};
use scim::error::{Result, ScimError};
use scim::limits::Limits;
use scim::patch::Patch;
use scim::resource::{Document, Incoming, Required, parse_json};
use serde_json::Value;

use super::Web;
use super::call::{Arrived, Call};
use super::fingerprint::{Parts, fingerprint};
use super::place;
use crate::kernel::Kind;

/// How long a body may take to arrive.
const SLOWEST_BODY: Duration = Duration::from_secs(15);

/// How large the body of a route may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Largest {
    /// As large as any other.
    Usual,
    /// As large as a bulk request (RFC 7644 §3.7.4).
    Bulk,
}

/// A call that comes with a body, be it empty. It can be recognised when it comes again.
pub(super) struct CallWithBody {
    pub(super) call: Box<Call>,
    body: Body,
}

/// A body that was received.
enum Body {
    /// As it came.
    Bytes(Bytes),
    /// A part of one, which was read as a whole.
    Json(Value),
}

impl Body {
    fn json(&self, limits: &Limits) -> Result<Value> {
        match self {
            Self::Bytes(bytes) => parse_json(bytes, limits),
            Self::Json(value) => Ok(value.clone()),
        }
    }
}

impl CallWithBody {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// 408, 413 and 415; 400 if it ended early.
    pub(super) async fn read(arrived: Arrived<'_>, largest: Largest) -> Result<Self> {
        let Arrived { mut call, http, body, .. } = arrived;
        let body = receive(&call.web, body, (declared_length(http.headers()), largest)).await?;
        if !body.is_empty() {
            understood(http.headers())?;
        }
        call.request.fingerprint = fingerprint(&Parts {
            client: &call.request.client.name,
            method: http.method().as_str(),
            path: &place::parts(http.path()).collect::<Vec<_>>().join("/"),
            query: &call.query,
            conditions: &call.conditions_as_text(),
            body: &body,
        });
        Ok(Self { call, body: Body::Bytes(body) })
    }

    /// A part of a request that changes several things.
    pub(super) fn part(call: Box<Call>, body: Value) -> Self {
        Self { call, body: Body::Json(body) }
    }

    /// The body as JSON, within these limits.
    pub(super) fn json(&self, limits: &Limits) -> Result<Value> {
        self.body.json(limits)
    }

    /// The body of a POST or PUT.
    pub(super) fn document(&self, kind: Kind) -> Result<Incoming> {
        self.call.parse(kind, |resource_type, profile, limits, repairs| {
            let json = self.json(limits)?;
            Document::parse(json, resource_type, profile, limits, Required::Check, repairs)
        })
    }

    /// The end of access that the body asks for, although it can't be read as a whole.
    pub(super) fn deactivation(&self, kind: Kind) -> Option<Patch> {
        let json = self.json(&self.call.web.limits).ok()?;
        let profile = self.call.request.client.profile;
        let resource_type = self.call.target.resource_type(kind);
        (kind == Kind::User)
            .then(|| Patch::deactivation(&json, resource_type, profile, &self.call.web.limits))?
    }

    /// The body of a PATCH.
    pub(super) fn patch(&self, kind: Kind) -> Result<Patch> {
        self.call.parse(kind, |resource_type, profile, limits, repairs| {
            let json = self.json(limits)?;
            Patch::parse(json, resource_type, profile, limits, repairs)
        })
    }
}

/// The whole body, if it is not too large and does not take too long.
async fn receive(
    web: &Web,
    payload: web::Payload,
    (length, largest): (Option<usize>, Largest),
) -> Result<Bytes> {
    let (limit, name) = match largest {
        Largest::Usual => (web.limits.body_bytes, ""),
        Largest::Bulk => (web.limits.bulk_bytes, " (maxPayloadSize)"),
    };
    let too_large = || ScimError::payload_too_large(format!("The body is larger than {limit} bytes{name}"));
    // What announces itself as too large is not read at all.
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let received = tokio::select! {
        received = payload.to_bytes_limited(limit) => received,
        () = web.clock.sleep(SLOWEST_BODY) => return Err(ScimError::new(408, "The body took too long to arrive")),
    };
    let body = received.map_err(|_| too_large())?;
    body.map_err(|_| ScimError::invalid_syntax("The body ended early or was not sent as HTTP has it"))
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// RFC 7644 §3.1: `application/scim+json`, and `application/json` too. None at all is taken for the former (some Okta
/// apps). A charset must be UTF-8 (RFC 8259 §8.1), and nothing may be compressed.
fn understood(headers: &HeaderMap) -> Result<()> {
    let unsupported = |detail| Err(ScimError::new(415, detail));
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return unsupported("The body must not be compressed");
    }
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or("?").to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    if !matches!(kind, "" | "application/scim+json" | "application/json") {
        return unsupported("The body must be application/scim+json or application/json");
    }
    let charset =
        parts.find_map(|part| part.strip_prefix("charset=")).map(|charset| charset.trim_matches('"'));
    if charset.is_some_and(|charset| !matches!(charset, "utf-8" | "utf8" | "us-ascii")) {
        return unsupported("The body must be UTF-8");
    }
    Ok(())
}
