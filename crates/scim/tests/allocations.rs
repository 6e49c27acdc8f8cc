//! A filter borrows from its text: what is allocated is what its tree needs.

use rstest::rstest;
use scim::filter;
use scim::{Limits, Repairs};

use crate::support::S;

/// One box for each operand of an operator and for the filter within brackets; for a text with escapes the reader's buffer and the text.
#[rstest]
#[case::present("title pr", 0)]
#[case::text(r#"userName eq "bjensen""#, 0)]
#[case::boolean("active eq true", 0)]
#[case::sub_attribute(r#"name.familyName co "O'Malley""#, 0)]
#[case::extension(r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Engines""#, 0)]
#[case::escaped(r#"displayName eq "say \"hi\"""#, 2)]
#[case::and(r#"title pr and userType eq "Employee""#, 2)]
#[case::not(r#"not (title pr)"#, 1)]
#[case::value_path(r#"emails[type eq "work" and (value co "@example.com" or primary eq true)]"#, 5)]
fn a_filter_allocates_its_boxes_and_nothing_else(#[case] text: &str, #[case] boxes: u64) {
    let mut repairs = Repairs::new();
    let limits = Limits::default();
    let counted = allocation_counter::measure(|| {
        filter::parse(text, S, &limits, &mut repairs).unwrap();
    });
    assert_eq!(counted.count_total, boxes, "{text}");
}
