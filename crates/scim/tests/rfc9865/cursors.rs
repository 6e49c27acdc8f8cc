//! §2, §5: cursors are opaque, can't be forged, and expire.

use rstest::rstest;
use scim::Limits;
use scim::cursor::{Cursor, Key};
use scim::discovery::{Features, Pagination};
use scim::list::ListResponse;
use scim::query::ListQuery;
use serde_json::json;

use crate::support::{kind, tree};

const ABOUT: [&[u8]; 3] = [b"target", b"okta", b"Users"];
const NOW: i64 = 1_795_305_600;

fn key() -> Key {
    Key::new([7; 32])
}

fn cursor(position: &str) -> Cursor {
    Cursor { count: 100, issued: NOW, position: position.as_bytes().to_vec() }
}

fn open(text: &str, now: i64) -> scim::Result<Cursor> {
    Cursor::open(text, &key(), &ABOUT, now, 3600)
}

#[rstest]
#[case("")]
#[case("x")]
#[case(&"ada@example.com ".repeat(100))]
fn a_cursor_comes_back_as_it_was(#[case] position: &str) {
    let sealed = cursor(position).seal(&key(), &ABOUT).unwrap();
    assert_eq!(open(&sealed, NOW).unwrap(), cursor(position));
}

/// §2: only the unreserved characters of RFC 3986 §2.3; and nothing of what is in it can be read.
#[test]
fn a_cursor_is_opaque() {
    let sealed = cursor("ada@example.com").seal(&key(), &ABOUT).unwrap();
    assert!(sealed.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~".contains(&c)), "{sealed}");
    let longer = cursor("eve@example.com").seal(&key(), &ABOUT).unwrap();
    let same = sealed.bytes().zip(longer.bytes()).filter(|(one, other)| one == other).count();
    assert!(same < sealed.len() / 4, "{sealed} {longer}");
}

/// §5: whatever is changed in it, or said of it, it is not ours.
#[test]
fn a_forged_cursor_is_invalid() {
    let sealed = cursor("x").seal(&key(), &ABOUT).unwrap();
    for at in 0..sealed.len() {
        for other in ["A", "_", "!"] {
            let mut forged = sealed.clone();
            forged.replace_range(at..=at, other);
            if forged != sealed {
                assert_eq!(kind(open(&forged, NOW)), "invalidCursor", "{forged}");
            }
        }
    }
    for forged in [&sealed[1..], &sealed[..sealed.len() - 1], "x", "%", "é", &"A".repeat(100_000)] {
        assert_eq!(kind(open(forged, NOW)), "invalidCursor");
    }
    for about in ["target okta", "target okta Groups", "target oktaUsers ", "targetokta Users"] {
        let about: Vec<&[u8]> = about.split(' ').map(str::as_bytes).collect();
        let opened = Cursor::open(&sealed, &key(), &about, NOW, 3600);
        assert_eq!(kind(opened), "invalidCursor");
    }
    let opened = Cursor::open(&sealed, &Key::new([8; 32]), &ABOUT, NOW, 3600);
    assert_eq!(kind(opened), "invalidCursor");
}

/// §2.1.
#[test]
fn a_cursor_expires() {
    let sealed = cursor("x").seal(&key(), &ABOUT).unwrap();
    assert!(open(&sealed, NOW + 3600).is_ok());
    assert_eq!(kind(open(&sealed, NOW + 3601)), "expiredCursor");
    // The clock of the replica that made it was ahead.
    assert!(open(&sealed, NOW - 5).is_ok());
    assert!(!format!("{:?}", key()).contains('7'), "the key is never shown");
}

/// §2.1: `count` is from 0 to the largest page; negative is 0. Pages by index are cut to the largest.
#[test]
fn a_count_out_of_range_is_invalid() {
    let parse = |raw: &str| ListQuery::parse(raw, &Limits::default());
    assert_eq!(kind(parse("cursor=&count=1001")), "invalidCount");
    assert_eq!(parse("cursor=&count=1000").unwrap().count, Some(1000));
    assert_eq!(parse("cursor=x&count=-3").unwrap().count, Some(0));
    assert_eq!(parse("count=1001").unwrap().count, Some(1000));
}

/// §2: `nextCursor` instead of `startIndex`, and none on the last page.
#[test]
fn the_answer() {
    let page = |next: Option<&str>| {
        let next_cursor = next.map(str::to_owned);
        let list = ListResponse::<&str> { total: 3, start_index: None, resources: Vec::new(), next_cursor };
        tree(list.to_text())
    };
    let urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    let last = json!({ "schemas": [urn], "totalResults": 3, "itemsPerPage": 0, "Resources": [] });
    assert_eq!(page(None), last);
    assert_eq!(page(Some("abc"))["nextCursor"], "abc");
}

/// §4.
#[test]
fn it_is_told_in_the_service_provider_config() {
    let pagination = Pagination { default_page_size: 100, max_page_size: 1000, cursor_timeout: 3600 };
    let features = Features { pagination: Some(pagination), ..Features::default() };
    let told = features.to_json("https://scim.example.com");
    assert_eq!(
        told["pagination"],
        json!({
            "cursor": true, "index": true, "defaultPaginationMethod": "index",
            "defaultPageSize": 100, "maxPageSize": 1000, "cursorTimeout": 3600,
        })
    );
    assert_eq!(Features::default().to_json("https://scim.example.com").get("pagination"), None);
}
