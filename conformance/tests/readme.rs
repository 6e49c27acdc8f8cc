//! The table of checks in the README is what the program plays.

use std::fmt::Write as _;

use scim_conformance::checks;
use scim_conformance::transcript::{PROVIDERS, stories};

const BEGIN: &str = "<!-- checks: written by `UPDATE_README=1 cargo test -p scim-conformance readme` -->\n";
const END: &str = "<!-- end of checks -->\n";

fn table() -> String {
    let mut text = String::from("\n| check | section | level | what is demanded |\n|---|---|---|---|\n");
    for check in checks::all() {
        let _ =
            writeln!(text, "| `{}` | {} | {} | {} |", check.name, check.section, check.level, check.title);
    }
    text.push_str("\n| story | source | what the identity provider does |\n|---|---|---|\n");
    for (provider, _) in PROVIDERS {
        for story in stories(provider).unwrap() {
            let _ = writeln!(text, "| `{}` | {} | {} |", story.name, story.source, story.title);
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_table_of_checks_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert_eq!(found, table(), "run UPDATE_README=1 cargo test -p scim-conformance readme");
}
