//! Slices of a list, out of pages that hold as many rows as the server likes.
//!
//! Vendor: no order is promised, the largest page is not told, and one client says that `startIndex` is ignored. Before a list
//! is continued it is tried out, once: where pages don't behave, the list is read to its end, each row once.

use std::collections::{BTreeMap, HashSet};

use super::Tenant;
use super::ids;
use super::map;
use super::model::Counter;
use crate::backend::{BackendError, ErrorKind, Listing, Native, Result, Sent, Total};
use crate::kernel::{Ctx, Kind};

/// As many rows as every server that was ever seen gives.
pub(super) const PAGE: u64 = 100;
/// A list whose pages don't behave is read up to so many rows.
const MOST: u64 = 5000;
/// So often a list is tried out.
const TRIES: u32 = 2;
/// So many pages in a row may bring nothing new.
const BARREN: u32 = 3;

/// One page as it was understood: rows without an id are left out.
pub(super) struct Slice {
    pub rows: Vec<Native>,
    /// How many there are in all, as the server says.
    pub total: Option<u64>,
}

impl Tenant {
    /// One page of a list.
    pub(super) async fn slice(
        &self,
        ctx: &Ctx,
        kind: Kind,
        filter: Option<&str>,
        start: u64,
        count: u64,
    ) -> Result<Slice> {
        let page = self.client.page(ctx, kind, filter, start, count).await?;
        let has_id = |row: &super::model::Object| row.id.as_deref().is_some_and(ids::is_native_id);
        let rows = page.rows.unwrap_or_default().into_iter().filter(has_id);
        let rows = rows.map(|row| map::native(kind, row)).collect();
        Ok(Slice { rows, total: page.total.as_ref().and_then(Counter::get) })
    }

    /// Rows `from .. from + limit` of everything, in the server's order.
    pub(super) async fn all(&self, ctx: &Ctx, kind: Kind, from: u64, limit: u64) -> Result<Listing> {
        if self.manners.lists(kind).pages.fails() {
            return self.all_by_id(ctx, kind, from, limit).await;
        }
        let first = self.slice(ctx, kind, None, from + 1, limit.min(PAGE)).await?;
        let is_short = from == 0 && limit > 1 && first.rows.len() < 2;
        if self.manners.lists(kind).pages.learnt().is_none()
            && !is_short
            && !self.pages_behave(ctx, kind, from, &first).await?
        {
            return self.all_by_id(ctx, kind, from, limit).await;
        }
        self.continued(ctx, kind, from, limit, first).await
    }

    /// Page after page, until there are enough rows or no more.
    async fn continued(&self, ctx: &Ctx, kind: Kind, from: u64, limit: u64, first: Slice) -> Result<Listing> {
        let (mut rows, mut seen): (Vec<Native>, HashSet<String>) = Default::default();
        let mut slice = first;
        loop {
            let at = from + rows.len() as u64;
            let got = slice.rows.len() as u64;
            let total = slice.total.unwrap_or(at + got);
            let before = rows.len();
            rows.extend(slice.rows.into_iter().filter(|row| seen.insert(row.at.id.clone())));
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let has = rows.len() as u64;
            if got == 0 || has == limit || from + has >= total {
                return Ok(Listing { rows, total: Total::Exact(total) });
            }
            if rows.len() == before {
                return Err(repeated());
            }
            slice = self.slice(ctx, kind, None, from + has + 1, (limit - has).min(PAGE)).await?;
        }
    }

    /// Tries out whether the second row is where it should be, and the total is the same. Nothing is learnt of a list with
    /// fewer rows; and one that changes meanwhile is looked at again.
    async fn pages_behave(&self, ctx: &Ctx, kind: Kind, from: u64, first: &Slice) -> Result<bool> {
        let mut behaves = from == 0 && self.goes_on_as(ctx, kind, first).await?;
        for _ in 0..TRIES {
            if behaves {
                break;
            }
            let start = self.slice(ctx, kind, None, 1, 2).await?;
            if start.rows.len() < 2 {
                return Ok(true);
            }
            behaves = self.goes_on_as(ctx, kind, &start).await?;
        }
        self.manners.lists(kind).pages.learn(behaves);
        Ok(behaves)
    }

    /// Whether the second page of one row is as the first rows are.
    async fn goes_on_as(&self, ctx: &Ctx, kind: Kind, start: &Slice) -> Result<bool> {
        let Some(second) = start.rows.get(1) else { return Ok(false) };
        let again = self.slice(ctx, kind, None, 2, 1).await?;
        Ok(again.total == start.total && again.rows.first().is_some_and(|row| row.at == second.at))
    }

    /// The same where pages don't behave: everything is read, and ordered by id.
    async fn all_by_id(&self, ctx: &Ctx, kind: Kind, from: u64, limit: u64) -> Result<Listing> {
        let mut rows: BTreeMap<String, Native> = BTreeMap::new();
        let (mut barren, mut most) = (0, 0);
        while barren < BARREN {
            let has = rows.len() as u64;
            let slice = self.slice(ctx, kind, None, has + 1, PAGE).await?;
            let got = slice.rows.len() as u64;
            most = most.max(slice.total.unwrap_or(0));
            rows.extend(slice.rows.into_iter().map(|row| (row.at.id.clone(), row)));
            if rows.len() as u64 > MOST {
                return Err(repeated());
            }
            // A total that is larger than the page it is told with is no length of a page.
            let is_whole = slice.total.is_some_and(|total| rows.len() as u64 >= total && total > got);
            if got == 0 || is_whole {
                break;
            }
            barren = if rows.len() as u64 == has { barren + 1 } else { 0 };
        }
        let total = rows.len() as u64;
        if total < most {
            return Err(repeated());
        }
        let skip = usize::try_from(from).unwrap_or(usize::MAX);
        let take = usize::try_from(limit).unwrap_or(usize::MAX);
        let rows = rows.into_values().skip(skip).take(take).collect();
        Ok(Listing { rows, total: Total::Exact(total) })
    }
}

/// Going on would never end, or would show some twice and others not at all.
fn repeated() -> BackendError {
    BackendError::new(ErrorKind::Unusable, Sent::Rejected, "the list repeats itself")
}
