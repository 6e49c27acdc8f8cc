//! Reading the directory.

use std::collections::BTreeSet;

use super::directory::{Id, Row, Shelf};
use super::{Inner, Memory, neighbours};
use crate::backend::{
    BackendError, ErrorKind, Listing, MemberPage, Native, NativeQuery, NativeRef, Result, Sent, Total, Want,
};
use crate::kernel::Kind;

/// How many members a slice has.
const PAGE: usize = 100;

impl Memory {
    pub(super) fn find(&self, inner: &Inner, kind: Kind, at: &NativeRef, want: Want) -> Option<Native> {
        let row = inner.directory.shelf(kind).get(&at.id).filter(|row| self.is_seen(row))?;
        let mut native = self.native(inner, kind, NativeRef::new(at.id.as_str()), row);
        let is_wanted = want.groups && kind == Kind::User && !self.capabilities.groups_by_members;
        if is_wanted && native.groups.is_none() {
            native.groups = Some(neighbours(inner, kind, row.links.iter()));
        }
        Some(native)
    }

    pub(super) fn list(
        &self,
        inner: &Inner,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        let shelf = inner.directory.shelf(kind);
        let native = |(id, row): (Id, &Row)| self.listed(inner, kind, id, row);
        let (from, limit) = (size(from), size(limit));
        match query {
            NativeQuery::All { having: None } if self.capabilities.own_order => {
                let newest = self.seen(shelf, 0).collect::<Vec<_>>().into_iter().rev();
                let rows = newest.skip(from).take(limit).map(native).collect();
                Ok(Listing { rows, total: self.count_seen(shelf) })
            }
            NativeQuery::All { having: None } => {
                let rows = self.seen(shelf, from).take(limit).map(native).collect();
                Ok(Listing { rows, total: self.count_seen(shelf) })
            }
            NativeQuery::All { having: Some(field) } => {
                let hits: Vec<_> =
                    self.seen(shelf, 0).filter(|(_, row)| row.attrs.contains_key(field)).collect();
                let rows = hits.iter().skip(from).take(limit).copied().map(native).collect();
                Ok(Listing { rows, total: exactly(hits.len()) })
            }
            NativeQuery::Equals { fields, value } => {
                let mut hits = self.equal(inner, kind, fields, value);
                hits.retain(|id| shelf.row(*id).is_some_and(|row| self.is_seen(row)));
                let total =
                    if hits.len() > limit { Total::AtLeast(limit as u64) } else { exactly(hits.len()) };
                let rows = hits.into_iter().take(limit);
                let rows = rows.filter_map(|id| Some(self.listed(inner, kind, id, shelf.row(id)?))).collect();
                Ok(Listing { rows, total })
            }
            NativeQuery::Ids(ids) => {
                let ids: BTreeSet<Id> = ids.iter().filter_map(|id| Id::parse(id)).collect();
                let found = ids.into_iter().filter_map(|id| Some((id, shelf.row(id)?)));
                let rows: Vec<Native> = found.filter(|(_, row)| self.is_seen(row)).map(native).collect();
                Ok(Listing { total: exactly(rows.len()), rows })
            }
        }
    }

    /// Those whom lists show, in id order, without the first ones.
    fn seen<'s>(&'s self, shelf: &'s Shelf, without: usize) -> impl Iterator<Item = (Id, &'s Row)> {
        // Where nobody is out of sight, the first ones are not looked at.
        let (unseen, seen) = if self.capabilities.hides_inactive { (0, without) } else { (without, 0) };
        shelf.iter(unseen).filter(|(_, row)| self.is_seen(row)).skip(seen)
    }

    fn count_seen(&self, shelf: &Shelf) -> Total {
        exactly(if self.capabilities.hides_inactive { self.seen(shelf, 0).count() } else { shelf.len() })
    }

    /// A row of a list.
    fn listed(&self, inner: &Inner, kind: Kind, id: Id, row: &Row) -> Native {
        let mut native = self.native(inner, kind, id.to_ref(), row);
        let is_listed = |field: &str| self.capabilities.is_listed(kind, field);
        if !native.attrs.keys().all(is_listed) {
            native.attrs.retain(|field, _| is_listed(field));
        }
        native
    }

    /// The ids of the objects in which one of `fields` equals `value`: by the index where it has the field.
    fn equal(&self, inner: &Inner, kind: Kind, fields: &[String], value: &str) -> BTreeSet<Id> {
        let shelf = inner.directory.shelf(kind);
        let mut hits = BTreeSet::new();
        if value.is_empty() {
            return hits;
        }
        for field in fields {
            if field == shelf.key() {
                hits.extend(shelf.find(value));
                continue;
            }
            let wanted = value.into();
            let caps = self.capabilities.of(kind);
            let equal = |row: &Row| caps.same(field, row.attrs.get(field), Some(&wanted));
            hits.extend(shelf.iter(0).filter(|(_, row)| equal(row)).map(|(id, _)| id));
        }
        hits
    }
}

/// A slice of a group's members, in id order.
pub(super) fn members(inner: &Inner, group: &NativeRef, from: u64) -> Result<MemberPage> {
    let missing = || BackendError::new(ErrorKind::NotFound, Sent::Rejected, "no such group");
    let row = inner.directory.shelf(Kind::Group).get(&group.id).ok_or_else(missing)?;
    let end = size(from).saturating_add(PAGE);
    let members = neighbours(inner, Kind::Group, row.links.iter().skip(size(from)).take(PAGE));
    Ok(MemberPage { members, next: (end < row.links.len()).then_some(end as u64) })
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn exactly(count: usize) -> Total {
    Total::Exact(count as u64)
}
