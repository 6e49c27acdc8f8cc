//! PATCH that has to be refused, and then changes nothing (RFC 7644 §3.5.2, §3.12).

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::facts::USER;
use crate::reply::Reply;
use crate::session::{Session, under};

checks! {
    must "patch/remove-no-path", "RFC 7644 §3.5.2.2", "remove without a path is 400 noTarget"
        => refused(json!([{"op": "remove"}]), Some("noTarget"));
    must "patch/remove-required", "RFC 7644 §3.5.2.2", "remove of a required attribute is 400"
        => refused(json!([{"op": "remove", "path": "userName"}]), None);
    must "patch/read-only", "RFC 7644 §3.5.2", "a change of a read-only attribute is 400 mutability"
        => refused(json!([{"op": "replace", "path": "id", "value": "chosen"}]), Some("mutability"));
    must "patch/read-only-meta", "RFC 7644 §3.5.2", "so is a change of meta"
        => refused(json!([{"op": "replace", "path": "meta.resourceType", "value": "Other"}]), Some("mutability"));
    must "patch/bad-path", "RFC 7644 §3.5.2", "a path that is none is 400 invalidPath"
        => refused(json!([{"op": "replace", "path": "name..familyName", "value": "x"}]), Some("invalidPath"));
    usual "patch/unknown-path", "RFC 7644 §3.12", "a path that no schema has is 400"
        => refused(json!([{"op": "replace", "path": "noSuchAttribute", "value": "x"}]), None);
    must "patch/unknown-op", "RFC 7644 §3.5.2", "an operation that is none of the three is 400"
        => refused(json!([{"op": "rename", "path": "displayName", "value": "x"}]), None);
    must "patch/no-operations", "RFC 7644 §3.5.2", "a PATCH without Operations is 400" => no_operations();
    must "patch/not-json", "RFC 7644 §3.12", "a body that is no JSON is 400 invalidSyntax" => not_json();
    must "patch/wrong-type", "RFC 7644 §3.12", "an object where a string belongs is 400"
        => refused(json!([{"op": "replace", "path": "userName", "value": {"a": 1}}]), None);
    must "patch/atomic", "RFC 7644 §3.5.2", "if one operation fails nothing is changed" => atomic();
    must "patch/unknown-id", "RFC 7644 §3.12", "a PATCH to an unknown id is 404" => unknown_id();
    must "patch/unique", "RFC 7644 §3.12", "a PATCH to another person's userName is 409" => unique();
}

/// Sends operations that have to be refused; the person is the same afterwards.
async fn refused(s: &Session, operations: Value, scim_type: Option<&str>) -> Checked {
    s.needs("patch")?;
    let made = s.make_user().await?;
    let before = s.get(&made.path).await?;
    let reply = s.patch(&made.path, &operations).await?;
    reply.want_error(&[400])?;
    same(&before, &s.get(&made.path).await?)?;
    match scim_type {
        Some(scim_type) => reply.expect_scim_type(scim_type),
        None => Ok(()),
    }
}

fn same(before: &Reply, after: &Reply) -> Checked {
    for (key, value) in before.body.as_object().into_iter().flatten() {
        if key != "meta" {
            after.want_at(&format!("/{key}"), value)?;
        }
    }
    Ok(())
}

async fn no_operations(s: &Session) -> Checked {
    s.needs("patch")?;
    let made = s.make_user().await?;
    let body = json!({"schemas": [crate::session::PATCH_OP]});
    s.send(crate::request::Request::new(reqwest::Method::PATCH, &made.path).json(&body))
        .await?
        .want_error(&[400])
}

async fn not_json(s: &Session) -> Checked {
    s.needs("patch")?;
    let made = s.make_user().await?;
    let request = crate::request::Request::new(reqwest::Method::PATCH, &made.path).text("{\"schemas\"");
    let reply = s.send(request).await?;
    reply.want_error(&[400])?;
    reply.expect_scim_type("invalidSyntax")
}

async fn atomic(s: &Session) -> Checked {
    s.needs("patch")?;
    s.writable(USER, "displayName")?;
    let made = s.make_user().await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Half done"},
        {"op": "replace", "path": "id", "value": "chosen"},
    ]);
    let reply = s.patch(&made.path, &operations).await?;
    if reply.status < 400 {
        return skip("the second operation was not refused, which patch/read-only tells");
    }
    s.get(&made.path).await?.want_at("/displayName", &made.sent["displayName"])
}

async fn unknown_id(s: &Session) -> Checked {
    s.needs("patch")?;
    let path = under(&s.users()?.endpoint, "00000000-0000-4000-8000-00000000cafe");
    s.patch(&path, &json!([{"op": "replace", "path": "displayName", "value": "x"}])).await?.want_error(&[404])
}

async fn unique(s: &Session) -> Checked {
    s.needs("patch")?;
    let (first, second) = (s.make_user().await?, s.make_user().await?);
    let operation = json!([{"op": "replace", "path": "userName", "value": first.sent["userName"]}]);
    s.patch(&second.path, &operation).await?.want_error(&[409])?;
    s.get(&second.path).await?.want_at("/userName", &second.sent["userName"])
}
