//! Index-based paging (RFC 7644 §3.4.2.4).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::reply::Reply;
use crate::session::{Session, encoded};

checks! {
    must "paging/total", "RFC 7644 §3.4.2", "totalResults is that of the whole match, on every page"
        => total();
    must "paging/count", "RFC 7644 §3.4.2.4", "no more than count resources come, and itemsPerPage says how many"
        => count();
    must "paging/count-zero", "RFC 7644 §3.4.2.4", "count=0 gives totalResults alone" => none("0");
    must "paging/count-negative", "RFC 7644 §3.4.2.4", "a negative count is taken as 0" => none("-5");
    must "paging/start-zero", "RFC 7644 §3.4.2.4", "a startIndex below 1 is taken as 1" => start("0");
    must "paging/start-negative", "RFC 7644 §3.4.2.4", "a negative startIndex is taken as 1" => start("-3");
    must "paging/start", "RFC 7644 §3.4.2.4", "startIndex says with which match a page begins" => second();
    must "paging/beyond", "RFC 7644 §3.4.2.4", "beyond the end there is an empty page" => beyond();
    must "paging/walk", "RFC 7644 §3.4.2.4", "every match is on exactly one page" => walk();
    must "paging/no-filter", "RFC 7644 §3.4.2.4", "lists without a filter are paged, too" => no_filter();
}

/// A page of the three people.
async fn page(s: &Session, query: &str) -> Checked<Reply> {
    s.needs("filter")?;
    s.crowd().await?;
    let filter = encoded(&format!("userName sw \"{}-crowd\"", s.prefix));
    let reply = s.get(&format!("{}?filter={filter}&{query}", s.users()?.endpoint)).await?;
    if reply.at("/scimType") == "invalidFilter" {
        return skip("the server can't answer userName sw");
    }
    Ok(reply)
}

fn ids(reply: &Reply) -> Checked<Vec<String>> {
    let id = |resource: &Value| resource.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(reply.want_list()?.iter().map(id).collect())
}

async fn total(s: &Session) -> Checked {
    for start in 1..=3 {
        let reply = page(s, &format!("startIndex={start}&count=1")).await?;
        reply.want_list()?;
        reply.want_at("/totalResults", &json!(3))?;
    }
    Ok(())
}

async fn count(s: &Session) -> Checked {
    let reply = page(s, "count=2").await?;
    let found = ids(&reply)?;
    reply.want(!found.is_empty() && found.len() <= 2, "one or two resources")?;
    reply.want_at("/itemsPerPage", &json!(found.len()))
}

async fn none(s: &Session, count: &str) -> Checked {
    let reply = page(s, &format!("count={count}")).await?;
    let found = ids(&reply)?;
    reply.want(found.is_empty(), "no resources")?;
    reply.want_at("/totalResults", &json!(3))
}

async fn start(s: &Session, index: &str) -> Checked {
    let reply = page(s, &format!("startIndex={index}&count=2")).await?;
    let first = page(s, "startIndex=1&count=2").await?;
    let found = ids(&reply)?;
    reply.want(found == ids(&first)?, "the same as with startIndex=1")?;
    let said = reply.at("/startIndex");
    reply.want(said.is_null() || *said == 1, "startIndex is 1")
}

async fn second(s: &Session) -> Checked {
    let all = ids(&page(s, "startIndex=1&count=3").await?)?;
    let reply = page(s, "startIndex=2&count=1").await?;
    reply.want_at("/startIndex", &json!(2))?;
    let found = ids(&reply)?;
    reply.want(
        all.get(1..2) == Some(found.as_slice()),
        "the second of the people whom one page of three shows",
    )
}

async fn beyond(s: &Session) -> Checked {
    let reply = page(s, "startIndex=1000&count=2").await?;
    let found = ids(&reply)?;
    reply.want(found.is_empty(), "no resources")?;
    reply.want_at("/totalResults", &json!(3))
}

async fn walk(s: &Session) -> Checked {
    let mut seen = Vec::new();
    let mut reply = page(s, "startIndex=1&count=1").await?;
    for start in 1..=3 {
        reply = page(s, &format!("startIndex={start}&count=1")).await?;
        seen.extend(ids(&reply)?);
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    reply.want(seen.len() == 3 && distinct.len() == 3, "three pages of one show three different people")
}

async fn no_filter(s: &Session) -> Checked {
    s.crowd().await?;
    let users = &s.users()?.endpoint;
    let reply = s.get(&format!("{users}?startIndex=1&count=1")).await?;
    let found = ids(&reply)?;
    reply.want(found.len() == 1, "one resource")?;
    reply.want(reply.want_total()? >= 3, "at least three in all")?;
    let next = s.get(&format!("{users}?startIndex=2&count=1")).await?;
    next.want(ids(&next)? != found, "another resource on the second page")
}
