//! Filters that match (RFC 7644 §3.4.2.2), on three people of our own: a, b and c. `{p}` is the run's prefix.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::check::{Check, Checked, skip};
use crate::facts::{ENTERPRISE, USER};
use crate::reply::Reply;
use crate::session::Session;

/// A filter, the attributes that it needs, and the letters of those who match.
macro_rules! filter {
    ($name:literal, $title:literal, $filter:expr, [$($needs:literal),*], $who:literal) => {
        Check::must(
            concat!("filter/", $name),
            "RFC 7644 §3.4.2.2",
            $title,
            run!(matches, $filter, &[$($needs),*], $who),
        )
    };
}

pub const CHECKS: &[Check] = &[
    filter!("eq", "eq on a string", r#"userName eq "{p}-crowd-a@example.com""#, [], "a"),
    filter!(
        "eq-case",
        "eq without regard to case, if caseExact is false",
        r#"userName eq "{P}-CROWD-A@EXAMPLE.COM""#,
        ["~userName"],
        "a"
    ),
    filter!(
        "eq-none",
        "eq that matches nobody gives an empty list, not an error",
        r#"userName eq "{p}-nobody@example.com""#,
        [],
        ""
    ),
    filter!("eq-external-id", "eq on externalId", r#"externalId eq "{p}-External-b""#, [], "b"),
    filter!(
        "eq-boolean",
        "eq on a boolean",
        r#"active eq true and userName sw "{p}-crowd""#,
        ["active"],
        "abc"
    ),
    filter!("ne-boolean", "ne on a boolean", r#"active ne true and userName sw "{p}-crowd""#, ["active"], ""),
    filter!(
        "ne",
        "ne on a string",
        r#"userName ne "{p}-crowd-a@example.com" and userName sw "{p}-crowd""#,
        [],
        "bc"
    ),
    filter!("co", "co on a string", r#"userName co "{p}-crowd-""#, [], "abc"),
    filter!("sw", "sw on a string", r#"userName sw "{p}-crowd-b""#, [], "b"),
    filter!("ew", "ew on a string", r#"userName ew "-crowd-c@example.com" and userName sw "{p}""#, [], "c"),
    filter!(
        "pr",
        "pr on an attribute that one of three has not",
        r#"title pr and userName sw "{p}-crowd""#,
        ["title"],
        "ab"
    ),
    filter!("not-pr", "not around pr", r#"not (title pr) and userName sw "{p}-crowd""#, ["title"], "c"),
    filter!("gt", "gt on a string", r#"title gt "Baron" and userName sw "{p}-crowd""#, ["title"], "a"),
    filter!("ge", "ge on a string", r#"title ge "Admiral" and userName sw "{p}-crowd""#, ["title"], "ab"),
    filter!("lt", "lt on a string", r#"title lt "Baron" and userName sw "{p}-crowd""#, ["title"], "b"),
    filter!("le", "le on a string", r#"title le "Countess" and userName sw "{p}-crowd""#, ["title"], "ab"),
    filter!(
        "gt-date",
        "gt on a dateTime",
        r#"meta.created gt "2001-01-01T00:00:00Z" and userName sw "{p}-crowd""#,
        [],
        "abc"
    ),
    filter!(
        "ge-date",
        "ge on a dateTime with an offset and fractions",
        r#"meta.lastModified ge "2001-01-01T00:00:00.123+02:00" and userName sw "{p}-crowd""#,
        [],
        "abc"
    ),
    filter!(
        "lt-date",
        "lt on a dateTime",
        r#"meta.created lt "2001-01-01T00:00:00Z" and userName sw "{p}-crowd""#,
        [],
        ""
    ),
    filter!(
        "le-date",
        "le on a dateTime",
        r#"meta.lastModified le "2999-01-01T00:00:00Z" and userName sw "{p}-crowd""#,
        [],
        "abc"
    ),
    filter!(
        "and",
        "and",
        r#"userName sw "{p}-crowd" and name.familyName eq "Hopper""#,
        ["name.familyName"],
        "b"
    ),
    filter!(
        "or",
        "or",
        r#"userName eq "{p}-crowd-a@example.com" or userName eq "{p}-crowd-c@example.com""#,
        [],
        "ac"
    ),
    filter!(
        "not",
        "not around a comparison",
        r#"userName sw "{p}-crowd" and not (userName co "-crowd-a")"#,
        [],
        "bc"
    ),
    filter!(
        "precedence",
        "and binds closer than or",
        r#"userName eq "{p}-crowd-a@example.com" or userName eq "{p}-crowd-b@example.com" and name.familyName eq "Nobody""#,
        ["name.familyName"],
        "a"
    ),
    filter!(
        "grouping",
        "parentheses",
        r#"(userName eq "{p}-crowd-a@example.com" or userName eq "{p}-crowd-b@example.com") and name.familyName eq "Hopper""#,
        ["name.familyName"],
        "b"
    ),
    filter!(
        "nested",
        "parentheses within parentheses",
        r#"((userName sw "{p}-crowd" and (not (title pr))) or (userName eq "{p}-crowd-a@example.com"))"#,
        ["title"],
        "ac"
    ),
    filter!(
        "operator-case",
        "operators in any case",
        r#"userName EQ "{p}-crowd-a@example.com" OR userName Eq "{p}-crowd-b@example.com""#,
        [],
        "ab"
    ),
    filter!(
        "attribute-case",
        "attribute names in any case",
        r#"USERNAME eq "{p}-crowd-a@example.com""#,
        [],
        "a"
    ),
    filter!(
        "attribute-urn",
        "an attribute with its schema's URN",
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "{p}-crowd-a@example.com""#,
        [],
        "a"
    ),
    filter!(
        "sub-attribute",
        "a sub-attribute",
        r#"name.familyName eq "Turing" and userName sw "{p}-crowd""#,
        ["name.familyName"],
        "c"
    ),
    filter!(
        "multi-valued",
        "one of several values is enough",
        r#"emails.value eq "{p}-home-a@example.org""#,
        ["emails.value"],
        "a"
    ),
    filter!(
        "value-path",
        "a value path",
        r#"emails[type eq "home"] and userName sw "{p}-crowd""#,
        ["emails.type"],
        "a"
    ),
    filter!(
        "value-path-and",
        "a value path holds for one and the same value",
        r#"emails[type eq "home" and value co "@example.com"] and userName sw "{p}-crowd""#,
        ["emails.type"],
        ""
    ),
    filter!(
        "value-path-or",
        "a value path with or",
        r#"emails[type eq "home" or value co "-crowd-b@"] and userName sw "{p}-crowd""#,
        ["emails.type"],
        "ab"
    ),
    filter!(
        "extension",
        "an attribute of an extension",
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Compilers" and userName sw "{p}-crowd""#,
        ["+department"],
        "b"
    ),
    filter!(
        "schemas",
        "eq on schemas",
        r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User" and userName sw "{p}-crowd""#,
        [],
        "abc"
    ),
    filter!(
        "escapes",
        "escapes of JSON in a string",
        r#"userName eq "{p}\u002dcrowd\u002da@example.com""#,
        [],
        "a"
    ),
    filter!(
        "resource-type",
        "eq on meta.resourceType",
        r#"meta.resourceType eq "User" and userName sw "{p}-crowd""#,
        [],
        "abc"
    ),
    Check::must("filter/eq-id", "RFC 7644 §3.4.2.2", "eq on id", run!(by_id)),
    Check::must("filter/total", "RFC 7644 §3.4.2", "totalResults counts the matches", run!(total)),
];

async fn matches(s: &Session, filter: &str, needs: &[&str], who: &str) -> Checked {
    s.needs("filter")?;
    for need in needs {
        holds(s, need)?;
    }
    let crowd = s.crowd().await?;
    let filter = filter.replace("{p}", &s.prefix).replace("{P}", &s.prefix.to_uppercase());
    let reply = s.filter(s.users()?, &filter).await?;
    answered(&reply)?;
    let ids: BTreeSet<&str> =
        reply.want_list()?.iter().filter_map(|resource| resource.get("id").and_then(Value::as_str)).collect();
    let found: String = crowd
        .iter()
        .filter(|(_, made)| ids.contains(made.id.as_str()))
        .map(|(letter, _)| letter.as_str())
        .collect();
    if found == who {
        return Ok(());
    }
    let names = |letters: &str| if letters.is_empty() { "nobody".to_owned() } else { letters.to_owned() };
    Err(reply
        .wrong_because(format!("{filter} matches {}", names(who)), format!("it matches {}", names(&found))))
}

/// Whether the schema has what a filter is about: `~` in front asks for caseExact false, `+` for the enterprise extension.
fn holds(s: &Session, need: &str) -> Checked {
    if let Some(name) = need.strip_prefix('~') {
        let exact = s.attribute(USER, name)?.is_case_exact();
        return if exact { skip(format!("{name} is caseExact in /Schemas")) } else { Ok(()) };
    }
    let (urn, name) = need.strip_prefix('+').map_or((USER, need), |name| (ENTERPRISE, name));
    s.writable(urn, name).map(drop)
}

/// RFC 7644 §3.12: a comparison that is not supported is 400 invalidFilter, a search that is too large 400 tooMany.
fn answered(reply: &Reply) -> Checked {
    let said = reply.at("/scimType").as_str().unwrap_or_default();
    if reply.status == 400 && matches!(said, "invalidFilter" | "tooMany") {
        return skip(format!("the server says that it can't answer this filter: 400 {said}"));
    }
    Ok(())
}

async fn by_id(s: &Session) -> Checked {
    s.needs("filter")?;
    let crowd = s.crowd().await?;
    let Some(a) = crowd.get("a") else { return skip("nobody to look for") };
    let reply = s.filter(s.users()?, &format!("id eq \"{}\"", a.id)).await?;
    answered(&reply)?;
    reply.want_list()?;
    reply.want_at("/Resources/0/id", &Value::from(a.id.as_str()))
}

async fn total(s: &Session) -> Checked {
    s.needs("filter")?;
    s.crowd().await?;
    let reply = s.filter(s.users()?, &format!("userName sw \"{}-crowd-\"", s.prefix)).await?;
    answered(&reply)?;
    let listed = reply.want_list()?.len();
    reply.want_at("/totalResults", &Value::from(3))?;
    reply.want(listed == 3, "three resources")
}
