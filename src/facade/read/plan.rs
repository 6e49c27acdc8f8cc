//! Planning a query: what the shadow answers, what the backend answers, what is left to look at one by one.
//!
//! Every plan gives a superset of the matches; each row is checked against the whole filter afterwards.

use scim::error::ScimError;
use scim::filter::{Bound, Equality};
use scim::profile::Profile;
use scim::repairs::Repairs;

use super::super::core::Core;
use super::list::LOOK_UP_LIMIT;
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

/// How a query is answered, in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct QueryPlan {
    /// What the shadow answers.
    pub shadow: String,
    /// What the backend is asked.
    pub backend: String,
    /// The attributes of the filter that is evaluated here, on each candidate.
    pub here: Vec<String>,
    /// Past how many objects the query is refused; `None` where it can't be.
    pub bound: Option<u64>,
}

impl Core {
    /// How a query is answered. Asks nobody.
    ///
    /// # Errors
    /// 400 for a filter that can't be understood.
    pub fn query_plan(
        &self,
        profile: Profile,
        kind: Kind,
        filter: Option<&str>,
    ) -> Result<QueryPlan, ScimError> {
        let Some(filter) = filter else {
            let shadow = "people and groups without a native object, after the native ones".to_owned();
            let backend = format!("the page of {} that is asked for, in native id order", kind.endpoint());
            return Ok(QueryPlan { shadow, backend, here: Vec::new(), bound: None });
        };
        let filter = self.understood(profile, kind, filter, &mut Repairs::default())?;
        let source = self.plan(kind, &filter);
        let here = filter.attributes().into_iter().map(str::to_owned).collect();
        let (shadow, backend) = self.in_words(kind, &source);
        Ok(QueryPlan { shadow, backend, here, bound: self.limit(&source) })
    }

    fn in_words(&self, kind: Kind, source: &Source) -> (String, String) {
        let one_by_one = || "a read by id of each".to_owned();
        match source {
            Source::Id(_) => ("which native object has this id".to_owned(), one_by_one()),
            Source::ExternalId(_) => ("what this client calls so".to_owned(), one_by_one()),
            Source::Key(_) => {
                let key = if kind == Kind::User { "userName" } else { "displayName" };
                let fields = self.caps().of(kind).match_on.join(", ");
                (
                    format!("whose {key} it is"),
                    format!("a read by id; if nobody is known by it: whose {fields} it is"),
                )
            }
            Source::Field { scim, field, .. } => {
                (format!("who has it as any {scim}, and our latest writes"), format!("whose {field} it is"))
            }
            Source::GroupsOf(_) => (
                "the groups that a parked person is kept in".to_owned(),
                "the groups of the person".to_owned(),
            ),
            Source::Scan => (
                "people and groups without a native object".to_owned(),
                format!("all {}, page by page", kind.endpoint()),
            ),
        }
    }

    fn limit(&self, source: &Source) -> Option<u64> {
        match source {
            Source::Key(_) | Source::Field { .. } => Some(LOOK_UP_LIMIT),
            Source::Scan => Some(self.settings.scan_limit),
            Source::Id(_) | Source::ExternalId(_) | Source::GroupsOf(_) => None,
        }
    }
}

fn find(equalities: &[Equality], attribute: &str) -> Option<String> {
    let term = equalities.iter().find(|term| term.attribute == attribute)?;
    term.value.as_str().map(str::to_owned)
}
