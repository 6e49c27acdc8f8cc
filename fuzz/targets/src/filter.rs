//! Filters (RFC 7644 §3.4.2.2).

use std::sync::LazyLock;

use scim::filter::{Bound, Filter, parse};
use scim::{Limits, Profile, Repairs};
use serde_json::{Map, Value};

use crate::PROFILES;
use crate::things::{Kind, thing, things, user};

static KINDS: LazyLock<[Kind; 2]> = LazyLock::new(|| [thing(), user()]);
static THINGS: LazyLock<Vec<Value>> = LazyLock::new(things);

/// Any text is refused or read. What is read keeps within the limits, prints to a text that reads the same, is evaluated as the
/// oracle does, and whatever the strict profile reads, the tolerant one reads alike.
///
/// # Panics
/// If that is not so.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let limits = Limits::default();
    let [tolerant, strict] = PROFILES.map(|profile| {
        let mut repairs = Repairs::new();
        let read = parse(text, profile, &limits, &mut repairs).ok();
        assert!(read.is_none() || profile.is_tolerant() || repairs.is_empty(), "{text}: {repairs:?}");
        read
    });
    let Some(read) = tolerant else { return assert!(strict.is_none(), "{text}") };
    assert!(strict.is_none_or(|strict| strict == read), "{text}");
    assert!(read.size() <= limits.filter_nodes, "{text}");
    prints_what_it_reads(&read);
    for kind in &*KINDS {
        evaluates(&read, kind);
    }
}

/// Printing may write more than was read: escapes, and brackets around what groups to the right.
fn prints_what_it_reads(filter: &Filter<'_>) {
    let text = filter.to_string();
    let roomy = Limits { filter_bytes: 1 << 20, filter_depth: 1000, ..Limits::default() };
    let again = parse(&text, Profile::Tolerant, &roomy, &mut Repairs::new());
    assert_eq!(again.as_ref(), Ok(filter), "{text}");
}

fn evaluates(filter: &Filter<'_>, kind: &Kind) {
    let [tolerant, strict] = PROFILES.map(|profile| {
        let bound = filter.bind(&kind.resource_type, profile, &mut Repairs::new()).ok();
        for thing in &*THINGS {
            let matches = bound.as_ref().map(|bound| bound.matches(thing.as_object().unwrap()));
            let expected = kind.oracle.holds(filter, thing, profile);
            assert_eq!(matches, expected, "{profile:?}: {filter} on {thing}");
        }
        bound
    });
    if let Some(bound) = tolerant {
        assert!(strict.is_none_or(|strict| strict == bound), "{filter}");
        THINGS.iter().for_each(|thing| narrows(&bound, thing.as_object().unwrap()));
    }
}

/// What a planner is told is true of every match, and enough to decide.
fn narrows(bound: &Bound, thing: &Map<String, Value>) {
    let needed = bound.attributes();
    let part = thing.iter().filter(|(name, _)| needed.contains(&name.as_str()));
    let part: Map<String, Value> = part.map(|(name, value)| (name.clone(), value.clone())).collect();
    assert_eq!(bound.matches(&part), bound.matches(thing), "{needed:?} are not enough");
    assert!(
        !bound.matches(thing)
            || bound.equalities().iter().all(|e| thing.get(top_level(&e.attribute)).is_some())
    );
}

/// The key of a resource that holds an attribute of this canonical path.
fn top_level(path: &str) -> &str {
    match path.rsplit_once(':') {
        Some((urn, _)) => urn,
        None => path.split('.').next().unwrap_or(path),
    }
}
