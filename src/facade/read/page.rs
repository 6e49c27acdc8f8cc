//! Lists without a filter: native rows in id order, linked people whom the native list leaves out, then parked people in
//! SCIM-id order. Totals count exactly these.

use scim::error::ScimError;
use scim::query::Projection;

use super::super::core::Core;
use super::super::error;
use super::super::target::{Page, Request};
use super::list::PARKED;
use super::row::Row;
use crate::backend::{Native, Total};
use crate::kernel::Kind;
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
        let failed = |e| error::store(&request.client, &e);
        let from = start_index - 1;
        let (natives, native_total) = self.native_slice(request, kind, from, count).await?;
        let missed = self.people_without_email(request, kind).await?;
        let parked_total = self.store().count_in(self.target(), kind, &PARKED).await.map_err(failed)?;
        let fetched = natives.len() as u64;
        let mut rows = self.linked(request, kind, natives).await?;
        let hidden = fetched - rows.len() as u64;
        let mut total = native_total - hidden.min(native_total) + missed.len() as u64 + parked_total;

        // The whole native list is here: what it does not show yet can be told apart.
        if from == 0 && fetched == native_total {
            let fresh = self.not_yet_listed(request, kind, &rows, &missed).await?;
            total += fresh.len() as u64;
            rows.extend(fresh);
        }
        let after_native = from.saturating_sub(native_total);
        let room = count.saturating_sub(rows.len() as u64);
        let missed_total = missed.len() as u64;
        let missed = missed.into_iter().skip(index(after_native)).take(index(room)).collect();
        rows.extend(self.linked(request, kind, missed).await?);

        let room = count.saturating_sub(rows.len() as u64);
        if room > 0 {
            let parked_from = after_native.saturating_sub(missed_total);
            let parked = self
                .store()
                .in_states(self.target(), kind, &PARKED, parked_from, room)
                .await
                .map_err(failed)?;
            rows.extend(parked.into_iter().map(|shadow| Row::new(Some(shadow), None)));
        }
        rows.truncate(index(count));
        let relation = if kind == Kind::User { "groups" } else { "members" };
        let wanted = if kind == Kind::User { projection.wants(relation) } else { projection.asked(relation) };
        let rendered = self.render(request, kind, rows, wanted).await?;
        let resources = rendered.into_iter().map(|resource| projection.apply(resource.body)).collect();
        Ok(Page { total, start_index, resources })
    }

    /// A slice of the native list, and how long the list is. Even a page of nothing has to know the length.
    async fn native_slice(
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
        rows: &[Row],
        missed: &[Native],
    ) -> Result<Vec<Row>, ScimError> {
        let fresh = self.store().overlays(self.target(), kind, self.delivery.clock.now()).await;
        let fresh = fresh.map_err(|e| error::store(&request.client, &e))?;
        let listed = |native: &str| {
            rows.iter().filter_map(|row| row.native.as_ref()).chain(missed).any(|shown| shown.at.id == native)
        };
        let unseen = fresh.into_iter().filter(|shadow| {
            shadow.state == State::Live && shadow.native.as_ref().is_some_and(|at| !listed(&at.id))
        });
        Ok(unseen.map(Row::from_record).collect())
    }
}

/// A count as an index; past what memory can hold it is the end.
fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
