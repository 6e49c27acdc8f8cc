//! RFC 7644 §3.7: bulk requests, as far as they are read, put in order and answered.

use rstest::rstest;
use scim::bulk::{Action, BulkRequest, Outcome, References, Subject, Wish, order, response};
use scim::{Limits, Profile, Repair, Repairs, Result, ScimError};
use serde_json::{Value, json};

use crate::support::{PATCH_OP, S, T, kind};

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

fn read_with(body: Value, profile: Profile) -> (Result<BulkRequest>, Repairs) {
    let mut repairs = Repairs::new();
    let read = BulkRequest::parse(body, profile, &Limits::default(), &mut repairs);
    (read, repairs)
}

fn message(operations: Value) -> Value {
    json!({ "schemas": [BULK], "Operations": operations })
}

fn read(operations: Value) -> BulkRequest {
    read_with(message(operations), S).0.unwrap()
}

fn post(bulk_id: &str, data: Value) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data })
}

fn patch(path: &str, value: Value) -> Value {
    let operations = json!([{ "op": "add", "path": "manager", "value": value }]);
    json!({ "method": "PATCH", "path": path, "data": { "schemas": [PATCH_OP], "Operations": operations } })
}

/// The order by the marks that the operations have as their version.
fn ordered(operations: Value, urgent: &[usize]) -> Vec<usize> {
    let asked = read(operations);
    let is_urgent = |one: &_| {
        asked.operations.iter().position(|other| other == one).is_some_and(|at| urgent.contains(&at))
    };
    order(&asked.operations, is_urgent)
}

/// §3.7.3, the example with every method.
#[test]
fn every_method() {
    let asked = read(json!([
        { "method": "POST", "path": "/Users", "bulkId": "qwerty", "data": { "userName": "Alice" } },
        { "method": "PUT", "path": "/Users/b7c14771", "version": "W/\"4weymrEsh5O6cAEK\"", "data": { "userName": "Bob" } },
        patch("/Users/5d8d29d3", json!("x")),
        { "method": "DELETE", "path": "/Users/e9025315", "version": "W/\"0ee8add0a938e1a\"" },
    ]));
    assert_eq!(asked.fail_on_errors, None);
    let wishes: Vec<Wish> = asked.operations.iter().map(|one| one.wish.clone().unwrap()).collect();
    let id = |id: &str| Subject::Id(id.to_owned());
    assert_eq!(wishes[0].action, Action::Create);
    assert_eq!(wishes[0].data, json!({ "userName": "Alice" }));
    assert_eq!(wishes[1].action, Action::Replace(id("b7c14771")));
    assert!(
        wishes[1].conditions.match_holds(Some("W/\"4weymrEsh5O6cAEK\""))
            && !wishes[1].conditions.match_holds(Some("W/\"2\""))
    );
    assert!(wishes[0].conditions.is_empty() && wishes[2].conditions.is_empty());
    assert_eq!(wishes[2].action, Action::Patch(id("5d8d29d3")));
    assert_eq!(wishes[3].action, Action::Delete(id("e9025315")));
    assert_eq!(wishes[3].data, Value::Null);
    assert!(wishes.iter().all(|wish| wish.endpoint == "Users"));
    assert_eq!(asked.operations[0].bulk_id.as_deref(), Some("qwerty"));
}

/// What is no bulk request is an error as a whole.
#[rstest]
#[case(json!([]), "invalidSyntax")]
#[case(json!({ "schemas": [BULK] }), "invalidSyntax")]
#[case(json!({ "schemas": [BULK], "Operations": {} }), "invalidSyntax")]
#[case(json!({ "schemas": [BULK], "Operations": ["x"] }), "invalidSyntax")]
#[case(json!({ "schemas": [BULK], "Operations": [], "failOnErrors": 0 }), "invalidValue")]
#[case(json!({ "schemas": [BULK], "Operations": [], "failOnErrors": -1 }), "invalidValue")]
#[case(json!({ "schemas": [BULK], "Operations": [], "failOnErrors": 1.5 }), "invalidValue")]
#[case(json!({ "schemas": [BULK], "Operations": [], "failOnErrors": "1" }), "invalidValue")]
fn no_bulk_request(#[case] body: Value, #[case] wanted: &str) {
    for profile in [T, S] {
        assert_eq!(kind(read_with(body.clone(), profile).0), wanted, "{body}");
    }
}

/// What is wrong with one operation is that one's error.
#[rstest]
#[case(json!({}))]
#[case(json!({ "path": "/Users/1" }))]
#[case(json!({ "method": "GET", "path": "/Users/1" }))]
#[case(json!({ "method": "post", "path": "/Users", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": 1, "path": "/Users", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "POST", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "POST", "path": 1, "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "POST", "path": "", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "POST", "path": "/Users/1", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "POST", "path": "/Users", "bulkId": 1, "data": {} }))]
#[case(json!({ "method": "POST", "path": "/Users", "bulkId": "1" }))]
#[case(json!({ "method": "POST", "path": "/Users", "bulkId": "1", "data": "{}" }))]
#[case(json!({ "method": "POST", "path": "/Users", "bulkId": "1", "data": [{}] }))]
#[case(json!({ "method": "POST", "path": "/Bulk", "bulkId": "1", "data": {} }))]
#[case(json!({ "method": "PUT", "path": "/Users", "data": {} }))]
#[case(json!({ "method": "PUT", "path": "/Users/1", "version": 1, "data": {} }))]
#[case(json!({ "method": "PUT", "path": "/Users/1", "data": [] }))]
#[case(json!({ "method": "PATCH", "path": "/Users/1" }))]
#[case(json!({ "method": "PATCH", "path": "/Users/1?attributes=id", "data": {} }))]
#[case(json!({ "method": "DELETE", "path": "/Users" }))]
#[case(json!({ "method": "DELETE", "path": "/t/Users/1" }))]
fn no_operation(#[case] operation: Value) {
    for profile in [T, S] {
        let fine = json!({ "method": "DELETE", "path": "/Users/1" });
        let asked = read_with(message(json!([operation, fine])), profile).0.unwrap();
        assert_eq!(kind(asked.operations[0].wish.clone()), "invalidSyntax", "{operation}");
        assert!(asked.operations[1].wish.is_ok());
    }
}

/// Slashes too many or too few, and percent-encoding, which is taken off once.
#[rstest]
#[case("Users/1", "1")]
#[case("//Users//1/", "1")]
#[case("/Users/a%20b%2Fc", "a b/c")]
#[case("/Users/a%2520b", "a%20b")]
fn paths(#[case] path: &str, #[case] id: &str) {
    let asked = read(json!([{ "method": "DELETE", "path": path }]));
    assert_eq!(asked.operations[0].wish.clone().unwrap().action, Action::Delete(Subject::Id(id.to_owned())));
}

/// Deviations that the tolerant profile sets right.
#[rstest]
#[case(json!({ "Operations": [] }), Repair::MissingSchemas)]
#[case(json!({ "schemas": [PATCH_OP], "Operations": [] }), Repair::UnknownSchema)]
#[case(json!({ "schemas": [BULK], "operations": [] }), Repair::OperationKeyCase)]
#[case(json!({ "schemas": [BULK], "Operations": [], "id": "x" }), Repair::UnknownOperationKey)]
fn forgiven(#[case] body: Value, #[case] repair: Repair) {
    let (read, repairs) = read_with(body.clone(), T);
    assert!(read.is_ok(), "{read:?}");
    assert_eq!(repairs.count(repair), 1);
    assert_eq!(kind(read_with(body, S).0), "invalidSyntax");
}

#[rstest]
#[case(json!({ "method": "POST", "path": "/Users", "data": {} }), Repair::MissingBulkId)]
#[case(json!({ "method": "POST", "path": "/Users", "bulkId": "", "data": {} }), Repair::MissingBulkId)]
#[case(json!({ "method": "PATCH", "path": "/Users/1", "data": [{ "op": "remove", "path": "title" }] }), Repair::BareOperations)]
#[case(json!({ "Method": "DELETE", "path": "/Users/1" }), Repair::OperationKeyCase)]
#[case(json!({ "method": "DELETE", "path": "/Users/1", "name": "x" }), Repair::UnknownOperationKey)]
fn forgiven_in_an_operation(#[case] operation: Value, #[case] repair: Repair) {
    let (read, repairs) = read_with(message(json!([operation])), T);
    assert!(read.unwrap().operations[0].wish.is_ok());
    assert_eq!(repairs.count(repair), 1);
    let strict = read_with(message(json!([operation])), S).0.unwrap();
    assert_eq!(kind(strict.operations[0].wish.clone()), "invalidSyntax");
}

/// Erratum 5050: the list of operations is a whole PATCH.
#[test]
fn bare_operations_are_a_patch() {
    let operations = json!([{ "op": "remove", "path": "title" }]);
    let bare = json!([{ "method": "PATCH", "path": "/Users/1", "data": operations }]);
    let asked = read_with(message(bare), T).0.unwrap();
    let data = asked.operations[0].wish.clone().unwrap().data;
    assert_eq!(data, json!({ "schemas": [PATCH_OP], "Operations": operations }));
}

/// §3.7.4.
#[test]
fn too_many_operations() {
    let operations = vec![json!({ "method": "DELETE", "path": "/Users/1" }); 1001];
    let error = read_with(message(json!(operations)), T).0.unwrap_err();
    assert_eq!(error.status, 413);
    assert!(error.detail.contains("1000") && error.detail.contains("maxOperations"), "{error}");
    assert_eq!(read(json!(operations[1..])).operations.len(), 1000);
}

/// §3.7: a bulkId is unique. Of two resources nobody can say which one is meant.
#[test]
fn a_bulk_id_given_twice() {
    let asked = read(json!([post("a", json!({})), post("b", json!({})), post("a", json!({}))]));
    let wishes: Vec<&str> = asked.operations.iter().map(|one| kind_of(&one.wish)).collect();
    assert_eq!(wishes, ["invalidValue", "", "invalidValue"]);
    // What makes nothing may repeat what a POST is called.
    let also = json!({ "method": "DELETE", "path": "/Users/bulkId:a", "bulkId": "a" });
    let asked = read(json!([post("a", json!({})), also]));
    assert!(asked.operations.iter().all(|one| one.wish.is_ok()));
}

fn kind_of(wish: &Result<Wish>) -> &'static str {
    wish.as_ref().err().and_then(|e| e.scim_type).map_or("", scim::ScimType::as_str)
}

/// §3.7.2: whoever refers to a new resource waits for it, in data and in the path.
#[rstest]
#[case::as_sent(json!([post("a", json!({})), post("b", json!({}))]), &[0, 1])]
#[case::in_data(json!([post("a", json!({ "x": [{ "value": "bulkId:b" }] })), post("b", json!({}))]), &[1, 0])]
#[case::in_path(json!([patch("/Users/bulkId:b", json!("x")), post("b", json!({}))]), &[1, 0])]
#[case::twice(json!([post("a", json!({ "x": "bulkId:b", "y": "bulkId:b" })), post("b", json!({})), post("c", json!({}))]), &[1, 0, 2])]
#[case::chain(json!([post("a", json!({ "x": "bulkId:b" })), post("b", json!({ "x": "bulkId:c" })), post("c", json!({}))]), &[2, 1, 0])]
#[case::of_nobody(json!([post("a", json!({ "x": "bulkId:z" })), post("b", json!({}))]), &[0, 1])]
#[case::same_resource(json!([patch("/Users/1", json!("bulkId:a")), patch("/Users/1", json!("2")), post("a", json!({}))]), &[2, 0, 1])]
#[case::circle(json!([post("a", json!({ "x": "bulkId:b" })), post("b", json!({ "x": "bulkId:a" })), post("c", json!({})), post("d", json!({ "x": "bulkId:a" }))]), &[2, 0, 1, 3])]
#[case::itself(json!([post("a", json!({ "x": "bulkId:a" })), post("b", json!({}))]), &[1, 0])]
fn sequence(#[case] operations: Value, #[case] wanted: &[usize]) {
    assert_eq!(ordered(operations, &[]), wanted);
}

/// Who loses access waits for nobody, except for what was sent before for the same person.
#[test]
fn urgent_ones_come_first() {
    let off = |path: &str| patch(path, json!("off"));
    let operations = json!([
        post("a", json!({})),
        patch("/Users/1", json!("x")),
        off("/Users/1"),
        off("/Users/2"),
        off("/Users/bulkId:a")
    ]);
    assert_eq!(ordered(operations, &[2, 3, 4]), [3, 0, 4, 1, 2]);
}

/// A thousand operations that all wait for one another in a row take no time to speak of.
#[test]
fn a_long_chain() {
    let next = |n: usize| post(&n.to_string(), json!({ "x": format!("bulkId:{}", n + 1) }));
    let operations: Vec<Value> = (0..999).map(next).chain([post("999", json!({}))]).collect();
    let wanted: Vec<usize> = (0..1000).rev().collect();
    assert_eq!(ordered(json!(operations), &[]), wanted);
}

/// §3.7.2: the id stands where the reference stood, in values and in the path.
#[test]
fn references_become_ids() {
    let asked = read(json!([
        post("a", json!({})),
        patch(
            "/Users/bulkId:a",
            json!({ "value": "bulkId:a", "list": ["bulkId:a", "bulkId", "x bulkId:a", 1, null] })
        ),
    ]));
    let mut references = References::of(&asked.operations);
    references.settle(&asked.operations[0], Ok("id-1"));
    let wish = references.resolve(asked.operations[1].wish.clone().unwrap()).unwrap();
    assert_eq!(wish.action, Action::Patch("id-1".to_owned()));
    let wanted = json!({ "value": "id-1", "list": ["id-1", "bulkId", "x bulkId:a", 1, null] });
    assert_eq!(wish.data["Operations"][0]["value"], wanted);
}

/// A reference that leads nowhere: to nothing, to what failed, to what may yet succeed, to what waits for this one.
#[rstest]
#[case::unknown("z", None, (400, "invalidValue"))]
#[case::failed("a", Some(ScimError::uniqueness("taken")), (409, ""))]
#[case::transient("a", Some(ScimError::transient(503, 7, "busy")), (503, ""))]
#[case::circular("a", None, (409, ""))]
fn references_that_fail(
    #[case] to: &str,
    #[case] failed: Option<ScimError>,
    #[case] (status, scim_type): (u16, &str),
) {
    let asked = read(json!([post("a", json!({})), post("b", json!({ "x": format!("bulkId:{to}") }))]));
    let mut references = References::of(&asked.operations);
    if let Some(failed) = &failed {
        references.settle(&asked.operations[0], Err(failed));
    }
    let error = references.resolve(asked.operations[1].wish.clone().unwrap()).unwrap_err();
    assert_eq!((error.status, kind::<()>(Err(error.clone()))), (status, scim_type), "{error}");
    assert_eq!(error.retry_after, failed.and_then(|failed| failed.retry_after));
    assert!(error.detail.contains(&format!("'{to}'")), "{error}");
}

/// §3.7.3: the status is text, an error has its body, and what is not known is left out.
#[test]
fn the_answer() {
    let asked =
        read(json!([post("a", json!({})), { "method": "DELETE", "path": "/Users/1" }, post("c", json!({}))]));
    let made = Outcome {
        location: Some("https://scim.example.com/v2/Users/1".to_owned()),
        version: Some("W/\"1\"".to_owned()),
        ..Outcome::of(&asked.operations[0], Ok(201))
    };
    let gone = Outcome::of(&asked.operations[1], Ok(204));
    let busy = Outcome::of(&asked.operations[2], Err(ScimError::transient(429, 7, "Busy.")));
    let wanted = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": [
            { "location": "https://scim.example.com/v2/Users/1", "method": "POST", "bulkId": "a", "version": "W/\"1\"", "status": "201" },
            { "method": "DELETE", "status": "204" },
            { "method": "POST", "bulkId": "c", "status": "429", "response": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "429",
                "detail": "Busy. Try again in 7 seconds." } },
        ],
    });
    assert_eq!(response(&[made, gone, busy]), wanted);
}
