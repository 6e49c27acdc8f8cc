//! Changes of membership that a list of members may not show yet. Our own record of a write wins for as long as the
//! backend's lists may lag; a process that has just started has made no such write.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use scim::error::ScimError;

use super::core::Core;
use super::error;
use super::member_ids::Person;
use super::target::Request;
use crate::delivery::{MemberChange, MembersDone};
use crate::kernel::{Kind, ScimId, Timestamp};

/// By group and person: whether a member, and until when that is to be believed.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<HashMap<ScimId, People>>);

/// By person: whether a member, and until when that is to be believed.
type People = HashMap<ScimId, (bool, Timestamp)>;

impl Recent {
    /// Notes what was just written.
    pub fn note(
        &self,
        group: &ScimId,
        changes: impl IntoIterator<Item = (ScimId, bool)>,
        now: Timestamp,
        until: Timestamp,
    ) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        groups.retain(|_, people| {
            people.retain(|_, (_, until)| *until > now);
            !people.is_empty()
        });
        let people = groups.entry(group.clone()).or_default();
        people.extend(changes.into_iter().map(|(user, member)| (user, (member, until))));
    }

    /// What was written of a group a moment ago.
    pub fn of(&self, group: &ScimId, now: Timestamp) -> HashMap<ScimId, bool> {
        let groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let people = groups.get(group).into_iter().flatten();
        let fresh = people.filter(|(_, (_, until))| *until > now);
        fresh.map(|(user, (member, _))| (user.clone(), *member)).collect()
    }
}

impl Core {
    /// Remembers what was just written, for lists that do not show it yet.
    pub(super) fn note_members(&self, done: &MembersDone, changes: &[MemberChange]) {
        let Some(until) = self.delivery.overlay_until() else { return };
        let changes = changes.iter().filter(|change| !done.refused.contains_key(&change.user));
        let changes = changes.map(|change| (change.user.clone(), change.member));
        self.recent.note(&done.group.scim_id, changes, self.delivery.clock.now(), until);
    }

    /// Puts what was just written into a list of members that may not show it yet.
    pub(super) async fn with_recent(
        &self,
        request: &Request,
        group: &ScimId,
        members: &mut Vec<ScimId>,
    ) -> Result<(), ScimError> {
        let recent = self.recent.of(group, self.delivery.clock.now());
        members.retain(|id| recent.get(id) != Some(&false));
        let shown: HashSet<&ScimId> = members.iter().collect();
        let added = recent.into_iter().filter(|(_, member)| *member).map(|(user, _)| user);
        let mut missing: Vec<ScimId> = added.filter(|user| !shown.contains(user)).collect();
        missing.sort();
        if missing.is_empty() {
            return Ok(());
        }
        let people = self.people(request, &missing).await?;
        let buried = self.buried(Kind::User).await.map_err(|e| error::store(&request.client, &e))?;
        let is_there = |id: &ScimId| match people.get(id) {
            Some(Person::Native(_)) => true,
            // Where nothing is remembered, whoever was added a moment ago is known by this alone.
            Some(Person::Unlinked(at)) => !self.keeps_shadows() && !buried.contains(&at.id),
            _ => false,
        };
        members.extend(missing.into_iter().filter(is_there));
        Ok(())
    }
}
