//! The journal's entries: intents and audit rows.

use std::time::Duration;

use serde_json::Value;

use super::Delivery;
use crate::backend::{BackendError, Write};
use crate::kernel::{Ctx, Kind, ScimId, Timestamp};
use crate::store::{Action, AuditRow, Intent, IntentId, IntentState, Op, Shadow};

/// What an audit row says about a write besides who and whom. Names and ids, never values.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// Names of the attributes written, or ids of the members changed.
    pub what: Vec<String>,
    /// `active` before and after, where it changes.
    pub active: Option<(bool, bool)>,
    /// The native writes planned.
    pub plan: Vec<String>,
}

impl Note {
    /// A note of the attributes that a write touches.
    pub fn of(what: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { what: what.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The same note with the native writes that are planned.
    #[must_use]
    pub fn planned(mut self, plan: Vec<String>) -> Self {
        self.plan = plan;
        self
    }
}

impl Delivery {
    /// The native writes that a decided write needs, as the audit tells them.
    pub(super) fn plan(&self, write: &Write) -> Vec<String> {
        self.backend.plan(write).into_iter().map(|call| format!("{} {}", call.method, call.path)).collect()
    }

    /// A new intent that is about to be sent.
    pub(super) fn intent(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        aspect: &str,
        action: Action,
        payload: Value,
    ) -> Intent {
        let now = self.clock.now();
        let intent = Intent {
            id: IntentId(self.ids.uuid().to_string()),
            target: self.target.clone(),
            kind: shadow.kind,
            scim_id: shadow.scim_id.clone(),
            aspect: aspect.to_owned(),
            action,
            generation: shadow.generation,
            client: ctx.client.clone(),
            request: ctx.request.to_string(),
            payload,
            sent: Some(now),
            attempts: 1,
            next_at: next_try(now, 1),
            opened: ctx.received,
            state: IntentState::Open,
        };
        self.opened(&intent);
        intent
    }

    /// An audit row of a write that is about to be sent.
    pub(super) fn begun(&self, ctx: &Ctx, shadow: &Shadow, action: Action, note: &Note) -> Op {
        self.audit(ctx, shadow, action, "begun".to_owned(), note, Duration::ZERO)
    }

    /// An audit row of a write that is done.
    pub fn done(&self, ctx: &Ctx, shadow: &Shadow, action: Action, note: &Note) -> Op {
        let latency = self.clock.now().since(ctx.received);
        let outcome = Note { plan: Vec::new(), ..note.clone() };
        self.audit(ctx, shadow, action, "done".to_owned(), &outcome, latency)
    }

    /// An audit row of something that was only noted.
    pub(super) fn noted(&self, ctx: &Ctx, shadow: &Shadow, action: Action, outcome: &str, note: &Note) -> Op {
        self.audit(ctx, shadow, action, outcome.to_owned(), note, self.clock.now().since(ctx.received))
    }

    /// An audit row of a write that was refused.
    pub(super) fn refused(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        action: Action,
        note: &Note,
        error: &BackendError,
    ) -> Op {
        let latency = self.clock.now().since(ctx.received);
        let outcome = Note { plan: Vec::new(), ..note.clone() };
        self.audit(ctx, shadow, action, format!("refused: {:?}", error.kind), &outcome, latency)
    }

    /// An audit row of the store's own care: nobody's wish about the resource.
    pub(super) fn cared(
        &self,
        ctx: &Ctx,
        about: (Kind, &ScimId),
        action: &str,
        outcome: &str,
        note: &Note,
    ) -> Op {
        let latency = self.clock.now().since(ctx.received);
        self.row(ctx, about, action, outcome.to_owned(), note, latency)
    }

    fn audit(
        &self,
        ctx: &Ctx,
        shadow: &Shadow,
        action: Action,
        outcome: String,
        note: &Note,
        latency: Duration,
    ) -> Op {
        self.row(ctx, (shadow.kind, &shadow.scim_id), action.as_str(), outcome, note, latency)
    }

    fn row(
        &self,
        ctx: &Ctx,
        (kind, scim_id): (Kind, &ScimId),
        action: &str,
        outcome: String,
        note: &Note,
        latency: Duration,
    ) -> Op {
        Op::Audit(Box::new(AuditRow {
            at: self.clock.now(),
            request: ctx.request.to_string(),
            target: self.target.clone(),
            client: ctx.client.clone(),
            kind,
            scim_id: scim_id.clone(),
            action: action.to_owned(),
            outcome,
            what: note.what.clone(),
            active: note.active,
            plan: note.plan.clone(),
            latency: i64::try_from(latency.as_micros()).unwrap_or(i64::MAX),
        }))
    }

    /// Leaves an intent open after a failed try and says when it is due again.
    pub(super) async fn postpone(&self, intent: &mut Intent) -> Result<(), super::Failure> {
        let touch = self.later(intent);
        Ok(self.store.commit(vec![touch]).await?)
    }

    /// The same for intents that were tried together.
    pub(super) async fn postpone_all(&self, mut intents: Vec<Intent>) -> Result<(), super::Failure> {
        Ok(self.store.commit(intents.iter_mut().map(|intent| self.later(intent)).collect()).await?)
    }

    fn later(&self, intent: &mut Intent) -> Op {
        intent.attempts = intent.attempts.saturating_add(1);
        intent.next_at = next_try(self.clock.now(), intent.attempts);
        Op::Touch(Box::new(intent.clone()))
    }
}

/// A minute after the first try, then later and later, at most ten minutes.
fn next_try(now: Timestamp, attempts: u32) -> Timestamp {
    now.plus(Duration::from_secs(60 * u64::from(attempts.clamp(1, 10))))
}
