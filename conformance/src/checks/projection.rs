//! Which attributes come (RFC 7644 §3.9).

use serde_json::{Value, json};

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::reply::Reply;
use crate::session::{Session, encoded};

checks! {
    must "attributes/schemas", "RFC 7643 §3", "schemas is in every representation" => schemas();
    must "attributes/only", "RFC 7644 §3.9", "attributes=userName gives that and id, and nothing else"
        => only("userName");
    must "attributes/case", "RFC 7643 §2.1", "attributes=USERNAME is the same" => only("USERNAME");
    must "attributes/urn", "RFC 7644 §3.10", "attributes with the schema's URN in front is the same"
        => only("urn:ietf:params:scim:schemas:core:2.0:User:userName");
    must "attributes/sub", "RFC 7644 §3.9", "attributes=name.familyName gives that sub-attribute alone"
        => sub();
    must "attributes/several", "RFC 7644 §3.9", "several attributes, separated by commas" => several();
    must "attributes/excluded", "RFC 7644 §3.9", "excludedAttributes takes an attribute out" => excluded();
    must "attributes/excluded-sub", "RFC 7644 §3.9", "excludedAttributes takes a sub-attribute out"
        => excluded_sub();
    must "attributes/always", "RFC 7643 §2.2", "id can't be excluded (returned: always)" => always();
    must "attributes/list", "RFC 7644 §3.9", "lists are cut likewise" => list();
    usual "attributes/post", "RFC 7644 §3.9", "the answer to a POST is cut likewise" => post();
    must "attributes/unknown", "RFC 7644 §3.9", "an unknown attribute name is no server error" => unknown();
}

/// A person, read with a query.
async fn read(s: &Session, query: &str) -> Checked<Reply> {
    let made = s.make_user().await?;
    let reply = s.get(&format!("{}?{query}", made.path)).await?;
    reply.want_status(&[200])?;
    Ok(reply)
}

fn lacks(reply: &Reply, pointer: &str) -> Checked {
    reply.want(reply.at(pointer).is_null(), format!("no {pointer}"))
}

fn has(reply: &Reply, pointer: &str) -> Checked {
    reply.want(!reply.at(pointer).is_null(), format!("{pointer} is there"))
}

async fn only(s: &Session, name: &str) -> Checked {
    let reply = read(s, &format!("attributes={}", encoded(name))).await?;
    has(&reply, "/userName")?;
    has(&reply, "/id")?;
    lacks(&reply, "/emails")?;
    lacks(&reply, "/displayName")
}

async fn schemas(s: &Session) -> Checked {
    has(&read(s, "attributes=userName").await?, "/schemas")
}

async fn sub(s: &Session) -> Checked {
    s.writable(USER, "name.givenName")?;
    let reply = read(s, "attributes=name.familyName").await?;
    has(&reply, "/name/familyName")?;
    lacks(&reply, "/name/givenName")?;
    lacks(&reply, "/userName")
}

async fn several(s: &Session) -> Checked {
    s.writable(USER, "displayName")?;
    s.writable(USER, "name.givenName")?;
    let reply = read(s, "attributes=userName,displayName").await?;
    has(&reply, "/userName")?;
    has(&reply, "/displayName")?;
    lacks(&reply, "/name")
}

async fn excluded(s: &Session) -> Checked {
    s.writable(USER, "displayName")?;
    let reply = read(s, "excludedAttributes=displayName").await?;
    lacks(&reply, "/displayName")?;
    has(&reply, "/userName")
}

async fn excluded_sub(s: &Session) -> Checked {
    s.writable(USER, "name.givenName")?;
    let reply = read(s, "excludedAttributes=name.familyName").await?;
    lacks(&reply, "/name/familyName")?;
    has(&reply, "/name/givenName")
}

async fn always(s: &Session) -> Checked {
    let reply = read(s, "excludedAttributes=id,userName").await?;
    has(&reply, "/id")
}

async fn list(s: &Session) -> Checked {
    s.make_user().await?;
    let reply = s.get(&format!("{}?attributes=userName&count=2", s.users()?.endpoint)).await?;
    let found = reply.want_list()?;
    let cut = |resource: &Value| resource.get("userName").is_some() && resource.get("emails").is_none();
    reply.want(found.iter().all(cut), "resources with userName and without emails")
}

async fn post(s: &Session) -> Checked {
    let reply = s.post(&format!("{}?attributes=userName", s.users()?.endpoint), &s.person()?).await?;
    reply.want_status(&[201])?;
    has(&reply, "/userName")?;
    lacks(&reply, "/emails")
}

async fn unknown(s: &Session) -> Checked {
    let reply = read(s, "attributes=noSuchAttribute").await?;
    reply.want_at("/noSuchAttribute", &json!(null))
}
