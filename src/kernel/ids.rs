//! Names and ids, each a type of its own so that none can stand in another's place.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The two kinds of resource that every target serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A person (RFC 7643 §4.1).
    User,
    /// A group of people (RFC 7643 §4.2).
    Group,
}

impl Kind {
    /// Every kind, in the order of lists.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// The SCIM resource type's name: `User` or `Group`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The endpoint under a target's base path, without a slash: `Users` or `Groups`.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    /// The kind that is served at an endpoint, as [`endpoint`](Self::endpoint) names it.
    pub fn served_at(endpoint: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.endpoint() == endpoint)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name in the configuration was empty, too long, or held a character that has a meaning in a URL.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is no usable name: take 1 to 64 of a-z, 0-9, '-' and '_'")]
pub struct NameError(String);

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $type(Arc<str>);

        impl $type {
            /// Takes 1 to 64 characters of `a-z 0-9 - _`.
            ///
            /// # Errors
            /// [`NameError`] for anything else.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
                if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
                    return Err(NameError(text.to_owned()));
                }
                Ok(Self(text.into()))
            }

            /// The name's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// One configured backend tenant, served at `/{target}/scim/v2`.
    TargetName
);
name!(
    /// One connection of an identity provider: a credential and its rights.
    ClientName
);

/// The id that SCIM clients see (RFC 7643 §3.1). Stable for the life of the resource, whatever happens natively.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScimId(Arc<str>);

impl ScimId {
    /// Any text may arrive as an id; one that names nothing is simply not found.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id's text, shared.
    pub fn text(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl From<ScimId> for Arc<str> {
    fn from(id: ScimId) -> Self {
        id.0
    }
}

impl fmt::Display for ScimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A backend's own id for an object, and whatever else the backend needs to find it again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NativeRef {
    /// The native id.
    pub id: String,
    /// A second id, opaque to every other room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl NativeRef {
    /// A reference by id alone.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), hint: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_out_what_a_url_would_read() {
        assert!(TargetName::parse("sophos-eu_1").is_ok());
        for bad in ["", "A", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(ClientName::parse(bad).is_err(), "{bad}");
        }
    }
}
