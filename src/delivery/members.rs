//! Changing a group's members by delta. Deltas that wait for one group are carried out together.

use std::collections::BTreeMap;

use serde_json::json;

use super::failpoint::failpoint;
use super::meanwhile::keeps_memberships;
use super::member_change::{MemberChange, action_of, change_of, delta_of};
use super::record::native_of;
use super::{Delivery, Failure, Note};
use crate::backend::{BackendError, ErrorKind, MemberDelta, MemberOutcome, NativeRef, Refusal, Write};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Intent, IntentState, Op, Shadow, aspect};

/// Up to here a delta is done within the request; a larger one is an [operation](Delivery::begin_operation).
pub const SMALL_DELTA: usize = 100;

/// A decided change of a group's members; no person twice.
pub struct GroupChange {
    /// The stored row, if there is one.
    pub before: Option<Shadow>,
    /// The group.
    pub group: Shadow,
    /// Who is to be in and who is to be out.
    pub changes: Vec<MemberChange>,
    /// The group's size if it was just read.
    pub size: Option<u32>,
}

/// What became of a change of members.
#[derive(Clone, Debug)]
pub struct MembersDone {
    /// The group's row afterwards.
    pub group: Shadow,
    /// Who could not be changed, and why.
    pub refused: BTreeMap<ScimId, Refusal>,
}

impl Delivery {
    /// Changes a group's members: parked ones in the store, the others natively.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the group's members can't be changed; some may have been before the refusal.
    /// [`Failure::Pending`]: journalled and tried again.
    pub async fn change_members(&self, ctx: &Ctx, change: GroupChange) -> Result<MembersDone, Failure> {
        let GroupChange { before, mut group, changes, size } = change;
        let (parked, live): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| change.native.is_none());
        let parked = self.not_yet_so(&group.scim_id, parked).await?;
        if parked.is_empty() && live.is_empty() {
            return Ok(MembersDone { group, refused: BTreeMap::new() });
        }
        let note = Note::of(parked.iter().chain(&live).map(|change| change.user.to_string()));
        let mut tx = self.with_parked(before.as_ref(), &mut group, &parked);
        tx.extend(self.supersede_members(&group, &parked).await?);
        if live.is_empty() {
            tx.push(self.done(ctx, &group, action_of(&parked), &note));
            self.store.commit(tx).await?;
            return Ok(MembersDone { group, refused: BTreeMap::new() });
        }
        let delta = delta_of(&live);
        let note = note.planned(self.plan(&Write::ChangeMembers(native_of(&group)?, delta)));
        tx.extend(self.supersede_members(&group, &live).await?);
        tx.push(self.begun(ctx, &group, action_of(&live), &note));
        let intents: Vec<Intent> =
            live.iter().map(|change| self.member_intent(ctx, &group, change)).collect();
        tx.extend(intents.iter().map(|intent| Op::Open(Box::new(intent.clone()))));
        self.store.commit(tx).await?;
        self.carry_out_members(ctx, group, intents, &note, size).await
    }

    /// The row of a group whose members are about to change, and the memberships that only the facade keeps.
    pub(super) fn with_parked(
        &self,
        before: Option<&Shadow>,
        group: &mut Shadow,
        parked: &[MemberChange],
    ) -> Vec<Op> {
        group.modified = self.clock.now();
        group.member_version += 1;
        let mut tx = vec![self.put(before, group)];
        tx.extend(parked.iter().map(|change| self.remembered_op(&group.scim_id, change)));
        tx
    }

    /// Tries journalled changes of members, for the first time or again: every try is idempotent.
    pub(super) async fn carry_out_members(
        &self,
        ctx: &Ctx,
        mut group: Shadow,
        intents: Vec<Intent>,
        note: &Note,
        size: Option<u32>,
    ) -> Result<MembersDone, Failure> {
        let changes: Vec<MemberChange> = intents.iter().filter_map(change_of).collect();
        let action = action_of(&changes);
        match self.try_members(ctx, &group, changes).await {
            Ok(tried) => self.members_changed(ctx, group, intents, tried, size).await,
            Err(Failure::Refused(error)) if is_final(&error) => {
                let mut tx = self.members_impossible(ctx, &mut group, action, note, &error);
                tx.extend(intents.iter().map(|intent| Op::Close(intent.id.clone(), IntentState::Dead)));
                self.store.commit(tx).await?;
                // Who was to be taken out of a group that is gone is out.
                let is_gone = error.kind == ErrorKind::NotFound;
                if !is_gone && intents.iter().any(|intent| intent.action == Action::MemberOut) {
                    self.alarm_impossible(ctx, &group.scim_id);
                }
                Err(Failure::Refused(error))
            }
            Err(Failure::Refused(error) | Failure::Pending(error)) => {
                self.postpone_all(intents).await?;
                Err(Failure::Pending(error))
            }
            Err(other) => Err(other),
        }
    }

    /// What is stored when a group refuses a change for good.
    pub(super) fn members_impossible(
        &self,
        ctx: &Ctx,
        group: &mut Shadow,
        action: Action,
        note: &Note,
        error: &BackendError,
    ) -> Vec<Op> {
        // Some of them may have been changed before the refusal.
        group.member_count = None;
        group.version += 1;
        vec![Op::Update(group.clone()), self.refused(ctx, group, action, note, error)]
    }

    /// Sends journalled changes of members, with the native objects that people have now.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the backend's error; [`Failure::Store`].
    pub(super) async fn try_members(
        &self,
        ctx: &Ctx,
        group: &Shadow,
        changes: Vec<MemberChange>,
    ) -> Result<Tried, Failure> {
        let (changes, users) = self.changes_now(changes).await?;
        let delta = delta_of(&changes);
        let at = native_of(group)?;
        failpoint!("members", begun);
        let outcome = match delta.is_empty() {
            true => Ok(MemberOutcome::default()),
            false => self.change_all(ctx, group, &at, delta).await,
        };
        failpoint!("members", asked);
        let outcome = outcome?;
        self.take_out_held(ctx, group, &at, &changes).await?;
        Ok(Tried { changes, users, outcome })
    }

    /// Changes the members, those that a first write left included. Each further write is planned in the audit, too.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the backend's error; [`Failure::Store`].
    pub(super) async fn change_all(
        &self,
        ctx: &Ctx,
        group: &Shadow,
        at: &NativeRef,
        delta: MemberDelta,
    ) -> Result<MemberOutcome, Failure> {
        let mut outcome = self.backend.change_members(ctx, at, &delta).await.map_err(Failure::Refused)?;
        while !outcome.left.is_empty() {
            let left = std::mem::take(&mut outcome.left);
            let plan = self.plan(&Write::ChangeMembers(at.clone(), left.clone()));
            let note = Note::default().planned(plan);
            self.store.commit(vec![self.begun(ctx, group, Action::MemberIn, &note)]).await?;
            let next = self.backend.change_members(ctx, at, &left).await.map_err(Failure::Refused)?;
            outcome.refused.extend(next.refused);
            outcome.left = next.left;
        }
        Ok(outcome)
    }

    async fn members_changed(
        &self,
        ctx: &Ctx,
        mut group: Shadow,
        intents: Vec<Intent>,
        tried: Tried,
        size: Option<u32>,
    ) -> Result<MembersDone, Failure> {
        let (mut tx, refused) = self.changed_members(ctx, &mut group, &tried, size).await?;
        let was_refused = |intent: &Intent| change_of(intent).is_some_and(|c| refused.contains_key(&c.user));
        tx.extend(intents.iter().map(|intent| {
            let state = if was_refused(intent) { IntentState::Dead } else { IntentState::Done };
            Op::Close(intent.id.clone(), state)
        }));
        self.store.commit(tx).await?;
        failpoint!("members", stored);
        intents.iter().filter(|intent| !was_refused(intent)).for_each(|intent| self.confirmed(intent));
        if intents.iter().any(|intent| was_refused(intent) && intent.action == Action::MemberOut) {
            self.alarm_impossible(ctx, &group.scim_id);
        }
        Ok(MembersDone { group, refused })
    }

    /// What is stored of a change that was carried out, and who could not be changed.
    pub(super) async fn changed_members(
        &self,
        ctx: &Ctx,
        group: &mut Shadow,
        tried: &Tried,
        size: Option<u32>,
    ) -> Result<(Vec<Op>, BTreeMap<ScimId, Refusal>), Failure> {
        let Tried { changes, users, outcome } = tried;
        let kept_here =
            |user: &ScimId| users.iter().any(|row| row.scim_id == *user && keeps_memberships(row));
        let refused_natively = |change: &MemberChange| {
            let refused = change.native.as_ref().and_then(|at| outcome.refused.get(&at.id)).cloned();
            // Gone natively because of being parked: the facade keeps the membership.
            refused.filter(|why| *why != Refusal::Unknown || !kept_here(&change.user))
        };
        let refused: BTreeMap<ScimId, Refusal> = changes
            .iter()
            .filter_map(|change| Some((change.user.clone(), refused_natively(change)?)))
            .collect();
        let done = changes.iter().filter(|change| !refused.contains_key(&change.user));
        let (added, removed): (Vec<_>, Vec<_>) = done.partition::<Vec<_>, _>(|change| change.member);
        let native = |changes: &[&MemberChange]| changes.iter().filter(|c| c.native.is_some()).count();
        group.member_count = new_count(size.or(group.member_count), native(&added), native(&removed));
        // While a change of its attributes is of unknown outcome our record of them says nothing.
        let open = self.store.open_intents(&self.target, group.kind, &group.scim_id).await?;
        if !open.iter().any(|intent| intent.aspect == aspect::ATTRS) {
            group.overlay_until = self.overlay_until();
        }
        group.version += 1;
        let mut tx = vec![Op::Update(group.clone())];
        // Whoever is parked, or was while we were at it, keeps exactly these memberships.
        let done: Vec<ScimId> = added.iter().chain(&removed).map(|change| change.user.clone()).collect();
        let now = self.store.by_ids(&self.target, Kind::User, &done).await?;
        let now_kept = |user: &ScimId| now.iter().any(|row| row.scim_id == *user && keeps_memberships(row));
        tx.extend(added.iter().chain(&removed).map(|change| {
            let member = change.member && now_kept(&change.user);
            self.remembered_op(&group.scim_id, &MemberChange { member, ..(*change).clone() })
        }));
        let changed = Note::of(done.iter().map(ToString::to_string));
        tx.push(self.done(ctx, group, action_of(changes), &changed));
        Ok((tx, refused))
    }

    pub(super) fn member_intent(&self, ctx: &Ctx, group: &Shadow, change: &MemberChange) -> Intent {
        let action = if change.member { Action::MemberIn } else { Action::MemberOut };
        let payload = json!({"user": change.user, "native": change.native});
        self.intent(ctx, group, &aspect::member(change.user.as_str()), action, payload)
    }

    fn remembered_op(&self, group: &ScimId, change: &MemberChange) -> Op {
        if change.member {
            Op::RememberMember(self.target.clone(), group.clone(), change.user.clone())
        } else {
            Op::ForgetMember(self.target.clone(), group.clone(), change.user.clone())
        }
    }
}

/// What came of one try.
pub(super) struct Tried {
    /// What was tried.
    pub changes: Vec<MemberChange>,
    /// The rows of the people, as they were before.
    users: Vec<Shadow>,
    outcome: MemberOutcome,
}

/// Whether the backend refuses a change of the group's members for good.
pub(super) fn is_final(error: &BackendError) -> bool {
    matches!(error.kind, ErrorKind::Locked(_) | ErrorKind::NotFound | ErrorKind::Invalid)
}

/// What is known of a group's size after a delta. Re-added and absent members are not told apart, so that a size up
/// to 100, which is taken for exact, is only kept if nothing is uncertain; above it a lower bound is enough.
fn new_count(before: Option<u32>, added: usize, removed: usize) -> Option<u32> {
    let before = before?;
    let least = before.saturating_sub(u32::try_from(removed).unwrap_or(u32::MAX));
    let most = before.saturating_add(u32::try_from(added).unwrap_or(u32::MAX));
    if least > 100 {
        return Some(least);
    }
    (most <= 100).then_some(most)
}
