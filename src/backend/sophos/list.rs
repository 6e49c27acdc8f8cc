//! Lists: slices of any offset out of numbered pages, look-ups by value and by id.

use std::collections::BTreeSet;

use scim::resource::fold;

use super::client::{Client, PAGE};
use super::ids::{self, IDS_IN_QUERY};
use super::map;
use super::model::Object;
use super::{groups, users};
use crate::backend::{Listing, Native, NativeQuery, Result, Total};
use crate::kernel::{Ctx, Kind};
use crate::outbound::Route;

/// Reads a slice of what matches; see [`crate::backend::Reads::search`].
pub(super) async fn search(
    client: &Client,
    ctx: &Ctx,
    kind: Kind,
    query: &NativeQuery,
    from: u64,
    limit: u64,
) -> Result<Listing> {
    match query {
        NativeQuery::All { having: None } => all(client, ctx, kind, base(kind), from, limit).await,
        // Vendor: no filter says "has an e-mail"; but every e-mail has an @, and search finds substrings.
        NativeQuery::All { having: Some(field) } if field == "email" => {
            let list = base(kind).query("search", "@").query("searchFields", "email");
            all(client, ctx, kind, list, from, limit).await
        }
        NativeQuery::All { having: Some(field) } => {
            Err(ids::unsupported(&format!("no list of those with {field}")))
        }
        NativeQuery::Equals { fields, value } => equals(client, ctx, kind, fields, value, limit).await,
        NativeQuery::Ids(ids) => {
            let rows = by_ids(client, ctx, kind, ids).await?;
            Ok(Listing { total: Total::Exact(rows.len() as u64), rows })
        }
    }
}

/// How many come from no directory, if Sophos says.
pub(super) async fn own(client: &Client, ctx: &Ctx, kind: Kind) -> Result<Option<u64>> {
    Ok(client.page::<Object>(ctx, &base(kind).query("sourceType", "custom"), 1, 1).await?.total)
}

/// Every page of a list.
pub(super) async fn every(client: &Client, ctx: &Ctx, list: &Route) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for number in 1.. {
        let page = client.page::<Object>(ctx, list, number, PAGE).await?;
        let short = (page.items.len() as u64) < PAGE;
        objects.extend(page.items);
        if short || page.total.is_some_and(|total| objects.len() as u64 >= total) {
            break;
        }
    }
    Ok(objects)
}

async fn all(client: &Client, ctx: &Ctx, kind: Kind, list: Route, from: u64, limit: u64) -> Result<Listing> {
    let size = page_size(from, limit);
    let mut rows: Vec<Native> = Vec::new();
    let mut number = from / size;
    loop {
        let page = client.page::<Object>(ctx, &list, number + 1, size).await?;
        let place = client.place(ctx).await?;
        let start = number * size;
        let end = start + page.items.len() as u64;
        let short = end < start + size;
        let skip = usize::try_from(from.saturating_sub(start)).unwrap_or(usize::MAX);
        let room = usize::try_from(limit).unwrap_or(usize::MAX) - rows.len();
        rows.extend(
            page.items.into_iter().skip(skip).take(room).map(|object| map::native(kind, object, &place)),
        );
        if short || rows.len() as u64 == limit || page.total.is_some_and(|total| end >= total) {
            let total = match page.total {
                Some(total) => Total::Exact(total),
                None if short && end > start => Total::Exact(end),
                None => Total::AtLeast(end),
            };
            return Ok(Listing { rows, total });
        }
        number += 1;
    }
}

/// A page size with which one page holds the whole slice, where there is one; else the largest.
fn page_size(from: u64, limit: u64) -> u64 {
    let Some(last) = limit.checked_sub(1).and_then(|more| from.checked_add(more)) else {
        return 1;
    };
    (limit..=PAGE).find(|size| from / size == last / size).unwrap_or(PAGE)
}

/// Vendor: search finds substrings, whatever their case, and there is no equality filter. Compared folded here, for every
/// field: SCIM compares these attributes so, and the caller looks again.
async fn equals(
    client: &Client,
    ctx: &Ctx,
    kind: Kind,
    fields: &[String],
    value: &str,
    limit: u64,
) -> Result<Listing> {
    let wanted = fold(value);
    let mut rows: Vec<Native> = Vec::new();
    if wanted.is_empty() || fields.is_empty() || limit == 0 {
        return Ok(Listing { rows, total: Total::Exact(0) });
    }
    let list = base(kind).query("search", value).csv("searchFields", fields.iter().map(String::as_str));
    let is_wanted = |native: &Native| {
        fields
            .iter()
            .any(|field| native.attrs.get(field).and_then(|v| v.as_str()).is_some_and(|v| fold(v) == wanted))
    };
    let size = PAGE.min(limit);
    let mut seen = 0;
    for number in 1.. {
        let page = client.page::<Object>(ctx, &list, number, size).await?;
        let place = client.place(ctx).await?;
        let got = page.items.len() as u64;
        let room = limit - seen;
        let hits = page.items.into_iter().take(usize::try_from(room).unwrap_or(usize::MAX));
        rows.extend(hits.map(|object| map::native(kind, object, &place)).filter(is_wanted));
        seen += got.min(room);
        let ended = page.total.map_or(got < size, |total| seen >= total || got < size);
        if ended && got <= room {
            return Ok(Listing { total: Total::Exact(rows.len() as u64), rows });
        }
        if seen >= limit {
            break;
        }
    }
    Ok(Listing { total: Total::AtLeast(rows.len() as u64), rows })
}

/// Those that exist of `ids`; ids that can't be Sophos's cost no call.
pub(super) async fn by_ids(client: &Client, ctx: &Ctx, kind: Kind, ids: &[String]) -> Result<Vec<Native>> {
    let ids: BTreeSet<&str> = ids.iter().map(String::as_str).filter(|id| ids::is_native_id(id)).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut rows = Vec::new();
    for chunk in ids.chunks(IDS_IN_QUERY) {
        let list = base(kind).csv("ids", chunk.iter().copied());
        let page = client.page::<Object>(ctx, &list, 1, PAGE).await?;
        let place = client.place(ctx).await?;
        let asked = |object: &Object| chunk.iter().any(|id| id.eq_ignore_ascii_case(&object.id));
        rows.extend(page.items.into_iter().filter(asked).map(|object| map::native(kind, object, &place)));
    }
    Ok(rows)
}

fn base(kind: Kind) -> Route {
    Route::new(match kind {
        Kind::User => users::PATH,
        Kind::Group => groups::PATH,
    })
}
