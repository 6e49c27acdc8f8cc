//! What delivery and facade tell the operators, in one line each.

use scim::repairs::Repairs;

use super::Delivery;
use crate::kernel::{Ctx, ScimId, Timestamp};
use crate::store::{Action, Intent};
use crate::telemetry::{
    Alarm, AlarmKind, DriftSeen, IntentConfirmed, IntentOpened, SyncedIgnored, UnknownMembers, Wish,
};

impl Delivery {
    /// Somebody has to act.
    pub fn alarm(&self, kind: AlarmKind, request: &str, id: &ScimId, what: &str) {
        let target = Some(self.target.clone());
        self.telemetry.emit(Alarm { kind, target, request, id: Some(id.as_str()), what });
    }

    /// A deprovision was permanently refused.
    pub fn alarm_impossible(&self, ctx: &Ctx, id: &ScimId) {
        self.alarm(
            AlarmKind::DeprovisionImpossible,
            &ctx.request,
            id,
            "the product refuses for good to take this access away; end it in the product or in the directory that manages it",
        );
    }

    /// A journalled intent can't be read, or its row is incomplete.
    pub(super) fn alarm_unreadable(&self, intent: &Intent) {
        self.alarm(
            AlarmKind::StoreFailed,
            &intent.request,
            &intent.scim_id,
            "a journalled intent can't be read; it was set aside",
        );
    }

    /// A native value is no longer what was written.
    pub fn drift(&self, id: &ScimId, field: &'static str) {
        self.telemetry.emit(DriftSeen { target: self.target.clone(), id: id.as_str(), field });
    }

    /// Tolerances that a request needed.
    pub fn repairs(&self, ctx: &Ctx, repairs: &Repairs) {
        self.telemetry.repairs(ctx, repairs.iter().map(|(repair, count)| (repair.name(), count)));
    }

    /// A directory manages these fields of an object: a client's values for them were left out.
    pub fn synced_ignored(&self, ctx: &Ctx, count: usize) {
        let (target, client) = (self.target.clone(), ctx.client.clone());
        self.telemetry.emit(SyncedIgnored { request: &ctx.request, target, client, count: count as u64 });
    }

    /// Members that exist nowhere were left out.
    pub fn unknown_members(&self, ctx: &Ctx, count: usize) {
        let (target, client) = (self.target.clone(), ctx.client.clone());
        self.telemetry.emit(UnknownMembers { request: &ctx.request, target, client, count: count as u64 });
    }

    /// A wish is journalled.
    pub(super) fn opened(&self, intent: &Intent) {
        self.wished(&intent.scim_id, intent.action);
    }

    /// The same for a part of an operation.
    pub(super) fn wished(&self, id: &ScimId, action: Action) {
        if let Some(wish) = wish(action) {
            self.telemetry.emit(IntentOpened { target: self.target.clone(), id: id.as_str(), wish });
        }
    }

    /// A wish is known to be fulfilled.
    pub(super) fn confirmed(&self, intent: &Intent) {
        self.fulfilled(&intent.scim_id, intent.action, intent.opened);
    }

    /// The same for a part of an operation.
    pub(super) fn fulfilled(&self, id: &ScimId, action: Action, opened: Timestamp) {
        let took = self.clock.now().since(opened);
        if let Some(wish) = wish(action) {
            let (target, id) = (self.target.clone(), id.as_str());
            self.telemetry.emit(IntentConfirmed { target, id, wish, took });
        }
    }
}

/// The wishes whose fulfilment is timed.
fn wish(action: Action) -> Option<Wish> {
    match action {
        Action::Create | Action::Update | Action::Park => None,
        Action::Deactivate => Some(Wish::Deactivate),
        Action::Activate => Some(Wish::Activate),
        Action::Delete => Some(Wish::Delete),
        Action::MemberIn => Some(Wish::MemberIn),
        Action::MemberOut => Some(Wish::MemberOut),
    }
}
