//! How a decided write gets done: lanes, intents, two commits around each native write, settlement.
//!
//! Every write is `TX1 {reserve | intent, audit} → native → TX2 {shadow, intent, audit}`. What is between the two when
//! the process dies is an open intent; [`Delivery::settle_due`] finds it and brings it to its end. The methods expect
//! their caller to be in the resource's lane. A change of many members is one operation instead, with a commit for each part.
//!
//! ```text
//! engine, reading, caller, lane  what runs when, and who waits for it
//! create, update, delete         one resource made, changed, removed; change, record: what of it natively, and what is remembered
//! deactivate                     access ended; admins, unsure, impossible: what comes before; quarantine, repark: what comes after
//! activate, adopt                access given back: a disabled state, a native object that is there; else create (unpark)
//! members, large                 a group's members: deltas, and operations in chunks; meanwhile, newer: while people come and go
//! journal, settle                intents and audit rows; what was left open, brought to its end
//! relink, reconcile/             rows that have lost their native object, and rows that are a copy's
//! retention, erase               what is forgotten
//! ```

mod activate;
mod admins;
mod adopt;
mod caller;
mod change;
mod create;
mod deactivate;
mod delete;
mod engine;
mod erase;
mod events;
mod failpoint;
mod impossible;
mod journal;
mod lane;
mod large;
mod meanwhile;
mod member_change;
mod members;
mod newer;
mod policy;
mod quarantine;
pub mod reconcile;
mod record;
mod relink;
mod repark;
mod retention;
mod settle;
mod unsure;
mod update;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use caller::Caller;
pub use create::NewResource;
pub use engine::{Engine, NoOutcome};
pub use erase::Erased;
pub use journal::Note;
pub use lane::{LaneGuard, LaneKey, Lanes};
pub use large::{NamedWish, Told};
pub use member_change::MemberChange;
pub use members::{GroupChange, MembersDone, SMALL_DELTA};
pub use newer::Waiting;
pub use policy::{AdminOffboarding, OnDelete, Policy};
pub use record::{is_as_remembered, record_of};
pub use retention::Keep;
pub use update::Changed;

use crate::backend::{self, Backend, BackendError, Desired, Native};
use crate::kernel::{Clock, Ctx, IdGen, TargetName, Timestamp};
use crate::store::{Store, StoreError};
use crate::telemetry::Telemetry;

/// A write that has begun goes on for so long, whoever waits.
pub const CARRY_ON: Duration = Duration::from_secs(600);
/// Looking what became of an ambiguous write takes so long at most; then the look is tried again later.
const LOOK_FOR: Duration = Duration::from_secs(20);
/// So long the end of an access waits for a look at whom it is about: before it is journalled, and when it is tried.
pub const LOOK_BEFORE_END: Duration = Duration::from_secs(10);
/// A caller that was told to come back finds the outcome for so long.
pub const OWED_FOR: Duration = Duration::from_secs(600);

/// What a write can come to besides done.
#[derive(Debug)]
pub enum Failure {
    /// The backend refused it, or was never reached. Nothing changed, nothing is left open.
    Refused(BackendError),
    /// It is journalled and goes on without the client's help.
    Pending(BackendError),
    /// The store refused it, or failed.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Knows our own object when it sees it: how delivery asks facade.
#[async_trait]
pub trait Recognise: Send + Sync {
    /// Looks for an object that no shadow links and that is as it was sent.
    async fn find(&self, ctx: &Ctx, sent: &Desired) -> backend::Result<Option<Native>>;
}

/// Carries out writes on one target.
pub struct Delivery {
    /// The target's name.
    pub target: TargetName,
    /// Where the writes go.
    pub backend: Arc<dyn Backend>,
    /// Where they are journalled.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids for intents.
    pub ids: Arc<dyn IdGen>,
    /// Events and metrics.
    pub telemetry: Telemetry,
    /// Who may write a resource now.
    pub lanes: Lanes,
    /// How people lose access.
    pub policy: Policy,
}

impl Delivery {
    /// Until when our own record of a write made now wins over what lists and searches show.
    pub fn overlay_until(&self) -> Option<Timestamp> {
        let lag = self.backend.capabilities().visibility_lag;
        (!lag.is_zero()).then(|| self.clock.now().plus(lag))
    }

    /// The same request with the time to bring what has begun to its end.
    fn carried_on(&self, ctx: &Ctx) -> Ctx {
        ctx.carried_on(&*self.clock, CARRY_ON)
    }

    /// The same request with the time for one look.
    fn to_look(&self, ctx: &Ctx) -> Ctx {
        ctx.carried_on(&*self.clock, LOOK_FOR)
    }

    /// Until when a caller who has left is owed the outcome; `None` for one who is still there.
    fn owed(&self, caller: &Caller) -> Option<Timestamp> {
        (!caller.claim_answer()).then(|| self.owed_from_now())
    }

    /// Until when an outcome is owed that is told now.
    pub fn owed_from_now(&self) -> Timestamp {
        self.clock.now().plus(OWED_FOR)
    }
}
