//! The enterprise extension (RFC 7643 §3.3, §4.3).

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::facts::{ENTERPRISE, USER};
use crate::session::{Made, Session, encoded};

checks! {
    must "extension/echo", "RFC 7643 §3.3", "attributes of an extension come back under its URN" => echo();
    must "extension/schemas", "RFC 7643 §3.3", "schemas names the extension if it has data" => schemas();
    must "extension/patch", "RFC 7644 §3.10", "PATCH with a path of URN and attribute" => patch();
    must "extension/patch-remove", "RFC 7644 §3.10", "remove with a path of URN and attribute" => remove();
    must "extension/patch-no-path", "RFC 7644 §3.5.2.1", "PATCH without a path, with the URN as key"
        => no_path();
    must "extension/attributes", "RFC 7644 §3.10", "attributes= with URN and attribute" => attributes();
    must "extension/manager", "RFC 7643 §4.3", "manager.value comes back" => manager();
}

/// Somebody of the department Engines.
async fn engineer(s: &Session) -> Checked<Made> {
    if !s.users()?.has_extension(ENTERPRISE) {
        return skip("people have no enterprise extension in /ResourceTypes");
    }
    s.writable(ENTERPRISE, "department")?;
    s.make_user_with(&json!({"schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "Engines"}})).await
}

fn department() -> String {
    format!("/{ENTERPRISE}/department")
}

async fn echo(s: &Session) -> Checked {
    let made = engineer(s).await?;
    s.get(&made.path).await?.want_at(&department(), &json!("Engines"))
}

async fn schemas(s: &Session) -> Checked {
    let made = engineer(s).await?;
    let reply = s.get(&made.path).await?;
    reply.want(reply.has_schema(ENTERPRISE), format!("schemas has {ENTERPRISE}"))?;
    reply.want(reply.has_schema(USER), format!("schemas has {USER}"))
}

async fn patched(s: &Session, operation: Value, wanted: Value) -> Checked {
    s.needs("patch")?;
    let made = engineer(s).await?;
    s.patch(&made.path, &json!([operation])).await?.want_status(&[200, 204])?;
    let reply = s.get(&made.path).await?;
    reply.want_at("/id", &json!(made.id))?;
    reply.want_at(&department(), &wanted)
}

async fn patch(s: &Session) -> Checked {
    let path = format!("{ENTERPRISE}:department");
    patched(s, json!({"op": "replace", "path": path, "value": "Compilers"}), json!("Compilers")).await
}

async fn remove(s: &Session) -> Checked {
    patched(s, json!({"op": "remove", "path": format!("{ENTERPRISE}:department")}), Value::Null).await
}

async fn no_path(s: &Session) -> Checked {
    let value = json!({ENTERPRISE: {"department": "Compilers"}});
    patched(s, json!({"op": "replace", "value": value}), json!("Compilers")).await
}

async fn attributes(s: &Session) -> Checked {
    let made = engineer(s).await?;
    let name = encoded(&format!("{ENTERPRISE}:department"));
    let reply = s.get(&format!("{}?attributes={name}", made.path)).await?;
    reply.want_at(&department(), &json!("Engines"))?;
    reply.want(reply.at("/userName").is_null(), "no userName")
}

async fn manager(s: &Session) -> Checked {
    s.writable(ENTERPRISE, "manager.value")?;
    let boss = engineer(s).await?;
    let extension = json!({"manager": {"value": boss.id}});
    let made = s.make_user_with(&json!({"schemas": [USER, ENTERPRISE], ENTERPRISE: extension})).await?;
    s.get(&made.path).await?.want_at(&format!("/{ENTERPRISE}/manager/value"), &json!(boss.id))
}
