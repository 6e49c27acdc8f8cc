//! PATCH of multi-valued attributes (RFC 7644 §3.5.2).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::reply::Reply;
use crate::session::{Made, Session};

checks! {
    must "patch/multi-add", "RFC 7644 §3.5.2.1", "add appends values" => add(true);
    usual "patch/multi-add-one", "RFC 7644 §3.5.2.1", "add of one object, not in an array, appends it"
        => add(false);
    should "patch/multi-add-again", "RFC 7644 §3.5.2.1", "adding a value that is there does not double it"
        => add_again();
    must "patch/multi-replace", "RFC 7644 §3.5.2.3", "replace takes the place of all values" => replace();
    must "patch/multi-replace-one", "RFC 7644 §3.5.2.3", "replace with a value filter replaces the matching value"
        => replace_one();
    must "patch/multi-replace-sub", "RFC 7644 §3.5.2.3", "replace with a value filter and a sub-attribute sets it in the matching value"
        => replace_sub();
    must "patch/multi-no-target", "RFC 7644 §3.5.2.3", "replace with a value filter that matches nothing is 400 noTarget"
        => no_target();
    must "patch/multi-remove", "RFC 7644 §3.5.2.2", "remove takes every value away" => remove_all();
    must "patch/multi-remove-one", "RFC 7644 §3.5.2.2", "remove with a value filter takes the matching value away"
        => remove_one("emails[type eq \"home\"]");
    must "patch/multi-remove-and", "RFC 7644 §3.5.2", "a value filter may have and"
        => remove_one("emails[type eq \"home\" and value co \"home\"]");
    must "patch/multi-remove-sub", "RFC 7644 §3.5.2.2", "remove with a value filter and a sub-attribute takes that away"
        => remove_sub();
    must "patch/primary", "RFC 7644 §3.5.2", "a new primary value ends the old one's being primary"
        => primary();
}

/// Somebody with a work and a home address, and what they are.
async fn somebody(s: &Session) -> Checked<(Made, String, String)> {
    s.needs("patch")?;
    s.writable(USER, "emails.type")?;
    let name = s.name();
    let (work, home) = (format!("{name}-work@example.com"), format!("{name}-home@example.com"));
    let emails = json!([{"value": work, "type": "work", "primary": true}, {"value": home, "type": "home"}]);
    Ok((s.make_user_with(&json!({"emails": emails})).await?, work, home))
}

/// Sends one operation; gives the e-mail addresses afterwards, by value, and the answer that showed them.
async fn patched(s: &Session, made: &Made, operation: Value) -> Checked<(BTreeMap<String, Value>, Reply)> {
    s.patch(&made.path, &json!([operation])).await?.want_status(&[200, 204])?;
    let reply = s.get(&made.path).await?;
    reply.want_status(&[200])?;
    let emails = reply.at("/emails").as_array().cloned().unwrap_or_default();
    let by_value =
        emails.into_iter().filter_map(|email| Some((email.get("value")?.as_str()?.to_owned(), email)));
    Ok((by_value.collect(), reply))
}

/// Whether exactly these addresses are left.
fn are(found: &(BTreeMap<String, Value>, Reply), wanted: &[&str]) -> Checked {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    let values: Vec<&str> = found.0.keys().map(String::as_str).collect();
    found.1.want(values == wanted, format!("the e-mail addresses are {wanted:?}"))
}

async fn add(s: &Session, in_array: bool) -> Checked {
    let (made, work, home) = somebody(s).await?;
    let third = format!("{}@example.com", s.name());
    let value = json!({"value": third, "type": "other"});
    let value = if in_array { json!([value]) } else { value };
    are(
        &patched(s, &made, json!({"op": "add", "path": "emails", "value": value})).await?,
        &[&work, &home, &third],
    )
}

async fn add_again(s: &Session) -> Checked {
    let (made, _, home) = somebody(s).await?;
    let value = json!([{"value": home, "type": "home"}]);
    let (_, reply) = patched(s, &made, json!({"op": "add", "path": "emails", "value": value})).await?;
    let count = reply.at("/emails").as_array().map(Vec::len);
    reply.want(count == Some(2), "still two e-mail addresses")
}

async fn replace(s: &Session) -> Checked {
    let (made, ..) = somebody(s).await?;
    let third = format!("{}@example.com", s.name());
    let value = json!([{"value": third, "type": "other"}]);
    are(&patched(s, &made, json!({"op": "replace", "path": "emails", "value": value})).await?, &[&third])
}

async fn replace_one(s: &Session) -> Checked {
    let (made, work, _) = somebody(s).await?;
    let third = format!("{}@example.com", s.name());
    let value = json!({"value": third, "type": "home"});
    let operation = json!({"op": "replace", "path": "emails[type eq \"home\"]", "value": value});
    are(&patched(s, &made, operation).await?, &[&work, &third])
}

async fn replace_sub(s: &Session) -> Checked {
    let (made, work, _) = somebody(s).await?;
    let third = format!("{}@example.com", s.name());
    let operation = json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": third});
    let found = patched(s, &made, operation).await?;
    are(&found, &[&work, &third])?;
    let kind = found.0.get(&third).and_then(|email| email.get("type"));
    found.1.want(kind == Some(&json!("home")), "its type is still home")
}

async fn no_target(s: &Session) -> Checked {
    let (made, ..) = somebody(s).await?;
    let operation =
        json!({"op": "replace", "path": "emails[type eq \"none\"].value", "value": "x@example.com"});
    let reply = s.patch(&made.path, &json!([operation])).await?;
    if matches!(reply.status, 200 | 204) {
        // Entra ID depends on it, so servers for identity providers do it on purpose.
        return Err(reply.odd("400 noTarget; the value was made instead, as Entra ID wants it"));
    }
    reply.want_scim_type(400, "noTarget")
}

async fn remove_all(s: &Session) -> Checked {
    s.needs("patch")?;
    s.writable(USER, "phoneNumbers")?;
    let phones =
        json!([{"value": "+1-555-0100", "type": "work"}, {"value": "+1-555-0101", "type": "mobile"}]);
    let made = s.make_user_with(&json!({"phoneNumbers": phones})).await?;
    s.patch(&made.path, &json!([{"op": "remove", "path": "phoneNumbers"}]))
        .await?
        .want_status(&[200, 204])?;
    let reply = s.get(&made.path).await?;
    reply.want_status(&[200])?;
    let left = reply.at("/phoneNumbers").as_array().map_or(0, Vec::len);
    reply.want(left == 0, "no phoneNumbers")
}

async fn remove_one(s: &Session, path: &str) -> Checked {
    let (made, work, _) = somebody(s).await?;
    are(&patched(s, &made, json!({"op": "remove", "path": path})).await?, &[&work])
}

async fn remove_sub(s: &Session) -> Checked {
    let (made, work, home) = somebody(s).await?;
    let found = patched(s, &made, json!({"op": "remove", "path": "emails[type eq \"home\"].type"})).await?;
    are(&found, &[&work, &home])?;
    let kind = found.0.get(&home).and_then(|email| email.get("type"));
    found.1.want(kind.is_none_or(Value::is_null), "the address has no type any more")
}

async fn primary(s: &Session) -> Checked {
    s.attribute(USER, "emails.primary")?;
    let (made, ..) = somebody(s).await?;
    let third = format!("{}@example.com", s.name());
    let value = json!([{"value": third, "type": "other", "primary": true}]);
    let found = patched(s, &made, json!({"op": "add", "path": "emails", "value": value})).await?;
    let is_primary = |email: &&Value| email.get("primary") == Some(&json!(true));
    let primary: Vec<&Value> = found.0.values().filter(is_primary).collect();
    let right = primary.len() == 1 && found.0.get(&third) == primary.first().copied();
    found.1.want(right, format!("{third} is the only primary address"))
}
