//! Lists without a filter: native rows in id order, linked people whom the native list leaves out, then parked people in
//! SCIM-id order. Totals count exactly these.

use std::collections::HashSet;

use scim::error::ScimError;
use scim::query::Projection;
use scim::resource::Shown;

use super::super::core::Core;
use super::super::error;
use super::super::target::{Page, Request};
use super::candidates::PARKED;
use super::list::index;
use super::render::is_listed;
use super::row::Row;
use crate::backend::{Native, Total};
use crate::kernel::{Kind, ScimId};
use crate::store::State;

impl Core {
    /// One page of everything.
    pub(super) async fn page(
        &self,
        request: &Request,
        kind: Kind,
        start_index: u64,
        count: u64,
        projection: &Projection,
    ) -> Result<Page, ScimError> {
        let from = start_index - 1;
        let (natives, native_total) = self.native_slice(request, kind, from, count).await?;
        let missed = self.people_without_email(request, kind).await?;
        let missed = self.linked(request, kind, missed).await?;
        let missed_total = missed.len() as u64;
        let fetched = natives.len() as u64;
        let mut rows = self.linked(request, kind, natives).await?;
        let hidden = fetched - rows.len() as u64;
        // The whole native list is here: what it does not show can be told apart.
        let whole = from == 0 && fetched == native_total;
        let shown = whole.then(|| rows.iter().chain(&missed).map(Row::id).collect());
        let parked = self.parked(request, kind, shown.as_ref()).await?;
        let mut total = native_total - hidden.min(native_total) + missed_total + parked.total;
        if let Some(shown) = &shown {
            let fresh = self.not_yet_listed(request, kind, shown).await?;
            total += fresh.len() as u64;
            rows.extend(fresh);
        }
        let after_native = from.saturating_sub(native_total);
        let room = count.saturating_sub(rows.len() as u64);
        rows.extend(missed.into_iter().skip(index(after_native)).take(index(room)));

        let room = count.saturating_sub(rows.len() as u64);
        if room > 0 {
            let parked_from = after_native.saturating_sub(missed_total);
            rows.extend(self.parked_slice(request, kind, &parked, parked_from, room).await?);
        }
        rows.truncate(index(count));
        let resources = self.listed(request, kind, &rows, projection).await?;
        Ok(Page { total, start_index: Some(start_index), resources, next_cursor: None })
    }

    /// Rows as a list shows them.
    pub(super) async fn listed(
        &self,
        request: &Request,
        kind: Kind,
        rows: &[Row],
        projection: &Projection,
    ) -> Result<Vec<Shown>, ScimError> {
        let rendered = self.render(request, kind, rows, is_listed(kind, projection)).await?;
        Ok(rendered.into_iter().map(|rendered| rendered.resource.shown(projection)).collect())
    }

    /// A slice of the native list, and how long the list is. Even a page of nothing has to know the length.
    pub(super) async fn native_slice(
        &self,
        request: &Request,
        kind: Kind,
        from: u64,
        count: u64,
    ) -> Result<(Vec<Native>, u64), ScimError> {
        let listing =
            self.backend().search(&request.ctx, kind, &self.everything(kind), from, count.max(1)).await;
        let mut listing = listing.map_err(|e| error::read(&request.client, &e))?;
        listing.rows.truncate(index(count));
        let total = match listing.total {
            Total::Exact(total) | Total::AtLeast(total) => total,
        };
        Ok((listing.rows, total))
    }

    /// Live resources that were written a moment ago and that the complete native list does not show.
    async fn not_yet_listed(
        &self,
        request: &Request,
        kind: Kind,
        shown: &HashSet<ScimId>,
    ) -> Result<Vec<Row>, ScimError> {
        let fresh = self.store().overlays(self.target(), kind, self.delivery.clock.now()).await;
        let fresh = fresh.map_err(|e| error::store(&request.client, &e))?;
        let unseen = fresh.into_iter().filter(|shadow| {
            shadow.state.is_native() && shadow.native.is_some() && !shown.contains(&shadow.scim_id)
        });
        Ok(unseen.map(Row::from_record).collect())
    }

    /// The people whom no native row shows. `shown`: all that do have a row, where the whole native list is here. A part
    /// of it does not tell; who is on the way between the two and has a native id then counts as shown.
    pub(super) async fn parked(
        &self,
        request: &Request,
        kind: Kind,
        shown: Option<&HashSet<ScimId>>,
    ) -> Result<Parked, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let all = self.store().count_in(self.target(), kind, &PARKED).await.map_err(failed)?;
        if all == 0 {
            return Ok(Parked::default());
        }
        let between = self.store().in_states(self.target(), kind, &BETWEEN, 0, all).await.map_err(failed)?;
        let elsewhere: Vec<ScimId> = between
            .into_iter()
            .filter(|shadow| match shown {
                Some(shown) => shown.contains(&shadow.scim_id),
                None => shadow.native.is_some(),
            })
            .map(|shadow| shadow.scim_id.clone())
            .collect();
        Ok(Parked { total: all.saturating_sub(elsewhere.len() as u64), elsewhere })
    }

    /// Some of the parked people, in SCIM-id order.
    async fn parked_slice(
        &self,
        request: &Request,
        kind: Kind,
        parked: &Parked,
        from: u64,
        room: u64,
    ) -> Result<Vec<Row>, ScimError> {
        // The store counts those who have a native row too: each of them moves the rest by one at most.
        let more = room + parked.elsewhere.len() as u64;
        let stored = self.store().in_states(self.target(), kind, &PARKED, from, more).await;
        let stored = stored.map_err(|e| error::store(&request.client, &e))?;
        let rows = stored.into_iter().zip(from..).filter(|(shadow, at)| {
            let before = parked.elsewhere.iter().filter(|id| **id < shadow.scim_id).count() as u64;
            let at = at.saturating_sub(before);
            !parked.elsewhere.contains(&shadow.scim_id) && (from..from + room).contains(&at)
        });
        Ok(rows.map(|(shadow, _)| Row::new(Some(shadow), None)).collect())
    }
}

/// Those of [`PARKED`] who may have a native object.
pub(super) const BETWEEN: [State; 2] = [State::Parking, State::Unparking];

/// The people whom no native row shows.
#[derive(Default)]
pub(super) struct Parked {
    /// How many.
    pub total: u64,
    /// Those of [`PARKED`] who do have one.
    pub elsewhere: Vec<ScimId>,
}
