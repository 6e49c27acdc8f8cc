//! Reading one resource (RFC 7644 §3.4.1, §3.12).

use serde_json::json;

use crate::check::{Check, Checked};
use crate::session::{Session, under};

checks! {
    must "read/get", "RFC 7644 §3.4.1", "GET answers what POST answered" => get();
    must "read/location", "RFC 7643 §3.1", "meta.location leads to the resource" => location();
    must "read/unknown", "RFC 7644 §3.12", "an unknown id is 404" => unknown();
    must "read/error-body", "RFC 7644 §3.12", "an error has schemas and its status as a string"
        => error_body();
    usual "read/error-detail", "RFC 7644 §3.12", "an error tells a human what is wrong" => detail();
    must "read/id-stable", "RFC 7643 §3.1", "the id is the same in every answer" => id_stable();
    must "read/list", "RFC 7644 §3.4.2", "a list of people is a ListResponse" => list();
}

async fn get(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = s.get(&made.path).await?;
    reply.want_status(&[200])?;
    for (key, value) in made.reply.body.as_object().into_iter().flatten() {
        if key != "meta" {
            reply.want_at(&format!("/{key}"), value)?;
        }
    }
    Ok(())
}

async fn location(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let location = made.reply.at("/meta/location").as_str().unwrap_or_default();
    made.reply.want(!location.is_empty(), "meta.location")?;
    let is_ours = location.starts_with(s.client.base()) || location.starts_with('/');
    if !is_ours {
        return Err(made.reply.odd(format!("a location under {}", s.client.base())));
    }
    s.get(location).await?.want_at("/id", &json!(made.id))
}

/// An id that nobody has.
fn nowhere(s: &Session) -> Checked<String> {
    Ok(under(&s.users()?.endpoint, "00000000-0000-4000-8000-00000000dead"))
}

async fn unknown(s: &Session) -> Checked {
    s.get(&nowhere(s)?).await?.want_status(&[404])
}

async fn error_body(s: &Session) -> Checked {
    s.get(&nowhere(s)?).await?.want_error_body()
}

async fn detail(s: &Session) -> Checked {
    let reply = s.get(&nowhere(s)?).await?;
    reply.want(reply.at("/detail").as_str().is_some_and(|text| !text.is_empty()), "a detail")
}

async fn id_stable(s: &Session) -> Checked {
    let made = s.make_user().await?;
    s.get(&made.path).await?.want_at("/id", &json!(made.id))?;
    let found = s.get(&made.path).await?;
    found.want_at("/meta/location", made.reply.at("/meta/location"))
}

async fn list(s: &Session) -> Checked {
    s.make_user().await?;
    let reply = s.get(&format!("{}?count=5", s.users()?.endpoint)).await?;
    reply.want_total()?;
    reply.want(!reply.want_list()?.is_empty(), "at least the person just made")
}
