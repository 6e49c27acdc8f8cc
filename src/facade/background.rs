//! What nobody asks for: what was left open is settled, what the settings need is made, parked people who exist again are
//! looked for. A store that was put back from a copy is let alone until it was reconciled.

use std::future::Future;
use std::time::Duration;

use scim::error::ScimError;

use super::core::Core;
use super::error;
use super::resurrection::A_DAY;
use super::service::Facade;
use super::target::Client;
use crate::kernel::{ClientName, Ctx, Kind, Timestamp};
use crate::store::State;
use crate::telemetry::{Alarm, AlarmKind};

/// How often what was left open is looked at.
const SETTLE_EVERY: Duration = Duration::from_secs(60);
/// How long one look may take.
const SETTLE_FOR: Duration = Duration::from_secs(600);

impl Facade {
    /// Settles what was left open, now and every minute, until `stop` is done.
    pub fn start(&self, facade: ClientName, stop: impl Future<Output = ()> + Send + 'static) {
        let core = self.core.clone();
        self.engine.background(async move {
            let rounds = async {
                core.tell_if_restored().await;
                let mut rounds = Rounds::default();
                loop {
                    core.round(&facade, &mut rounds).await;
                    core.delivery.clock.sleep(SETTLE_EVERY).await;
                }
            };
            tokio::select! {
                () = rounds => {}
                () = stop => {}
            }
        });
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    /// One round of settlement: everything that is due at `due`.
    pub async fn settle(&self, facade: &ClientName, due: Timestamp) {
        self.core.settle(facade, due).await;
    }

    /// Looks through everybody once for parked people who exist again.
    pub async fn look_for_the_resurrected(&self, facade: &ClientName) {
        self.core.look_once_a_day(facade, None).await;
    }
}

/// What has been done so far.
#[derive(Default)]
struct Rounds {
    settled: bool,
    prepared: bool,
    looked_at: Option<Timestamp>,
}

impl Core {
    async fn round(&self, facade: &ClientName, rounds: &mut Rounds) {
        // At the start everything that is open is due.
        let due = if rounds.settled { self.delivery.clock.now() } else { Timestamp(i64::MAX) };
        self.settle(facade, due).await;
        rounds.settled = true;
        if !matches!(self.delivery.is_restored().await, Ok(false)) {
            return;
        }
        if !rounds.prepared {
            rounds.prepared = self.prepare(facade).await;
        }
        rounds.looked_at = self.look_once_a_day(facade, rounds.looked_at).await;
    }

    /// A store that was put back from a copy is read-only.
    pub(super) async fn may_write(&self, client: &Client) -> Result<(), ScimError> {
        if self.writable.get().is_some() {
            return Ok(());
        }
        match self.delivery.is_restored().await {
            Ok(false) => {
                self.writable.get_or_init(|| ());
                Ok(())
            }
            Ok(true) => Err(error::restored(client, self.target())),
            Err(failure) => Err(error::write(client, failure)),
        }
    }

    async fn tell_if_restored(&self) {
        if let Ok(true) = self.delivery.is_restored().await {
            self.delivery.telemetry.emit(Alarm {
                kind: AlarmKind::StoreRestored,
                target: Some(self.target().clone()),
                request: "start",
                id: None,
                what: "the store was put back from a backup: the target is read-only until `scim-facade reconcile --plan` was looked at and applied",
            });
        }
    }

    fn own_ctx(&self, what: &str, facade: &ClientName) -> Ctx {
        let request = format!("{what}-{}", self.delivery.ids.uuid());
        Ctx::begun(request, self.target(), facade, &*self.delivery.clock, SETTLE_FOR)
    }

    /// Looks for parked people who exist again, if that was not done for a day. Gives when it was done last.
    async fn look_once_a_day(&self, facade: &ClientName, last: Option<Timestamp>) -> Option<Timestamp> {
        let now = self.delivery.clock.now();
        if last.is_some_and(|last| last.plus(A_DAY) > now) {
            return last;
        }
        match self.look_for_the_resurrected(&self.own_ctx("look", facade)).await {
            Ok(()) => Some(now),
            Err(failure) => {
                tracing::warn!(scim_target = %self.target(), ?failure, "the people could not be looked through");
                last
            }
        }
    }

    /// Makes natively what the settings need; `false` if it has to be tried again.
    async fn prepare(&self, facade: &ClientName) -> bool {
        // Who is in quarantine is in a group that there is. One made beside it, because somebody has renamed it, would
        // show them all as active.
        let held = self.store().count_in(self.target(), Kind::User, &[State::Quarantined]).await;
        if !matches!(held, Ok(0)) {
            return held.is_ok();
        }
        let prepared = self.backend().prepare(&self.own_ctx("prepare", facade)).await;
        if let Err(error) = &prepared {
            tracing::warn!(scim_target = %self.target(), %error, "the backend could not be prepared");
        }
        prepared.is_ok()
    }

    async fn settle(&self, facade: &ClientName, due: Timestamp) {
        let ctx = self.own_ctx("settle", facade);
        match self.delivery.settle_due(&ctx, due, self).await {
            Ok(run) => self.delivery.telemetry.emit(run),
            Err(failure) => tracing::error!(scim_target = %self.target(), ?failure, "settlement failed"),
        }
        match self.delivery.forget_rested(&ctx, self.settings.keep).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(scim_target = %self.target(), count, "kept for long enough: forgotten");
            }
            Err(failure) => tracing::error!(scim_target = %self.target(), ?failure, "nobody was forgotten"),
        }
    }
}
