//! §3.7, bulk requests: what becomes of their operations. How they are read and put in order is tested beside the parser.

mod answers;
mod errors;
mod limits;
mod order;
mod references;
mod repeated;
mod rights;
mod time;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::World;
use crate::support::web::HttpReply;

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Sends a body to `/Bulk`.
async fn send(world: &World, body: &Value) -> HttpReply {
    world.http("POST", "/Bulk", &BTreeMap::new(), Some(body.to_string())).await
}

/// Sends operations; gives their outcomes.
pub async fn bulk(world: &World, operations: &[Value]) -> Vec<Value> {
    bulk_failing(world, operations, Value::Null).await
}

/// The same with a `failOnErrors`.
async fn bulk_failing(world: &World, operations: &[Value], most: Value) -> Vec<Value> {
    let body = json!({"schemas": [BULK], "failOnErrors": most, "Operations": operations});
    let reply = send(world, &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/scim+json"));
    let mut body = reply.json();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    serde_json::from_value(body["Operations"].take()).unwrap()
}

pub fn post(endpoint: &str, bulk_id: &str, data: Value) -> Value {
    json!({"method": "POST", "path": format!("/{endpoint}"), "bulkId": bulk_id, "data": data})
}

pub fn patch(path: &str, operations: Value) -> Value {
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    json!({"method": "PATCH", "path": path, "data": {"schemas": [urn], "Operations": operations}})
}

fn put(path: &str, data: Value) -> Value {
    json!({"method": "PUT", "path": path, "data": data})
}

pub fn delete(path: &str) -> Value {
    json!({"method": "DELETE", "path": path})
}

/// An operation that ends a person's access.
fn off(path: &str) -> Value {
    patch(path, json!([{"op": "replace", "path": "active", "value": false}]))
}

fn retitle(path: &str, title: &str) -> Value {
    patch(path, json!([{"op": "replace", "path": "title", "value": title}]))
}

pub fn statuses(outcomes: &[Value]) -> Vec<&str> {
    outcomes.iter().map(|outcome| outcome["status"].as_str().expect("a status in text")).collect()
}

/// The path below the base of the resource that an outcome is about.
pub fn path_of(outcome: &Value) -> String {
    let location = outcome["location"].as_str().unwrap_or_else(|| panic!("no location: {outcome}"));
    location.strip_prefix("http://127.0.0.1:2/t/scim/v2").expect("our own address").to_owned()
}

pub fn id_of(outcome: &Value) -> String {
    path_of(outcome).rsplit('/').next().unwrap().to_owned()
}

/// Asserts that an outcome is an error as §3.7.3 and §3.12 have it.
fn is_error(outcome: &Value, status: &str, scim_type: &str) {
    assert_eq!(outcome["status"], status, "{outcome}");
    let body = &outcome["response"];
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{outcome}");
    assert_eq!(body["status"], status, "{outcome}");
    assert_eq!(body["scimType"].as_str().unwrap_or_default(), scim_type, "{outcome}");
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{outcome}");
}

/// The ids of a group's members.
pub async fn members(world: &World, path: &str) -> Vec<String> {
    let group = world.get(path).await;
    assert_eq!(group.status, 200, "{group:?}");
    let members = group.body["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}
