//! What the fake says about itself (RFC 7644 §4).

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::http::{Answer, Question};
use super::store::{ENTERPRISE, GROUP, Store, USER, error};

/// The largest bulk.
pub const MOST_OPERATIONS: usize = 20;
pub const MOST_BYTES: usize = 20_000;

pub fn answer(question: &Question, parts: &[&str], store: &Store) -> Result<Answer, Answer> {
    if question.query.contains_key("filter") && store.forgets != "filter-on-discovery" {
        return Err(error(403, "", "no filter here"));
    }
    let all = match parts[0] {
        "ServiceProviderConfig" => return Ok(Answer::new(200, config())),
        "ResourceTypes" => types(),
        _ => SCHEMAS.clone(),
    };
    match parts.get(1) {
        None => Ok(Answer::new(
            200,
            json!({"schemas": [scim_conformance::reply::LIST], "totalResults": all.len(), "startIndex": 1,
                "itemsPerPage": all.len(), "Resources": all}),
        )),
        Some(id) => {
            let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
            let found = all.into_iter().find(|one| one["id"] == *id);
            found.map(|one| Answer::new(200, one)).ok_or_else(|| error(404, "", "no such thing"))
        }
    }
}

fn config() -> Value {
    let on = json!({"supported": true});
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": on, "sort": on, "etag": on, "changePassword": {"supported": false},
        "bulk": {"supported": true, "maxOperations": MOST_OPERATIONS, "maxPayloadSize": MOST_BYTES},
        "filter": {"supported": true, "maxResults": 100},
        "pagination": {"cursor": true, "index": true, "defaultPaginationMethod": "index"},
        "authenticationSchemes": [{"type": "oauthbearertoken", "name": "token", "description": "a token"}],
    })
}

fn types() -> Vec<Value> {
    let kind = |name: &str, endpoint: &str, schema: &str| {
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name,
            "endpoint": endpoint, "schema": schema, "schemaExtensions": []})
    };
    let mut user = kind("User", "/Users", USER);
    user["schemaExtensions"] = json!([{"schema": ENTERPRISE, "required": false}]);
    vec![user, kind("Group", "/Groups", GROUP)]
}

/// The core that the suite assumes of servers without `/Schemas`, and the enterprise extension.
pub static SCHEMAS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let assumed: Value = serde_json::from_str(include_str!("../../src/facts/assumed.json")).unwrap();
    let mut schemas = assumed["schemas"]["Resources"].as_array().unwrap().clone();
    let text = |name: &str| json!({"name": name, "type": "string", "multiValued": false});
    schemas.push(json!({"id": ENTERPRISE, "name": "EnterpriseUser", "attributes": [
        text("department"),
        {"name": "manager", "type": "complex", "multiValued": false, "subAttributes": [text("value")]},
    ]}));
    schemas
});

/// The attributes of a schema.
pub fn attributes(urn: &str) -> &'static [Value] {
    let schema = SCHEMAS.iter().find(|schema| schema["id"] == urn);
    schema.and_then(|schema| schema["attributes"].as_array()).map_or(&[], Vec::as_slice)
}
