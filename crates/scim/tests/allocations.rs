//! A filter borrows from its text: what is allocated is what its tree needs.

use rstest::rstest;
use scim::filter;
use scim::{Limits, Repairs};

use crate::support::{S, ada, resource, user};

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

/// Nothing is copied to be compared with.
#[rstest]
#[case(r#"userName eq "ada@example.com""#)]
#[case(r#"emails[type eq "work" and value eq "ada@example.com"] and active eq true"#)]
fn a_filter_looks_at_a_resource_without_copying_it(#[case] text: &str) {
    let (mut repairs, ada) = (Repairs::new(), resource(&ada(), &user()));
    let filter = filter::parse(text, S, &Limits::default(), &mut repairs).unwrap();
    let bound = filter.bind(&user(), S, &mut repairs).unwrap();
    let counted = allocation_counter::measure(|| assert!(bound.matches(&ada.seen(None))));
    assert_eq!(counted.count_total, 0, "{text}");
}
