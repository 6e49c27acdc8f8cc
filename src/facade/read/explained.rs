//! How a query is answered, in words.

use scim::error::ScimError;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};

use super::super::core::Core;
use super::super::target::Covered;
use super::candidates::LOOK_UP_LIMIT;
use super::list::Part;
use super::plan::Source;
use crate::kernel::Kind;

/// How the part of a query that is about one kind is answered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct QueryPlan {
    /// The kind: `Users` or `Groups`.
    pub of: &'static str,
    /// What the shadow answers.
    pub shadow: String,
    /// What the backend is asked.
    pub backend: String,
    /// The attributes of the filter that is evaluated here, on each candidate.
    pub here: Vec<String>,
    /// The attribute by which all that match are sorted here.
    pub sorted_by: Option<String>,
    /// How the page is cut out of the list.
    pub page: &'static str,
    /// Past how many objects the query is refused; `None` where it can't be.
    pub bound: Option<u64>,
}

impl Core {
    /// How a list of these kinds is answered, kind by kind; those of which nothing can match are left out. Asks
    /// nobody.
    ///
    /// # Errors
    /// 400 for a filter or an order that can't be understood.
    pub fn query_plan(
        &self,
        profile: Profile,
        kinds: &[Kind],
        query: &ListQuery,
    ) -> Result<Vec<QueryPlan>, ScimError> {
        let covered =
            |kind: &Kind| Covered { kind: *kind, projection: Projection::all(self.resource_type(*kind)) };
        let covered: Vec<Covered> = kinds.iter().map(covered).collect();
        let (parts, _) = self.parts(profile, &covered, query)?;
        Ok(parts.iter().map(|part| self.part_in_words(part, query)).collect())
    }

    fn part_in_words(&self, part: &Part<'_>, query: &ListQuery) -> QueryPlan {
        let (kind, of) = (part.kind, part.kind.endpoint());
        let by_cursor = query.cursor.is_some();
        if query.filter.is_none() && query.sort_by.is_none() {
            return QueryPlan {
                of,
                shadow: "people and groups without a native object, after the native ones".to_owned(),
                backend: format!("the page of {of} that is asked for, in native id order"),
                here: Vec::new(),
                sorted_by: None,
                page: match by_cursor {
                    true => {
                        "by cursor: after the last native id, with one row more to see whether any was taken away"
                    }
                    false => "by index",
                },
                bound: None,
            };
        }
        let sources = self.plan(kind, part.filter.as_ref());
        let words: Vec<(String, String)> = sources.iter().map(|source| self.in_words(kind, source)).collect();
        let joined = |all: Vec<&str>| {
            let mut once: Vec<&str> = Vec::new();
            for one in all {
                if !once.contains(&one) {
                    once.push(one);
                }
            }
            let times =
                if sources.len() > 1 { format!("{} look-ups: ", sources.len()) } else { String::new() };
            format!("{times}{}", once.join("; "))
        };
        let here = part.filter.iter().flat_map(|filter| filter.attributes()).map(str::to_owned).collect();
        QueryPlan {
            of,
            shadow: joined(words.iter().map(|(shadow, _)| shadow.as_str()).collect()),
            backend: joined(words.iter().map(|(_, backend)| backend.as_str()).collect()),
            here,
            sorted_by: part.sort.as_ref().map(|sort| sort.attribute().to_owned()),
            page: match by_cursor {
                true => "by cursor: after the last one in order, of all that match now",
                false => "by index, of all that match now",
            },
            bound: sources.iter().filter_map(|source| self.limit(source)).reduce(|sum, more| sum + more),
        }
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
