//! Netskope: people and groups of a tenant, by its own, irregular SCIM.
//!
//! What isn't documented is never relied upon: every place that meets a guess works with each of its values.

mod change;
mod client;
mod config;
mod error;
mod ids;
mod list;
mod management;
mod manners;
mod map;
mod members;
mod model;
mod objects;
mod pages;
mod probe;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use scim::resource::Document;
use serde_json::Value;

use self::client::Client;
pub use self::config::{NetskopeConfig, TokenHeader, pace};
use self::manners::Manners;
use self::model::TENANT;
use super::{
    Attrs, Backend, Capabilities, Change, Deactivate, Desired, KindCaps, Listing, MemberDelta, MemberOutcome,
    MemberPage, Native, NativeCall, NativeQuery, NativeRef, Offered, PerCall, Probe, Rate, Reads, Result,
    Want, Write,
};
use crate::kernel::{Catalogue, Clock, Ctx, Kind};
use crate::outbound::{Jitter, Method, ReadTerms, Route, Transport};

/// Vendor: a read after a write is assumed to show it; nobody has proved it.
const VISIBILITY_LAG: Duration = Duration::from_secs(2);

/// What a guard has to know that lets nothing but reads pass.
pub fn reading() -> ReadTerms {
    ReadTerms { sign_in: Vec::new(), token: "", plain: &["attributes", "startIndex", "count"] }
}

/// One tenant as it is talked to.
struct Tenant {
    client: Client,
    manners: Manners,
    config: NetskopeConfig,
}

impl Tenant {
    /// Whether one of the tenant's own attributes is declared. The others are nobody's business: they are neither shown nor
    /// taken away.
    fn declares(&self, name: &str) -> bool {
        self.config.own_attributes.iter().any(|declared| declared == name)
    }

    /// An object as readers see it.
    fn shown(&self, mut native: Native) -> Native {
        if let Some(Value::Object(own)) = native.attrs.get_mut(TENANT) {
            own.retain(|name, _| self.declares(name));
            if own.is_empty() {
                native.attrs.remove(TENANT);
            }
        }
        native
    }
}

/// One tenant of Netskope.
pub struct Netskope {
    tenant: Tenant,
    capabilities: Capabilities,
}

impl Netskope {
    /// A tenant; makes no call.
    pub fn new(
        config: &NetskopeConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        let capabilities = Capabilities {
            user: KindCaps {
                holds: map::user_fields(!config.own_attributes.is_empty()),
                pushdown: map::user_pushdown(config.user_management),
                match_on: &["userName"],
                unique: &["userName"],
                external_id: Some(map::EXTERNAL_ID),
            },
            group: KindCaps {
                holds: map::GROUP_FIELDS,
                pushdown: map::GROUP_PUSHDOWN,
                match_on: &["displayName"],
                unique: &["displayName"],
                external_id: Some(map::EXTERNAL_ID),
            },
            deactivate: Deactivate::Native,
            visibility_lag: VISIBILITY_LAG,
            members_per_call: PerCall { add: ids::IDS_IN_BODY, remove: ids::IDS_IN_BODY },
            create_with_links: true,
            is_native_id: ids::is_native_id,
            requires: map::requires(config.email_from_username),
            custom: Some(map::CUSTOM),
            own_order: true,
            hides_inactive: !config.inactive_visible,
            confirms_end: true,
            groups_by_members: true,
            list_tells: Some(map::LIST_TELLS),
            rate: config.policy.pace.map(|pace| Rate { burst: pace.burst, per_minute: pace.burst * 60 }),
            ..Capabilities::default()
        };
        let client = Client::new(config, transport, clock, jitter);
        let tenant = Tenant { client, manners: Manners::default(), config: config.clone() };
        Self { tenant, capabilities }
    }
}

#[async_trait]
impl Reads for Netskope {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, _: Want) -> Result<Option<Native>> {
        Ok(self.tenant.get(ctx, kind, at).await?.map(|native| self.tenant.shown(native)))
    }

    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        let found = self.tenant.search(ctx, kind, query, from, limit).await?;
        let rows = found.rows.into_iter().map(|row| self.tenant.shown(row)).collect();
        Ok(Listing { rows, ..found })
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        self.tenant.members(ctx, group, from).await
    }

    async fn admins_of(&self, _: &Ctx, _: &NativeRef) -> Result<Vec<NativeRef>> {
        Ok(Vec::new())
    }

    async fn offered(&self, _: &Ctx, _: Catalogue) -> Result<Vec<Offered>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Backend for Netskope {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What is known not to be kept is not wished for.
    fn desired(&self, kind: Kind, document: &Document) -> Attrs {
        let mut attrs = map::desired(kind, document, &self.tenant.config);
        if kind == Kind::User && self.tenant.manners.profile.fails() {
            attrs.retain(|field, _| !map::is_profile(field));
        }
        attrs
    }

    fn present(&self, kind: Kind, native: &Native) -> Document {
        map::present(kind, native, !self.tenant.config.own_attributes.is_empty())
    }

    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document) {
        map::overlay(kind, field, native, document);
    }

    fn annotate(&self, _: Kind, _: &Native, _: &mut Document) {}

    fn plan(&self, write: &Write) -> Vec<NativeCall> {
        plan(&self.tenant, write)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        Ok(self.tenant.shown(self.tenant.create(ctx, desired).await?))
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        let changed = self.tenant.update(ctx, kind, at, change).await?;
        Ok(changed.map(|native| self.tenant.shown(native)))
    }

    async fn set_active(&self, ctx: &Ctx, at: &NativeRef, active: bool) -> Result<()> {
        self.tenant.set_active(ctx, at, active).await
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        self.tenant.change_members(ctx, group, delta).await
    }

    async fn change_groups(&self, _: &Ctx, _: &NativeRef, _: &MemberDelta) -> Result<()> {
        Err(ids::unsupported("members are changed by the group"))
    }

    async fn end_admin(&self, _: &Ctx, _: &NativeRef) -> Result<()> {
        Err(ids::unsupported("Netskope's administrators are not reached here"))
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        self.tenant.delete(ctx, kind, at).await
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.tenant.probe(ctx).await
    }
}

/// The calls of a write. An id that can't be Netskope's costs none.
fn plan(tenant: &Tenant, write: &Write) -> Vec<NativeCall> {
    let call =
        |(method, route): (Method, Route)| NativeCall { method: method.as_str(), path: route.to_string() };
    let one = |method, kind, at: &NativeRef| {
        let id = ids::segment(at);
        id.map(|id| call((method, client::one(kind, &id)))).into_iter().collect()
    };
    match write {
        Write::Create(desired) => vec![call((Method::Post, client::all(desired.kind)))],
        Write::Update(_, _, change) if change.is_empty() => Vec::new(),
        Write::Update(kind, at, change) => {
            change::call(tenant, *kind, at, change).map(call).into_iter().collect()
        }
        Write::SetActive(at, _) => one(Method::Patch, Kind::User, at),
        Write::ChangeMembers(group, delta) => members::steps(delta)
            .iter()
            .flat_map(|_| -> Vec<NativeCall> { one(Method::Patch, Kind::Group, group) })
            .collect(),
        Write::Delete(kind, at) => one(Method::Delete, *kind, at),
        Write::ChangeGroups(..) | Write::EndAdmin(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
