//! A list of everything, page by page by cursor. Native rows in id order, linked people whom the native list leaves out, then
//! parked people in SCIM-id order, as in pages by index.
//!
//! A page starts after an id, not at an index: who is made or deleted meanwhile moves nobody to another page. What was written
//! a moment ago and is not listed natively yet stands where it will be listed.

use std::collections::HashSet;

use scim::error::ScimError;
use serde::{Deserialize, Serialize};

use super::super::core::Core;
use super::super::error;
use super::super::target::{Page, Request};
use super::candidates::PARKED;
use super::cursor::{Bookmark, Position};
use super::list::{Part, index};
use super::page::{BETWEEN, Parked};
use super::row::Row;
use crate::backend::{Native, NativeQuery};
use crate::kernel::{Kind, ScimId};
use crate::store::Shadow;

/// A place in the list of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Spot {
    kind: Kind,
    segment: Segment,
    /// The id after which it is: native, of parked people the SCIM id. Empty: the start.
    last: String,
    /// How many native rows come before it, as far as was known.
    offset: u64,
}

/// The parts of a list, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Segment {
    Native,
    WithoutEmail,
    Parked,
}

impl Spot {
    fn start(kind: Kind) -> Self {
        Self { kind, segment: Segment::Native, last: String::new(), offset: 0 }
    }

    fn at(&self, segment: Segment, last: &str) -> Self {
        Self { kind: self.kind, segment, last: last.to_owned(), offset: 0 }
    }

    /// After which id a segment goes on; `None` for one that is over.
    fn within(&self, segment: Segment) -> Option<&str> {
        match self.segment.cmp(&segment) {
            std::cmp::Ordering::Less => Some(""),
            std::cmp::Ordering::Equal => Some(&self.last),
            std::cmp::Ordering::Greater => None,
        }
    }
}

/// Some of the list of one kind: rows, each with the spot after it.
struct Stretch {
    rows: Vec<(Spot, Row)>,
    /// Where the rest starts, if there is any.
    rest: Option<Spot>,
    total: u64,
}

/// Native objects after an id.
struct Natives {
    rows: Vec<Native>,
    /// How many come before the first of `rows`.
    offset: u64,
    has_more: bool,
    total: u64,
}

impl Core {
    /// One page of everything, after a bookmark.
    pub(super) async fn walked(
        &self,
        request: &Request,
        parts: &[Part<'_>],
        bookmark: Bookmark,
    ) -> Result<Page, ScimError> {
        let from = match &bookmark.position {
            Some(Position::Listed(spot)) => Some(spot),
            _ => None,
        };
        let (mut total, mut resources, mut rest) = (0, Vec::new(), None);
        for part in parts {
            let kind = part.kind;
            let (is_over, start) = match from {
                Some(spot) if spot.kind == kind => (false, spot.clone()),
                Some(spot) => (kind < spot.kind, Spot::start(kind)),
                None => (false, Spot::start(kind)),
            };
            let is_full = is_over || rest.is_some();
            let room = if is_full { 0 } else { bookmark.count - resources.len() as u64 };
            let stretch = self.stretch(request, &start, room).await?;
            total += stretch.total;
            let rows: Vec<Row> = stretch.rows.into_iter().map(|(_, row)| row).collect();
            resources.extend(self.listed(request, kind, &rows, part.projection).await?);
            if !is_full {
                rest = stretch.rest;
            }
        }
        let next_cursor = self.next_cursor(&bookmark, rest.map(Position::Listed)).await?;
        Ok(Page { total, start_index: None, resources, next_cursor })
    }

    /// At most `room` rows after a spot.
    async fn stretch(&self, request: &Request, from: &Spot, room: u64) -> Result<Stretch, ScimError> {
        let kind = from.kind;
        let (own, own_missed) = self.not_listed_yet(request, kind).await?;
        let mut stretch = match from.segment {
            Segment::Native if room > 0 => self.native_stretch(request, from, room, own).await?,
            _ => {
                let (_, total) = self.native_slice(request, kind, 0, 0).await?;
                Stretch { rows: Vec::new(), rest: None, total }
            }
        };
        let missed = self.people_without_email(request, kind).await?;
        let mut missed = self.linked(request, kind, missed).await?;
        let known: HashSet<String> = missed.iter().map(|row| native_id(row).to_owned()).collect();
        missed.extend(own_missed.into_iter().filter(|row| !known.contains(native_id(row))));
        missed.sort_by(|one, other| native_id(one).cmp(native_id(other)));
        let parked = self.parked(request, kind, None).await?;
        stretch.total += missed.len() as u64 + parked.total;
        if room == 0 {
            stretch.rest = (stretch.total > 0).then(|| from.clone());
            return Ok(stretch);
        }
        if stretch.rest.is_none() {
            if let Some(last) = from.within(Segment::WithoutEmail) {
                let missed =
                    missed.into_iter().map(|row| (from.at(Segment::WithoutEmail, native_id(&row)), row));
                stretch.rows.extend(missed.filter(|(spot, _)| *spot.last > *last));
            }
            // One more than there is room for tells whether there are more.
            let free = (room + 1).saturating_sub(stretch.rows.len() as u64);
            stretch.rows.extend(self.parked_after(request, from, &parked, free).await?);
        }
        if stretch.rows.len() > index(room) {
            stretch.rows.truncate(index(room));
            stretch.rest = stretch.rows.last().map(|(spot, _)| spot.clone());
        }
        Ok(stretch)
    }

    /// Native rows after a spot, and what was written a moment ago and will be listed among them.
    async fn native_stretch(
        &self,
        request: &Request,
        from: &Spot,
        room: u64,
        own: Vec<Row>,
    ) -> Result<Stretch, ScimError> {
        let natives = self.natives_after(request, from, room).await?;
        let ids: Vec<String> = natives.rows.iter().map(|native| native.at.id.clone()).collect();
        let end = ids.last().filter(|_| natives.has_more).cloned();
        let mut rows = self.linked(request, from.kind, natives.rows).await?;
        let hidden = (ids.len() - rows.len()) as u64;
        let own = own.into_iter().filter(|row| {
            let id = native_id(row);
            *id > *from.last
                && end.as_ref().is_none_or(|end| id <= end.as_str())
                && !ids.iter().any(|known| known == id)
        });
        let listed = rows.len();
        rows.extend(own);
        let total = (natives.total + (rows.len() - listed) as u64).saturating_sub(hidden);
        rows.sort_by(|one, other| native_id(one).cmp(native_id(other)));
        let spot = |id: &str| {
            let before = ids.partition_point(|known| known.as_str() <= id) as u64;
            Spot { offset: natives.offset + before, ..from.at(Segment::Native, id) }
        };
        let rows = rows.into_iter().map(|row| (spot(native_id(&row)), row)).collect();
        Ok(Stretch { rows, rest: end.map(|end| spot(&end)), total })
    }

    /// Native objects after a spot, at most `room`; the position in the native list is sought again where it has moved.
    async fn natives_after(&self, request: &Request, from: &Spot, room: u64) -> Result<Natives, ScimError> {
        let kind = from.kind;
        // One row more, at the front: where it is the last one that was shown, nothing before it was taken away.
        let overlap = u64::from(!from.last.is_empty());
        let mut at = from.offset.saturating_sub(overlap);
        let mut back = room;
        let (mut slice, mut total) = self.native_slice(request, kind, at, room + overlap).await?;
        while at > 0 && slice.first().is_none_or(|row| *row.at.id > *from.last) {
            at = at.saturating_sub(back);
            back = back.saturating_mul(2);
            (slice, total) = self.native_slice(request, kind, at, room + overlap).await?;
        }
        let mut rows = Vec::new();
        loop {
            at += slice.len() as u64;
            let is_end = slice.is_empty() || at >= total;
            rows.extend(slice.into_iter().filter(|row| *row.at.id > *from.last));
            let has = rows.len() as u64;
            if has >= room || is_end {
                let beyond = has.saturating_sub(room);
                rows.truncate(index(room));
                return Ok(Natives { rows, offset: at - has, has_more: !is_end || beyond > 0, total });
            }
            back = back.saturating_mul(2);
            (slice, total) = self.native_slice(request, kind, at, back.max(room - has)).await?;
        }
    }

    /// Resources that have a native object which the native list need not show: written a moment ago, or on their way to or
    /// from being parked. Those apart whom it leaves out for want of an e-mail address.
    async fn not_listed_yet(&self, request: &Request, kind: Kind) -> Result<(Vec<Row>, Vec<Row>), ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let hides = matches!(self.everything(kind), NativeQuery::All { having: Some(_) });
        let fresh = self.store().overlays(self.target(), kind, self.delivery.clock.now()).await;
        let fresh = fresh.map_err(failed)?.into_iter().filter(|shadow| shadow.state.is_native());
        let mut rows: Vec<Row> = fresh.map(Row::from_record).collect();
        let all = u64::from(u32::MAX);
        let between = self.store().in_states(self.target(), kind, &BETWEEN, 0, all).await.map_err(failed)?;
        rows.extend(between.into_iter().map(|shadow| Row::new(Some(shadow), None)));
        rows.retain(|row| !native_id(row).is_empty());
        let is_listed = |row: &Row| !hides || row.shadow.as_ref().is_none_or(|shadow| shadow.has_email);
        Ok(rows.into_iter().partition(is_listed))
    }

    /// Parked people after a spot.
    async fn parked_after(
        &self,
        request: &Request,
        from: &Spot,
        parked: &Parked,
        room: u64,
    ) -> Result<Vec<(Spot, Row)>, ScimError> {
        let Some(last) = from.within(Segment::Parked) else { return Ok(Vec::new()) };
        let last = Some(last).filter(|last| !last.is_empty()).map(ScimId::new);
        let more = room + parked.elsewhere.len() as u64;
        let stored =
            self.store().in_states_after(self.target(), from.kind, &PARKED, last.as_ref(), more).await;
        let stored = stored.map_err(|e| error::store(&request.client, &e))?;
        let here = stored.into_iter().filter(|shadow| !parked.elsewhere.contains(&shadow.scim_id));
        let row = |shadow: Shadow| {
            (from.at(Segment::Parked, shadow.scim_id.as_str()), Row::new(Some(shadow), None))
        };
        Ok(here.take(index(room)).map(row).collect())
    }
}

/// The native id of a row; empty if it has none.
fn native_id(row: &Row) -> &str {
    row.native_id().unwrap_or_default()
}
