//! A backend that is only read: writes are noted and answered as if they were done, and later reads show them.
//!
//! What the backend would refuse is foreseen by reading: what is gone, managed elsewhere, or a duplicate.

mod foresee;
mod shown;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use scim::resource::Document;
use serde_json::Value;

use self::foresee::refusal;
use self::shown::{Shown, relink};
use super::{
    Attrs, Backend, Call, Capabilities, Change, Deactivate, Desired, ErrorKind, Listing, MemberDelta,
    MemberOutcome, MemberPage, Native, NativeQuery, NativeRef, Neighbour, Offered, Probe, Reads, Result,
    Total, Want, Write,
};
use crate::kernel::{Catalogue, Ctx, IdGen, Kind};
use crate::outbound::ReadsMade;

/// A write that would have been sent.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What.
    pub write: Write,
    /// The calls that it takes.
    pub calls: Vec<Call>,
    /// Why the backend would refuse it, or a part of it.
    pub refused: Option<ErrorKind>,
}

/// A backend that nothing is written to.
pub struct DryRun {
    inner: Arc<dyn Backend>,
    ids: Arc<dyn IdGen>,
    made: ReadsMade,
    shown: Mutex<Shown>,
}

impl DryRun {
    /// Reads from `inner`. Ids of what would be made are new ones; `made` learns which reads are made to foresee.
    pub fn new(inner: Arc<dyn Backend>, ids: Arc<dyn IdGen>, made: ReadsMade) -> Self {
        Self { inner, ids, made, shown: Mutex::default() }
    }

    /// The writes that would have been sent, in order.
    pub fn planned(&self) -> Vec<Planned> {
        self.shown().planned.clone()
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a write; gives the refusal that was foreseen.
    fn plan_write(&self, write: Write, foreseen: Result<()>) -> Result<()> {
        let calls = self.inner.plan(&write);
        let refused = foreseen.as_ref().err().map(|error| error.kind.clone());
        self.shown().planned.push(Planned { write, calls, refused });
        foreseen
    }
}

#[async_trait]
impl Reads for DryRun {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>> {
        let born = self.shown().born.get(&(kind, at.id.clone())).cloned();
        let native = match born {
            Some(native) => Some(native),
            None => self.inner.get(ctx, kind, at, want).await?,
        };
        if let Some(native) = &native {
            self.shown().read.insert((kind, at.id.clone()), native.clone());
        }
        Ok(native.and_then(|native| self.shown().after(kind, native)))
    }

    /// What is born is found by what it was made with; a changed object by what it was.
    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        let Listing { rows, total } = self.inner.search(ctx, kind, query, from, limit).await?;
        let shown = self.shown();
        let before = rows.len() as u64;
        let mut rows: Vec<Native> = rows.into_iter().filter_map(|native| shown.after(kind, native)).collect();
        let hidden = before - rows.len() as u64;
        let held = self.inner.capabilities().of(kind);
        let matches = |native: &Native| match query {
            NativeQuery::All { .. } => false,
            NativeQuery::Equals { fields, value } => {
                let value = Value::from(value.as_str());
                fields.iter().any(|field| held.same(field, native.attrs.get(field), Some(&value)))
            }
            NativeQuery::Ids(ids) => ids.contains(&native.at.id),
        };
        let born = shown.born.iter().filter(|((of, _), native)| *of == kind && matches(native));
        let born: Vec<Native> = born.filter_map(|(_, native)| shown.after(kind, native.clone())).collect();
        let more = born.len() as u64;
        rows.extend(born);
        let moved = |total: u64| total.saturating_sub(hidden) + more;
        let total = match total {
            Total::Exact(total) => Total::Exact(moved(total)),
            Total::AtLeast(total) => Total::AtLeast(moved(total)),
        };
        Ok(Listing { rows, total })
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        let born = self.get(ctx, Kind::Group, group, Want::default());
        let is_born = self.shown().born.contains_key(&(Kind::Group, group.id.clone()));
        if is_born {
            let members = born.await?.and_then(|native| native.members).unwrap_or_default();
            return Ok(MemberPage { members, next: None });
        }
        let MemberPage { mut members, next } = self.inner.members(ctx, group, from).await?;
        let shown = self.shown();
        let is_last = next.is_none();
        relink(&mut members, shown.of_group(&group.id).filter(|(_, member)| is_last || !member));
        Ok(MemberPage { members, next })
    }

    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
        let mut admins = self.inner.admins_of(ctx, user).await?;
        let shown = self.shown();
        admins.retain(|admin| !shown.ended.contains(&admin.id));
        Ok(admins)
    }

    async fn offered(&self, ctx: &Ctx, what: Catalogue) -> Result<Vec<Offered>> {
        self.inner.offered(ctx, what).await
    }
}

#[async_trait]
impl Backend for DryRun {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn desired(&self, kind: Kind, document: &Document) -> Attrs {
        self.inner.desired(kind, document)
    }

    fn present(&self, kind: Kind, native: &Native) -> Document {
        self.inner.present(kind, native)
    }

    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document) {
        self.inner.overlay(kind, field, native, document);
    }

    fn annotate(&self, kind: Kind, native: &Native, document: &mut Document) {
        self.inner.annotate(kind, native, document);
    }

    fn plan(&self, write: &Write) -> Vec<Call> {
        self.inner.plan(write)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        let foreseen = self.foreseeing(self.may_create(ctx, desired)).await;
        self.plan_write(Write::Create(desired.clone()), foreseen)?;
        let links = || {
            let link = |at: &NativeRef| Neighbour { at: at.clone(), name: None, locked: None };
            Some(desired.links.iter().map(link).collect())
        };
        let id = self.ids.uuid().to_string();
        let is_user = desired.kind == Kind::User;
        let tells_access = is_user && self.inner.capabilities().deactivate == Deactivate::Native;
        let native = Native {
            at: NativeRef::new(id.as_str()),
            attrs: desired.attrs.clone(),
            active: tells_access.then_some(desired.active),
            locked: None,
            groups: is_user.then(links).flatten(),
            members: (!is_user).then(links).flatten(),
            created: None,
            modified: None,
        };
        self.shown().born.insert((desired.kind, id), native.clone());
        Ok(native)
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        let write = Write::Update(kind, at.clone(), change.clone());
        let looked = async {
            let native = self.object(ctx, kind, at).await?;
            self.may_update(ctx, kind, &native, change).await.map(|()| native)
        };
        let looked = self.foreseeing(looked).await;
        self.plan_write(write, looked.as_ref().map(drop).map_err(Clone::clone))?;
        let mut shown = self.shown();
        shown.change((kind, at.id.clone()), change);
        Ok(looked.ok().and_then(|native| shown.after(kind, native)))
    }

    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        let found = self.foreseeing(self.object(ctx, Kind::User, at)).await.map(drop);
        self.plan_write(Write::SetActive(at.clone(), active), found)?;
        self.shown().active.insert(at.id.clone(), active);
        Ok(())
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        let outcome = self.foreseeing(self.outcome(ctx, group, delta)).await;
        let refusal_of = |outcome: &MemberOutcome| match outcome.refused.is_empty() {
            true => Ok(()),
            false => Err(refusal(ErrorKind::Conflict)),
        };
        let write = Write::ChangeMembers(group.clone(), delta.clone());
        // A refusal of some is told in the outcome, not as the whole's.
        let foreseen = outcome.as_ref().map_err(Clone::clone).and_then(refusal_of);
        let planned = self.plan_write(write, foreseen);
        let outcome = outcome?;
        if planned.is_ok() {
            let mut shown = self.shown();
            let all = delta.remove.iter().map(|at| (at, false)).chain(delta.add.iter().map(|at| (at, true)));
            for (at, member) in all {
                shown.members.insert((group.id.clone(), at.id.clone()), member);
            }
        }
        Ok(outcome)
    }

    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        let foreseen = self.foreseeing(self.may_change_groups(ctx, user, delta)).await;
        self.plan_write(Write::ChangeGroups(user.clone(), delta.clone()), foreseen)?;
        let mut shown = self.shown();
        let all = delta.add.iter().map(|at| (at, true)).chain(delta.remove.iter().map(|at| (at, false)));
        for (group, member) in all {
            shown.members.insert((group.id.clone(), user.id.clone()), member);
        }
        Ok(())
    }

    /// Whether it is the last of the highest rank only the backend knows.
    async fn end_admin(&self, _: &Ctx, admin: &NativeRef) -> Result<()> {
        self.plan_write(Write::EndAdmin(admin.clone()), Ok(()))?;
        self.shown().ended.insert(admin.id.clone());
        Ok(())
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        let foreseen = self.foreseeing(self.may_delete(ctx, kind, at)).await;
        self.plan_write(Write::Delete(kind, at.clone()), foreseen)?;
        self.shown().gone.insert((kind, at.id.clone()));
        Ok(())
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.inner.probe(ctx).await
    }
}
