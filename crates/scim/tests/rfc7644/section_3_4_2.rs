//! RFC 7644 §3.4.2, §3.4.3: lists and searches; RFC 9865: `cursor`.

use rstest::rstest;
use scim::Limits;
use scim::list::ListResponse;
use scim::query::{ListQuery, SortOrder};
use serde_json::{Map, json};

use crate::support::kind;

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
    let query = ListQuery::from_search(body, &Limits::default()).unwrap();
    assert_eq!(query, parse("attributes=displayName,userName&filter=a+pr&startIndex=2&count=10"));
    for body in [json!([]), json!({ "filter": {} }), json!({ "attributes": [1] }), json!({ "count": "x" })] {
        assert!(ListQuery::from_search(body, &Limits::default()).is_err());
    }
}

/// `Resources` is there even if empty.
#[test]
fn the_answer() {
    let empty = ListResponse { total: 3, start_index: 101, resources: Vec::new() };
    assert_eq!(
        empty.into_body(),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 3, "startIndex": 101, "itemsPerPage": 0, "Resources": [],
        })
    );
    let one = ListResponse { total: 1, start_index: 1, resources: vec![Map::new()] };
    assert_eq!(one.into_body()["itemsPerPage"], 1);
}
