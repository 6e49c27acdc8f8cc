//! Memberships while people go and come: a wish about a membership holds whatever becomes of the person's native object.

use std::collections::BTreeSet;

use super::{Delivery, Failure, MemberChange, Note};
use crate::backend::{Deactivate, ErrorKind, MemberDelta, Native, NativeRef, Write};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Action, Op, Shadow, State};

/// People whose memberships only the facade keeps, or may have to keep in a moment.
pub(super) fn keeps_memberships(user: &Shadow) -> bool {
    matches!(user.state, State::Parking | State::Parked | State::Unparking | State::Quarantined)
}

impl Delivery {
    /// Journalled changes of members, with the native objects that people have now.
    pub(super) async fn changes_now(
        &self,
        mut changes: Vec<MemberChange>,
    ) -> Result<(Vec<MemberChange>, Vec<Shadow>), Failure> {
        let users: Vec<ScimId> = changes.iter().map(|change| change.user.clone()).collect();
        let rows = self.store.by_ids(&self.target, Kind::User, &users).await?;
        for change in &mut changes {
            if let Some(row) = rows.iter().find(|row| row.scim_id == change.user) {
                change.native = row.native.clone().filter(|_| !change.member || !self.is_held(row));
            }
        }
        Ok((changes, rows))
    }

    /// Whether a person gets no group but the quarantine: the facade keeps what memberships are wished for.
    fn is_held(&self, user: &Shadow) -> bool {
        let by_a_group = self.backend.capabilities().deactivate == Deactivate::Quarantine;
        user.state == State::Quarantined || by_a_group && user.state == State::Parking
    }

    /// Takes out of a group again whoever went into quarantine while being added to it.
    ///
    /// # Errors
    /// [`Failure::Pending`]: the change stays open, and this is tried again with it.
    pub(super) async fn take_out_held(
        &self,
        ctx: &Ctx,
        group: &Shadow,
        at: &NativeRef,
        tried: &[MemberChange],
    ) -> Result<(), Failure> {
        if self.backend.capabilities().deactivate != Deactivate::Quarantine {
            return Ok(());
        }
        let added: Vec<ScimId> = tried.iter().filter(|c| c.member).map(|c| c.user.clone()).collect();
        let rows = self.store.by_ids(&self.target, Kind::User, &added).await?;
        let held = rows.iter().filter(|row| self.is_held(row)).filter_map(|row| row.native.clone());
        let delta = MemberDelta { add: Vec::new(), remove: held.collect() };
        if delta.is_empty() {
            return Ok(());
        }
        let plan = self.plan(&Write::ChangeMembers(at.clone(), delta.clone()));
        let begun = self.begun(ctx, group, Action::MemberOut, &Note::default().planned(plan));
        self.store.commit(vec![begun]).await?;
        match self.change_all(ctx, group, at, delta).await {
            Err(Failure::Refused(error)) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(Failure::Refused(error)) => Err(Failure::Pending(error)),
            done => done.map(drop),
        }
    }

    /// What was wished of the memberships of a person while the person came back with others: journalled natively.
    /// `given` are the groups that the person came back with.
    pub(super) async fn changed_meanwhile(
        &self,
        ctx: &Ctx,
        user: &Shadow,
        native: &Native,
        given: &[NativeRef],
    ) -> Result<Vec<Op>, Failure> {
        let given: BTreeSet<String> = given.iter().map(|at| at.id.clone()).collect();
        let wanted = self.remembered(user).await?;
        let wanted: BTreeSet<String> = wanted.into_iter().map(|at| at.id).collect();
        let differing: Vec<String> = given.symmetric_difference(&wanted).cloned().collect();
        let mut ops = Vec::new();
        if differing.is_empty() {
            return Ok(ops);
        }
        for group in self.store.by_natives(&self.target, Kind::Group, &differing).await? {
            let member = group.native.as_ref().is_some_and(|at| wanted.contains(&at.id));
            let change = MemberChange { user: user.scim_id.clone(), native: Some(native.at.clone()), member };
            let mut intent = self.member_intent(ctx, &group, &change);
            intent.sent = None;
            intent.next_at = self.clock.now();
            ops.extend(self.supersede_members(&group, std::slice::from_ref(&change)).await?);
            ops.push(Op::Open(Box::new(intent)));
        }
        Ok(ops)
    }

    /// A person who is back natively has no memberships that only the facade keeps.
    pub(super) async fn forget_memberships(&self, shadow: &Shadow) -> Result<Vec<Op>, Failure> {
        let groups = self.store.parked_groups(&self.target, &shadow.scim_id).await?;
        Ok(groups
            .into_iter()
            .map(|group| Op::ForgetMember(self.target.clone(), group, shadow.scim_id.clone()))
            .collect())
    }
}
