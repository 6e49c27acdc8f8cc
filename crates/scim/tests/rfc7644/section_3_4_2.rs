//! RFC 7644 §3.4.2, §3.4.3: lists and searches; RFC 9865: `cursor`.

use rstest::rstest;
use scim::list::ListResponse;
use scim::query::{ListQuery, SortOrder};
use scim::{Limits, Profile, Repair, Repairs};
use serde_json::{Value, json};

use crate::support::{S, T, kind, tree};

fn parse(raw: &str) -> ListQuery {
    ListQuery::parse(raw, &Limits::default()).unwrap()
}

/// Both forms of a space, quotes as they are, names in any case (Entra ID, Okta, Microsoft's samples).
#[rstest]
#[case("filter=userName%20eq%20%22a%40b%22")]
#[case("filter=userName+eq+%22a%40b%22")]
#[case("filter=userName eq \"a@b\"")]
#[case("FILTER=userName+eq+\"a%40b\"&aadOptscim062020")]
#[case("filter=x&filter=userName+eq+%22a@b%22")]
fn encodings(#[case] raw: &str) {
    assert_eq!(parse(raw).filter.as_deref(), Some("userName eq \"a@b\""));
}

#[test]
fn a_percent_sign_that_encodes_nothing_stands_for_itself() {
    assert_eq!(parse("filter=100%&sortBy=%zz%4").filter.as_deref(), Some("100%"));
    assert_eq!(parse("sortBy=%zz%4").sort_by.as_deref(), Some("%zz%4"));
    assert_eq!(parse("sortBy=%C3%A9+%2B").sort_by.as_deref(), Some("é +"));
    assert_eq!(kind(ListQuery::parse("filter=%FF", &Limits::default())), "invalidSyntax");
}

/// §3.4.2.4: what is out of range is brought into it.
#[rstest]
#[case("", 1, None)]
#[case("startIndex=0", 1, None)]
#[case("startindex=-5&COUNT=-1", 1, Some(0))]
#[case("startIndex=7&count=0", 7, Some(0))]
#[case("count=5000", 1, Some(1000))]
#[case("startIndex=99999999999999999999999&count=99999999999999999999999", u64::MAX, Some(1000))]
#[case("startIndex=&count=", 1, None)]
fn paging(#[case] raw: &str, #[case] start_index: u64, #[case] count: Option<u64>) {
    let query = parse(raw);
    assert_eq!((query.start_index, query.count), (start_index, count));
}

#[rstest]
#[case("count=ten")]
#[case("count=1.5")]
#[case("count=-")]
#[case("startIndex=one")]
#[case("sortOrder=sideways")]
#[case("cursor=&startIndex=1")]
fn bad_parameters(#[case] raw: &str) {
    assert_eq!(kind(ListQuery::parse(raw, &Limits::default())), "invalidValue");
}

#[test]
fn the_rest() {
    let query = parse("attributes=userName,emails&sortBy=name.familyName&sortOrder=DESCENDING&cursor=");
    assert_eq!(query.attributes.as_deref(), Some("userName,emails"));
    assert_eq!(query.sort_order, SortOrder::Descending);
    assert_eq!(query.cursor.as_deref(), Some(""));
    assert_eq!(parse("&&=&x").filter, None);
}

/// §3.4.3: a search says the same in a body.
#[test]
fn searches() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": ["displayName", "userName"], "excludedAttributes": [], "filter": "a pr",
        "startIndex": 2, "COUNT": 10, "sortBy": null,
    });
    let (query, repairs) = search(body, T);
    let query = query.unwrap();
    assert!(repairs.is_empty());
    assert_eq!(query, parse("attributes=displayName,userName&filter=a+pr&startIndex=2&count=10"));
    for body in [json!([]), json!({ "filter": {} }), json!({ "attributes": [1] }), json!({ "count": "x" })] {
        assert!(search(body, T).0.is_err());
    }
}

fn search(body: Value, profile: Profile) -> (scim::Result<ListQuery>, Repairs) {
    let mut repairs = Repairs::new();
    (ListQuery::from_search(body, profile, &Limits::default(), &mut repairs), repairs)
}

/// §3.4.3: the message says what it is.
#[test]
fn a_search_names_its_schema() {
    for body in [json!({ "count": 1 }), json!({ "schemas": [] }), json!({ "schemas": null })] {
        let (query, repairs) = search(body.clone(), T);
        assert!(query.is_ok(), "{body}");
        assert_eq!(repairs.count(Repair::MissingSchemas), 1, "{body}");
        assert_eq!(kind(search(body, S).0), "invalidSyntax");
    }
    let lower = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:searchrequest"] });
    assert!(search(lower, S).0.is_ok());
    let patch = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] });
    assert_eq!(search(patch.clone(), T).1.count(Repair::UnknownSchema), 1);
    assert_eq!(kind(search(patch, S).0), "invalidSyntax");
}

/// `Resources` is there even if empty.
#[test]
fn the_answer() {
    let page = |total, start, resources| ListResponse {
        total,
        start_index: Some(start),
        resources,
        next_cursor: None,
    };
    let empty = page(3, 101, Vec::new());
    assert_eq!(
        tree(empty.to_text()),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 3, "startIndex": 101, "itemsPerPage": 0, "Resources": [],
        })
    );
    let one = page(1, 1, vec!["{}"]);
    assert_eq!(tree(one.to_text())["itemsPerPage"], 1);
}
