//! Lists (RFC 7644 §3.4.2, §3.4.3), of one kind or of all: how a query is understood, and its pages.

use scim::error::ScimError;
use scim::filter::{self, Bound};
use scim::limits::Limits;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection, SortBy};
use scim::repairs::Repairs;
use scim::schema::ResourceType;

use super::super::core::Core;
use super::super::target::{Covered, Page, Request};
use super::cursor::{Bookmark, Position};
use super::render::relation;
use crate::kernel::Kind;

/// A query, as one kind of resource understands it.
pub(super) struct Part<'q> {
    /// The kind.
    pub kind: Kind,
    /// What is shown.
    pub projection: &'q Projection,
    /// Which of them; `None` for all.
    pub filter: Option<Bound>,
    /// The attribute that they are sorted by, if they have it.
    pub sort: Option<SortBy>,
}

impl Part<'_> {
    /// Whether it looks at attributes of people other than these, apart from those that no backend holds.
    pub fn looks_beyond(&self, told: &[&str]) -> bool {
        let is_other = |name: &str| {
            !told.contains(&name) && !["id", "externalId", "meta", "schemas", "groups"].contains(&name)
        };
        let filtered =
            self.filter.as_ref().is_some_and(|filter| filter.attributes().into_iter().any(is_other));
        let sorted = self.sort.as_ref().is_some_and(|sort| is_other(sort.attribute()));
        self.kind == Kind::User && (filtered || sorted)
    }

    /// Whether the relation to other resources has to be known of every candidate, which costs calls or queries.
    pub fn looks_at_relation(&self) -> bool {
        let relation = relation(self.kind);
        self.filter.as_ref().is_some_and(|filter| filter.attributes().contains(&relation))
            || self.sort.as_ref().is_some_and(|sort| sort.attribute() == relation)
    }
}

impl Core {
    /// Answers a list of these kinds: people first, then groups, or sorted across both.
    pub async fn list(
        &self,
        request: &Request,
        covered: &[Covered],
        query: &ListQuery,
    ) -> Result<Page, ScimError> {
        let (parts, repairs) = self.parts(request.client.profile, covered, query)?;
        for repairs in repairs.iter().flatten() {
            self.delivery.repairs(&request.ctx, repairs);
        }
        let bookmark = self.bookmark(request, covered, query).await?;
        // A walk goes on after an id: what does not come in that order is sorted first.
        let is_sorted = bookmark.is_some() && self.caps().own_order;
        let is_evaluated = query.filter.is_some() || query.sort_by.is_some() || is_sorted;
        match (bookmark, is_evaluated) {
            (None, false) => self.pages(request, &parts, query).await,
            (None, true) => {
                let found = self.found(request, &parts, query.sort_order).await?;
                let total = found.len() as u64;
                let from = index(query.start_index - 1).min(found.len());
                let page =
                    found.into_iter().skip(from).take(index(count(query, &self.settings.limits))).collect();
                let resources = self.shown(request, &parts, page).await?;
                Ok(Page { total, start_index: Some(query.start_index), resources, next_cursor: None })
            }
            (Some(bookmark), false) => self.walked(request, &parts, bookmark).await,
            (Some(bookmark), true) => self.found_after(request, &parts, query, bookmark).await,
        }
    }

    /// The pages of each kind, one after the other, as if they were one list.
    async fn pages(
        &self,
        request: &Request,
        parts: &[Part<'_>],
        query: &ListQuery,
    ) -> Result<Page, ScimError> {
        let (start, count) = (query.start_index, count(query, &self.settings.limits));
        let end = start.saturating_add(count);
        let (mut total, mut resources) = (0, Vec::new());
        for part in parts {
            let from = start.max(total + 1);
            let room = end.saturating_sub(from).min(count);
            let page = self.page(request, part.kind, from - total, room, part.projection).await?;
            total += page.total;
            resources.extend(page.resources);
        }
        Ok(Page { total, start_index: Some(start), resources, next_cursor: None })
    }

    async fn found_after(
        &self,
        request: &Request,
        parts: &[Part<'_>],
        query: &ListQuery,
        bookmark: Bookmark,
    ) -> Result<Page, ScimError> {
        let mut found = self.found(request, parts, query.sort_order).await?;
        let total = found.len() as u64;
        if let Some(Position::Found(last)) = &bookmark.position {
            found.retain(|one| one.place.compare(last, query.sort_order).is_gt());
        }
        let has_more = found.len() > index(bookmark.count);
        found.truncate(index(bookmark.count));
        let last = found.last().filter(|_| has_more).map(|one| Position::Found(one.place.clone()));
        let resources = self.shown(request, parts, found).await?;
        let next_cursor = self.next_cursor(&bookmark, last).await?;
        Ok(Page { total, start_index: None, resources, next_cursor })
    }

    /// The query as each kind understands it, and the repairs that it took. What a kind lacks has no value there; kinds of
    /// which nothing can match are left out.
    pub(super) fn parts<'q>(
        &self,
        profile: Profile,
        covered: &'q [Covered],
        query: &ListQuery,
    ) -> Result<(Vec<Part<'q>>, [Option<Repairs>; 2]), ScimError> {
        let others: Vec<&ResourceType> = covered.iter().map(|one| &**self.resource_type(one.kind)).collect();
        let (mut filters, mut sorts) = (ByAny::default(), ByAny::default());
        let mut parts = Vec::with_capacity(covered.len());
        for Covered { kind, projection } in covered {
            let understood =
                |text| filters.take(|repairs| self.understood((profile, *kind), &others, text, repairs));
            let sort_by =
                |text| sorts.take(|repairs| SortBy::parse(text, self.resource_type(*kind), profile, repairs));
            let sort = query.sort_by.as_deref().and_then(sort_by);
            let filter = match query.filter.as_deref().map(understood) {
                None => None,
                Some(Some(filter)) if !filter.matches_nothing() => Some(filter),
                Some(_) => continue,
            };
            parts.push(Part { kind: *kind, projection, filter, sort });
        }
        Ok((parts, [filters.repairs()?, sorts.repairs()?]))
    }

    /// A filter, read and bound to the kind's attributes, in a query that covers the others, too.
    fn understood(
        &self,
        (profile, kind): (Profile, Kind),
        others: &[&ResourceType],
        text: &str,
        repairs: &mut Repairs,
    ) -> Result<Bound, ScimError> {
        let filter = filter::parse(text, profile, &self.settings.limits, repairs)?;
        filter.bind_among(self.resource_type(kind), others, profile, repairs)
    }
}

/// Whether any of several kinds understands a text. The repairs are those of the first that does.
#[derive(Default)]
struct ByAny {
    repaired: Option<Repairs>,
    refused: Option<ScimError>,
}

impl ByAny {
    /// What one kind understands of it.
    fn take<T>(&mut self, read: impl FnOnce(&mut Repairs) -> Result<T, ScimError>) -> Option<T> {
        let mut repairs = Repairs::default();
        match read(&mut repairs) {
            Ok(read) => {
                self.repaired.get_or_insert(repairs);
                Some(read)
            }
            Err(error) => {
                self.refused.get_or_insert(error);
                None
            }
        }
    }

    /// The repairs that it took, if it was read at all; the first error, if none understands it.
    fn repairs(self) -> Result<Option<Repairs>, ScimError> {
        match (self.repaired, self.refused) {
            (None, Some(error)) => Err(error),
            (repaired, _) => Ok(repaired),
        }
    }
}

/// How many resources a page has at most.
pub(super) fn count(query: &ListQuery, limits: &Limits) -> u64 {
    query.count.unwrap_or(limits.page_default).min(limits.page_max)
}

/// A count as an index; past what memory can hold it is the end.
pub(super) fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
