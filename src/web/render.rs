//! Answers on the wire.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::failure::{Failure, Outcome};
use crate::facade::Answer;

/// RFC 7644 §3.1.
pub(super) const SCIM_JSON: &str = "application/scim+json";

/// 200 with a body.
pub(super) fn ok(body: &impl Serialize) -> Outcome {
    json(HttpResponse::Ok(), body)
}

/// RFC 7644 §3.3: 201 with `Location` and the resource.
pub(super) fn created(answer: &Answer) -> Outcome {
    let mut head = HttpResponse::Created();
    if let Some(location) = &answer.location {
        head.insert_header((LOCATION, location.as_str()));
    }
    resource(head, answer, StatusCode::NO_CONTENT)
}

/// RFC 7644 §3.4.1, §3.14: 200 with the resource; 304 if the client has this version of it.
pub(super) fn read(answer: &Answer) -> Outcome {
    resource(HttpResponse::Ok(), answer, StatusCode::NOT_MODIFIED)
}

/// 200 with the resource; 204 if there is none to show (RFC 7644 §3.5.2).
pub(super) fn found(answer: &Answer) -> Outcome {
    resource(HttpResponse::Ok(), answer, StatusCode::NO_CONTENT)
}

/// RFC 7644 §3.6: 204 without a body.
pub(super) fn gone() -> Outcome {
    Ok(HttpResponse::NoContent().finish())
}

/// `bare` is the status without a body.
fn resource(mut head: HttpResponseBuilder, answer: &Answer, bare: StatusCode) -> Outcome {
    if let Some(etag) = &answer.etag {
        head.insert_header((ETAG, etag.as_str()));
    }
    match &answer.body {
        Some(body) => json(head, body),
        None => Ok(head.status(bare).finish()),
    }
}

fn json(mut head: HttpResponseBuilder, body: &impl Serialize) -> Outcome {
    // Most resources need no more.
    let mut bytes = Vec::with_capacity(1024);
    serde_json::to_writer(&mut bytes, body).map_err(|_| Failure::internal())?;
    Ok(head.insert_header((CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON))).body(bytes))
}
