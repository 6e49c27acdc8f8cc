//! Losing access, coming back, and going for good (RFC 7643 §4.1.1, RFC 7644 §3.6).

use serde_json::{Value, json};

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::session::{Made, Session};

checks! {
    must "active/deactivate", "RFC 7643 §4.1.1", "PATCH active to false is seen at once" => deactivate();
    must "active/put", "RFC 7643 §4.1.1", "PUT with active false is seen at once" => put();
    must "active/filter", "RFC 7644 §3.4.2.2", "somebody inactive is still found, by active eq false, too"
        => filter();
    must "active/reactivate", "RFC 7643 §4.1.1", "PATCH active to true brings the same person back"
        => reactivate();
    must "active/create", "RFC 7643 §4.1.1", "somebody can be made inactive" => create();
    must "active/twice", "RFC 7644 §3.5.2", "deactivating twice succeeds" => twice();
    must "delete/status", "RFC 7644 §3.6", "DELETE answers 204 without a body" => delete();
    must "delete/gone", "RFC 7644 §3.6", "afterwards GET, PUT, PATCH and DELETE are 404" => gone();
    must "delete/not-found-by-filter", "RFC 7644 §3.6", "and no query shows it" => not_listed();
    must "delete/name-free", "RFC 7644 §3.6", "and the userName is free again" => name_free();
    must "delete/unknown", "RFC 7644 §3.6", "DELETE of an unknown id is 404" => unknown();
}

async fn set_active(s: &Session, made: &Made, active: bool) -> Checked {
    let operations = json!([{"op": "replace", "path": "active", "value": active}]);
    s.patch(&made.path, &operations).await?.want_status(&[200, 204])?;
    s.get(&made.path).await?.want_at("/active", &json!(active))
}

async fn given(s: &Session) -> Checked<Made> {
    s.needs("patch")?;
    s.writable(USER, "active")?;
    s.make_user().await
}

async fn deactivate(s: &Session) -> Checked {
    let made = given(s).await?;
    set_active(s, &made, false).await
}

async fn put(s: &Session) -> Checked {
    s.writable(USER, "active")?;
    let made = s.make_user().await?;
    let mut document = made.sent.clone();
    document["active"] = Value::Bool(false);
    s.put(&made.path, &document).await?.want_status(&[200])?;
    s.get(&made.path).await?.want_at("/active", &json!(false))
}

async fn filter(s: &Session) -> Checked {
    s.needs("filter")?;
    let made = given(s).await?;
    set_active(s, &made, false).await?;
    let name = made.sent["userName"].as_str().unwrap_or_default();
    for filter in [format!("userName eq \"{name}\""), format!("userName eq \"{name}\" and active eq false")] {
        let reply = s.filter(s.users()?, &filter).await?;
        reply.want_list()?;
        reply.want_at("/totalResults", &json!(1))?;
    }
    Ok(())
}

async fn reactivate(s: &Session) -> Checked {
    let made = given(s).await?;
    set_active(s, &made, false).await?;
    set_active(s, &made, true).await?;
    s.get(&made.path).await?.want_at("/userName", &made.sent["userName"])
}

async fn create(s: &Session) -> Checked {
    s.writable(USER, "active")?;
    let made = s.make_user_with(&json!({"active": false})).await?;
    s.get(&made.path).await?.want_at("/active", &json!(false))
}

async fn twice(s: &Session) -> Checked {
    let made = given(s).await?;
    set_active(s, &made, false).await?;
    set_active(s, &made, false).await
}

async fn delete(s: &Session) -> Checked {
    let made = s.make_user().await?;
    let reply = s.delete(&made.path).await?;
    reply.want_status(&[204])?;
    reply.want(reply.text.is_empty(), "no body")
}

async fn gone(s: &Session) -> Checked {
    let made = s.make_user().await?;
    s.delete(&made.path).await?.want_status(&[204])?;
    s.get(&made.path).await?.want_error(&[404])?;
    s.put(&made.path, &made.sent).await?.want_error(&[404])?;
    if s.facts.supports("patch") {
        let operations = json!([{"op": "replace", "path": "userName", "value": made.sent["userName"]}]);
        s.patch(&made.path, &operations).await?.want_error(&[404])?;
    }
    s.delete(&made.path).await?.want_error(&[404])
}

async fn not_listed(s: &Session) -> Checked {
    s.needs("filter")?;
    let made = s.make_user().await?;
    s.delete(&made.path).await?.want_status(&[204])?;
    let name = made.sent["userName"].as_str().unwrap_or_default();
    let reply = s.filter(s.users()?, &format!("userName eq \"{name}\"")).await?;
    reply.want_list()?;
    reply.want_at("/totalResults", &json!(0))
}

async fn name_free(s: &Session) -> Checked {
    let made = s.make_user().await?;
    s.delete(&made.path).await?.want_status(&[204])?;
    let reply = s.post(&s.users()?.endpoint, &made.sent).await?;
    reply.want_status(&[201])?;
    reply.want(reply.id() != made.id, "a new id: RFC 7643 §3.1 forbids to give one again")
}

async fn unknown(s: &Session) -> Checked {
    let path = crate::session::under(&s.users()?.endpoint, "00000000-0000-4000-8000-00000000feed");
    s.delete(&path).await?.want_error(&[404])
}
