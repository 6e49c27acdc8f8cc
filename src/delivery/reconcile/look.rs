//! What there is natively: by id in batches, and by name for whoever is not there under the own id.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use serde_json::Value;

use crate::backend::{Native, NativeQuery};
use crate::delivery::{Delivery, Failure};
use crate::kernel::{Ctx, Kind};
use crate::store::Shadow;

/// So many hits of a look-up by name are looked at.
const LOOK_UP_LIMIT: u64 = 300;
/// One step of a comparison takes so long at most; a backend that is busy is waited for.
const STEP: Duration = Duration::from_secs(300);

/// What there is natively of a resource.
pub(super) enum There {
    /// The object that the row links.
    Itself(Native),
    /// Another one, which no row links.
    Instead(Native),
    /// So many others.
    Several(usize),
    /// Nothing.
    Nobody,
}

impl Delivery {
    /// Time for one more step.
    pub(super) fn step(&self, ctx: &Ctx) -> Ctx {
        ctx.carried_on(&*self.clock, STEP)
    }

    /// The objects that rows link, by native id.
    pub(super) async fn linked(
        &self,
        ctx: &Ctx,
        kind: Kind,
        rows: &[Shadow],
    ) -> Result<HashMap<String, Native>, Failure> {
        let ids = rows.iter().filter_map(|row| row.native.as_ref()).map(|at| at.id.clone()).collect();
        self.by_ids(ctx, kind, ids).await
    }

    /// The objects with these ids that exist.
    pub(super) async fn by_ids(
        &self,
        ctx: &Ctx,
        kind: Kind,
        ids: Vec<String>,
    ) -> Result<HashMap<String, Native>, Failure> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let (ctx, limit) = (self.step(ctx), ids.len() as u64);
        let found = self.backend.search(&ctx, kind, &NativeQuery::Ids(ids), 0, limit).await;
        let rows = found.map_err(Failure::Refused)?.rows;
        Ok(rows.into_iter().map(|native| (native.at.id.clone(), native)).collect())
    }

    /// What there is natively of one resource. `read` are the objects of [`Delivery::linked`], `taken` those that another
    /// row of the plan is to be linked to.
    pub(super) async fn there(
        &self,
        ctx: &Ctx,
        row: &Shadow,
        read: &mut HashMap<String, Native>,
        taken: &HashSet<String>,
    ) -> Result<There, Failure> {
        if let Some(at) = &row.native {
            if let Some(native) = read.remove(&at.id) {
                return Ok(There::Itself(native));
            }
            // A list can leave somebody out; only a read by id says that nobody is there.
            let found = self.backend.get(&self.step(ctx), row.kind, at, Default::default()).await;
            if let Some(native) = found.map_err(Failure::Refused)? {
                return Ok(There::Itself(native));
            }
        }
        let mut others = self.like(ctx, row).await?;
        others.retain(|native| !taken.contains(&native.at.id));
        Ok(match others.len() {
            0 => There::Nobody,
            1 => others.pop().map_or(There::Nobody, There::Instead),
            several => There::Several(several),
        })
    }

    /// The objects that no row links and that have one of the names by which this one is known natively.
    ///
    /// # Errors
    /// [`Failure::Refused`] if the backend can't be asked.
    pub(in crate::delivery) async fn like(&self, ctx: &Ctx, row: &Shadow) -> Result<Vec<Native>, Failure> {
        let match_on = self.backend.capabilities().of(row.kind).match_on;
        let wished = match row.kind {
            Kind::User => self.desired_anew(row),
            Kind::Group => self.backend.desired(row.kind, &row.document),
        };
        let text = |value: Option<&Value>| value?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let names =
            match_on.iter().flat_map(|field| [text(row.projection.get(field)), text(wished.get(field))]);
        let names: BTreeSet<String> = names.flatten().collect();
        let mut found = HashMap::new();
        for value in names {
            let fields = match_on.iter().map(|field| (*field).to_owned()).collect();
            let query = NativeQuery::Equals { fields, value };
            let hits = self.backend.search(&self.step(ctx), row.kind, &query, 0, LOOK_UP_LIMIT).await;
            found
                .extend(hits.map_err(Failure::Refused)?.rows.into_iter().map(|hit| (hit.at.id.clone(), hit)));
        }
        let ids: Vec<String> = found.keys().cloned().collect();
        for linked in self.store.by_natives(&self.target, row.kind, &ids).await? {
            linked.native.as_ref().and_then(|at| found.remove(&at.id));
        }
        let mut there = Vec::new();
        for native in found.into_values() {
            // A list can show somebody who is gone.
            let now = self.backend.get(&self.step(ctx), row.kind, &native.at, Default::default()).await;
            there.extend(now.map_err(Failure::Refused)?);
        }
        there.sort_by(|a, b| a.at.id.cmp(&b.at.id));
        Ok(there)
    }
}
