//! §3.4.2.3: sorting.

use rstest::rstest;
use scim::query::{SortBy, SortOrder};
use scim::schema::{ResourceType, Schema};
use scim::{Profile, Repair, Repairs};
use serde_json::{Map, Value, json};
use std::sync::Arc;

use crate::support::{ENTERPRISE, S, T, kind, user};

fn sort_by(path: &str, profile: Profile) -> scim::Result<SortBy> {
    SortBy::parse(path, &user(), profile, &mut Repairs::new())
}

/// The names of these resources in order; resources that compare equal stay as they are.
fn sorted(by: &SortBy, order: SortOrder, resources: &[Value]) -> Vec<String> {
    let mut all: Vec<&Map<String, Value>> =
        resources.iter().map(|resource| resource.as_object().unwrap()).collect();
    all.sort_by(|one, other| order.compare(by.key(*one).as_ref(), by.key(*other).as_ref()));
    all.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

fn both_ways(path: &str, resources: &[Value]) -> (String, String) {
    let by = sort_by(path, T).unwrap();
    (
        sorted(&by, SortOrder::Ascending, resources).concat(),
        sorted(&by, SortOrder::Descending, resources).concat(),
    )
}

/// What is unassigned is last if ascending, first if descending.
#[rstest]
// Folded: userName is not caseExact. The empty string is unassigned (RFC 7643 §2.5).
#[case("userName", json!(["b", "A", "c", null, ""]), "bacde", "decab")]
// Exact.
#[case("externalId", json!(["b", "A", "c"]), "bac", "cab")]
#[case("title", json!(["É", "e", "f"]), "bca", "acb")]
#[case("active", json!([true, false]), "ba", "ab")]
fn by_a_singular_attribute(
    #[case] path: &str,
    #[case] values: Value,
    #[case] ascending: &str,
    #[case] descending: &str,
) {
    let names = ["a", "b", "c", "d", "e"];
    let resource = |(value, id): (&Value, &str)| json!({ "id": id, path: value });
    let resources: Vec<Value> = values.as_array().unwrap().iter().zip(names).map(resource).collect();
    assert_eq!(both_ways(path, &resources), (ascending.to_owned(), descending.to_owned()));
}

/// The primary value counts, else the first; nothing of the others.
#[rstest]
#[case("emails.value")]
#[case("emails")]
#[case("urn:ietf:params:scim:schemas:core:2.0:User:EMAILS.Value")]
fn by_a_multi_valued_attribute(#[case] path: &str) {
    let resources = [
        json!({"id": "a", "emails": [{"value": "z@x"}, {"value": "b@x", "primary": true}]}),
        json!({"id": "b", "emails": [{"value": "A@x"}, {"value": "z@x"}]}),
        json!({"id": "c", "emails": []}),
        json!({"id": "d", "emails": [{"value": "c@x", "primary": false}]}),
        json!({"id": "e"}),
    ];
    assert_eq!(both_ways(path, &resources), ("badce".to_owned(), "cedab".to_owned()));
}

#[test]
fn by_sub_attributes_and_extensions() {
    let resources = [
        json!({"id": "a", "name": {"givenName": "B"}, ENTERPRISE: {"department": "y", "manager": {"value": "1"}}}),
        json!({"id": "b", "name": {"givenName": "a"}, ENTERPRISE: {"department": "X", "manager": {"value": "2"}}}),
        json!({"id": "c", "name": {"familyName": "a"}}),
    ];
    assert_eq!(both_ways("name.givenName", &resources).0, "bac");
    assert_eq!(both_ways(&format!("{ENTERPRISE}:department"), &resources).0, "bac");
    assert_eq!(both_ways(&format!("{ENTERPRISE}:manager"), &resources).0, "abc");
    let mut repairs = Repairs::new();
    SortBy::parse("department", &user(), T, &mut repairs).unwrap();
    assert_eq!(repairs.count(Repair::BareExtensionAttribute), 1);
}

/// Chronological, whatever the offset.
#[test]
fn by_time() {
    let at = |id: &str, time: &str| json!({"id": id, "meta": {"lastModified": time}});
    let resources = [
        at("a", "2026-01-01T12:00:00Z"),
        at("b", "2026-01-01T12:30:00+01:00"),
        at("c", "2026-01-01T11:59:59.999Z"),
    ];
    assert_eq!(both_ways("meta.lastModified", &resources), ("bca".to_owned(), "acb".to_owned()));
}

#[test]
fn by_number() {
    let schema = r#"{"id": "urn:example:N", "name": "N", "attributes": [
        {"name": "whole", "type": "integer"}, {"name": "real", "type": "decimal"}]}"#;
    let types = r#"{"name": "N", "endpoint": "/Ns", "schema": "urn:example:N"}"#;
    let rt = ResourceType::from_json(types, &[Arc::new(Schema::from_json(schema).unwrap())]).unwrap();
    let resources = [
        json!({"id": "a", "whole": 10, "real": -1.5}),
        json!({"id": "b", "whole": 9, "real": -10.0}),
        json!({"id": "c", "whole": -1, "real": 0.25}),
    ];
    for (path, wanted) in [("whole", "cba"), ("real", "bac")] {
        let by = SortBy::parse(path, &rt, T, &mut Repairs::new()).unwrap();
        assert_eq!(sorted(&by, SortOrder::Ascending, &resources).concat(), wanted, "{path}");
    }
}

/// Our decision: `invalidPath`, as `attributes` has it.
#[rstest]
#[case("nonsense")]
#[case("name")]
#[case("name.nonsense")]
#[case("emails[type eq \"work\"]")]
#[case("password")]
#[case("user name")]
#[case("urn:example:2.0:User:userName")]
fn what_can_not_be_sorted_by(#[case] path: &str) {
    assert_eq!(kind(sort_by(path, T)), "invalidPath");
    assert_eq!(kind(sort_by("department", S)), "invalidPath");
}
