//! Who may ask (RFC 7644 §2, §3.12).

use serde_json::json;

use crate::check::{Check, Checked, skip};
use crate::reply::Reply;
use crate::request::{Identity, Request};
use crate::session::Session;
use reqwest::Method;

checks! {
    must "auth/none", "RFC 7644 §2", "a request without a credential is 401" => none();
    must "auth/wrong", "RFC 7644 §2", "a request with a wrong token is 401" => wrong();
    must "auth/write", "RFC 7644 §2", "a write without a credential is 401 and makes nothing" => write();
    must "auth/challenge", "RFC 9110 §11.6.1", "a 401 has WWW-Authenticate" => challenge();
    must "auth/body", "RFC 7644 §3.12", "a 401 has an error body in SCIM's form" => body();
}

async fn as_nobody(s: &Session) -> Checked<Reply> {
    let users = format!("{}?count=1", s.users()?.endpoint);
    s.send(Request::new(Method::GET, &users).identity(Identity::Nobody)).await
}

/// The answer to nobody; a skip if the server serves anybody, which another check tells.
async fn refused(s: &Session) -> Checked<Reply> {
    let reply = as_nobody(s).await?;
    if reply.status == 401 {
        Ok(reply)
    } else {
        skip(format!("a request without a credential is {}", reply.status))
    }
}

async fn none(s: &Session) -> Checked {
    as_nobody(s).await?.want_status(&[401])
}

async fn wrong(s: &Session) -> Checked {
    let users = format!("{}?count=1", s.users()?.endpoint);
    let identity = Identity::Other(format!("Bearer {}", s.name()));
    s.send(Request::new(Method::GET, &users).identity(identity)).await?.want_status(&[401])
}

async fn write(s: &Session) -> Checked {
    let request = Request::new(Method::POST, &s.users()?.endpoint).json(&s.person()?);
    s.send(request.identity(Identity::Nobody)).await?.want_status(&[401])
}

async fn challenge(s: &Session) -> Checked {
    let reply = refused(s).await?;
    reply.want(reply.header("www-authenticate").is_some(), "a header WWW-Authenticate")
}

async fn body(s: &Session) -> Checked {
    let reply = refused(s).await?;
    reply.want_error_body()?;
    reply.want_at("/status", &json!("401"))
}
