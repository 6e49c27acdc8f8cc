//! Answers on the wire.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::Value;

use super::failure::Outcome;
use crate::facade::Answer;

/// RFC 7644 §3.1.
pub(super) const SCIM_JSON: &str = "application/scim+json";

/// The type of every body.
pub(super) const SCIM_JSON_VALUE: HeaderValue = HeaderValue::from_static(SCIM_JSON);

/// 200 with a body of JSON text.
pub(super) fn ok(text: Vec<u8>) -> Outcome {
    Ok(json(HttpResponse::Ok(), text))
}

/// 200 with a resource that says in its `meta` where it is.
pub(super) fn described(body: &Value) -> Outcome {
    let mut head = HttpResponse::Ok();
    if let Some(location) = body.pointer("/meta/location").and_then(Value::as_str) {
        head.insert_header((CONTENT_LOCATION, location));
    }
    Ok(json(head, body.to_string().into_bytes()))
}

/// RFC 7644 §3.3: 201 with `Location` and the resource.
pub(super) fn created(answer: Answer) -> Outcome {
    let mut head = HttpResponse::Created();
    if let Some(location) = &answer.location {
        head.insert_header((LOCATION, location.to_text()));
    }
    Ok(resource(head, answer, StatusCode::NO_CONTENT))
}

/// RFC 7644 §3.4.1, §3.14: 200 with the resource; 304 if the client has this version of it.
pub(super) fn read(answer: Answer) -> Outcome {
    Ok(resource(HttpResponse::Ok(), answer, StatusCode::NOT_MODIFIED))
}

/// 200 with the resource; 204 if there is none to show (RFC 7644 §3.5.2).
pub(super) fn found(answer: Answer) -> Outcome {
    Ok(resource(HttpResponse::Ok(), answer, StatusCode::NO_CONTENT))
}

/// RFC 7644 §3.6: 204 without a body.
pub(super) fn gone() -> Outcome {
    Ok(HttpResponse::NoContent().finish())
}

/// `bare` is the status without a body.
fn resource(mut head: HttpResponseBuilder, answer: Answer, bare: StatusCode) -> HttpResponse {
    if let Some(etag) = &answer.etag {
        head.insert_header((ETAG, &**etag));
    }
    // RFC 7643 §3.1: the same as `meta.location`.
    if let Some(location) = &answer.location {
        head.insert_header((CONTENT_LOCATION, location.to_text()));
    }
    match answer.body {
        Some(body) => json(head, body.into_text()),
        None => head.status(bare).finish(),
    }
}

fn json(mut head: HttpResponseBuilder, text: Vec<u8>) -> HttpResponse {
    head.insert_header((CONTENT_TYPE, SCIM_JSON_VALUE)).body(text)
}
