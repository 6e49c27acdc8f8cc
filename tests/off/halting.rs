//! The reference backend, stopped before or after a call.

use std::sync::Arc;

use async_trait::async_trait;
use scim::resource::Document;
use scim_facade::backend::memory::Memory;
use scim_facade::backend::{
    Attrs, Backend, Capabilities, Change, Desired, Listing, MemberDelta, MemberOutcome, MemberPage, Native,
    NativeCall, NativeQuery, NativeRef, Offered, Probe, Reads, Result, Want, Write,
};
use scim_facade::kernel::{Catalogue, Ctx, Kind};

use crate::support::transport::Gate;

/// The reference backend behind a gate.
pub struct Halting {
    pub inner: Arc<Memory>,
    pub gate: Arc<dyn Gate>,
}

impl Halting {
    /// Does `call`, unless the world is stopped before or after it.
    async fn pass<T>(&self, name: &str, call: impl Future<Output = T>) -> T {
        if self.gate.before(name) {
            std::future::pending::<()>().await;
        }
        let done = call.await;
        if self.gate.after(name) {
            std::future::pending::<()>().await;
        }
        done
    }
}

#[async_trait]
impl Reads for Halting {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>> {
        self.pass("get", self.inner.get(ctx, kind, at, want)).await
    }

    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        self.pass("search", self.inner.search(ctx, kind, query, from, limit)).await
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        self.pass("members", self.inner.members(ctx, group, from)).await
    }

    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
        self.inner.admins_of(ctx, user).await
    }

    async fn offered(&self, ctx: &Ctx, what: Catalogue) -> Result<Vec<Offered>> {
        self.inner.offered(ctx, what).await
    }
}

#[async_trait]
impl Backend for Halting {
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

    fn plan(&self, write: &Write) -> Vec<NativeCall> {
        self.inner.plan(write)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        self.pass("create", self.inner.create(ctx, desired)).await
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        self.pass("update", self.inner.update(ctx, kind, at, change)).await
    }

    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        self.pass("set active", self.inner.set_active(ctx, at, active)).await
    }

    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        self.pass("change groups", self.inner.change_groups(ctx, user, delta)).await
    }

    async fn end_admin(&self, ctx: &Ctx, admin: &NativeRef) -> Result<()> {
        self.pass("end admin", self.inner.end_admin(ctx, admin)).await
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        self.pass("change members", self.inner.change_members(ctx, group, delta)).await
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        self.pass("delete", self.inner.delete(ctx, kind, at)).await
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.inner.probe(ctx).await
    }
}
