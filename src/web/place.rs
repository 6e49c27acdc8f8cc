//! What a path names: `/{target}/scim/v2` and what there is below.

use std::borrow::Cow;
use std::str::Utf8Error;

use percent_encoding::percent_decode_str;

use crate::kernel::{Catalogue, Kind};

/// The last part of the address of searches (RFC 7644 §3.4.3).
const SEARCH: &str = ".search";

/// An endpoint of a target.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'p> {
    /// `/Users` or `/Groups`.
    All(Kind),
    /// One of them.
    One(Kind, Cow<'p, str>),
    /// `/.search` below them.
    Search(Kind),
    /// `/.search` at the root.
    SearchAll,
    /// `/Bulk`.
    Bulk,
    /// What tells what the target serves.
    Discovery(Described<'p>),
    /// `/Roles` or `/Entitlements`.
    Offered(Catalogue),
    /// One of them.
    Offer(Catalogue, Cow<'p, str>),
    /// `/Me`.
    Me,
}

/// What stands between a path's slashes, however many there are. Looks at each byte once: for parts of a few letters a searcher for
/// characters costs more to set up than it saves.
pub(super) fn parts(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        while let Some(after) = rest.strip_prefix('/') {
            rest = after;
        }
        let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end)?;
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

/// A part of a path without its percent-encoding.
fn decoded(part: &str, is_plain: bool) -> Result<Cow<'_, str>, Utf8Error> {
    match is_plain {
        true => Ok(Cow::Borrowed(part)),
        false => percent_decode_str(part).decode_utf8(),
    }
}

/// What discovery describes (RFC 7644 §4).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Described<'p> {
    /// `/ServiceProviderConfig`.
    Provider,
    /// `/ResourceTypes`.
    ResourceTypes,
    /// One of them.
    ResourceType(Cow<'p, str>),
    /// `/Schemas`.
    Schemas,
    /// One of them.
    Schema(Cow<'p, str>),
}

impl<'p> Place<'p> {
    /// The name of a target and the endpoint that a path names; none if it names nothing. Doubled and trailing slashes count for
    /// nothing. Percent-encoding is taken off once, after the path was split: any text may come as an id.
    pub(super) fn read(path: &'p str) -> Option<(Cow<'p, str>, Self)> {
        let mut parts = parts(path);
        // Few paths have any.
        let is_plain = !path.as_bytes().contains(&b'%');
        let mut next = || parts.next().map(|part| decoded(part, is_plain)).transpose().ok();
        let target = next()??;
        if next()?? != "scim" || next()?? != "v2" {
            return None;
        }
        let (endpoint, below) = (next()??, next()?);
        next()?.is_none().then_some(())?;
        Some((target, Self::below(&endpoint, below)?))
    }

    fn below(endpoint: &str, id: Option<Cow<'p, str>>) -> Option<Self> {
        if let Some(kind) = Kind::served_at(endpoint) {
            return Some(match id {
                None => Self::All(kind),
                Some(id) if id == SEARCH => Self::Search(kind),
                Some(id) => Self::One(kind, id),
            });
        }
        if let Some(what) = Catalogue::served_at(endpoint) {
            return Some(id.map_or(Self::Offered(what), |id| Self::Offer(what, id)));
        }
        Some(match (endpoint, id) {
            ("ServiceProviderConfig", None) => Self::Discovery(Described::Provider),
            ("ResourceTypes", None) => Self::Discovery(Described::ResourceTypes),
            ("ResourceTypes", Some(name)) => Self::Discovery(Described::ResourceType(name)),
            ("Schemas", None) => Self::Discovery(Described::Schemas),
            ("Schemas", Some(urn)) => Self::Discovery(Described::Schema(urn)),
            ("Bulk", None) => Self::Bulk,
            (SEARCH, None) => Self::SearchAll,
            ("Me", None) => Self::Me,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/t/scim/v2/Users", Place::All(Kind::User))]
    #[case("//t/scim//v2/Groups//", Place::All(Kind::Group))]
    #[case("/t/scim/v2/%55sers/1", Place::One(Kind::User, "1".into()))]
    #[case("/t/scim/v2/Users/a%2Fb%20c%25", Place::One(Kind::User, "a/b c%".into()))]
    #[case("/t/scim/v2/Users/..", Place::One(Kind::User, "..".into()))]
    #[case("/t/scim/v2/Groups/.search", Place::Search(Kind::Group))]
    #[case("/t/scim/v2/.search", Place::SearchAll)]
    #[case("/t/scim/v2/Roles/x", Place::Offer(Catalogue::Roles, "x".into()))]
    #[case("/t/scim/v2/Schemas/urn:a:b", Place::Discovery(Described::Schema("urn:a:b".into())))]
    fn what_there_is(#[case] path: &str, #[case] place: Place<'_>) {
        assert_eq!(Place::read(path), Some((Cow::Borrowed("t"), place)));
    }

    #[rstest]
    #[case("")]
    #[case("/t/scim/v2")]
    #[case("/t/scim/v1/Users")]
    #[case("/t/scim/v2/users")]
    #[case("/t/scim/v2/Bulk/1")]
    #[case("/t/scim/v2/Users/1/2")]
    #[case("/t/scim/v2/Users/%FF")]
    fn what_there_is_not(#[case] path: &str) {
        assert_eq!(Place::read(path), None);
    }
}
