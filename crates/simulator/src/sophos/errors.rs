//! How Sophos Central says no.

use serde_json::{Map, Value, json};

use super::switches::ErrorStyle;
use crate::http::Response;
use crate::text::timestamp;

/// A refusal. `why` is for the journal: the vendor does not tell its callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub why: &'static str,
    pub retry_after: Option<u32>,
}

impl Refusal {
    pub fn new(status: u16, why: &'static str) -> Self {
        Self { status, why, retry_after: None }
    }

    pub fn unauthorized(why: &'static str) -> Self {
        Self::new(401, why)
    }

    pub fn forbidden(why: &'static str) -> Self {
        Self::new(403, why)
    }

    pub fn not_found(why: &'static str) -> Self {
        Self::new(404, why)
    }

    pub fn conflict(why: &'static str) -> Self {
        Self::new(409, why)
    }

    /// The answer, in the format of everything but the token endpoint.
    pub fn response(&self, now: i64, style: ErrorStyle, correlation: &str, request: &str) -> Response {
        let (code, message) = words(self.status);
        let mut body = Map::new();
        let (code, message) = match style {
            ErrorStyle::Mixed if self.status == 401 => ("Unauthorized".to_owned(), None),
            ErrorStyle::Mixed | ErrorStyle::Camel => (code.to_owned(), Some(message)),
            ErrorStyle::Pascal if self.status == 401 => ("Unauthorized".to_owned(), None),
            ErrorStyle::Pascal => (capital(code), Some(message)),
        };
        body.insert("error".to_owned(), code.into());
        if let Some(message) = message {
            body.insert("message".to_owned(), message.into());
        }
        body.insert("correlationId".to_owned(), correlation.into());
        body.insert("requestId".to_owned(), request.into());
        if self.status == 403 {
            body.insert("createdAt".to_owned(), timestamp(now).into());
        }
        let mut response = Response::of_json(self.status, &Value::Object(body));
        if let Some(seconds) = self.retry_after {
            response.headers.push(("retry-after".to_owned(), seconds.to_string()));
        }
        response
    }
}

/// The format of the token endpoint, which shares nothing with the other one.
pub(crate) fn token_error(status: u16, code: &str, tracking: &str) -> Response {
    let message = if status == 401 { "Unauthorized" } else { "Bad Request" };
    Response::of_json(status, &json!({"errorCode": code, "message": message, "trackingId": tracking}))
}

fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("badRequest", "Bad request."),
        401 => ("notAuthorized", "Not authorized."),
        403 => ("forbidden", "Forbidden"),
        404 => ("notFound", "Resource not found."),
        405 => ("methodNotAllowed", "Method not allowed."),
        409 => ("resourceConflict", "Resource conflict."),
        429 => ("tooManyRequests", "Too many requests."),
        500 => ("internalServerError", "Internal Server Error."),
        502 => ("badGateway", "Bad Gateway."),
        503 => ("serviceUnavailable", "Service Unavailable."),
        504 => ("gatewayTimeout", "Gateway Timeout."),
        _ => ("error", "Error."),
    }
}

fn capital(code: &str) -> String {
    let mut letters = code.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
