//! Bulk requests (RFC 7644 §3.7): the message, the sequence, the references.

use std::collections::BTreeSet;

use scim::bulk::{Action, BulkRequest, Operation, References, order};
use scim::resource::parse_json;
use scim::{Limits, Repairs, ScimError};
use serde_json::Value;

use crate::PROFILES;

/// Any body is refused or read. Whatever the strict profile reads, the tolerant one reads alike; every operation has its turn once,
/// and those on one resource in their sequence; what refers to nothing is never held up, and no reference is left where an
/// operation is carried out.
///
/// # Panics
/// If that is not so.
pub fn bulk(data: &[u8]) {
    let limits = Limits::default();
    let Ok(body) = parse_json(data, &limits) else { return };
    let [tolerant, strict] =
        PROFILES.map(|profile| BulkRequest::parse(body.clone(), profile, &limits, &mut Repairs::new()).ok());
    let Some(request) = tolerant else { return assert!(strict.is_none(), "{body}") };
    if let Some(strict) = strict {
        let alike = |(a, b): (&Operation, &Operation)| a.wish.is_err() || a == b;
        assert!(strict.operations.iter().zip(&request.operations).all(alike), "{body}");
    }
    assert!(request.operations.len() <= limits.bulk_operations, "{body}");
    carried_out(&request.operations, &body);
}

fn carried_out(operations: &[Operation], body: &Value) {
    let urgent = |operation: &Operation| {
        operation.wish.as_ref().is_ok_and(|wish| matches!(wish.action, Action::Delete(_)))
    };
    let order = order(operations, urgent);
    assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), (0..operations.len()).collect(), "{body}");
    assert_eq!(order.len(), operations.len(), "{body}");
    in_sequence(operations, &order, body);
    let mut references = References::of(operations);
    for at in order {
        let operation = &operations[at];
        let resolved = operation.wish.clone().and_then(|wish| references.resolve(wish));
        let outcome = match resolved {
            Ok(wish) => {
                assert!(!refers(&wish.data), "{body}");
                Ok(format!("id-{at}"))
            }
            Err(error) => {
                let refers = operation
                    .wish
                    .as_ref()
                    .is_ok_and(|wish| refers(&wish.data) || wish.action.subject().is_some());
                assert!(operation.wish.is_err() || refers, "{error}: {body}");
                Err(error)
            }
        };
        references.settle(operation, outcome.as_deref().map_err(|error: &ScimError| error));
    }
}

/// Operations on the same resource keep their sequence.
fn in_sequence(operations: &[Operation], order: &[usize], body: &Value) {
    let about = |at: usize| {
        operations[at].wish.as_ref().ok().and_then(|wish| Some((&wish.endpoint, wish.action.subject()?)))
    };
    for (place, &at) in order.iter().enumerate() {
        let earlier = order[..place].iter().filter(|&&other| other > at && about(other).is_some());
        assert!(earlier.clone().all(|&other| about(other) != about(at)), "{body}");
    }
}

/// Whether a reference is left anywhere in a value.
fn refers(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with("bulkId:"),
        Value::Array(list) => list.iter().any(refers),
        Value::Object(map) => map.values().any(refers),
        _ => false,
    }
}
