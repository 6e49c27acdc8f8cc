//! A newer wish about a membership supersedes what is still to be done of an older one: an intent, or a place in a chunk.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::json;

use super::member_change::{MemberChange, change_of};
use super::{Delivery, Failure};
use crate::kernel::{Kind, ScimId};
use crate::store::{Chunk, IntentState, Op, Operation, Shadow, aspect};

/// Whoever waits for a superseded operation hears of its end within this time; the same wish, later, is a new one.
const SUPERSEDED_FOR: Duration = Duration::from_secs(90);

/// A chunk that is still to be done, and what is to be done in it.
type Planned = (Chunk, Vec<MemberChange>);

/// What is still to be done of older wishes about a group's members.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Who is to be a member, and who is not.
    pub wished: HashMap<ScimId, bool>,
    /// Of whom nobody knows whether they are members now: the change may be on its way.
    pub unsure: HashSet<ScimId>,
}

impl Delivery {
    /// What ends because of a newer wish about these people.
    pub(super) async fn supersede_members(
        &self,
        group: &Shadow,
        changes: &[MemberChange],
    ) -> Result<Vec<Op>, Failure> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let open = self.store.open_intents(&self.target, group.kind, &group.scim_id).await?;
        let aspects: HashSet<String> =
            changes.iter().map(|change| aspect::member(change.user.as_str())).collect();
        let moot = open.into_iter().filter(|intent| aspects.contains(&intent.aspect));
        let mut tx: Vec<Op> = moot.map(|intent| Op::Close(intent.id, IntentState::Done)).collect();
        let newer: HashSet<&ScimId> = changes.iter().map(|change| &change.user).collect();
        tx.extend(self.supersede_in_chunks(&group.scim_id, &newer).await?);
        Ok(tx)
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
        // What is still to be tried of an older wish has to be superseded.
        let waiting = self.waiting_members(group).await?.wished;
        let is_news = |change: &MemberChange| {
            change.native.is_some()
                || members.contains(&change.user) != change.member
                || waiting.contains_key(&change.user)
        };
        Ok(changes.into_iter().filter(is_news).collect())
    }

    /// What is still to be done of older wishes about a group's members.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn waiting_members(&self, group: &ScimId) -> Result<Waiting, Failure> {
        let mut waiting = Waiting::default();
        for (_, chunks) in self.open_chunks(group).await? {
            for (place, (_, changes)) in chunks.into_iter().enumerate() {
                // The chunks go in order, one at a time.
                waiting.unsure.extend(changes.iter().filter(|_| place == 0).map(|c| c.user.clone()));
                waiting.wished.extend(changes.into_iter().map(|change| (change.user, change.member)));
            }
        }
        let open = self.store.open_intents(&self.target, Kind::Group, group).await?;
        for change in open.iter().filter_map(change_of) {
            waiting.unsure.insert(change.user.clone());
            waiting.wished.insert(change.user, change.member);
        }
        Ok(waiting)
    }

    /// The open operations of a group, each with what is still to be done.
    async fn open_chunks(&self, group: &ScimId) -> Result<Vec<(Operation, Vec<Planned>)>, Failure> {
        let mut found = Vec::new();
        let open = self.store.open_operations(&self.target).await?;
        for operation in open.into_iter().filter(|operation| operation.group == *group) {
            let chunks = self.store.chunks(&operation.id).await?.into_iter().filter(|chunk| chunk.open);
            let chunks = chunks.map(|chunk| (chunk.clone(), self.read(&operation, &chunk))).collect();
            found.push((operation, chunks));
        }
        Ok(found)
    }

    /// Ends everything that is still to be done of older wishes about a group's members.
    pub(super) async fn supersede_all_members(&self, group: &Shadow) -> Result<Vec<Op>, Failure> {
        let open = self.store.open_intents(&self.target, Kind::Group, &group.scim_id).await?;
        let moot: Vec<MemberChange> = open.iter().filter_map(change_of).collect();
        let mut tx = self.supersede_members(group, &moot).await?;
        for (operation, chunks) in self.open_chunks(&group.scim_id).await? {
            let closed = |chunk: Chunk| Chunk { open: false, payload: json!({}), ..chunk };
            tx.extend(chunks.into_iter().map(|(chunk, _)| Op::Chunk(Box::new(closed(chunk)))));
            tx.push(Op::End(operation.id, self.clock.now().plus(SUPERSEDED_FOR)));
        }
        Ok(tx)
    }

    /// Takes from the open operations what a newer wish is about.
    async fn supersede_in_chunks(
        &self,
        group: &ScimId,
        newer: &HashSet<&ScimId>,
    ) -> Result<Vec<Op>, Failure> {
        let mut tx = Vec::new();
        for (chunk, changes) in self.open_chunks(group).await?.into_iter().flat_map(|(_, chunks)| chunks) {
            let left: Vec<&MemberChange> = changes.iter().filter(|c| !newer.contains(&c.user)).collect();
            if left.len() < changes.len() {
                let open = !left.is_empty();
                let payload = if open { json!(left) } else { json!({}) };
                tx.push(Op::Chunk(Box::new(Chunk { open, payload, ..chunk })));
            }
        }
        Ok(tx)
    }
}
