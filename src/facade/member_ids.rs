//! The ids that clients name as members: whose they are, and what a wish about them comes to.

use std::collections::{BTreeMap, HashMap, HashSet};

use scim::error::ScimError;
use scim::patch::Member;
use scim::profile::Profile;

use super::core::Core;
use super::error;
use super::target::Request;
use crate::backend::{Deactivate, NativeQuery, NativeRef, Refusal};
use crate::delivery::MemberChange;
use crate::kernel::{Kind, ScimId};
use crate::store::State;

/// Where a person stands natively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// With this native object.
    Native(NativeRef),
    /// With this native object, if there is one: no shadow knows it.
    Unlinked(NativeRef),
    /// In quarantine, out of sight, or on the way: joins no group natively, but leaves one whatever the product has done meanwhile.
    Held(NativeRef),
    /// Parked: only the facade keeps the memberships.
    Parked,
    /// No such person.
    Unknown,
}

impl Core {
    /// Where people stand, by SCIM id. No native call.
    pub(super) async fn people(
        &self,
        request: &Request,
        ids: &[ScimId],
    ) -> Result<HashMap<ScimId, Person>, ScimError> {
        let failed = |e| error::store(&request.client, &e);
        let shadows = self.store().by_ids(self.target(), Kind::User, ids).await.map_err(failed)?;
        let mut known: HashMap<ScimId, Person> = shadows
            .into_iter()
            .map(|shadow| {
                let person = match (shadow.state, shadow.native.clone()) {
                    (State::Deleting | State::Creating | State::Lost, _) => Person::Unknown,
                    (State::Quarantined, Some(at)) => Person::Held(at),
                    (State::Parking, Some(at)) if self.caps().deactivate == Deactivate::Quarantine => {
                        Person::Held(at)
                    }
                    // Out of sight, and perhaps still in groups.
                    (State::Parked, Some(at)) => Person::Held(at),
                    // Perhaps the deactivation is taken back: the membership changes natively, too.
                    (State::Live | State::Parking, Some(at)) => Person::Native(at),
                    // Switched on again, in the groups that the object never left.
                    (State::Unparking, Some(at)) if self.caps().deactivate == Deactivate::Native => {
                        Person::Native(at)
                    }
                    _ => Person::Parked,
                };
                (shadow.scim_id.clone(), person)
            })
            .collect();
        let rest: Vec<&ScimId> = ids.iter().filter(|id| !known.contains_key(*id)).collect();
        let texts: Vec<String> = rest.iter().map(|id| id.as_str().to_owned()).collect();
        // An id that a shadow has as its native id, under another SCIM id, names nothing.
        let linked = self.store().by_natives(self.target(), Kind::User, &texts).await.map_err(failed)?;
        let linked: HashSet<String> =
            linked.iter().filter_map(|shadow| Some(shadow.native.as_ref()?.id.clone())).collect();
        for id in rest {
            let is_native = (self.caps().is_native_id)(id.as_str()) && !linked.contains(id.as_str());
            let person =
                if is_native { Person::Unlinked(NativeRef::new(id.as_str())) } else { Person::Unknown };
            known.insert(id.clone(), person);
        }
        Ok(known)
    }

    /// Turns wishes about members into changes. Unknown ids are left out, counted and logged; in the strict profile they
    /// are 400 and nothing is applied (RFC 7644 §3.5.2 leaves it open; Okta never retries a 400).
    pub(super) async fn member_changes(
        &self,
        request: &Request,
        wishes: BTreeMap<ScimId, bool>,
    ) -> Result<Vec<MemberChange>, ScimError> {
        let sorted = self.checked(request, wishes).await?;
        self.unknown_members(request, &sorted.unknown)?;
        Ok(sorted.changes)
    }

    /// Sorts wishes about members, and refuses those that no client may have: a group as a member, where the backend has
    /// no nested groups; in the strict profile somebody unknown, which costs a look-up for ids that no shadow knows.
    pub(super) async fn checked(
        &self,
        request: &Request,
        wishes: BTreeMap<ScimId, bool>,
    ) -> Result<Sorted, ScimError> {
        let sorted = self.sorted(request, wishes).await?;
        let doubtful: Vec<ScimId> = sorted.unknown.iter().chain(&sorted.unlinked).cloned().collect();
        self.refuse_groups(request, &doubtful).await?;
        if request.client.profile == Profile::Strict {
            let mut unknown = self.absent(request, &sorted.unlinked).await?;
            unknown.extend(sorted.unknown.iter().cloned());
            self.unknown_members(request, &unknown)?;
        }
        Ok(sorted)
    }

    /// Sorts wishes about members. No native call.
    pub(super) async fn sorted(
        &self,
        request: &Request,
        wishes: BTreeMap<ScimId, bool>,
    ) -> Result<Sorted, ScimError> {
        let ids: Vec<ScimId> = wishes.keys().cloned().collect();
        let people = self.people(request, &ids).await?;
        let mut sorted = Sorted::default();
        for (user, member) in wishes {
            let native = match people.get(&user) {
                Some(Person::Native(at)) => Some(at.clone()),
                Some(Person::Unlinked(at)) => {
                    sorted.unlinked.extend(member.then(|| user.clone()));
                    Some(at.clone())
                }
                Some(Person::Held(at)) => Some(at.clone()).filter(|_| !member),
                Some(Person::Parked) => None,
                Some(Person::Unknown) | None => {
                    // Removing somebody who does not exist is what was wished for.
                    sorted.unknown.extend(member.then_some(user));
                    continue;
                }
            };
            sorted.changes.push(MemberChange { user, native, member });
        }
        Ok(sorted)
    }

    /// Those of these native ids that name nobody.
    async fn absent(&self, request: &Request, ids: &[ScimId]) -> Result<Vec<ScimId>, ScimError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = NativeQuery::Ids(ids.iter().map(|id| id.as_str().to_owned()).collect());
        let found = self.backend().search(&request.ctx, Kind::User, &query, 0, ids.len() as u64).await;
        let found = found.map_err(|e| error::read(&request.client, &e))?.rows;
        let is_absent = |id: &&ScimId| !found.iter().any(|native| native.at.id == id.as_str());
        Ok(ids.iter().filter(is_absent).cloned().collect())
    }

    /// 400 in the strict profile, else counted and logged.
    pub(super) fn unknown_members(&self, request: &Request, unknown: &[ScimId]) -> Result<(), ScimError> {
        if unknown.is_empty() {
            return Ok(());
        }
        if request.client.profile == Profile::Strict {
            return Err(ScimError::invalid_value(format!(
                "No such members: {}. Nothing was changed.",
                names(unknown)
            )));
        }
        self.delivery.unknown_members(&request.ctx, unknown.len());
        Ok(())
    }

    /// A group as a member is 400 where the backend has no nested groups.
    async fn refuse_groups(&self, request: &Request, doubtful: &[ScimId]) -> Result<(), ScimError> {
        let groups = self.store().by_ids(self.target(), Kind::Group, doubtful).await;
        match groups.map_err(|e| error::store(&request.client, &e))?.first() {
            None => Ok(()),
            Some(group) => Err(nested(group.scim_id.as_str())),
        }
    }

    /// Tells what the backend refused of a change of members.
    pub(super) fn tell_refused(
        &self,
        request: &Request,
        refused: &BTreeMap<ScimId, Refusal>,
        mine: &dyn Fn(&ScimId) -> bool,
    ) -> Result<(), ScimError> {
        let refused = || refused.iter().filter(|(user, _)| mine(user));
        let unknown: Vec<ScimId> =
            refused().filter(|(_, why)| **why == Refusal::Unknown).map(|(user, _)| user.clone()).collect();
        let locked = refused().find_map(|(user, why)| match why {
            Refusal::Locked(locked) => Some((user, locked)),
            Refusal::Unknown => None,
        });
        if let Some((user, locked)) = locked {
            return Err(ScimError::mutability(format!(
                "Member {user} is managed by {} and can't be added or removed here. The other members were changed.",
                locked.by
            )));
        }
        self.unknown_members(request, &unknown).map_err(|e| ScimError {
            detail: format!("{} are gone from the product. The other members were changed.", names(&unknown)),
            ..e
        })
    }
}

/// Wishes about members, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// What has to change.
    pub changes: Vec<MemberChange>,
    /// Those to be added of whom no shadow knows; they are among the changes.
    pub unlinked: Vec<ScimId>,
    /// Those to be added who don't exist.
    pub unknown: Vec<ScimId>,
}

fn names(ids: &[ScimId]) -> String {
    ids.iter().map(ScimId::as_str).collect::<Vec<_>>().join(", ")
}

/// The wish that these be members.
///
/// # Errors
/// 400 `invalidValue` for a member that says it is a group.
pub(super) fn wish(wishes: &mut BTreeMap<ScimId, bool>, members: &[Member]) -> Result<(), ScimError> {
    for member in members {
        if member.r#type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("group")) {
            return Err(nested(&member.value));
        }
        wishes.insert(ScimId::new(member.value.as_str()), true);
    }
    Ok(())
}

fn nested(id: &str) -> ScimError {
    ScimError::invalid_value(format!("{id} is a group: groups can't be members of groups here."))
}
