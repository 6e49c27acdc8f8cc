//! What the forms of report have in common, and what each must keep.

use rstest::rstest;
use serde_json::Value;

use super::*;
use crate::check::{Level, Outcome};
use crate::reply::Exchange;
use crate::run::Finding;

fn finding(name: &str, outcome: Outcome, expected: &str) -> Finding {
    let exchange = (outcome == Outcome::Fail).then(|| Exchange {
        request: "GET http://example.com/Users?a=1&b=\"<x>\"".to_owned(),
        request_headers: vec!["If-Match: W/\"1\"".to_owned()],
        request_body: "{\"a\": \"]]>\"}".to_owned(),
        status: 500,
        answer_headers: vec!["content-type: text/html".to_owned()],
        answer_body: "<script>alert('x')</script>\u{0}".to_owned(),
    });
    Finding {
        name: name.to_owned(),
        section: "RFC 7644 §3.3".to_owned(),
        level: Level::Must,
        title: "less < than & more".to_owned(),
        outcome,
        found: if outcome == Outcome::Skip { "not advertised".to_owned() } else { String::new() },
        expected: expected.to_owned(),
        exchange,
        milliseconds: 1_234,
    }
}

fn report() -> Report {
    Report {
        url: "http://example.com".to_owned(),
        profile: "rfc".to_owned(),
        notes: vec!["no /Schemas".to_owned()],
        stopped: false,
        findings: vec![
            finding("create/a", Outcome::Pass, ""),
            finding("create/b", Outcome::Fail, "status 201"),
            finding("read/c", Outcome::Warn, "a detail"),
            finding("read/d", Outcome::Skip, ""),
        ],
        requests: 9,
        retried: 2,
        milliseconds: 5_678,
    }
}

#[rstest]
#[case(Format::Text)]
#[case(Format::Json)]
#[case(Format::Junit)]
#[case(Format::Html)]
fn every_form_tells_what_was_expected_and_where_it_is_written(#[case] format: Format) {
    let text = render(&report(), format, false);
    for word in ["create/b", "status 201", "RFC 7644 §3.3", "not advertised", "a detail"] {
        assert!(text.contains(word), "{format:?} lacks {word}:\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn text_counts_and_colours_only_when_asked() {
    let text = render(&report(), Format::Text, true);
    assert!(text.contains(
        "1 pass, 1 fail, 1 warn, 1 skip of 4 checks; 9 requests, 2 of them again after 429, 5.678 s"
    ));
    assert!(text.contains("\x1b[31mfail\x1b[0m"));
}

#[test]
fn json_has_a_summary() {
    let report: Value = serde_json::from_str(&render(&report(), Format::Json, false)).unwrap();
    assert_eq!(report["summary"], serde_json::json!({"pass": 1, "fail": 1, "warn": 1, "skip": 1}));
    assert_eq!(report["findings"][1]["exchange"]["status"], 500);
}

/// Neither form lets text from the server become markup, and every element that is opened is closed.
#[rstest]
#[case(Format::Junit)]
#[case(Format::Html)]
fn markup_from_a_server_is_escaped(#[case] format: Format) {
    let text = render(&report(), format, false);
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script"));
    assert!(!text.contains('\u{0}') && !text.contains("]]>"));
    let mut open = Vec::new();
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !tag.ends_with('/') && !tag.starts_with(['?', '!']) && !matches!(name, "meta" | "br") {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
