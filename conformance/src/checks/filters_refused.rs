//! Filters that have to be refused (RFC 7644 §3.4.2.2, §3.12).

use crate::check::{Check, Checked};
use crate::facts::USER;
use crate::session::Session;

/// A filter that is 400 invalidFilter.
macro_rules! refused {
    ($name:literal, $title:literal, $filter:expr) => {
        Check::must(concat!("filter/", $name), "RFC 7644 §3.12", $title, run!(invalid, $filter))
    };
}

pub const CHECKS: &[Check] = &[
    refused!("syntax", "a filter without a value is 400 invalidFilter", "userName eq"),
    refused!("unknown-operator", "an unknown operator is 400 invalidFilter", r#"userName is "x""#),
    refused!("open-string", "a string that does not end is 400 invalidFilter", r#"userName eq "x"#),
    refused!(
        "open-parenthesis",
        "a parenthesis that is not closed is 400 invalidFilter",
        r#"(userName eq "x""#
    ),
    refused!("open-bracket", "a bracket that is not closed is 400 invalidFilter", r#"emails[type eq "work""#),
    refused!("dangling", "a filter that ends with and is 400 invalidFilter", r#"userName eq "x" and"#),
    refused!(
        "two-expressions",
        "two expressions with nothing between are 400 invalidFilter",
        r#"userName eq "x" userName eq "y""#
    ),
    refused!("not-alone", "not without parentheses is 400 invalidFilter", r#"not userName eq "x""#),
    Check::must(
        "filter/order-boolean",
        "RFC 7644 §3.4.2.2",
        "gt on a boolean is 400 invalidFilter",
        run!(order_boolean),
    ),
    Check::must(
        "filter/groups",
        "RFC 7644 §3.12",
        "a malformed filter on groups is 400 invalidFilter, too",
        run!(groups),
    ),
];

async fn invalid(s: &Session, filter: &str) -> Checked {
    s.needs("filter")?;
    s.filter(s.users()?, filter).await?.want_scim_type(400, "invalidFilter")
}

async fn order_boolean(s: &Session) -> Checked {
    s.attribute(USER, "active")?;
    invalid(s, "active gt true").await
}

async fn groups(s: &Session) -> Checked {
    s.needs("filter")?;
    s.filter(s.groups()?, "displayName eq").await?.want_scim_type(400, "invalidFilter")
}
