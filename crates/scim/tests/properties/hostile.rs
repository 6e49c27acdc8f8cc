//! Any text at all: an error or a result, never a panic.

use proptest::prelude::{any, proptest};
use scim::patch::Patch;
use scim::path::{AttrPath, Path};
use scim::query::{ListQuery, Projection};
use scim::resource::{fold, parse_json};
use scim::{Limits, Repairs};
use serde_json::json;

use crate::support::{S, T, message, user};

fn feed(text: &str) {
    let limits = Limits::default();
    let mut repairs = Repairs::new();
    for profile in [T, S] {
        if let Ok(filter) = scim::filter::parse(text, profile, &limits, &mut repairs) {
            let _ = filter.bind(&user(), profile, &mut repairs);
        }
        let _ = AttrPath::parse(text, profile, &mut repairs);
        let _ = Path::parse(text, profile, &limits, &mut repairs);
        let _ = Projection::parse(Some(text), None, &user(), profile, &limits, &mut repairs);
        let operation =
            json!([{ "op": "add", "path": text, "value": "x" }, { "op": "add", "value": { text: "x" } }]);
        let _ = Patch::parse(message(operation), &user(), profile, &limits, &mut repairs);
    }
    let _ = ListQuery::parse(text, &limits);
    let _ = parse_json(text.as_bytes(), &limits);
    assert_eq!(fold(&fold(text)), fold(text));
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        feed(&text);
    }

    #[test]
    fn text_that_looks_like_it(text in r#"[a-z:\.\[\]()" \\é%+&=]{0,40}|(urn:)?[a-z:.]{0,12}(\[| eq |\]|\.|"x"|not|and|\(|\)| pr| ){0,8}"#) {
        feed(&text);
    }

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        let _ = parse_json(&bytes, &Limits::default());
    }
}
