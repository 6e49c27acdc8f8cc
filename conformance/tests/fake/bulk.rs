//! Bulk (RFC 7644 §3.7).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::discovery::{MOST_BYTES, MOST_OPERATIONS};
use super::http::{Answer, Question};
use super::store::{Store, error};

pub fn answer(store: &mut Store, question: &Question) -> Result<Answer, Answer> {
    let body = question.json()?;
    let operations =
        body["Operations"].as_array().ok_or_else(|| error(400, "invalidSyntax", "no Operations"))?;
    if question.body.len() > MOST_BYTES || operations.len() > MOST_OPERATIONS {
        return Err(error(413, "", "too much"));
    }
    let mut ids = BTreeMap::new();
    let mut done: Vec<Option<Value>> = vec![None; operations.len()];
    let mut errors = 0;
    // What refers to a later operation waits for it: at most as many rounds as operations.
    for last in [false, true] {
        for _ in 0..operations.len() {
            for (at, operation) in operations.iter().enumerate() {
                let stopped = body["failOnErrors"].as_u64().is_some_and(|limit| errors >= limit);
                let text = filled(operation, &ids);
                if done[at].is_some() || stopped || (!last && refers(&text)) {
                    continue;
                }
                let outcome = one(store, &serde_json::from_str(&text).unwrap());
                errors += u64::from(outcome["response"].is_object());
                if let (Some(name), Some(id)) = (operation["bulkId"].as_str(), outcome["id"].as_str()) {
                    ids.insert(name.to_owned(), id.to_owned());
                }
                done[at] = Some(outcome);
            }
        }
    }
    let done: Vec<Value> = done.into_iter().flatten().collect();
    Ok(Answer::new(
        200,
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": done}),
    ))
}

fn filled(operation: &Value, ids: &BTreeMap<String, String>) -> String {
    ids.iter().fold(operation.to_string(), |text, (name, id)| text.replace(&format!("bulkId:{name}"), id))
}

fn refers(text: &str) -> bool {
    text.contains("bulkId:")
}

fn one(store: &mut Store, operation: &Value) -> Value {
    let mut done = json!({"method": operation["method"], "bulkId": operation["bulkId"]});
    let path = operation["path"].as_str().unwrap_or_default().trim_start_matches('/');
    let (kind, id) = path.split_once('/').unwrap_or((path, ""));
    let data = &operation["data"];
    let answer = if refers(&operation.to_string()) {
        Err(error(409, "", "nothing has this bulkId"))
    } else {
        match operation["method"].as_str().unwrap_or_default() {
            "POST" => store.create(kind, data),
            "PUT" => store.replace(kind, id, data),
            "PATCH" => store.patch(kind, id, data),
            _ => store.delete(kind, id),
        }
    };
    match answer {
        Ok(answer) => {
            done["status"] = json!(answer.status.to_string());
            done["id"] = answer.body["id"].clone();
            done["location"] = answer.body["meta"]["location"].clone();
        }
        Err(answer) => {
            done["status"] = json!(answer.status.to_string());
            done["response"] = answer.body;
        }
    }
    done
}
