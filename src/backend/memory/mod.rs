//! The reference backend: a directory in this process that holds every SCIM attribute itself. The demonstration's
//! `memory` target, and the measure for the others in the behaviour battery.

mod config;
mod directory;
mod plan;
mod reads;
mod seams;
mod writes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use scim::resource::{Document, SharedMap, is_unassigned};
use serde_json::{Value, json};

pub use self::config::{CUSTOM, MemoryConfig, Offer};
use self::directory::{Directory, Id, Row};
use self::seams::{Faults, is_applied};
use super::{
    Attrs, Backend, BackendError, Capabilities, Change, Desired, ErrorKind, Listing, MemberDelta,
    MemberOutcome, MemberPage, Native, NativeCall, NativeQuery, NativeRef, Neighbour, Offered, Probe, Reads,
    Result, Sent, Want, Write,
};
use crate::kernel::{Catalogue, Clock, Ctx, Kind};

/// A directory in memory.
pub struct Memory {
    capabilities: Capabilities,
    embeds: usize,
    offers: &'static [Offer],
    requires_email: bool,
    email_from_username: bool,
    journals: bool,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    directory: Directory,
    journal: Vec<NativeCall>,
    faults: Faults,
}

impl Memory {
    /// An empty directory.
    pub fn new(config: MemoryConfig, clock: Arc<dyn Clock>) -> Self {
        let inner = Inner { directory: Directory::new(), journal: Vec::new(), faults: Faults::default() };
        let capabilities = config.capabilities();
        let MemoryConfig { embeds, offers, requires_email, email_from_username, journals, .. } = config;
        let inner = Mutex::new(inner);
        Self { capabilities, embeds, offers, requires_email, email_from_username, journals, clock, inner }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, ctx: &Ctx, work: impl FnOnce(&Inner) -> Result<T>) -> Result<T> {
        self.in_time(ctx)?;
        let mut inner = self.lock();
        match inner.faults.due(false) {
            Some(error) => Err(error),
            None => work(&inner),
        }
    }

    fn write<T>(&self, ctx: &Ctx, write: &Write, work: impl FnOnce(&mut Inner) -> Result<T>) -> Result<T> {
        self.in_time(ctx)?;
        let mut inner = self.lock();
        let fault = inner.faults.due(true);
        if self.journals && fault.as_ref().is_none_or(|error| error.sent != Sent::No) {
            inner.journal.extend(plan::calls(write));
        }
        match fault {
            Some(error) if is_applied(&error) => work(&mut inner).and(Err(error)),
            Some(error) => Err(error),
            None => work(&mut inner),
        }
    }

    fn in_time(&self, ctx: &Ctx) -> Result<()> {
        if ctx.deadline.passed(&*self.clock) {
            return Err(BackendError::new(ErrorKind::TimedOut, Sent::No, "deadline passed before sending"));
        }
        Ok(())
    }

    /// Whether reads and lists show it.
    fn is_seen(&self, row: &Row) -> bool {
        !self.capabilities.hides_inactive || row.is_active()
    }

    fn holds(&self, kind: Kind, field: &str) -> bool {
        let caps = self.capabilities.of(kind);
        caps.external_id == Some(field) || caps.holds.iter().any(|held| held.name == field)
    }

    fn native(&self, inner: &Inner, kind: Kind, at: NativeRef, row: &Row) -> Native {
        let is_told = kind == Kind::Group || !self.capabilities.groups_by_members;
        let links =
            (is_told && row.links.len() <= self.embeds).then(|| neighbours(inner, kind, row.links.iter()));
        let (groups, members) = match kind {
            Kind::User => (links, None),
            Kind::Group => (None, links),
        };
        Native {
            at,
            attrs: row.attrs.clone(),
            active: row.active,
            locked: row.locked.clone(),
            groups,
            members,
            created: Some(row.created),
            modified: Some(row.modified),
        }
    }
}

/// The other ends of an object's links; `of` is the object's kind.
fn neighbours<'l>(inner: &Inner, of: Kind, links: impl Iterator<Item = &'l Id>) -> Vec<Neighbour> {
    let other = match of {
        Kind::User => Kind::Group,
        Kind::Group => Kind::User,
    };
    let shelf = inner.directory.shelf(other);
    let name = |row: &Row| row.attrs.get("displayName")?.as_str().map(str::to_owned);
    let neighbour = |id: &Id| {
        let row = shelf.row(*id);
        Neighbour {
            at: id.to_ref(),
            name: row.and_then(name),
            locked: row.and_then(|row| row.locked.clone()),
        }
    };
    links.map(neighbour).collect()
}

fn is_native_id(id: &str) -> bool {
    id.len() == 36 && uuid::Uuid::try_parse(id).is_ok()
}

#[async_trait]
impl Reads for Memory {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>> {
        self.read(ctx, |inner| Ok(self.find(inner, kind, at, want)))
    }

    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        self.read(ctx, |inner| self.list(inner, kind, query, from, limit))
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        self.read(ctx, |inner| reads::members(inner, group, from))
    }

    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
        self.read(ctx, |inner| Ok(inner.directory.admins_of(&user.id)))
    }

    async fn offered(&self, ctx: &Ctx, what: Catalogue) -> Result<Vec<Offered>> {
        let offers = self.offers.iter().filter(|offer| offer.catalogue == what);
        self.read(ctx, |_| Ok(offers.map(Offer::as_offered).collect()))
    }
}

#[async_trait]
impl Backend for Memory {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn desired(&self, kind: Kind, document: &Document) -> Attrs {
        let held = self.capabilities.of(kind).holds;
        let mut desired = document.as_map().clone();
        desired.retain(|name, _| held.iter().any(|field| field.name == name));
        if kind == Kind::User && self.requires_email && document.email().is_none() {
            desired.remove("emails");
            let made_up = document.email_or_user_name().filter(|_| self.email_from_username);
            let email = |address| json!([{ "value": address, "type": "work", "primary": true }]);
            desired.extend(made_up.map(|address| ("emails", email(address))));
        }
        desired.into()
    }

    fn present(&self, kind: Kind, native: &Native) -> Document {
        let mut shown = SharedMap::clone(&native.attrs);
        shown.retain(|name, value| self.holds(kind, name) && !is_unassigned(value));
        let mut document = Document::from_canonical(shown);
        if kind == Kind::User {
            document.set("active", Value::Bool(native.active.unwrap_or(true)));
        }
        document
    }

    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document) {
        if self.holds(kind, field) {
            document.set(field, native.attrs.get_shared(field).cloned().unwrap_or_default());
        }
    }

    fn annotate(&self, _: Kind, _: &Native, _: &mut Document) {}

    fn plan(&self, write: &Write) -> Vec<NativeCall> {
        plan::calls(write)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        self.write(ctx, &Write::Create(desired.clone()), |inner| self.make(inner, desired))
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        let write = Write::Update(kind, at.clone(), change.clone());
        self.write(ctx, &write, |inner| self.alter(inner, kind, at, change).map(Some))
    }

    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        self.write(ctx, &Write::SetActive(at.clone(), active), |inner| self.switch(inner, at, active))
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        let write = Write::ChangeMembers(group.clone(), delta.clone());
        self.write(ctx, &write, |inner| self.set_members(inner, group, delta))
    }

    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        let write = Write::ChangeGroups(user.clone(), delta.clone());
        self.write(ctx, &write, |inner| self.regroup(inner, user, delta))
    }

    async fn end_admin(&self, ctx: &Ctx, admin: &NativeRef) -> Result<()> {
        self.write(ctx, &Write::EndAdmin(admin.clone()), |inner| writes::end_admin(inner, admin))
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        self.write(ctx, &Write::Delete(kind, at.clone()), |inner| self.unmake(inner, kind, at))
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.read(ctx, |inner| {
            let count = |kind| inner.directory.shelf(kind).len();
            Ok(Probe {
                facts: vec![
                    format!("{} people", count(Kind::User)),
                    format!("{} groups", count(Kind::Group)),
                ],
                ..Probe::default()
            })
        })
    }
}

#[cfg(test)]
mod tests;
