//! What a query with a filter or an order finds: all candidates, the whole filter on each, in order.

use std::cmp::Ordering;
use std::collections::HashMap;

use scim::error::ScimError;
use scim::query::{SortKey, SortOrder};
use scim::resource::{Seen, Shown};
use serde::{Deserialize, Serialize};

use super::super::core::Core;
use super::super::error;
use super::super::target::Request;
use super::candidates::too_many;
use super::list::Part;
use super::render::{Rendered, is_listed};
use super::row::Row;
use crate::backend::{Neighbour, Want};
use crate::kernel::Kind;

/// At most so many objects are read one by one for one query, where lists don't tell what it looks at.
const READS: u64 = 100;

/// A resource that matches.
pub(super) struct Found {
    /// Its index among the parts of the query.
    part: usize,
    row: Row,
    rendered: Rendered,
    /// Where it stands.
    pub place: Place,
}

/// Where a match stands among all of them. It stays there while it does not change, whatever becomes of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    key: Option<SortKey>,
    rank: u8,
    id: String,
    kind: Kind,
}

impl Place {
    /// Sorted: by the attribute, then by id. Else as unfiltered lists are: people, then groups; each in native id order, and
    /// parked people last.
    fn of(part: &Part<'_>, row: &Row, seen: &Seen<'_>) -> Self {
        let kind = part.kind;
        if let Some(sort) = &part.sort {
            let key = sort.key(seen);
            return Self { key, rank: 0, id: row.id().as_str().to_owned(), kind };
        }
        let rank = u8::from(kind == Kind::Group) * 2 + u8::from(row.native.is_none());
        let id = match &row.native {
            Some(native) => native.at.id.clone(),
            None => row.id().as_str().to_owned(),
        };
        Self { key: None, rank, id, kind }
    }

    /// Which of two comes first.
    pub fn compare(&self, other: &Self, order: SortOrder) -> Ordering {
        let by_key = order.compare(self.key.as_ref(), other.key.as_ref());
        by_key.then_with(|| (self.rank, &self.id, self.kind).cmp(&(other.rank, &other.id, other.kind)))
    }
}

impl Core {
    /// Everything that matches, in order.
    pub(super) async fn found(
        &self,
        request: &Request,
        parts: &[Part<'_>],
        order: SortOrder,
    ) -> Result<Vec<Found>, ScimError> {
        let mut found = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let mut rows = self.candidates(request, part.kind, part.filter.as_ref()).await?;
            if self.caps().list_tells.is_some_and(|tells| part.looks_beyond(tells.attributes)) {
                self.read_strangers(request, part.kind, &mut rows).await?;
            }
            let relations = part.looks_at_relation();
            if relations && part.kind == Kind::User {
                self.with_groups(request, &mut rows).await?;
            }
            let rendered = self.render(request, part.kind, &rows, relations).await?;
            for (row, rendered) in rows.into_iter().zip(rendered) {
                let seen = rendered.seen();
                if part.filter.as_ref().is_none_or(|filter| filter.matches(&seen)) {
                    let place = Place::of(part, &row, &seen);
                    found.push(Found { part: number, row, rendered, place });
                }
            }
        }
        found.sort_by(|one, other| one.place.compare(&other.place, order));
        Ok(found)
    }

    /// Reads the groups of those people whose list entry does not tell them all: what is not known is never taken for none.
    async fn with_groups(&self, request: &Request, rows: &mut [Row]) -> Result<(), ScimError> {
        let untold = |row: &&mut Row| row.native.as_ref().is_some_and(|native| native.groups.is_none());
        if self.caps().groups_by_members {
            let staff = self.staff(request).await?;
            for row in rows {
                let groups = row.native_id().and_then(|id| staff.get(id)).cloned().unwrap_or_default();
                match &mut row.native {
                    Some(native) => native.groups = native.groups.take().or(Some(groups)),
                    None => row.groups = groups,
                }
            }
            return Ok(());
        }
        let mut reads = 0;
        for native in rows.iter_mut().filter(untold).filter_map(|row| row.native.as_mut()) {
            reads += 1;
            if reads > READS {
                return Err(too_many(READS));
            }
            let read = self.backend().get(&request.ctx, Kind::User, &native.at, Want { groups: true }).await;
            let read = read.map_err(|e| error::read(&request.client, &e))?;
            native.groups = read.map_or_else(|| Some(Vec::new()), |read| read.groups);
        }
        Ok(())
    }

    /// Reads those of whom there is only a list's row, which does not tell what the query looks at.
    async fn read_strangers(&self, request: &Request, kind: Kind, rows: &mut [Row]) -> Result<(), ScimError> {
        let strangers: Vec<&mut Row> = rows.iter_mut().filter(|row| row.is_partial).collect();
        if strangers.len() as u64 > READS {
            return Err(too_many(READS));
        }
        for row in strangers {
            let Some(at) = row.native.as_ref().map(|native| native.at.clone()) else { continue };
            let read = self.backend().get(&request.ctx, kind, &at, Want::default()).await;
            // Whoever is gone by now is shown as listed.
            let read = read.map_err(|e| error::read(&request.client, &e))?;
            row.is_partial = read.is_none();
            row.native = read.or_else(|| row.native.take());
        }
        Ok(())
    }

    /// The groups of everybody who is in one, by native id, where only the groups tell: every group is read.
    pub(super) async fn staff(
        &self,
        request: &Request,
    ) -> Result<HashMap<String, Vec<Neighbour>>, ScimError> {
        let mut staff: HashMap<String, Vec<Neighbour>> = HashMap::new();
        for group in self.bounded(request, Kind::Group, &self.everything(Kind::Group), READS).await? {
            let members = match group.members.clone() {
                Some(members) => members.into_iter().map(|member| member.at).collect(),
                None => {
                    let all = self.delivery.all_members(&request.ctx, &group.at).await;
                    all.map_err(|e| error::read(&request.client, &e))?
                }
            };
            let name = self.backend().present(Kind::Group, &group).display_name().map(str::to_owned);
            let group = Neighbour { at: group.at, name, locked: None };
            members.into_iter().for_each(|at| staff.entry(at.id).or_default().push(group.clone()));
        }
        Ok(staff)
    }

    /// Matches as they are answered. Relations that the query did not look at are read for these alone.
    pub(super) async fn shown(
        &self,
        request: &Request,
        parts: &[Part<'_>],
        mut found: Vec<Found>,
    ) -> Result<Vec<Shown>, ScimError> {
        for (number, part) in parts.iter().enumerate() {
            let wanted = is_listed(part.kind, part.projection);
            let is_own = |one: &Found| one.part == number;
            if !wanted {
                found
                    .iter_mut()
                    .filter(|one| is_own(one))
                    .for_each(|one| one.rendered.resource.relation = None);
            } else if !part.looks_at_relation() {
                let rows: Vec<&Row> = found.iter().filter(|one| is_own(one)).map(|one| &one.row).collect();
                let related = self.related(request, part.kind, &rows).await?;
                let own = found.iter_mut().filter(|one| is_own(one));
                own.zip(related).for_each(|(one, related)| one.rendered.relate(part.kind, related));
            }
        }
        let projected = |one: Found| Some(one.rendered.resource.shown(parts.get(one.part)?.projection));
        Ok(found.into_iter().filter_map(projected).collect())
    }
}
