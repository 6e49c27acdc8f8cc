//! Requests that mean no good (RFC 7644 §7): refused in SCIM's form, and the server lives on.

use reqwest::Method;
use serde_json::json;

use crate::check::{Check, Checked};
use crate::reply::Reply;
use crate::request::Request;
use crate::session::{Session, encoded};

checks! {
    must "security/huge-id", "RFC 7644 §7", "an id of 5,000 characters is refused, and not with a server error"
        => huge_id();
    must "security/traversal", "RFC 7644 §7", "ids that look like paths lead nowhere" => traversal();
    must "security/null-byte", "RFC 7644 §7", "an id with a zero byte is refused, and not with a server error"
        => null_byte();
    must "security/injection", "RFC 7644 §7", "quotes in a filter's value don't widen it" => injection();
    must "security/filter-depth", "RFC 7644 §7", "a filter of 2,000 parentheses is answered, and not with a server error"
        => filter_depth();
    must "security/filter-length", "RFC 7644 §7", "a filter of 60,000 characters is answered, and not with a server error"
        => filter_length();
    must "security/json-depth", "RFC 7644 §7", "JSON nested 10,000 deep is refused, and not with a server error"
        => json_depth();
    must "security/patch-depth", "RFC 7644 §7", "so is a PATCH with such a value" => patch_depth();
    must "security/invalid-utf8", "RFC 7644 §3.1", "a query that is no UTF-8 is answered, and not with a server error"
        => invalid_utf8();
    must "security/huge-count", "RFC 7644 §3.4.2.4", "a huge count or startIndex is no server error"
        => huge_count();
    usual "security/error-tells-nothing", "RFC 7644 §7", "an error shows no stack trace" => tells_nothing();
}

/// No server error, and afterwards the server answers as ever.
async fn survived(s: &Session, reply: Reply) -> Checked {
    reply.want(reply.status < 500, "no server error")?;
    let after = s.get(&format!("{}?count=1", s.users()?.endpoint)).await?;
    after.want_status(&[200])
}

/// Refused: an error of the client, and the server lives on.
async fn refused(s: &Session, reply: Reply) -> Checked {
    reply.want((400..500).contains(&reply.status), "a status between 400 and 499")?;
    survived(s, reply).await
}

async fn huge_id(s: &Session) -> Checked {
    let reply = s.get(&format!("{}/{}", s.users()?.endpoint, "a".repeat(5_000))).await?;
    refused(s, reply).await
}

async fn traversal(s: &Session) -> Checked {
    for id in
        ["../ServiceProviderConfig", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/", "a/b", "x?y", "x#y"]
    {
        let reply = s.get(&format!("{}/{}", s.users()?.endpoint, encoded(id))).await?;
        reply.want((400..500).contains(&reply.status), "a status between 400 and 499")?;
    }
    Ok(())
}

async fn null_byte(s: &Session) -> Checked {
    let reply = s.get(&format!("{}/a%00b", s.users()?.endpoint)).await?;
    refused(s, reply).await
}

async fn injection(s: &Session) -> Checked {
    s.needs("filter")?;
    s.crowd().await?;
    for value in ["' or '1'='1", "*", "%", "\\\" or userName pr or userName eq \\\"", "$ne"] {
        let reply = s.filter(s.users()?, &format!("userName eq \"{value}\"")).await?;
        if reply.status == 200 {
            reply.want_at("/totalResults", &json!(0))?;
        } else {
            reply.want_error(&[400])?;
        }
    }
    Ok(())
}

async fn filter_depth(s: &Session) -> Checked {
    s.needs("filter")?;
    let filter = format!("{}userName eq \"x\"{}", "(".repeat(2_000), ")".repeat(2_000));
    let reply = s.filter(s.users()?, &filter).await?;
    survived(s, reply).await
}

async fn filter_length(s: &Session) -> Checked {
    s.needs("filter")?;
    let reply = s.filter(s.users()?, &format!("userName eq \"{}\"", "x".repeat(60_000))).await?;
    survived(s, reply).await
}

fn bomb() -> String {
    format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000))
}

async fn json_depth(s: &Session) -> Checked {
    let of = s.users()?;
    let body = format!("{{\"schemas\":[\"{}\"],\"userName\":{}}}", of.schema, bomb());
    let reply = s.send(Request::new(Method::POST, &of.endpoint).text(body)).await?;
    refused(s, reply).await
}

async fn patch_depth(s: &Session) -> Checked {
    s.needs("patch")?;
    let made = s.make_user().await?;
    let operation = format!("{{\"op\":\"replace\",\"path\":\"displayName\",\"value\":{}}}", bomb());
    let body = format!("{{\"schemas\":[\"{}\"],\"Operations\":[{operation}]}}", crate::session::PATCH_OP);
    let reply = s.send(Request::new(Method::PATCH, &made.path).text(body)).await?;
    refused(s, reply).await
}

async fn invalid_utf8(s: &Session) -> Checked {
    s.needs("filter")?;
    let reply = s.get(&format!("{}?filter=userName%20eq%20%22%ff%fe%22", s.users()?.endpoint)).await?;
    survived(s, reply).await
}

async fn huge_count(s: &Session) -> Checked {
    let most = u64::MAX;
    let reply = s.get(&format!("{}?startIndex={most}&count={most}", s.users()?.endpoint)).await?;
    survived(s, reply).await
}

async fn tells_nothing(s: &Session) -> Checked {
    let reply = s.send(Request::new(Method::POST, &s.users()?.endpoint).text("{")).await?;
    let signs = ["Traceback (most recent", "\tat ", "    at ", "panicked at", ".java:", "stack backtrace"];
    reply.want(!signs.iter().any(|sign| reply.text.contains(sign)), "no stack trace in the answer")
}
