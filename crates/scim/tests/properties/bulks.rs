//! Bulk requests: whatever refers to whatever, everything that can be carried out is, in an order in which it can be.

use std::collections::HashSet;

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, sample};
use scim::bulk::{Action, BulkRequest, Operation, References, Subject, order};
use scim::{Limits, Repairs};
use serde_json::{Value, json};

use super::patches::value;
use crate::support::{S, T};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn reference() -> impl Strategy<Value = String> {
    sample::select(&NAMES[..]).prop_map(|name| format!("bulkId:{name}"))
}

fn operation() -> impl Strategy<Value = Value> {
    let data = || collection::vec(reference(), 0..3).prop_map(|values| json!({ "members": values }));
    let post = (sample::select(&NAMES[..]), data())
        .prop_map(|(name, data)| json!({ "method": "POST", "path": "/Users", "bulkId": name, "data": data }));
    let id = prop_oneof![reference(), sample::select(vec!["1", "2"]).prop_map(str::to_owned)];
    let put = (id, data(), any::<bool>()).prop_map(|(id, data, deletes)| match deletes {
        true => json!({ "method": "DELETE", "path": format!("/Users/{id}") }),
        false => json!({ "method": "PUT", "path": format!("/Users/{id}"), "data": data }),
    });
    prop_oneof![3 => post, 2 => put]
}

fn read(operations: &[Value]) -> BulkRequest {
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations });
    BulkRequest::parse(body, S, &Limits::default(), &mut Repairs::new()).unwrap()
}

/// Whom an operation needs, by the letters of its own text.
fn needs(operation: &Value) -> HashSet<String> {
    let text = operation.to_string();
    text.split("bulkId:").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The operations that can be carried out, by trying again and again.
fn possible(operations: &[Value], asked: &BulkRequest) -> Vec<bool> {
    let mut done = vec![false; operations.len()];
    let mut made: HashSet<String> = HashSet::new();
    while let Some(at) = (0..operations.len()).find(|at| {
        !done[*at] && asked.operations[*at].wish.is_ok() && needs(&operations[*at]).is_subset(&made)
    }) {
        done[at] = true;
        if operations[at]["method"] == "POST" {
            made.insert(operations[at]["bulkId"].as_str().unwrap().to_owned());
        }
    }
    done
}

proptest! {
    #[test]
    fn everything_that_can_be_done_is(
        operations in collection::vec(operation(), 0..12),
        urgent in collection::vec(any::<bool>(), 12),
    ) {
        let asked = read(&operations);
        let is_urgent = |one: &Operation| asked.operations.iter().position(|other| std::ptr::eq(other, one)).is_some_and(|at| urgent[at]);
        let sequence = order(&asked.operations, is_urgent);
        let mut sorted = sequence.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..operations.len()).collect::<Vec<_>>());

        let mut references = References::of(&asked.operations);
        let mut done = vec![false; operations.len()];
        for at in &sequence {
            let operation = &asked.operations[*at];
            let wish = operation.wish.clone().and_then(|wish| references.resolve(wish));
            done[*at] = wish.is_ok();
            let id = format!("id-{at}");
            references.settle(operation, wish.as_ref().map(|_| id.as_str()));
            if let Ok(wish) = wish {
                let resolved = format!("{wish:?}");
                prop_assert!(!resolved.contains("bulkId:"));
            }
        }
        prop_assert_eq!(&done, &possible(&operations, &asked), "{:?}", sequence);

        // What is said of one resource keeps its sequence, as far as it can be done.
        let subject = |at: &usize| match asked.operations[*at].wish.clone().map(|wish| wish.action) {
            Ok(Action::Replace(subject) | Action::Delete(subject)) if done[*at] => Some(subject),
            _ => None,
        };
        for name in [Subject::Id("1".to_owned()), Subject::Id("2".to_owned()), Subject::Made("a".to_owned())] {
            let places: Vec<usize> = sequence.iter().copied().filter(|at| subject(at) == Some(name.clone())).collect();
            prop_assert!(places.is_sorted(), "{:?} {:?}", sequence, operations);
        }
    }

    #[test]
    fn any_value_is_no_reason_to_panic(body in value(), bulk_ids in any::<bool>()) {
        for profile in [T, S] {
            for body in [body.clone(), json!({ "Operations": body }), json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [{ "method": "POST", "path": "/Users", "bulkId": "x", "data": body }] })] {
                if let Ok(asked) = BulkRequest::parse(body, profile, &Limits::default(), &mut Repairs::new()) {
                    prop_assert_eq!(order(&asked.operations, |_| bulk_ids).len(), asked.operations.len());
                }
            }
        }
    }
}
