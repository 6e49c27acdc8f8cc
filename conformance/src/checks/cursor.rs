//! Cursor-based paging (RFC 9865).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::reply::Reply;
use crate::session::{Session, encoded};

checks! {
    must "cursor/first", "RFC 9865 §2", "an empty cursor asks for the first page; nextCursor is there while more follows"
        => first();
    must "cursor/walk", "RFC 9865 §2", "every match is on exactly one page, and the last has no nextCursor"
        => walk();
    must "cursor/characters", "RFC 9865 §2", "a cursor has unreserved characters only" => characters();
    must "cursor/invalid", "RFC 9865 §2.1", "a cursor that is none is 400 invalidCursor" => invalid();
    must "cursor/count-changed", "RFC 9865 §2.1", "another count than that of the first page is understood, or 400 invalidCount"
        => count_changed();
    must "cursor/count-zero", "RFC 9865 §2", "count=0 gives no resources" => count_zero();
    usual "cursor/both", "RFC 9865 §2", "startIndex and cursor together are refused" => both();
    must "cursor/advertised", "RFC 9865 §4", "pagination says whether index and cursor are supported"
        => advertised();
}

/// A page of the three people by cursor.
async fn page(s: &Session, query: &str) -> Checked<Reply> {
    if s.facts.config.pointer("/pagination/cursor").and_then(Value::as_bool) != Some(true) {
        return skip("pagination.cursor is not true in /ServiceProviderConfig");
    }
    s.needs("filter")?;
    s.crowd().await?;
    let filter = encoded(&format!("userName sw \"{}-crowd\"", s.prefix));
    s.get(&format!("{}?filter={filter}&{query}", s.users()?.endpoint)).await
}

fn next(reply: &Reply) -> Option<String> {
    reply.at("/nextCursor").as_str().filter(|cursor| !cursor.is_empty()).map(ToOwned::to_owned)
}

async fn first(s: &Session) -> Checked<()> {
    let reply = page(s, "cursor=&count=2").await?;
    let found = reply.want_list()?.len();
    reply.want(found == 2, "two resources")?;
    reply.want(next(&reply).is_some(), "nextCursor, for there is one more")
}

async fn walk(s: &Session) -> Checked {
    let mut seen = BTreeSet::new();
    let mut reply = page(s, "cursor=&count=1").await?;
    for _ in 0..5 {
        for resource in reply.want_list()? {
            let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
            reply.want(seen.insert(id.to_owned()), "nobody twice")?;
        }
        let Some(cursor) = next(&reply) else { break };
        reply = page(s, &format!("cursor={}&count=1", encoded(&cursor))).await?;
    }
    reply.want(next(&reply).is_none(), "no nextCursor on the last page")?;
    reply.want(seen.len() == 3, "three people on all pages together")
}

async fn characters(s: &Session) -> Checked {
    let reply = page(s, "cursor=&count=1").await?;
    let cursor = next(&reply).unwrap_or_default();
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    reply.want(
        !cursor.is_empty() && cursor.chars().all(is_unreserved),
        "nextCursor of unreserved characters (RFC 3986 §2.3)",
    )
}

async fn invalid(s: &Session) -> Checked {
    page(s, "cursor=no-cursor-of-yours&count=1").await?.want_scim_type(400, "invalidCursor")
}

async fn count_changed(s: &Session) -> Checked {
    let reply = page(s, "cursor=&count=1").await?;
    let cursor = next(&reply).unwrap_or_default();
    let reply = page(s, &format!("cursor={}&count=2", encoded(&cursor))).await?;
    if reply.status == 200 {
        return reply.want_list().map(drop);
    }
    reply.want_scim_type(400, "invalidCount")
}

async fn count_zero(s: &Session) -> Checked {
    let reply = page(s, "cursor=&count=0").await?;
    let found = reply.want_list()?.len();
    reply.want(found == 0, "no resources")
}

async fn both(s: &Session) -> Checked {
    let reply = page(s, "cursor=&count=1").await?;
    let cursor = next(&reply).unwrap_or_default();
    page(s, &format!("cursor={}&count=1&startIndex=2", encoded(&cursor))).await?.want_error(&[400])
}

async fn advertised(s: &Session) -> Checked {
    let reply = s.get("/ServiceProviderConfig").await?;
    if reply.at("/pagination").is_null() {
        return skip("no pagination in /ServiceProviderConfig");
    }
    for name in ["cursor", "index"] {
        reply.want(
            reply.at(&format!("/pagination/{name}")).is_boolean(),
            format!("pagination.{name} is true or false"),
        )?;
    }
    let method = reply.at("/pagination/defaultPaginationMethod");
    reply.want(
        method.is_null() || *method == json!("index") || *method == json!("cursor"),
        "defaultPaginationMethod is index or cursor",
    )
}
