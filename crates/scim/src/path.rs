//! Attribute paths (RFC 7644 §3.10) and PATCH paths (RFC 7644 §3.5.2, Figure 7).

use crate::error::{Result, ScimError};
use crate::filter::{self, Filter};
use crate::limits::Limits;
use crate::profile::Profile;
use crate::repairs::{Repair, Repairs};

/// `[urn:]name[.sub]`, as written: borrowed, not resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttrPath<'a> {
    /// The schema's URN, without the colon that follows it.
    pub urn: Option<&'a str>,
    /// The attribute.
    pub name: &'a str,
    /// The sub-attribute.
    pub sub: Option<&'a str>,
}

impl<'a> AttrPath<'a> {
    /// Reads an attribute path; the whole text must be one.
    ///
    /// # Errors
    /// `invalidPath` if it is none. A dot after the URN's colon is [`Repair::DotAfterUrn`].
    pub fn parse(text: &'a str, profile: Profile, repairs: &mut Repairs) -> Result<Self> {
        let malformed = || ScimError::invalid_path(format!("'{}' is not an attribute path", excerpt(text)));
        let (path, dotted) = split(text).ok_or_else(malformed)?;
        if dotted {
            if !profile.is_tolerant() {
                return Err(malformed());
            }
            repairs.note(Repair::DotAfterUrn);
        }
        Ok(path)
    }
}

impl std::fmt::Display for AttrPath<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(urn) = self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(self.name)?;
        self.sub.map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

/// Splits `[urn:][.]name[.sub]`; the flag tells of the dot after the colon. A version number in the URN has a dot too, so only
/// what follows the last colon is looked at.
fn split(text: &str) -> Option<(AttrPath<'_>, bool)> {
    let (urn, rest) = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("urn:") => {
            let (urn, rest) = text.rsplit_once(':')?;
            (Some(urn).filter(|urn| is_urn(urn)), rest)
        }
        _ => (None, text),
    };
    if urn.is_none() && rest.len() != text.len() {
        return None;
    }
    let (rest, dotted) = match rest.strip_prefix('.') {
        Some(rest) if urn.is_some() => (rest, true),
        _ => (rest, false),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (rest, None),
    };
    let valid = is_name(name) && sub.is_none_or(is_name);
    valid.then_some((AttrPath { urn, name, sub }, dotted))
}

/// ATTRNAME of RFC 7644 Figure 1, and `$ref`, which RFC 7643 §2.4 defines outside that rule.
fn is_name(name: &str) -> bool {
    let bare = name.strip_prefix('$').unwrap_or(name);
    bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && bare.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

fn is_urn(urn: &str) -> bool {
    urn.bytes().all(|c| c.is_ascii_graphic() && !matches!(c, b'"' | b'(' | b')' | b'[' | b']' | b'\\'))
}

/// A client's text in an error: short enough not to repeat a hostile input.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The target of a PATCH operation: `attr`, `attr.sub`, `attr[filter]` or `attr[filter].sub`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path<'a> {
    /// The attribute; its `sub` is set only without a filter.
    pub attr: AttrPath<'a>,
    /// The value filter.
    pub filter: Option<Filter<'a>>,
    /// The sub-attribute after the filter.
    pub sub: Option<&'a str>,
}

impl<'a> Path<'a> {
    /// Reads a PATCH path. A URN alone is no such path: it names a schema, see [`ResourceType::extension`](crate::schema::ResourceType::extension).
    ///
    /// # Errors
    /// `invalidPath` if it is none, `invalidFilter` if the value filter does not parse (RFC 7644 Table 9).
    pub fn parse(text: &'a str, profile: Profile, limits: &Limits, repairs: &mut Repairs) -> Result<Self> {
        let Some(open) = text.find('[') else {
            return Ok(Self { attr: AttrPath::parse(text, profile, repairs)?, filter: None, sub: None });
        };
        let malformed = || ScimError::invalid_path(format!("'{}' is not a path", excerpt(text)));
        let attr = AttrPath::parse(text.get(..open).unwrap_or_default(), profile, repairs)?;
        let inside = text.get(open + 1..).unwrap_or_default();
        let (filter, rest) = filter::parse_bracketed(inside, profile, limits, repairs)?;
        let sub = match rest.strip_prefix('.') {
            Some(sub) if is_name(sub) => Some(sub),
            None if rest.is_empty() => None,
            _ => return Err(malformed()),
        };
        if attr.sub.is_some() {
            return Err(malformed());
        }
        Ok(Self { attr, filter: Some(filter), sub })
    }
}
