//! Memberships while people go and come: a wish about a membership holds whatever becomes of the person's native object.

use std::collections::BTreeSet;

use super::members::change_of;
use super::{Delivery, Failure, MemberChange};
use crate::backend::{Native, NativeRef};
use crate::kernel::{Ctx, Kind, ScimId};
use crate::store::{Intent, Op, Shadow, State, aspect};

/// People whose memberships only the facade keeps, or may have to keep in a moment.
pub(super) fn is_kept_here(user: &Shadow) -> bool {
    matches!(user.state, State::Parking | State::Parked | State::Unparking | State::Quarantined)
}

impl Delivery {
    /// Journalled changes of members, with the native objects that people have now.
    pub(super) async fn changes_now(
        &self,
        intents: &[Intent],
    ) -> Result<(Vec<MemberChange>, Vec<Shadow>), Failure> {
        let mut changes: Vec<MemberChange> = intents.iter().filter_map(change_of).collect();
        let users: Vec<ScimId> = changes.iter().map(|change| change.user.clone()).collect();
        let rows = self.store.by_ids(&self.target, Kind::User, &users).await?;
        for change in &mut changes {
            if let Some(row) = rows.iter().find(|row| row.scim_id == change.user) {
                change.native = row.native.clone();
            }
        }
        Ok((changes, rows))
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

    /// Those changes that change something, where that is known without a call: parked people's memberships.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub(super) async fn not_yet_so(
        &self,
        group: &ScimId,
        changes: Vec<MemberChange>,
    ) -> Result<Vec<MemberChange>, Failure> {
        if changes.iter().all(|change| change.native.is_some()) {
            return Ok(changes);
        }
        let members = self.store.parked_members(&self.target, group).await?;
        let open = self.store.open_intents(&self.target, Kind::Group, group).await?;
        let is_news = |change: &MemberChange| {
            // What is still to be tried of an older wish has to be superseded.
            let aspect = aspect::member(change.user.as_str());
            change.native.is_some()
                || members.contains(&change.user) != change.member
                || open.iter().any(|i| i.aspect == aspect)
        };
        Ok(changes.into_iter().filter(is_news).collect())
    }

    /// A person who is back natively has no memberships that only the facade keeps.
    pub(super) async fn forget_parked(&self, shadow: &Shadow) -> Result<Vec<Op>, Failure> {
        let groups = self.store.parked_groups(&self.target, &shadow.scim_id).await?;
        Ok(groups
            .into_iter()
            .map(|group| Op::Unpark(self.target.clone(), group, shadow.scim_id.clone()))
            .collect())
    }
}
