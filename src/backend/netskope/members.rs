//! Members of groups: a part of the group, which is only told when it is asked for. Ids are added and removed.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::change::Operation;
use super::client::one;
use super::ids::{self, IDS_IN_BODY};
use super::map;
use super::model::Object;
use super::objects::is_vague;
use super::{Tenant, VISIBILITY_LAG};
use crate::backend::{
    BackendError, ErrorKind, MemberDelta, MemberOutcome, MemberPage, NativeRef, Neighbour, Refusal, Result,
    Sent,
};
use crate::kernel::{Ctx, Kind};

/// So many people are looked up one by one.
const ONE_BY_ONE: usize = 20;
/// So many are looked through at once.
const MANY: u64 = 5000;

/// Members as they are sent.
pub(super) fn values<'m>(members: impl IntoIterator<Item = &'m NativeRef>) -> Value {
    members.into_iter().map(|at| json!({ "value": at.id })).collect()
}

/// One call of a delta.
#[derive(Default)]
pub(super) struct Step<'d> {
    remove: Vec<&'d NativeRef>,
    add: Vec<&'d NativeRef>,
}

impl Step<'_> {
    fn operations(&self) -> Vec<Operation> {
        let sent = |members: &[&NativeRef]| values(members.iter().copied());
        let remove =
            (!self.remove.is_empty()).then(|| Operation::remove("members", Some(sent(&self.remove))));
        let add = (!self.add.is_empty()).then(|| Operation::add("members", sent(&self.add)));
        remove.into_iter().chain(add).collect()
    }
}

/// The calls of a delta, loss of access first: one, if it fits.
pub(super) fn steps(delta: &MemberDelta) -> Vec<Step<'_>> {
    let usable = |at: &&NativeRef| ids::is_native_id(&at.id);
    let remove: Vec<&NativeRef> = delta.remove.iter().filter(usable).collect();
    let add: Vec<&NativeRef> = delta.add.iter().filter(usable).collect();
    if remove.len() + add.len() <= IDS_IN_BODY {
        let step = Step { remove, add };
        return if step.operations().is_empty() { Vec::new() } else { vec![step] };
    }
    let removals = remove.chunks(IDS_IN_BODY).map(|ids| Step { remove: ids.to_vec(), add: Vec::new() });
    let additions = add.chunks(IDS_IN_BODY).map(|ids| Step { remove: Vec::new(), add: ids.to_vec() });
    removals.chain(additions).collect()
}

impl Tenant {
    /// Reads all members. Vendor: they are left out unless they are asked for; the rest may be left out when they are.
    pub(super) async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        let found = self.told(ctx, group).await?;
        let found = match found {
            // Vendor: nobody has proved that a read shows what was just made.
            None if self.is_new(group) => {
                self.client.clock().sleep(VISIBILITY_LAG).await;
                self.told(ctx, group).await?
            }
            found => found,
        };
        let gone = || BackendError::new(ErrorKind::NotFound, Sent::Rejected, "no such group");
        let found = found.ok_or_else(gone)?;
        let members = map::native(Kind::Group, found).members;
        if members.is_none() && self.manners.is_staffed(&group.id) {
            let log = "a group that has members does not tell them";
            return Err(BackendError::new(ErrorKind::Unusable, Sent::Rejected, log));
        }
        let mut seen = HashSet::new();
        let mut members: Vec<Neighbour> = members.unwrap_or_default();
        members.retain(|member| seen.insert(member.at.id.clone()));
        let skip = usize::try_from(from).unwrap_or(usize::MAX).min(members.len());
        Ok(MemberPage { members: members.split_off(skip), next: None })
    }

    /// A group as it is told when its members are asked for.
    async fn told(&self, ctx: &Ctx, group: &NativeRef) -> Result<Option<Object>> {
        let route = one(Kind::Group, &ids::existing(group)?).query("attributes", "members");
        match self.client.find(ctx, Kind::Group, &group.id, &route).await {
            Err(error) if is_vague(&error) => match self.get(ctx, Kind::Group, group).await? {
                None => Ok(None),
                Some(_) => Err(error),
            },
            found => found,
        }
    }

    fn is_new(&self, group: &NativeRef) -> bool {
        self.manners.is_made_after(&group.id, self.client.clock().now().minus(VISIBILITY_LAG))
    }

    /// Adds and removes members; see [`crate::backend::Backend::change_members`].
    pub(super) async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        ids::existing(group)?;
        let mut outcome = MemberOutcome::default();
        for stranger in delta.add.iter().filter(|member| !ids::is_native_id(&member.id)) {
            outcome.refused.insert(stranger.id.clone(), Refusal::Unknown);
        }
        for (done, step) in steps(delta).into_iter().enumerate() {
            let sent = self.patch(ctx, Kind::Group, group, &step.operations()).await;
            let sorted = match sent {
                Err(error) if error.kind == ErrorKind::Invalid || error.kind == ErrorKind::NotFound => {
                    self.sort_out(ctx, group, &step, &mut outcome, error).await
                }
                sent => sent.map(|()| self.manners.note_staff(&group.id, !step.add.is_empty())),
            };
            // A passing failure after earlier steps: something has changed.
            sorted.map_err(|error| match done > 0 && error.is_transient() {
                true => BackendError { sent: Sent::Maybe, ..error },
                false => error,
            })?;
        }
        Ok(outcome)
    }

    /// Finds out why a step was refused. Vendor: one unknown person may refuse the whole; then those are told, and the others
    /// are left for another call.
    async fn sort_out(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        step: &Step<'_>,
        outcome: &mut MemberOutcome,
        error: BackendError,
    ) -> Result<()> {
        if self.get(ctx, Kind::Group, group).await?.is_none() {
            return Err(BackendError { kind: ErrorKind::NotFound, ..error });
        }
        let unknown = self.unknown(ctx, &step.add).await?;
        if unknown.is_empty() {
            return Err(BackendError { kind: ErrorKind::Invalid, ..error });
        }
        for at in &step.add {
            match unknown.contains(at.id.as_str()) {
                true => drop(outcome.refused.insert(at.id.clone(), Refusal::Unknown)),
                false => outcome.left.add.push((*at).clone()),
            }
        }
        outcome.left.remove.extend(step.remove.iter().map(|at| (*at).clone()));
        Ok(())
    }

    /// Those of some people who don't exist.
    async fn unknown<'m>(&self, ctx: &Ctx, people: &[&'m NativeRef]) -> Result<HashSet<&'m str>> {
        let mut unknown: HashSet<&str> = people.iter().map(|at| at.id.as_str()).collect();
        if unknown.len() > ONE_BY_ONE {
            let listed = self.all(ctx, Kind::User, 0, MANY).await?;
            unknown.retain(|id| !listed.rows.iter().any(|row| row.at.id == *id));
        }
        if unknown.len() > ONE_BY_ONE {
            return Ok(unknown);
        }
        for id in unknown.clone() {
            if self.get(ctx, Kind::User, &NativeRef::new(id)).await?.is_some() {
                unknown.remove(id);
            }
        }
        Ok(unknown)
    }
}
