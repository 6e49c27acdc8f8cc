//! Bulk (RFC 7644 §3.7), where it is advertised.

use serde_json::{Value, json};

use crate::check::{Check, Checked, skip};
use crate::facts::{GROUP, USER};
use crate::people;
use crate::reply::Reply;
use crate::session::Session;

checks! {
    usual "bulk/status", "RFC 7644 §3.7.3", "the status of an operation is a string, as in the RFC's examples"
        => string();
    must "bulk/create", "RFC 7644 §3.7", "POST in a bulk makes a resource: status 201, location, bulkId"
        => create();
    must "bulk/all-methods", "RFC 7644 §3.7", "PUT, PATCH and DELETE in one bulk" => all_methods();
    must "bulk/reference", "RFC 7644 §3.7.2", "bulkId: stands for the id of a resource that the same bulk makes"
        => reference(false);
    must "bulk/reference-before", "RFC 7644 §3.7.1", "also if it is made later in the request"
        => reference(true);
    usual "bulk/path-reference", "RFC 7644 §3.7.2", "a path may have a bulkId" => path_reference();
    must "bulk/unknown-reference", "RFC 7644 §3.7.1", "a bulkId that nothing has fails that operation"
        => unknown_reference();
    must "bulk/goes-on", "RFC 7644 §3.7", "without failOnErrors an error does not stop the rest"
        => errors(None);
    must "bulk/fail-on-errors", "RFC 7644 §3.7", "failOnErrors=1 stops after the first error"
        => errors(Some(1));
    must "bulk/error-response", "RFC 7644 §3.7.3", "a failed operation has the error as its response"
        => error_response();
    must "bulk/too-many", "RFC 7644 §3.7.4", "more than maxOperations is 413" => too_many();
    must "bulk/too-large", "RFC 7644 §3.7.4", "more than maxPayloadSize is 413" => too_large();
    must "bulk/no-operations", "RFC 7644 §3.7", "a bulk without Operations is 400" => no_operations();
}

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/// The largest request that the suite sends to find a limit, in bytes.
const LARGEST: u64 = 8 << 20;

async fn bulk(s: &Session, fail_on_errors: Option<u32>, operations: Value) -> Checked<Reply> {
    s.needs("bulk")?;
    let mut body = json!({"schemas": [REQUEST], "Operations": operations});
    if let Some(limit) = fail_on_errors {
        body["failOnErrors"] = json!(limit);
    }
    s.post("/Bulk", &body).await
}

/// Goes on if these are the statuses of the operations.
fn want(reply: &Reply, statuses: &[&str]) -> Checked {
    reply.want_status(&[200])?;
    reply.want(reply.has_schema(RESPONSE), format!("a body of schema {RESPONSE}"))?;
    let done = reply.at("/Operations").as_array().cloned().unwrap_or_default();
    let found: Vec<String> = done.iter().map(status).collect();
    if found == statuses {
        return Ok(());
    }
    Err(reply
        .wrong_because(format!("operations with the statuses {statuses:?}"), format!("they are {found:?}")))
}

/// The status of an operation, be it a string or a number.
fn status(operation: &Value) -> String {
    operation
        .get("status")
        .map(|found| found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned))
        .unwrap_or_default()
}

fn post(s: &Session, bulk_id: &str) -> Checked<Value> {
    Ok(json!({"method": "POST", "path": s.users()?.endpoint, "bulkId": bulk_id, "data": s.person()?}))
}

fn group_of(s: &Session, bulk_id: &str, member: &str) -> Checked<Value> {
    s.writable(GROUP, "members")?;
    let of = s.groups()?;
    let group = people::group(&s.facts, of, &s.name(), &[member]);
    Ok(json!({"method": "POST", "path": of.endpoint, "bulkId": bulk_id, "data": group}))
}

/// The address that an operation of the answer gives.
fn location(reply: &Reply, bulk_id: &str) -> Checked<String> {
    let done = reply.at("/Operations").as_array();
    let of = |operation: &&Value| operation.get("bulkId").and_then(Value::as_str) == Some(bulk_id);
    let found = done.into_iter().flatten().find(of).and_then(|operation| operation.get("location")?.as_str());
    found
        .map(ToOwned::to_owned)
        .ok_or_else(|| reply.wrong(format!("an operation with bulkId {bulk_id} and a location")))
}

async fn string(s: &Session) -> Checked {
    let reply = bulk(s, None, json!([post(s, "q1")?])).await?;
    reply.want_at("/Operations/0/status", &json!("201"))
}

async fn create(s: &Session) -> Checked {
    let reply = bulk(s, None, json!([post(s, "q1")?])).await?;
    want(&reply, &["201"])?;
    reply.want_at("/Operations/0/method", &json!("POST"))?;
    s.get(&location(&reply, "q1")?).await?.want_status(&[200])
}

async fn all_methods(s: &Session) -> Checked {
    s.needs("bulk")?;
    s.needs("patch")?;
    s.writable(USER, "displayName")?;
    let (one, two, three) = (s.make_user().await?, s.make_user().await?, s.make_user().await?);
    let mut replaced = one.sent.clone();
    replaced["displayName"] = json!("Replaced");
    let patched =
        crate::session::patch_op(&json!([{"op": "replace", "path": "displayName", "value": "Patched"}]));
    let operations = json!([
        {"method": "PUT", "path": one.path, "data": replaced},
        {"method": "PATCH", "path": two.path, "data": patched},
        {"method": "DELETE", "path": three.path},
    ]);
    let reply = bulk(s, None, operations).await?;
    reply.want_status(&[200])?;
    s.get(&one.path).await?.want_at("/displayName", &json!("Replaced"))?;
    s.get(&two.path).await?.want_at("/displayName", &json!("Patched"))?;
    s.get(&three.path).await?.want_status(&[404])?;
    reply.want(status(reply.at("/Operations/2")) == "204", "status \"204\" for the DELETE")
}

async fn reference(s: &Session, group_first: bool) -> Checked {
    s.needs("bulk")?;
    let mut operations = vec![post(s, "person")?, group_of(s, "group", "bulkId:person")?];
    if group_first {
        operations.reverse();
    }
    let reply = bulk(s, None, json!(operations)).await?;
    want(&reply, &["201", "201"])?;
    let person = s.get(&location(&reply, "person")?).await?;
    let group = s.get(&location(&reply, "group")?).await?;
    super::groups::want_members(&group, &[person.id()])
}

async fn path_reference(s: &Session) -> Checked {
    s.needs("bulk")?;
    s.needs("patch")?;
    s.writable(USER, "displayName")?;
    let data =
        crate::session::patch_op(&json!([{"op": "replace", "path": "displayName", "value": "Patched"}]));
    let path = format!("{}/bulkId:person", s.users()?.endpoint);
    let reply =
        bulk(s, None, json!([post(s, "person")?, {"method": "PATCH", "path": path, "data": data}])).await?;
    reply.want_status(&[200])?;
    s.get(&location(&reply, "person")?).await?.want_at("/displayName", &json!("Patched"))
}

async fn unknown_reference(s: &Session) -> Checked {
    s.needs("bulk")?;
    let reply = bulk(s, None, json!([group_of(s, "group", "bulkId:nobody")?])).await?;
    if reply.status != 200 {
        return reply.want_error(&[400, 409]);
    }
    let found = status(reply.at("/Operations/0"));
    reply.want(matches!(found.as_str(), "400" | "409"), "status \"409\" (or \"400\") for the operation")
}

async fn errors(s: &Session, fail_on_errors: Option<u32>) -> Checked {
    s.needs("bulk")?;
    let taken = s.make_user().await?;
    let bad = json!({"method": "POST", "path": s.users()?.endpoint, "bulkId": "bad", "data": taken.sent});
    let reply = bulk(s, fail_on_errors, json!([bad, post(s, "good")?])).await?;
    if fail_on_errors.is_none() { want(&reply, &["409", "201"]) } else { want(&reply, &["409"]) }
}

async fn error_response(s: &Session) -> Checked {
    s.needs("bulk")?;
    let taken = s.make_user().await?;
    let bad = json!({"method": "POST", "path": s.users()?.endpoint, "bulkId": "bad", "data": taken.sent});
    let reply = bulk(s, None, json!([bad])).await?;
    want(&reply, &["409"])?;
    let has_schema = reply.at("/Operations/0/response/schemas/0") == crate::reply::ERROR;
    reply.want(has_schema, format!("a response of schema {}", crate::reply::ERROR))
}

async fn too_many(s: &Session) -> Checked {
    s.needs("bulk")?;
    let Some(limit @ 1..=10_000) = s.facts.number("/bulk/maxOperations") else {
        return skip("bulk.maxOperations is not between 1 and 10,000");
    };
    let path = crate::session::under(&s.users()?.endpoint, "nobody");
    let one = json!({"method": "DELETE", "path": path});
    let operations: Vec<Value> = (0..=limit).map(|_| one.clone()).collect();
    bulk(s, None, json!(operations)).await?.want_error(&[413])
}

async fn too_large(s: &Session) -> Checked {
    s.needs("bulk")?;
    let Some(limit) = s.facts.number("/bulk/maxPayloadSize").filter(|limit| (1..LARGEST).contains(limit))
    else {
        return skip(format!("bulk.maxPayloadSize is not between 1 and {LARGEST}"));
    };
    let mut operation = post(s, "large")?;
    operation["data"]["nickName"] = json!("x".repeat(usize::try_from(limit).unwrap_or_default()));
    bulk(s, None, json!([operation])).await?.want_error(&[413])
}

async fn no_operations(s: &Session) -> Checked {
    s.needs("bulk")?;
    s.post("/Bulk", &json!({"schemas": [REQUEST]})).await?.want_error(&[400])
}
