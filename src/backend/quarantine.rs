//! A backend without a disabled state, with one of its groups as that state: who is in the quarantine group has no access.
//!
//! The group is reserved: no read shows it, and `active` of people is read from it. Everything else passes through.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use scim::resource::Document;
use serde_json::{Value, json};

use super::{
    Attrs, Backend, BackendError, Capabilities, Change, Deactivate, Desired, ErrorKind, Listing, MemberDelta,
    MemberOutcome, MemberPage, Native, NativeCall, NativeQuery, NativeRef, Offered, Probe, Reads, Result,
    Sent, Total, Want, Write,
};
use crate::kernel::{Catalogue, Ctx, Kind};

/// A search for the group looks at no more hits than this: a vendor may find every name that holds the group's.
const HITS: u64 = 300;

/// A backend whose people without access are those in one group.
pub struct Quarantine {
    inner: Arc<dyn Backend>,
    capabilities: Capabilities,
    name: String,
    /// The group, once it was found or made.
    group: Mutex<Option<NativeRef>>,
}

impl Quarantine {
    /// Puts a group of this name in front of a backend; makes no call.
    pub fn new(inner: Arc<dyn Backend>, name: impl Into<String>) -> Self {
        let capabilities = Capabilities { deactivate: Deactivate::Quarantine, ..*inner.capabilities() };
        Self { inner, capabilities, name: name.into(), group: Mutex::default() }
    }

    fn known(&self) -> Option<NativeRef> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, group: Option<NativeRef>) {
        *self.group.lock().unwrap_or_else(PoisonError::into_inner) = group;
    }

    /// The group, if there is one.
    async fn find(&self, ctx: &Ctx) -> Result<Option<NativeRef>> {
        if let Some(group) = self.known() {
            return Ok(Some(group));
        }
        let held = &self.capabilities.group;
        let fields = held.match_on.iter().map(|field| (*field).to_owned()).collect();
        let query = NativeQuery::Equals { fields, value: self.name.clone() };
        let found = self.inner.search(ctx, Kind::Group, &query, 0, HITS).await?;
        let found = found.rows.into_iter().next().map(|group| group.at);
        self.remember(found.clone());
        Ok(found)
    }

    /// The group; it is made if it is missing.
    async fn ensure(&self, ctx: &Ctx) -> Result<NativeRef> {
        if let Some(group) = self.find(ctx).await? {
            return Ok(group);
        }
        let made = self.inner.create(ctx, &self.desired_group()).await;
        let group = match made {
            Ok(native) => native.at,
            // Made by somebody else a moment ago, or by a try whose answer was lost: lists will show it.
            Err(error) if error.kind == ErrorKind::Conflict => {
                return Err(BackendError { kind: ErrorKind::Unavailable, ..error });
            }
            Err(error) => return Err(error),
        };
        self.remember(Some(group.clone()));
        Ok(group)
    }

    fn desired_group(&self) -> Desired {
        let mut document = Document::default();
        document.set("displayName", json!(self.name));
        let attrs = self.inner.desired(Kind::Group, &document);
        Desired { kind: Kind::Group, attrs, links: Vec::new(), active: true }
    }

    fn is_it(&self, kind: Kind, at: &NativeRef) -> bool {
        kind == Kind::Group && self.known().is_some_and(|group| group.id == at.id)
    }

    /// A person as readers see them: the group is not among theirs, and says whether they are active. A person whose
    /// groups the object does not tell is left as is.
    fn seen(&self, mut person: Native) -> Native {
        let (Some(groups), Some(quarantine)) = (&mut person.groups, self.known()) else { return person };
        let before = groups.len();
        groups.retain(|group| group.at.id != quarantine.id);
        person.active = Some(groups.len() == before);
        person
    }

    /// A page of groups without the quarantine group, as though it were not there.
    async fn groups(&self, ctx: &Ctx, query: &NativeQuery, from: u64, limit: u64) -> Result<Listing> {
        let Some(hidden) = self.find(ctx).await? else {
            return self.inner.search(ctx, Kind::Group, query, from, limit).await;
        };
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut page = self.inner.search(ctx, Kind::Group, query, from, limit.saturating_add(1)).await?;
        let mut rows = std::mem::take(&mut page.rows);
        // In id order: where the first row comes after it, it is on an earlier page and every row moves up by one.
        if from > 0 && rows.first().is_some_and(|row| row.at.id > hidden.id) {
            rows.remove(0);
        }
        rows.retain(|row| row.at.id != hidden.id);
        rows.truncate(wanted);
        let total = match page.total {
            Total::Exact(total) => Total::Exact(total.saturating_sub(1)),
            Total::AtLeast(total) => Total::AtLeast(total.saturating_sub(1)),
        };
        Ok(Listing { rows, total })
    }

    fn moves(&self, user: &NativeRef, group: NativeRef, active: bool) -> Write {
        let (add, remove) = if active { (Vec::new(), vec![group]) } else { (vec![group], Vec::new()) };
        Write::ChangeGroups(user.clone(), MemberDelta { add, remove })
    }
}

#[async_trait]
impl Reads for Quarantine {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>> {
        self.find(ctx).await?;
        if self.is_it(kind, at) {
            return Ok(None);
        }
        let native = self.inner.get(ctx, kind, at, want).await?;
        Ok(native.map(|native| if kind == Kind::User { self.seen(native) } else { native }))
    }

    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        if let (Kind::Group, NativeQuery::All { .. }) = (kind, query) {
            return self.groups(ctx, query, from, limit).await;
        }
        self.find(ctx).await?;
        let mut listing = self.inner.search(ctx, kind, query, from, limit).await?;
        let rows = listing.rows.into_iter().filter(|row| !self.is_it(kind, &row.at));
        listing.rows = match kind {
            Kind::User => rows.map(|person| self.seen(person)).collect(),
            Kind::Group => rows.collect(),
        };
        Ok(listing)
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        if self.is_it(Kind::Group, group) {
            return Err(BackendError::new(ErrorKind::NotFound, Sent::No, "the quarantine group is hidden"));
        }
        self.inner.members(ctx, group, from).await
    }

    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
        self.inner.admins_of(ctx, user).await
    }

    async fn offered(&self, ctx: &Ctx, what: Catalogue) -> Result<Vec<Offered>> {
        self.inner.offered(ctx, what).await
    }
}

#[async_trait]
impl Backend for Quarantine {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn desired(&self, kind: Kind, document: &Document) -> Attrs {
        self.inner.desired(kind, document)
    }

    fn present(&self, kind: Kind, native: &Native) -> Document {
        let mut document = self.inner.present(kind, native);
        if let (Kind::User, Some(active)) = (kind, native.active) {
            document.set("active", Value::Bool(active));
        }
        document
    }

    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document) {
        self.inner.overlay(kind, field, native, document);
    }

    fn annotate(&self, kind: Kind, native: &Native, document: &mut Document) {
        self.inner.annotate(kind, native, document);
    }

    fn plan(&self, write: &Write) -> Vec<NativeCall> {
        match (write, self.known()) {
            (Write::SetActive(user, active), Some(group)) => {
                self.inner.plan(&self.moves(user, group, *active))
            }
            (Write::SetActive(..), None) => self.inner.plan(&Write::Create(self.desired_group())),
            (write, _) => self.inner.plan(write),
        }
    }

    async fn prepare(&self, ctx: &Ctx) -> Result<()> {
        self.ensure(ctx).await.map(drop)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        let native = self.inner.create(ctx, desired).await?;
        Ok(if desired.kind == Kind::User { self.seen(native) } else { native })
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        let native = self.inner.update(ctx, kind, at, change).await?;
        Ok(native.map(|native| if kind == Kind::User { self.seen(native) } else { native }))
    }

    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        let Some(group) = (if active { self.find(ctx).await? } else { Some(self.ensure(ctx).await?) }) else {
            return Ok(());
        };
        let Write::ChangeGroups(user, delta) = self.moves(at, group, active) else { return Ok(()) };
        let moved = self.inner.change_groups(ctx, &user, &delta).await;
        if moved.as_ref().is_err_and(|error| error.kind == ErrorKind::NotFound) {
            // The person or the group: the next try looks for the group anew.
            self.remember(None);
            if self.inner.get(ctx, Kind::User, at, Want::default()).await?.is_some() {
                return moved.map_err(|error| BackendError { kind: ErrorKind::Unavailable, ..error });
            }
        }
        moved
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        self.inner.change_members(ctx, group, delta).await
    }

    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        self.inner.change_groups(ctx, user, delta).await
    }

    async fn end_admin(&self, ctx: &Ctx, admin: &NativeRef) -> Result<()> {
        self.inner.end_admin(ctx, admin).await
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        self.inner.delete(ctx, kind, at).await
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.inner.probe(ctx).await
    }
}
