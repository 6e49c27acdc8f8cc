//! Versions (RFC 7644 §3.14), where they are advertised.

use reqwest::Method;
use serde_json::{Value, json};

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::reply::Reply;
use crate::request::Request;
use crate::session::{Made, Session, patch_op};

checks! {
    must "etag/header", "RFC 7644 §3.14", "a GET has ETag, and meta.version is the same" => header();
    must "etag/changes", "RFC 7644 §3.14", "a change gives a new version" => changes();
    must "etag/stays", "RFC 7644 §3.14", "two reads give the same version" => stays();
    must "etag/not-modified", "RFC 7644 §3.14", "If-None-Match with the current version is 304"
        => not_modified();
    must "etag/modified", "RFC 7644 §3.14", "If-None-Match with another version is 200" => modified();
    must "etag/put-stale", "RFC 7644 §3.14", "PUT with a stale If-Match is 412 and changes nothing"
        => stale(Method::PUT);
    must "etag/patch-stale", "RFC 7644 §3.14", "PATCH with a stale If-Match is 412 and changes nothing"
        => stale(Method::PATCH);
    must "etag/delete-stale", "RFC 7644 §3.14", "DELETE with a stale If-Match is 412 and changes nothing"
        => stale(Method::DELETE);
    must "etag/current", "RFC 7644 §3.14", "PATCH with the current If-Match goes through" => current();
}

/// Somebody, and the version that GET shows.
async fn given(s: &Session) -> Checked<(Made, Reply, String)> {
    s.needs("etag")?;
    let made = s.make_user().await?;
    let reply = s.get(&made.path).await?;
    let Some(version) = reply.header("etag").map(ToOwned::to_owned) else {
        return Err(reply.wrong("a header ETag: etag.supported is true"));
    };
    Ok((made, reply, version))
}

/// A body that changes the display name.
fn change(method: &Method, made: &Made) -> Option<Value> {
    match *method {
        Method::PATCH => {
            Some(patch_op(&json!([{"op": "replace", "path": "displayName", "value": "Augusta"}])))
        }
        Method::PUT => {
            let mut document = made.sent.clone();
            document["displayName"] = json!("Augusta");
            Some(document)
        }
        _ => None,
    }
}

async fn send(s: &Session, method: Method, made: &Made, if_match: &str) -> Checked<Reply> {
    let mut request = Request::new(method.clone(), &made.path).header("If-Match", if_match);
    if let Some(body) = change(&method, made) {
        request = request.json(&body);
    }
    s.send(request).await
}

async fn header(s: &Session) -> Checked {
    let (_, reply, version) = given(s).await?;
    reply.want_at("/meta/version", &json!(version))
}

async fn changes(s: &Session) -> Checked {
    s.needs("patch")?;
    s.writable(USER, "displayName")?;
    let (made, _, version) = given(s).await?;
    send(s, Method::PATCH, &made, &version).await?.want_status(&[200, 204])?;
    let reply = s.get(&made.path).await?;
    reply.want(reply.header("etag").is_some_and(|new| new != version), "another ETag than before")
}

async fn stays(s: &Session) -> Checked {
    let (made, _, version) = given(s).await?;
    let reply = s.get(&made.path).await?;
    reply.want(reply.header("etag") == Some(&version), format!("ETag: {version}"))
}

async fn not_modified(s: &Session) -> Checked {
    let (made, _, version) = given(s).await?;
    let reply = s.send(Request::new(Method::GET, &made.path).header("If-None-Match", version)).await?;
    reply.want_status(&[304])?;
    reply.want(reply.text.is_empty(), "no body")
}

async fn modified(s: &Session) -> Checked {
    let (made, ..) = given(s).await?;
    s.send(Request::new(Method::GET, &made.path).header("If-None-Match", "W/\"of-old\""))
        .await?
        .want_status(&[200])
}

async fn stale(s: &Session, method: Method) -> Checked {
    if method == Method::PATCH {
        s.needs("patch")?;
    }
    s.writable(USER, "displayName")?;
    let (made, before, _) = given(s).await?;
    send(s, method, &made, "W/\"of-old\"").await?.want_error(&[412])?;
    s.get(&made.path).await?.want_at("/displayName", before.at("/displayName"))
}

async fn current(s: &Session) -> Checked {
    s.needs("patch")?;
    s.writable(USER, "displayName")?;
    let (made, _, version) = given(s).await?;
    send(s, Method::PATCH, &made, &version).await?.want_status(&[200, 204])?;
    s.get(&made.path).await?.want_at("/displayName", &json!("Augusta"))
}
