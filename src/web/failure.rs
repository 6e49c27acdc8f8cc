//! What goes wrong, as the client gets to see it (RFC 7644 §3.12).

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use scim::error::ScimError;

use super::render::SCIM_JSON_VALUE;

/// A SCIM error on its way out.
#[derive(Debug)]
pub(super) struct Failure {
    error: ScimError,
    allow: Option<&'static str>,
}

/// What a handler answers.
pub(super) type Outcome = Result<HttpResponse, Failure>;

/// The seconds of a transient answer that names none: it always comes with `Retry-After`.
const COME_BACK: u32 = 5;

impl Failure {
    /// 401. The same text for every reason: which it was is nobody's business.
    pub(super) fn unauthorized() -> Self {
        ScimError::unauthorized("Authentication failed: a valid bearer token is needed").into()
    }

    /// 404 for a path that is no endpoint, and for a target that the client may not ask.
    pub(super) fn unknown_route() -> Self {
        ScimError::new(404, "There is no such endpoint").into()
    }

    /// 405 with the methods that there are (RFC 9110 §15.5.6).
    pub(super) fn wrong_method(allow: &'static str) -> Self {
        Self { error: ScimError::new(405, format!("This endpoint knows {allow}")), allow: Some(allow) }
    }

    /// 500. What happened is in our log.
    pub(super) fn internal() -> Self {
        ScimError::new(500, "The request could not be completed").into()
    }
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self { error, allow: None }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.error.status)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((CONTENT_TYPE, SCIM_JSON_VALUE));
        if let Some(allow) = self.allow {
            answer.insert_header((ALLOW, allow));
        }
        match self.error.status {
            // RFC 7235 §3.1: a 401 says how to authenticate.
            401 => drop(answer.insert_header((WWW_AUTHENTICATE, "Bearer"))),
            // Whole seconds, for Okta understands nothing else; bounded, so that no client stays away for a day.
            429 | 503 => {
                let seconds = self.error.retry_after.unwrap_or(COME_BACK).clamp(1, 3600);
                answer.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            // The rest of an unread body is not worth reading.
            408 | 413 => drop(answer.force_close()),
            _ => {}
        }
        answer.body(self.error.body().to_string())
    }
}
