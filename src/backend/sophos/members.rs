//! Members of groups: `/user-groups/{id}/users`. Vendor: there is no "replace"; ids are added and removed.

use std::collections::BTreeMap;

use super::client::{Client, PAGE};
use super::ids::{self, IDS_IN_BODY, IDS_IN_QUERY};
use super::list;
use super::model::{Ids, Object};
use super::{groups, map, users};
use crate::backend::{
    BackendError, ErrorKind, MemberDelta, MemberOutcome, MemberPage, Native, NativeRef, Neighbour, Refusal,
    Result, Sent, Want,
};
use crate::kernel::{Ctx, Kind};
use crate::outbound::{Method, Route, Segment};

/// Reads the page of members in which `from` lies.
pub(super) async fn read(client: &Client, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
    let number = from / PAGE;
    let list = route(&ids::existing(group)?);
    let page = client.page::<Object>(ctx, &list, number + 1, PAGE).await?;
    let end = number * PAGE + page.items.len() as u64;
    let more = page.total.map_or(page.items.len() as u64 == PAGE, |total| end < total);
    let skip = usize::try_from(from % PAGE).unwrap_or(usize::MAX);
    let members = page.items.into_iter().skip(skip);
    let members = members.map(map::member).collect();
    Ok(MemberPage { members, next: (more && end > from).then_some(end) })
}

fn route(group: &Segment) -> Route {
    groups::route(group).then("/users")
}

/// One call of a delta.
#[derive(Clone, Copy)]
pub(super) enum Step<'d> {
    Remove(&'d [&'d str]),
    Add(&'d [&'d str]),
}

impl<'d> Step<'d> {
    fn ids(self) -> &'d [&'d str] {
        match self {
            Self::Remove(ids) | Self::Add(ids) => ids,
        }
    }

    /// The method and the route.
    pub fn call(self, group: &Segment) -> (Method, Route) {
        match self {
            Self::Remove(ids) => (Method::Delete, route(group).csv("ids", ids.iter().copied())),
            Self::Add(_) => (Method::Post, route(group)),
        }
    }

    async fn send(self, client: &Client, ctx: &Ctx, group: &Segment) -> Result<()> {
        let (method, route) = self.call(group);
        // Whatever a 2xx says of the single ids: removed, or not found, is no member; added, or there already, is one.
        match self {
            Self::Remove(_) => client.write::<()>(ctx, method, &route, None).await.map(drop),
            Self::Add(ids) => client.write(ctx, method, &route, Some(&Ids { ids })).await.map(drop),
        }
    }
}

/// The ids of a delta that can be Sophos's, as they are sent: members of a group, or groups of a person.
pub(super) struct Sendable<'d> {
    remove: Vec<&'d str>,
    add: Vec<&'d str>,
}

impl<'d> Sendable<'d> {
    pub fn of(delta: &'d MemberDelta) -> Self {
        let sendable = |list: &'d [NativeRef]| {
            list.iter().map(|at| at.id.as_str()).filter(|id| ids::is_native_id(id)).collect()
        };
        Self { remove: sendable(&delta.remove), add: sendable(&delta.add) }
    }

    /// The calls, in order: loss of access first.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        let removals = self.remove.chunks(IDS_IN_QUERY).map(Step::Remove);
        removals.chain(self.add.chunks(IDS_IN_BODY).map(Step::Add))
    }

    /// The calls, in the order in which nobody is without a group in between.
    pub fn additions_first(&self) -> impl Iterator<Item = Step<'_>> {
        let additions = self.add.chunks(IDS_IN_BODY).map(Step::Add);
        additions.chain(self.remove.chunks(IDS_IN_QUERY).map(Step::Remove))
    }
}

/// Adds and removes members; see [`crate::backend::Backend::change_members`].
pub(super) async fn change(
    client: &Client,
    ctx: &Ctx,
    group: &NativeRef,
    delta: &MemberDelta,
) -> Result<MemberOutcome> {
    let at = ids::existing(group)?;
    let mut outcome = MemberOutcome::default();
    for stranger in delta.add.iter().filter(|member| !ids::is_native_id(&member.id)) {
        outcome.refused.insert(stranger.id.clone(), Refusal::Unknown);
    }
    let sendable = Sendable::of(delta);
    for (done, step) in sendable.steps().enumerate() {
        let change = Delta { client, ctx, group, at: &at };
        change.step(step, &mut outcome).await.map_err(|error| after(done, error))?;
    }
    Ok(outcome)
}

/// A passing failure after earlier steps have been done: something has changed. A lasting one stays a refusal, or the
/// caller would try for ever.
fn after(done: usize, error: BackendError) -> BackendError {
    if done > 0 && error.is_transient() { BackendError { sent: Sent::Maybe, ..error } } else { error }
}

struct Delta<'d> {
    client: &'d Client,
    ctx: &'d Ctx,
    group: &'d NativeRef,
    at: &'d Segment,
}

impl Delta<'_> {
    /// Sends one step. Vendor: one unknown or synced person refuses the whole call; then those are told, and the others
    /// are left for another.
    async fn step(&self, step: Step<'_>, outcome: &mut MemberOutcome) -> Result<()> {
        let error = match step.send(self.client, self.ctx, self.at).await {
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict) => error,
            done => return done,
        };
        let rest = self.sort_out(step, outcome, error).await?;
        let rest = rest.into_iter().map(NativeRef::new);
        match step {
            Step::Remove(_) => outcome.left.remove.extend(rest),
            Step::Add(_) => outcome.left.add.extend(rest),
        }
        Ok(())
    }

    /// Finds out why a step was refused; gives the ids that can be sent again.
    async fn sort_out<'s>(
        &self,
        step: Step<'s>,
        outcome: &mut MemberOutcome,
        error: BackendError,
    ) -> Result<Vec<&'s str>> {
        let group = groups::get(self.client, self.ctx, self.group).await?;
        let Some(group) = group else {
            return Err(BackendError { kind: ErrorKind::NotFound, ..error });
        };
        if let Some(by) = group.locked {
            return Err(BackendError { kind: ErrorKind::Locked(by), ..error });
        }
        let people = self.look_up(step.ids()).await?;
        let adding = matches!(step, Step::Add(_));
        let mut rest = Vec::new();
        for id in step.ids() {
            match people.get(&id.to_ascii_lowercase()) {
                None if adding => drop(outcome.refused.insert((*id).to_owned(), Refusal::Unknown)),
                None => {}
                Some(Native { locked: Some(by), .. }) => {
                    outcome.refused.insert((*id).to_owned(), Refusal::Locked(by.clone()));
                }
                Some(person) if adding && self.is_member(person).await? => {}
                Some(_) => rest.push(*id),
            }
        }
        if rest.len() < step.ids().len() {
            return Ok(rest);
        }
        Err(if error.kind == ErrorKind::NotFound { passing(&error) } else { error })
    }

    /// The people with these ids, by id in lower case. A list may not show the newest yet; a read by id does.
    async fn look_up(&self, ids: &[&str]) -> Result<BTreeMap<String, Native>> {
        let wanted: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let listed = list::by_ids(self.client, self.ctx, Kind::User, &wanted).await?;
        let mut people: BTreeMap<String, Native> =
            listed.into_iter().map(|person| (person.at.id.to_ascii_lowercase(), person)).collect();
        for id in wanted {
            let key = id.to_ascii_lowercase();
            if !people.contains_key(&key)
                && let Some(person) =
                    users::get(self.client, self.ctx, &NativeRef::new(id), Want::default()).await?
            {
                people.insert(key, person);
            }
        }
        Ok(people)
    }

    /// Vendor: whether adding a member again is refused is not known.
    async fn is_member(&self, person: &Native) -> Result<bool> {
        let is_this =
            |groups: &[Neighbour]| groups.iter().any(|g| g.at.id.eq_ignore_ascii_case(&self.group.id));
        if let Some(groups) = &person.groups {
            return Ok(is_this(groups));
        }
        let id = ids::existing(&person.at)?;
        Ok(is_this(&users::groups_of(self.client, self.ctx, &id).await?))
    }
}

/// Nothing that was read explains the refusal: later it may be another.
fn passing(error: &BackendError) -> BackendError {
    BackendError::new(ErrorKind::Unavailable, Sent::Rejected, error.log.clone())
}
