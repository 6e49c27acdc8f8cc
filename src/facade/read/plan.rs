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
    /// By what the client calls it: the shadow's links, where the backend keeps no externalId.
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

/// So many look-ups are made for one query at most; a scan is cheaper than more of them.
const LOOK_UPS: usize = 20;

impl Core {
    /// The cheapest sources that together give every match of a filter: one look-up, one for each alternative of an `or`, or
    /// a scan.
    pub(super) fn plan(&self, kind: Kind, filter: Option<&Bound>) -> Vec<Source> {
        let Some(filter) = filter else { return vec![Source::Scan] };
        if let Some(source) = self.look_up_of(kind, &filter.equalities()) {
            return vec![source];
        }
        for alternatives in filter.alternatives() {
            let look_ups = alternatives.iter().map(|equalities| self.look_up_of(kind, equalities));
            match look_ups.collect::<Option<Vec<Source>>>() {
                Some(sources) if sources.len() <= LOOK_UPS => return sources,
                _ => {}
            }
        }
        vec![Source::Scan]
    }

    /// The cheapest look-up that gives everything which fulfils all these equalities, if there is one.
    fn look_up_of(&self, kind: Kind, equalities: &[Equality<'_>]) -> Option<Source> {
        let text = |attribute: &str| find(equalities, attribute);
        let key = if kind == Kind::User { "userName" } else { "displayName" };
        if let Some(id) = text("id") {
            return Some(Source::Id(ScimId::new(id)));
        }
        if let Some(name) = text("externalId") {
            return Some(match self.caps().of(kind).external_id {
                Some(field) => Source::Field { scim: "externalId", field, value: name },
                None => Source::ExternalId(name),
            });
        }
        if let Some(name) = text(key) {
            return Some(Source::Key(name));
        }
        let pushed = self.caps().of(kind).pushdown.iter();
        for pushdown in pushed {
            if let Some(value) = text(pushdown.scim) {
                return Some(Source::Field { scim: pushdown.scim, field: pushdown.field, value });
            }
        }
        match (kind, text("members.value")) {
            (Kind::Group, Some(user)) => Some(Source::GroupsOf(ScimId::new(user))),
            _ => None,
        }
    }
}

fn find(equalities: &[Equality<'_>], attribute: &str) -> Option<String> {
    let term = equalities.iter().find(|term| term.attribute == attribute)?;
    term.value.as_str().map(str::to_owned)
}
