//! Parked people who exist natively again: a device log-in or an administrator has made them anew.
//!
//! Nothing tells us, so that once a day everybody is listed. Only an object that no shadow links and that bears a parked
//! person's userName counts.

use std::time::Duration;

use scim::resource::fold;

use super::core::Core;
use super::settings::{DeactivatePolicy, OnResurrection};
use crate::backend::{Deactivate, Native, NativeQuery, Total};
use crate::delivery::Failure;
use crate::kernel::{Ctx, Kind};
use crate::store::{Shadow, State};
use crate::telemetry::AlarmKind;

/// How often everybody is listed, and how often one person is parked again at most.
pub(super) const A_DAY: Duration = Duration::from_secs(24 * 3600);
/// So many are asked for at once.
const PAGE: u64 = 100;

impl Core {
    /// Looks at everybody, and parks again who has to be.
    ///
    /// # Errors
    /// [`Failure::Refused`] if the backend can't be asked, [`Failure::Store`].
    pub(super) async fn look_for_the_resurrected(&self, ctx: &Ctx) -> Result<(), Failure> {
        let is_parked = [State::Parked];
        let parked = self.store().count_in(self.target(), Kind::User, &is_parked).await?;
        if self.caps().deactivate == Deactivate::Native || parked == 0 {
            return Ok(());
        }
        let mut from = 0;
        loop {
            let everybody = NativeQuery::All { having: None };
            let page = self.backend().search(ctx, Kind::User, &everybody, from, PAGE).await;
            let page = page.map_err(Failure::Refused)?;
            from += page.rows.len() as u64;
            let ended = page.rows.is_empty() || matches!(page.total, Total::Exact(total) if from >= total);
            for (person, native) in self.resurrected(page.rows).await? {
                self.end_again(ctx, person, native).await?;
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// Those of some native people who bear a parked person's name, and are nobody's.
    async fn resurrected(&self, natives: Vec<Native>) -> Result<Vec<(Shadow, Native)>, Failure> {
        let ids: Vec<String> = natives.iter().map(|native| native.at.id.clone()).collect();
        let linked = self.store().by_natives(self.target(), Kind::User, &ids).await?;
        let buried = self.buried(Kind::User).await?;
        let is_linked = |native: &Native| {
            linked.iter().any(|row| row.native.as_ref().is_some_and(|at| at.id == native.at.id))
        };
        let mut found = Vec::new();
        for native in natives {
            if is_linked(&native) || native.is_inactive() || buried.contains(&native.at.id) {
                continue;
            }
            let names = self.caps().user.match_on.iter();
            let names: Vec<String> =
                names.filter_map(|field| Some(fold(native.attrs.get(field)?.as_str()?))).collect();
            for name in names {
                let person = self.store().by_key(self.target(), Kind::User, &name).await?;
                if let Some(person) = person.filter(|person| person.state == State::Parked) {
                    found.push((person, native));
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn end_again(&self, ctx: &Ctx, person: Shadow, native: Native) -> Result<(), Failure> {
        // The row was last changed when the person was parked, or by a client since.
        let lately = person.modified.plus(A_DAY) > self.delivery.clock.now();
        // `reject` destroys nothing, parked before or not.
        let ends_nobody = self.settings.deactivate == DeactivatePolicy::Reject;
        if lately || ends_nobody || self.settings.on_resurrection == OnResurrection::Report {
            let what = "a deactivated person exists in the product again, with access; end it there, or reactivate the user";
            self.delivery.alarm(AlarmKind::Resurrected, &ctx.request, &person.scim_id, what);
            return Ok(());
        }
        self.delivery.drift(&person.scim_id, "active");
        match self.delivery.repark(ctx, &person.scim_id, native.at, self).await {
            // Journalled, or told to an operator.
            Err(Failure::Pending(_) | Failure::Refused(_)) => Ok(()),
            other => other,
        }
    }
}
