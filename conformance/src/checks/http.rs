//! HTTP as SCIM uses it (RFC 7644 §3.1, §3.2, §3.8, §3.11).

use reqwest::Method;
use serde_json::json;

use crate::check::{Check, Checked};
use crate::client::SCIM_JSON;
use crate::request::Request;
use crate::session::Session;

checks! {
    must "http/media-type", "RFC 7644 §3.1", "answers are application/scim+json" => media_type();
    must "http/error-media-type", "RFC 7644 §3.1", "and so are errors" => error_media_type();
    should "http/accept-json", "RFC 7644 §3.8", "Accept: application/json is served" => accept_json();
    must "http/no-accept", "RFC 7644 §3.8", "a request without Accept is served" => no_accept();
    should "http/send-json", "RFC 7644 §3.1", "a body of type application/json is understood"
        => send_as("application/json");
    must "http/charset", "RFC 7644 §3.1", "a media type with charset=utf-8 is understood"
        => send_as("application/scim+json; charset=utf-8");
    usual "http/send-xml", "RFC 9110 §15.5.16", "a body of type text/xml is 415" => send_xml();
    must "http/unknown-endpoint", "RFC 7644 §3.12", "an unknown endpoint is 404 with an error body"
        => unknown_endpoint();
    usual "http/method-collection", "RFC 9110 §15.5.6", "DELETE of a collection is 405 with an error body"
        => method(Method::DELETE);
    usual "http/method-put", "RFC 9110 §15.5.6", "PUT of a collection is 405 with an error body"
        => method(Method::PUT);
    should "http/read-only-config", "RFC 7644 §3.2", "/ServiceProviderConfig can't be written"
        => read_only_config();
    usual "http/me", "RFC 7644 §3.11", "/Me answers, or says with 501 that it is not offered" => me();
    must "http/unknown-parameter", "RFC 7644 §3.4.2", "an unknown query parameter is no server error"
        => unknown_parameter();
}

async fn media_type(s: &Session) -> Checked {
    let reply = s.make_user().await?.reply;
    reply.want(
        reply.header("content-type").is_some_and(|found| found.starts_with(SCIM_JSON)),
        format!("Content-Type: {SCIM_JSON}"),
    )
}

async fn error_media_type(s: &Session) -> Checked {
    let reply = s.get(&format!("{}/nobody", s.users()?.endpoint)).await?;
    let found = reply.header("content-type").is_some_and(|found| found.starts_with(SCIM_JSON));
    reply.want(found, format!("Content-Type: {SCIM_JSON}"))
}

async fn accept_json(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = s.send(Request::new(Method::GET, &made.path).header("Accept", "application/json")).await?;
    reply.want_status(&[200])?;
    reply.want_at("/id", &json!(made.id))
}

async fn no_accept(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = s.send(Request::new(Method::GET, &made.path).header("Accept", "*/*")).await?;
    reply.want_status(&[200])?;
    reply.want_at("/id", &json!(made.id))
}

async fn send_as(s: &Session, media_type: &str) -> Checked {
    let request = Request::new(Method::POST, &s.users()?.endpoint).json(&s.person()?);
    s.send(request.header("Content-Type", media_type)).await?.want_status(&[201])
}

async fn send_xml(s: &Session) -> Checked {
    let request = Request::new(Method::POST, &s.users()?.endpoint).text("<user/>");
    s.send(request.header("Content-Type", "text/xml")).await?.want_error(&[415])
}

async fn unknown_endpoint(s: &Session) -> Checked {
    s.get("/NoSuchEndpoint").await?.want_error(&[404])
}

async fn method(s: &Session, method: Method) -> Checked {
    let mut request = Request::new(method.clone(), &s.users()?.endpoint);
    if method == Method::PUT {
        request = request.json(&s.person()?);
    }
    s.send(request).await?.want_error(&[403, 405, 501])
}

async fn read_only_config(s: &Session) -> Checked {
    let reply = s.put("/ServiceProviderConfig", &json!({"schemas": []})).await?;
    reply.want_status(&[403, 404, 405, 501])
}

async fn me(s: &Session) -> Checked {
    // RFC 7644 §3.11: 501, or a permanent redirect, or the person. Somebody who is none can be 404 (RFC 7644 §3.12).
    s.get("/Me").await?.want_status(&[200, 308, 403, 404, 501])
}

async fn unknown_parameter(s: &Session) -> Checked {
    let reply = s.get(&format!("{}?count=1&noSuchParameter=1", s.users()?.endpoint)).await?;
    reply.want(reply.status < 500, "no server error")
}
