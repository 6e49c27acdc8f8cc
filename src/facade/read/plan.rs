//! Planning a query: what the shadow answers, what the backend answers, what is left to look at one by one.
//!
//! Every plan gives a superset of the matches; each row is checked against the whole filter afterwards.

use scim::filter::{Bound, Equality};

use super::super::core::Core;
use crate::kernel::{Kind, ScimId};

/// Where the candidates of a query come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// One resource by SCIM id.
    Id(ScimId),
    /// By userName or displayName: the shadow's key, and unlinked objects by the `match_on` fields.
    Key(String),
    /// By what the client calls it: the shadow's links.
    ExternalId(String),
    /// By a native field.
    Field {
        /// The SCIM attribute that it answers.
        scim: &'static str,
        /// The native field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// The groups of one person.
    GroupsOf(ScimId),
    /// All of them, up to the scan limit.
    Scan,
}

impl Core {
    /// The cheapest source that gives every match of a filter.
    pub(super) fn plan(&self, kind: Kind, filter: &Bound) -> Source {
        let equalities = filter.equalities();
        let text = |attribute: &str| find(&equalities, attribute);
        let key = if kind == Kind::User { "userName" } else { "displayName" };
        if let Some(id) = text("id") {
            return Source::Id(ScimId::new(id));
        }
        if let Some(name) = text("externalId") {
            return Source::ExternalId(name);
        }
        if let Some(name) = text(key) {
            return Source::Key(name);
        }
        let pushed = self.caps().of(kind).pushdown.iter();
        for pushdown in pushed {
            if let Some(value) = text(pushdown.scim) {
                return Source::Field { scim: pushdown.scim, field: pushdown.field, value };
            }
        }
        match (kind, text("members.value")) {
            (Kind::Group, Some(user)) => Source::GroupsOf(ScimId::new(user)),
            _ => Source::Scan,
        }
    }
}

fn find(equalities: &[Equality], attribute: &str) -> Option<String> {
    let term = equalities.iter().find(|term| term.attribute == attribute)?;
    term.value.as_str().map(str::to_owned)
}
