//! What a backend would refuse, found out by reading.

use std::collections::HashMap;

use serde_json::Value;

use super::DryRun;
use super::shown::Shown;
use crate::backend::{
    Attrs, BackendError, Change, Desired, ErrorKind, MemberDelta, MemberOutcome, Native, NativeQuery,
    NativeRef, Reads, Refusal, Result, Sent, Want,
};
use crate::kernel::{Ctx, Kind};

impl DryRun {
    /// A read that the real request would leave to the backend's own checks.
    pub(super) async fn foreseeing<T>(&self, look: impl Future<Output = T>) -> T {
        self.made.foresee(true);
        let seen = look.await;
        self.made.foresee(false);
        seen
    }

    /// An object as it would be now; what the request has read is not read again.
    async fn known(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<Option<Native>> {
        let shown = |shown: &Shown| {
            let read = shown.read.get(&(kind, at.id.clone()))?;
            Some(shown.after(kind, read.clone()))
        };
        let read = shown(&self.shown());
        match read {
            Some(known) => Ok(known),
            None => self.get(ctx, kind, at, Want::default()).await,
        }
    }

    pub(super) async fn object(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<Native> {
        self.known(ctx, kind, at).await?.ok_or_else(|| refusal(ErrorKind::NotFound))
    }

    /// Whether another object has one of these values in a field that the backend keeps unique.
    async fn unique(&self, ctx: &Ctx, kind: Kind, attrs: &Attrs, own: Option<&str>) -> Result<()> {
        for field in self.inner.capabilities().of(kind).unique {
            let Some(value) = attrs.get(field).and_then(Value::as_str) else { continue };
            let query = NativeQuery::Equals { fields: vec![(*field).to_owned()], value: value.to_owned() };
            let hits = self.search(ctx, kind, &query, 0, 2).await?.rows;
            if hits.iter().any(|native| Some(native.at.id.as_str()) != own) {
                return Err(refusal(ErrorKind::Conflict));
            }
        }
        Ok(())
    }

    /// The objects of these that there are, by id. A list may not show the newest yet; a read by id does.
    async fn existing(&self, ctx: &Ctx, kind: Kind, of: &[NativeRef]) -> Result<HashMap<String, Native>> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let query = NativeQuery::Ids(of.iter().map(|at| at.id.clone()).collect());
        let rows = self.search(ctx, kind, &query, 0, of.len() as u64).await?.rows;
        let mut found: HashMap<String, Native> =
            rows.into_iter().map(|native| (native.at.id.clone(), native)).collect();
        for at in of {
            if !found.contains_key(&at.id)
                && let Some(native) = self.get(ctx, kind, at, Want::default()).await?
            {
                found.insert(at.id.clone(), native);
            }
        }
        Ok(found)
    }

    pub(super) async fn may_create(&self, ctx: &Ctx, desired: &Desired) -> Result<()> {
        self.unique(ctx, desired.kind, &desired.attrs, None).await?;
        let other = if desired.kind == Kind::User { Kind::Group } else { Kind::User };
        let links = self.existing(ctx, other, &desired.links).await?;
        if links.values().any(|native| native.locked.is_some()) {
            return Err(refusal(ErrorKind::Conflict));
        }
        if desired.links.iter().any(|at| !links.contains_key(&at.id)) {
            return Err(refusal(ErrorKind::NotFound));
        }
        Ok(())
    }

    pub(super) async fn may_update(
        &self,
        ctx: &Ctx,
        kind: Kind,
        native: &Native,
        change: &Change,
    ) -> Result<()> {
        match native.locked {
            Some(_) => Err(refusal(ErrorKind::Conflict)),
            None => self.unique(ctx, kind, &change.set, Some(&native.at.id)).await,
        }
    }

    pub(super) async fn may_delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        let Some(native) = self.known(ctx, kind, at).await? else { return Ok(()) };
        if let Some(by) = native.locked {
            return Err(refusal(ErrorKind::Locked(by)));
        }
        let needs_empty = kind == Kind::Group && self.inner.capabilities().delete_needs_empty;
        let is_empty = match native.members.filter(|_| needs_empty) {
            Some(members) => members.is_empty(),
            None => !needs_empty || self.members(ctx, at, 0).await?.members.is_empty(),
        };
        if !is_empty {
            return Err(refusal(ErrorKind::Conflict));
        }
        Ok(())
    }

    pub(super) async fn may_change_groups(
        &self,
        ctx: &Ctx,
        user: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<()> {
        if let Some(by) = self.object(ctx, Kind::User, user).await?.locked {
            return Err(refusal(ErrorKind::Locked(by)));
        }
        let all = [delta.add.clone(), delta.remove.clone()].concat();
        let groups = self.existing(ctx, Kind::Group, &all).await?;
        if groups.values().any(|group| group.locked.is_some()) {
            return Err(refusal(ErrorKind::Conflict));
        }
        match delta.add.iter().all(|at| groups.contains_key(&at.id)) {
            true => Ok(()),
            false => Err(refusal(ErrorKind::NotFound)),
        }
    }

    /// What would become of each member.
    pub(super) async fn outcome(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        if let Some(by) = self.object(ctx, Kind::Group, group).await?.locked {
            return Err(refusal(ErrorKind::Locked(by)));
        }
        let all = [delta.add.clone(), delta.remove.clone()].concat();
        let people = self.existing(ctx, Kind::User, &all).await?;
        let mut outcome = MemberOutcome::default();
        for at in &delta.add {
            if !people.contains_key(&at.id) {
                outcome.refused.insert(at.id.clone(), Refusal::Unknown);
            }
        }
        for (id, native) in &people {
            if let Some(by) = &native.locked {
                outcome.refused.insert(id.clone(), Refusal::Locked(by.clone()));
            }
        }
        if !outcome.refused.is_empty() {
            // One who is refused refuses the whole call; the others are left for another.
            let rest = |of: &[NativeRef]| {
                of.iter().filter(|at| !outcome.refused.contains_key(&at.id)).cloned().collect()
            };
            outcome.left = MemberDelta { add: rest(&delta.add), remove: rest(&delta.remove) };
        }
        Ok(outcome)
    }
}

/// A foreseen refusal.
pub(super) fn refusal(kind: ErrorKind) -> BackendError {
    BackendError::new(kind, Sent::Rejected, "foreseen by reading; nothing was sent")
}
