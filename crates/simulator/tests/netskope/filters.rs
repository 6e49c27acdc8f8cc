//! Filters: eq, and little else.

use serde_json::json;
use simulator::netskope::switches::UnsupportedFilter;

use super::support::{GROUPS, Rig, USERS, empty, person_and, with};

/// The names that a filter on people finds, or the status when it is refused.
fn find(rig: &mut Rig, filter: &str) -> Result<Vec<String>, u16> {
    let filter = filter.replace(' ', "%20").replace('"', "%22").replace('\\', "%5C");
    let status = rig.get(&format!("{USERS}?filter={filter}")).status;
    if status == 200 { Ok(rig.names(&format!("filter={filter}"))) } else { Err(status) }
}

fn two() -> Rig {
    let mut rig = empty();
    rig.post(USERS, person_and("ann", json!({"externalId": "x1"})));
    rig.post(USERS, person_and("bea", json!({"externalId": "x1"})));
    rig
}

#[test]
fn people_are_found_by_user_name_and_external_id() {
    let mut rig = two();
    assert_eq!(find(&mut rig, "userName eq \"ann@example.com\"").unwrap(), ["ann@example.com"]);
    assert_eq!(find(&mut rig, "externalId eq \"x1\"").unwrap().len(), 2);
    assert!(find(&mut rig, "userName eq \"nobody\"").unwrap().is_empty());
}

#[test]
fn groups_are_found_by_display_name_and_external_id() {
    let mut rig = empty();
    rig.post(GROUPS, json!({"displayName": "Sales", "externalId": "g1"}));
    rig.post(GROUPS, json!({"displayName": "Staff"}));
    for filter in ["displayName%20eq%20%22sales%22", "externalId%20eq%20g1"] {
        let found = rig.get(&format!("{GROUPS}?filter={filter}")).value();
        assert_eq!(
            (&found["totalResults"], &found["Resources"][0]["displayName"]),
            (&json!(1), &json!("Sales"))
        );
    }
    assert_eq!(rig.get(&format!("{GROUPS}?filter=userName%20eq%20x")).status, 400);
}

#[test]
fn case_is_a_switch_but_never_for_external_ids() {
    let mut rig = two();
    assert_eq!(find(&mut rig, "userName eq \"ANN@example.com\"").unwrap().len(), 1);
    assert!(find(&mut rig, "externalId eq \"X1\"").unwrap().is_empty());
    rig.netskope.switches_mut().filter_case_insensitive = false;
    assert!(find(&mut rig, "userName eq \"ANN@example.com\"").unwrap().is_empty());
}

#[test]
fn a_value_without_quotes_is_a_switch() {
    let mut rig = two();
    assert_eq!(find(&mut rig, "userName eq ann@example.com").unwrap().len(), 1);
    rig.netskope.switches_mut().unquoted_filter = false;
    assert_eq!(find(&mut rig, "userName eq ann@example.com"), Err(400));
}

#[test]
fn quotes_in_a_value_are_a_switch() {
    let mut rig = empty();
    let body = json!({"userName": "a\"b\\c", "emails": [{"value": "a@example.com"}]});
    assert_eq!(rig.post(USERS, body).status, 201);
    let filter = "userName eq \"a\\\"b\\\\c\"";
    assert_eq!(find(&mut rig, filter).unwrap(), ["a\"b\\c"]);
    rig.netskope.switches_mut().escaped_filter = false;
    assert_eq!(find(&mut rig, filter), Err(400));
}

#[test]
fn everything_else_is_unsupported_and_what_then_is_a_switch() {
    let mut rig = two();
    let filters = [
        "emails.value eq \"ann@example.com\"",
        "active eq true",
        "userName sw \"ann\"",
        "userName co \"ann\"",
        "userName eq \"ann@example.com\" and active eq true",
        "userName pr",
        "not (userName eq \"ann@example.com\")",
        "nonsense",
    ];
    let outcomes = [
        (UnsupportedFilter::BadRequest, Err(400)),
        (UnsupportedFilter::Ignored, Ok(2)),
        (UnsupportedFilter::EmptyList, Ok(0)),
        (UnsupportedFilter::InternalError, Err(501)),
    ];
    for (choice, outcome) in outcomes {
        rig.netskope.switches_mut().unsupported_filter = choice;
        for filter in filters {
            assert_eq!(find(&mut rig, filter).map(|names| names.len()), outcome, "{choice:?} {filter}");
        }
    }
}

#[test]
fn a_filter_that_is_not_supported_is_described() {
    let mut rig = with(|_| {});
    let response = rig.get(&format!("{USERS}?filter=emails.value%20eq%20x"));
    assert_eq!(response.value()["status"], "400");
    assert_eq!(response.value()["description"], "the filter is not supported");
}
