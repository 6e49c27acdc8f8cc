//! Lists: slices, look-ups by value and by id.

use std::collections::HashSet;

use scim::resource::fold;
use serde_json::Value;

use super::Tenant;
use super::ids;
use super::map;
use super::pages::PAGE;
use crate::backend::{ErrorKind, Listing, Native, NativeQuery, NativeRef, Result, Total};
use crate::kernel::{Ctx, Kind};

/// So many rows are looked through where no filter can find a value.
const SCAN: u64 = 1000;

impl Tenant {
    /// Reads a slice of what matches; see [`crate::backend::Reads::search`].
    pub(super) async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        match query {
            NativeQuery::All { having: None } => self.all(ctx, kind, from, limit).await,
            NativeQuery::All { having: Some(field) } => {
                Err(ids::unsupported(&format!("no list of those with {field}")))
            }
            NativeQuery::Equals { fields, value } => self.equal(ctx, kind, fields, value, limit).await,
            NativeQuery::Ids(ids) => self.by_ids(ctx, kind, ids).await,
        }
    }

    /// Those that exist of `ids`. Vendor: nothing filters by id, so that each is a call.
    async fn by_ids(&self, ctx: &Ctx, kind: Kind, ids: &[String]) -> Result<Listing> {
        let mut rows = Vec::new();
        for id in ids.iter().collect::<HashSet<_>>() {
            rows.extend(self.get(ctx, kind, &NativeRef::new(id.as_str())).await?);
        }
        Ok(Listing { total: Total::Exact(rows.len() as u64), rows })
    }

    async fn equal(
        &self,
        ctx: &Ctx,
        kind: Kind,
        fields: &[String],
        value: &str,
        limit: u64,
    ) -> Result<Listing> {
        let mut found = Listing { rows: Vec::new(), total: Total::Exact(0) };
        if value.is_empty() || limit == 0 {
            return Ok(found);
        }
        let mut is_all = true;
        for field in fields {
            let more = match map::filtered(kind, field) {
                Some(attribute) => self.having(ctx, kind, attribute, value, limit).await?,
                None if kind == Kind::User && field == map::EMAIL => self.by_email(ctx, value, limit).await?,
                None => return Err(ids::unsupported(&format!("no look-up by {field}"))),
            };
            is_all &= matches!(more.total, Total::Exact(_));
            let is_new = |row: &Native| found.rows.iter().all(|known| known.at != row.at);
            let new: Vec<Native> = more.rows.into_iter().filter(is_new).collect();
            found.rows.extend(new);
        }
        let count = found.rows.len() as u64;
        found.total = if is_all { Total::Exact(count) } else { Total::AtLeast(count) };
        Ok(found)
    }

    /// Objects in which an attribute equals a value. Every row is looked at again: a server that does not understand a filter
    /// may leave it aside.
    async fn having(
        &self,
        ctx: &Ctx,
        kind: Kind,
        attribute: &'static str,
        value: &str,
        limit: u64,
    ) -> Result<Listing> {
        // Vendor: whether a quotation mark can be escaped is not known.
        if value.contains(['"', '\\']) || value.contains(char::is_control) {
            return self.scanned(ctx, kind, attribute, value).await;
        }
        let Some(found) = self.filtered(ctx, kind, attribute, value, limit).await? else {
            return self.scanned(ctx, kind, attribute, value).await;
        };
        if found.rows.is_empty() && attribute != "externalId" && !self.manners.lists(kind).any_case.holds() {
            return self.in_another_case(ctx, kind, attribute, value, limit).await;
        }
        Ok(found)
    }

    /// What the server's own filter finds; `None` if it does not filter.
    async fn filtered(
        &self,
        ctx: &Ctx,
        kind: Kind,
        attribute: &'static str,
        value: &str,
        limit: u64,
    ) -> Result<Option<Listing>> {
        let count = limit.min(PAGE);
        let filter = format!("{attribute} eq \"{value}\"");
        let slice = self.slice(ctx, kind, Some(&filter), 1, count).await?;
        if !slice.rows.iter().all(|row| equals(row, attribute, value)) {
            return Ok(None);
        }
        let got = slice.rows.len() as u64;
        let more = slice.total.is_some_and(|total| total > got);
        let total = if more { Total::AtLeast(got) } else { Total::Exact(got) };
        Ok(Some(Listing { rows: slice.rows, total }))
    }

    /// Looks again for a name that was not found as it was spelled. Names are the same in any case here; whether they are there
    /// is learnt from a name that exists.
    async fn in_another_case(
        &self,
        ctx: &Ctx,
        kind: Kind,
        attribute: &'static str,
        value: &str,
        limit: u64,
    ) -> Result<Listing> {
        let nothing = Listing { rows: Vec::new(), total: Total::Exact(0) };
        let lower = value.to_lowercase();
        if lower == value.to_uppercase() {
            return Ok(nothing);
        }
        if self.finds_any_case(ctx, kind, attribute).await? != Some(false) {
            return Ok(nothing);
        }
        if lower != value
            && let Some(found) = self.filtered(ctx, kind, attribute, &lower, limit).await?
            && !found.rows.is_empty()
        {
            return Ok(found);
        }
        // Too many to look through, or no way to: the server's word has to do.
        match self.scanned(ctx, kind, attribute, value).await {
            Ok(scanned) if matches!(scanned.total, Total::Exact(_)) => Ok(scanned),
            Err(error) if error.kind != ErrorKind::Unusable => Err(error),
            _ => Ok(nothing),
        }
    }

    /// Whether names are found whatever their case: learnt from a name that exists. `None` where there is none yet.
    pub(super) async fn finds_any_case(
        &self,
        ctx: &Ctx,
        kind: Kind,
        attribute: &'static str,
    ) -> Result<Option<bool>> {
        let any_case = &self.manners.lists(kind).any_case;
        if any_case.learnt().is_none() {
            let somebody = self.slice(ctx, kind, None, 1, 1).await?;
            let name = somebody.rows.first().and_then(|row| row.attrs.get(attribute)).and_then(Value::as_str);
            let Some((name, swapped)) = name.and_then(|name| Some((name, swapped(name)?))) else {
                return Ok(None);
            };
            let is_found = |found: Option<Listing>| found.is_some_and(|found| !found.rows.is_empty());
            if is_found(self.filtered(ctx, kind, attribute, &swapped, 1).await?) {
                any_case.learn(true);
            } else if is_found(self.filtered(ctx, kind, attribute, name, 1).await?) {
                // Whoever has the name has it still.
                any_case.learn(false);
            }
        }
        Ok(any_case.learnt())
    }

    /// Looks through the rows of the list.
    pub(super) async fn scanned(
        &self,
        ctx: &Ctx,
        kind: Kind,
        attribute: &'static str,
        value: &str,
    ) -> Result<Listing> {
        let everything = self.all(ctx, kind, 0, SCAN).await?;
        let is_whole = matches!(everything.total, Total::Exact(total) if total <= SCAN);
        let rows: Vec<Native> =
            everything.rows.into_iter().filter(|row| equals(row, attribute, value)).collect();
        let count = rows.len() as u64;
        Ok(Listing { rows, total: if is_whole { Total::Exact(count) } else { Total::AtLeast(count) } })
    }
}

/// externalId is compared as it is, names are folded.
pub(super) fn equals(row: &Native, attribute: &str, value: &str) -> bool {
    let have = row.attrs.get(attribute).and_then(Value::as_str);
    have.is_some_and(|have| have == value || (attribute != "externalId" && fold(have) == fold(value)))
}

/// A name with the case of its letters changed; `None` if that makes no difference.
fn swapped(name: &str) -> Option<String> {
    let plain = name.is_ascii() && !name.contains(['"', '\\']);
    let other =
        |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let swapped: String = name.chars().map(other).collect();
    (plain && swapped != name).then_some(swapped)
}
