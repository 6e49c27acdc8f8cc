//! RFC 7644 §3.14: versions.

use rstest::rstest;
use scim::etag::{Besides, Conditions, Tags};
use scim::resource::Document;
use serde_json::{Value, json};

fn weak(of: &Value) -> String {
    scim::etag::weak(&Document::from_canonical(of.as_object().unwrap().clone()), &Besides::default())
        .to_string()
}

#[test]
fn the_order_of_members_does_not_count() {
    let one = weak(&json!({ "a": 1, "b": { "c": [1, 2], "d": null } }));
    let two = weak(&json!({ "b": { "d": null, "c": [1, 2] }, "a": 1 }));
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
    let tags: std::collections::HashSet<String> = contents.iter().map(weak).collect();
    assert_eq!(tags.len(), contents.len());
}

/// What comes with a document counts as what is in it does, and a document that was changed is another one.
#[test]
fn nothing_is_remembered_of_what_was() {
    let mut document = Document::from_canonical(json!({ "a": 1 }).as_object().unwrap().clone());
    let weak = |document: &Document| scim::etag::weak(document, &Besides::default());
    let before = weak(&document);
    let named = Besides { external_id: Some("ext".into()), stamp: None };
    let stamped = Besides { stamp: Some(json!(1)), ..named.clone() };
    assert_ne!(scim::etag::weak(&document, &named), before);
    assert_ne!(scim::etag::weak(&document, &named), scim::etag::weak(&document, &stamped));
    // What somebody else keeps, too, has its tag remembered: for this and for nothing else.
    let kept = document.clone();
    let named = |name: &str| Besides { external_id: Some(name.into()), stamp: None };
    let tags = ["ext", "other", "ext"].map(|name| scim::etag::weak(&kept, &named(name)));
    assert_eq!((weak(&kept), &tags[0]), (before.clone(), &tags[2]));
    assert!(tags[0] != tags[1] && tags[0] != before);
    assert_eq!(weak(&document), before);
    drop(kept);
    document.set("a", json!(2));
    let kept = document.clone();
    assert_ne!(weak(&kept), before);
    drop(kept);
    document.set("a", json!(1));
    assert_eq!(weak(&document), before);
}

fn tags(values: &[&str]) -> Tags {
    Tags::parse("If-Match", values.iter().copied()).unwrap().unwrap()
}

#[rstest]
#[case(&["*"], true)]
#[case(&["W/\"a\""], true)]
#[case(&["\"a\""], true)]
#[case(&["W/\"b\", W/\"a\""], true)]
#[case(&[" \"b\" ,\"a\" "], true)]
#[case(&["\"b\",,\t\"a\","], true)]
#[case(&["\"b\"", "W/\"a\""], true)]
#[case(&["\"b,a\", \"c\""], false)]
#[case(&["W/\"b\""], false)]
#[case(&["\"A\""], false)]
#[case(&["\"\""], false)]
fn tags_are_compared_weakly(#[case] values: &[&str], #[case] named: bool) {
    assert_eq!(tags(values).name(Some("W/\"a\"")), named);
}

#[rstest]
#[case(&[""])]
#[case(&[" , "])]
#[case(&["a"])]
#[case(&["W/a"])]
#[case(&["w/\"a\""])]
#[case(&["\"a"])]
#[case(&["\"a\" \"b\""])]
#[case(&["\"a\"b"])]
#[case(&["\"a b\""])]
#[case(&["*, \"a\""])]
#[case(&["*", "\"a\""])]
#[case(&["*", "*"])]
fn what_is_no_list_of_tags_is_refused(#[case] values: &[&str]) {
    let refused = Tags::parse("If-None-Match", values.iter().copied()).unwrap_err();
    assert_eq!((refused.status, refused.scim_type), (400, None), "{values:?}");
    assert!(refused.detail.starts_with("'If-None-Match'"), "{}", refused.detail);
}

#[test]
fn a_condition_that_did_not_come_holds() {
    assert_eq!(Tags::parse("If-Match", []), Ok(None));
    let none = Conditions::default();
    assert!(none.is_empty() && none.match_holds(Some("W/\"a\"")) && none.none_match_holds(Some("W/\"a\"")));
}

#[test]
fn if_match_wants_the_version_and_if_none_match_another() {
    let conditions = Conditions::of_version("W/\"a\"").unwrap();
    assert!(conditions.match_holds(Some("W/\"a\"")) && !conditions.match_holds(Some("W/\"b\"")));
    let conditions = Conditions { none_matches: conditions.matches, ..Conditions::default() };
    assert!(!conditions.none_match_holds(Some("W/\"a\"")) && conditions.none_match_holds(Some("W/\"b\"")));
    assert!(!Conditions::of_version("W/\"a\"").unwrap().match_holds(None), "it can't be told");
    assert!(conditions.none_match_holds(None));
    assert_eq!(Conditions::failed().status, 412);
}

#[rstest]
#[case("W/\"0123456789abcdef0123456789abcdef\"", true)]
#[case("\"x\", \"0123456789abcdef0123456789abcdef\"", true)]
#[case("W/\"stale\"", false)]
#[case("W/\"0123456789ABCDEF0123456789ABCDEF\"", false)]
#[case("*", false)]
fn our_tags_are_known_by_their_form(#[case] value: &str, #[case] ours: bool) {
    assert_eq!(tags(&[value]).could_be_ours(), ours);
    assert!(tags(&[&weak(&json!({}))]).could_be_ours());
}
