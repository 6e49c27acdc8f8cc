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
    #[inline]
    pub fn parse(text: &'a str, profile: Profile, repairs: &mut Repairs) -> Result<Self> {
        match split_names(text) {
            Some(path) => Ok(path),
            None => Self::parse_urn(text, profile, repairs),
        }
    }

    fn parse_urn(text: &'a str, profile: Profile, repairs: &mut Repairs) -> Result<Self> {
        let malformed = || ScimError::invalid_path(format!("'{}' is not an attribute path", excerpt(text)));
        let (path, dotted) = split_urn(text).ok_or_else(malformed)?;
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

/// Splits `urn:[.]name[.sub]`; the flag tells of the dot after the colon.
fn split_urn(text: &str) -> Option<(AttrPath<'_>, bool)> {
    text.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("urn:"))?;
    // A version number in the URN has a dot too, so only what follows the last colon is looked at.
    let (urn, rest) = text.rsplit_once(':').filter(|(urn, _)| is_urn(urn))?;
    let names = rest.strip_prefix('.').unwrap_or(rest);
    let path = AttrPath { urn: Some(urn), ..split_names(names)? };
    Some((path, names.len() < rest.len()))
}

/// Splits `name[.sub]`.
#[inline]
fn split_names(text: &str) -> Option<AttrPath<'_>> {
    let (name, rest) = leading_name(text)?;
    if rest.is_empty() {
        return Some(AttrPath { urn: None, name, sub: None });
    }
    let sub = rest.strip_prefix('.').filter(|sub| is_name(sub))?;
    Some(AttrPath { urn: None, name, sub: Some(sub) })
}

/// The name that a text begins with, and the rest: ATTRNAME of RFC 7644 Figure 1, and `$ref`, which RFC 7643 §2.4 defines
/// outside that rule.
#[inline]
fn leading_name(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let start = usize::from(bytes.first() == Some(&b'$'));
    bytes.get(start).filter(|first| first.is_ascii_alphabetic())?;
    let belongs = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    let end = bytes.iter().skip(start).position(|c| !belongs(c)).map_or(bytes.len(), |length| start + length);
    text.split_at_checked(end)
}

fn is_name(text: &str) -> bool {
    leading_name(text).is_some_and(|(_, rest)| rest.is_empty())
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
