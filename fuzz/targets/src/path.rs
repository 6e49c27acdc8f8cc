//! Paths (RFC 7644 §3.5.2, §3.10), choices of attributes (§3.9) and the parameters of a list (§3.4.2).

use std::sync::LazyLock;

use scim::path::{AttrPath, Path};
use scim::query::{ListQuery, Projection};
use scim::{Limits, Profile, Repairs};
use serde_json::{Map, Value};

use crate::PROFILES;
use crate::things::{Kind, thing, things};

static KIND: LazyLock<Kind> = LazyLock::new(thing);
static THINGS: LazyLock<Vec<Value>> = LazyLock::new(things);

/// Any text is refused or read. What is read prints to a text that reads the same, the tolerant profile reads whatever the strict
/// one reads, and no choice of attributes shows more than there is or less than it must.
///
/// # Panics
/// If that is not so.
pub fn path(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let [tolerant, strict] = PROFILES.map(|profile| attribute(text, profile));
    assert!(strict.is_none_or(|strict| Some(strict) == tolerant), "{text}");
    let [tolerant, strict] = PROFILES.map(|profile| patch_path(text, profile));
    assert!(strict.is_none_or(|strict| Some(strict) == tolerant), "{text}");
    PROFILES.iter().for_each(|profile| projections(text, *profile));
    let limits = Limits::default();
    if let Ok(query) = ListQuery::parse(text, &limits) {
        assert!(
            query.start_index >= 1 && query.count.is_none_or(|count| count <= limits.page_max),
            "{query:?}"
        );
    }
}

fn attribute(text: &str, profile: Profile) -> Option<AttrPath<'_>> {
    let path = AttrPath::parse(text, profile, &mut Repairs::new()).ok()?;
    let printed = path.to_string();
    assert_eq!(AttrPath::parse(&printed, Profile::Strict, &mut Repairs::new()), Ok(path), "{text}");
    if let Some(found) = KIND.resource_type.resolve(&path) {
        assert!(found.attribute.name.eq_ignore_ascii_case(path.name), "{text}");
        assert_eq!(found.sub.is_some(), path.sub.is_some(), "{text}");
    }
    Some(path)
}

fn patch_path(text: &str, profile: Profile) -> Option<Path<'_>> {
    let limits = Limits::default();
    let path = Path::parse(text, profile, &limits, &mut Repairs::new()).ok()?;
    assert!(path.filter.is_none() || path.attr.sub.is_none(), "{text}");
    assert!(path.filter.is_some() || path.sub.is_none(), "{text}");
    let filter = path.filter.as_ref().map(|filter| format!("[{filter}]")).unwrap_or_default();
    let sub = path.sub.map(|sub| format!(".{sub}")).unwrap_or_default();
    let printed = format!("{}{filter}{sub}", path.attr);
    let roomy = Limits { filter_bytes: 1 << 20, filter_depth: 1000, ..limits };
    let again = Path::parse(&printed, profile, &roomy, &mut Repairs::new());
    assert_eq!(again.as_ref(), Ok(&path), "{text}");
    Some(path)
}

fn projections(text: &str, profile: Profile) {
    let rt = &KIND.resource_type;
    for (chosen, excluded) in [(Some(text), None), (None, Some(text))] {
        let (limits, mut repairs) = (Limits::default(), Repairs::new());
        let Ok(projection) = Projection::parse(chosen, excluded, rt, profile, &limits, &mut repairs) else {
            continue;
        };
        for thing in &*THINGS {
            let whole = thing.as_object().unwrap();
            let shown = projection.apply(whole.clone());
            // RFC 7643 §3.1, §7: `id` and the envelope are always returned.
            let always = ["schemas", "id"].iter().all(|name| shown.get(*name) == whole.get(*name));
            assert!(always && is_part(&shown, whole), "{text}: {shown:?}");
            assert_eq!(projection.apply(shown.clone()), shown, "{text}");
        }
    }
}

/// Whether everything shown is in the whole, and equal or a part of it.
fn is_part(part: &Map<String, Value>, whole: &Map<String, Value>) -> bool {
    part.iter().all(|(name, value)| whole.get(name).is_some_and(|there| is_within(value, there)))
}

fn is_within(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => is_part(part, whole),
        (Value::Array(part), Value::Array(whole)) => {
            part.iter().all(|one| whole.iter().any(|other| is_within(one, other)))
        }
        _ => part == whole,
    }
}
