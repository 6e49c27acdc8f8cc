//! RFC 7644 §3.14: versions.

use scim::etag::{matches, weak};
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn the_order_of_members_does_not_count() {
    let one = weak(&map(json!({ "a": 1, "b": { "c": [1, 2], "d": null } })));
    let two = weak(&map(json!({ "b": { "d": null, "c": [1, 2] }, "a": 1 })));
    assert_eq!(one, two);
    assert!(one.starts_with("W/\"") && one.ends_with('"') && one.len() == 36);
}

#[test]
fn different_content_has_different_tags() {
    let contents = [
        json!({}),
        json!({ "a": "1" }),
        json!({ "a": 1 }),
        json!({ "a": [1, 2] }),
        json!({ "a": [2, 1] }),
        json!({ "a": [[1], 2] }),
        json!({ "a": true }),
        json!({ "a": null }),
        json!({ "a": {} }),
        json!({ "a": [] }),
        json!({ "ab": "c" }),
        json!({ "a": "bc" }),
    ];
    let tags: std::collections::HashSet<String> = contents.iter().map(|c| weak(&map(c.clone()))).collect();
    assert_eq!(tags.len(), contents.len());
}

#[test]
fn conditions() {
    for header in ["*", "W/\"a\"", "\"a\"", "W/\"b\", W/\"a\"", " \"b\" ,\"a\" "] {
        assert!(matches(header, "W/\"a\""), "{header}");
    }
    for header in ["", "W/\"b\"", "a", "\"A\""] {
        assert!(!matches(header, "W/\"a\""), "{header}");
    }
}
