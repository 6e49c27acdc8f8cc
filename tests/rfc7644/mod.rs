//! RFC 7644 by section: what the facade decides. What the parsers decide is tested beside them.

mod decisions;
mod section_3_12;
mod section_3_12_limits;
mod section_3_14;
mod section_3_14_conditions;
mod section_3_3;
mod section_3_4_1;
mod section_3_4_2;
mod section_3_4_2_3;
mod section_3_4_2_4;
mod section_3_4_2_filters;
mod section_3_4_3;
mod section_3_5_1;
mod section_3_5_2;
mod section_3_5_2_members;
mod section_3_5_2_strict;
mod section_3_6;
pub mod section_3_7;
mod section_4;

use crate::support::World;
use crate::support::world::Reply;

/// Sends a request that has to be refused, with this status and `scimType` (`""` for none), and looks that nothing was
/// changed by it.
async fn refused(
    world: &World,
    method: &str,
    path: &str,
    body: Option<serde_json::Value>,
    error: (u16, &str),
) -> Reply {
    let before = world.still().await;
    let reply = world.send(method, path, body).await;
    assert!(is_error(&reply, error.0, error.1), "want {error:?}: {reply:?}");
    let after = world.still().await;
    assert_eq!(before, after, "{method} {path} was refused and changed something");
    reply
}

/// Whether an answer is a SCIM error as §3.12 has it.
fn is_error(reply: &Reply, status: u16, scim_type: &str) -> bool {
    let body = &reply.body;
    reply.status == status
        && body["schemas"] == serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        && body["status"].as_str() == Some(&*status.to_string())
        && body["scimType"].as_str().unwrap_or_default() == scim_type
        && body["detail"].as_str().is_some_and(|detail| !detail.is_empty())
}

/// The operations of a PATCH as a body.
fn patch_of(operations: serde_json::Value) -> Option<serde_json::Value> {
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    Some(serde_json::json!({ "schemas": [urn], "Operations": operations }))
}
