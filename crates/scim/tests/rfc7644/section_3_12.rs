//! RFC 7644 §3.12: errors, and bodies that are none.

use rstest::rstest;
use scim::resource::parse_json;
use scim::{Limits, ScimError, ScimType};
use serde_json::json;

use crate::support::kind;

/// The status is text; `Retry-After` is no part of the body.
#[test]
fn the_body() {
    assert_eq!(
        ScimError::uniqueness("taken").body(),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "scimType": "uniqueness", "detail": "taken" })
    );
    let transient = ScimError::transient(429, 7, "later");
    assert_eq!(transient.retry_after, Some(7));
    assert_eq!(
        transient.body(),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "429", "detail": "later" })
    );
    assert_eq!(ScimError::not_found("x").status, 404);
}

/// Table 9, with erratum 6893: `sensitive` is 403.
#[rstest]
#[case(ScimType::InvalidFilter, 400, "invalidFilter")]
#[case(ScimType::TooMany, 400, "tooMany")]
#[case(ScimType::Uniqueness, 409, "uniqueness")]
#[case(ScimType::Mutability, 400, "mutability")]
#[case(ScimType::InvalidSyntax, 400, "invalidSyntax")]
#[case(ScimType::InvalidPath, 400, "invalidPath")]
#[case(ScimType::NoTarget, 400, "noTarget")]
#[case(ScimType::InvalidValue, 400, "invalidValue")]
#[case(ScimType::InvalidVers, 400, "invalidVers")]
#[case(ScimType::Sensitive, 403, "sensitive")]
#[case(ScimType::InvalidCursor, 400, "invalidCursor")]
#[case(ScimType::ExpiredCursor, 400, "expiredCursor")]
#[case(ScimType::InvalidCount, 400, "invalidCount")]
fn types_and_statuses(#[case] scim_type: ScimType, #[case] status: u16, #[case] name: &str) {
    let error = ScimError::typed(scim_type, "x");
    assert_eq!((error.status, error.body()["scimType"].as_str()), (status, Some(name)));
}

#[rstest]
#[case(b"" as &[u8])]
#[case(b"{")]
#[case(b"{} {}")]
#[case(b"{'a': 1}")]
#[case(b"\xEF\xBB\xBF{}")]
#[case(b"\xFF\xFE{\0}\0")]
#[case(b"{\"a\": \"\xFF\"}")]
#[case(b"{\"a\": 1, \"a\": 2}")]
#[case(b"{\"userName\": 1, \"USERNAME\": 2}")]
#[case(b"{\"a\": [{\"b\": 1, \"b\": 2}]}")]
#[case(b"{\"a\": NaN}")]
#[case(b"{\"a\": 1e999}")]
fn what_is_not_json(#[case] body: &[u8]) {
    assert_eq!(kind(parse_json(body, &Limits::default())), "invalidSyntax");
}

#[test]
fn json_is_read_as_it_is() {
    let body = br#"{"a": [1, -2, 3.5, true, false, null, "\u00e9\n"], "b": {}, "c": 18446744073709551615}"#;
    let value = parse_json(body, &Limits::default()).unwrap();
    assert_eq!(value, serde_json::from_slice::<serde_json::Value>(body).unwrap());
}

/// Nesting is bounded; nothing recurses further than that.
#[test]
fn deep_nesting() {
    let limits = Limits::default();
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_json(nested(32).as_bytes(), &limits).is_ok());
    assert_eq!(kind(parse_json(nested(34).as_bytes(), &limits)), "invalidSyntax");
    assert_eq!(kind(parse_json("[".repeat(1_000_000).as_bytes(), &limits)), "invalidSyntax");
    assert_eq!(kind(parse_json("{\"a\":".repeat(200_000).as_bytes(), &limits)), "invalidSyntax");
}
