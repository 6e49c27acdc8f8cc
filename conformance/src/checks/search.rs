//! Queries by POST (RFC 7644 §3.4.3).

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::reply::Reply;
use crate::session::Session;

checks! {
    must "search/type", "RFC 7644 §3.4.3", "POST /Users/.search answers like GET" => by_type();
    must "search/root", "RFC 7644 §3.4.3", "POST /.search looks through every resource type" => root();
    must "search/attributes", "RFC 7644 §3.4.3", "attributes in the body cut the answer" => attributes();
    must "search/paging", "RFC 7644 §3.4.3", "startIndex and count in the body" => paging();
    must "search/invalid", "RFC 7644 §3.12", "a malformed filter is 400 invalidFilter" => invalid();
}

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Searches; skips if the server has no such endpoint, for nothing advertises it.
async fn search(s: &Session, path: &str, more: Value) -> Checked<Reply> {
    s.needs("filter")?;
    s.crowd().await?;
    let filter = format!("userName sw \"{}-crowd\"", s.prefix);
    let mut body = json!({"schemas": [SEARCH], "filter": filter});
    crate::session::merge(&mut body, &more);
    let reply = s.post(path, &body).await?;
    match reply.status {
        404 | 405 | 501 => skip(format!("POST {path} is {}: not offered", reply.status)),
        _ => Ok(reply),
    }
}

fn under_users(s: &Session) -> Checked<String> {
    Ok(format!("{}/.search", s.users()?.endpoint))
}

async fn by_type(s: &Session) -> Checked {
    let reply = search(s, &under_users(s)?, json!({})).await?;
    reply.want_list()?;
    reply.want_at("/totalResults", &json!(3))
}

async fn root(s: &Session) -> Checked {
    let reply = search(s, "/.search", json!({})).await?;
    if reply.at("/scimType") == "tooMany" || reply.at("/scimType") == "invalidFilter" {
        return skip("the server can't answer this filter at its root");
    }
    reply.want_list()?;
    reply.want_at("/totalResults", &json!(3))
}

async fn attributes(s: &Session) -> Checked {
    let reply = search(s, &under_users(s)?, json!({"attributes": ["userName"]})).await?;
    let found = reply.want_list()?;
    let cut = |resource: &Value| resource.get("userName").is_some() && resource.get("emails").is_none();
    reply.want(!found.is_empty() && found.iter().all(cut), "resources with userName and without emails")
}

async fn paging(s: &Session) -> Checked {
    let reply = search(s, &under_users(s)?, json!({"startIndex": 2, "count": 1})).await?;
    let found = reply.want_list()?.len();
    reply.want(found == 1, "one resource")?;
    reply.want_at("/startIndex", &json!(2))?;
    reply.want_at("/totalResults", &json!(3))
}

async fn invalid(s: &Session) -> Checked {
    let reply = search(s, &under_users(s)?, json!({"filter": "userName eq"})).await?;
    reply.want_scim_type(400, "invalidFilter")
}
