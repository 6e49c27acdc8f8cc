//! Sophos Central: people and groups of its directory, by its native API.
//!
//! What isn't documented is never relied upon: every place that meets a guess works with each of its values.

mod admins;
mod auth;
mod change;
mod client;
mod config;
mod error;
mod groups;
mod ids;
mod list;
mod map;
mod members;
mod model;
mod users;

use std::sync::Arc;

use async_trait::async_trait;
use scim::resource::Document;

use self::client::Client;
pub use self::config::SophosConfig;
pub use self::map::USER_EXTENSION;
use self::members::Sendable;
use super::{
    Attrs, Backend, Capabilities, Change, Desired, KindCaps, Listing, MemberDelta, MemberOutcome, MemberPage,
    Native, NativeCall, NativeQuery, NativeRef, Offered, PerCall, Probe, Rate, Reads, Result, Total, Want,
    Write,
};
use crate::kernel::{Catalogue, Clock, Ctx, Kind};
use crate::outbound::{Jitter, Method, ReadTerms, Route, Transport};

/// What a guard has to know that lets nothing but reads pass to these hosts.
pub fn reading(config: &SophosConfig) -> ReadTerms {
    ReadTerms {
        sign_in: vec![config.id.clone(), config.global.clone()],
        token: auth::TOKEN,
        plain: &["ids", "page", "pageSize", "pageTotal", "searchFields", "sort"],
    }
}

/// One tenant of Sophos Central.
pub struct Sophos {
    client: Client,
    capabilities: Capabilities,
}

impl Sophos {
    /// A tenant; makes no call.
    pub fn new(
        config: SophosConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        let capabilities = Capabilities {
            user: KindCaps {
                holds: map::USER_FIELDS,
                pushdown: map::USER_PUSHDOWN,
                match_on: &["email", "exchangeLogin"],
                unique: &["email"],
                ..KindCaps::default()
            },
            group: KindCaps {
                holds: map::GROUP_FIELDS,
                pushdown: map::GROUP_PUSHDOWN,
                match_on: &["name"],
                unique: &["name"],
                ..KindCaps::default()
            },
            visibility_lag: config.visibility_lag,
            delete_needs_empty: true,
            members_per_call: PerCall { add: ids::IDS_IN_BODY, remove: ids::IDS_IN_QUERY },
            create_with_links: true,
            is_native_id: ids::is_native_id,
            user_extension: Some(USER_EXTENSION),
            admins: true,
            listed_having: Some("email"),
            // Vendor: enforced for each credential.
            rate: Some(Rate { burst: 300, per_minute: 100 }),
            ..Capabilities::default()
        };
        Self { client: Client::new(config, transport, clock, jitter), capabilities }
    }

    async fn count(&self, ctx: &Ctx, kind: Kind) -> Result<Total> {
        let query = NativeQuery::All { having: None };
        Ok(list::search(&self.client, ctx, kind, &query, 0, 1).await?.total)
    }

    /// How many of all come from a directory.
    async fn synced(&self, ctx: &Ctx, kind: Kind, all: Total) -> Result<u64> {
        match (all, list::own(&self.client, ctx, kind).await?) {
            (Total::Exact(all), Some(own)) => Ok(all.saturating_sub(own)),
            _ => Ok(0),
        }
    }
}

#[async_trait]
impl Reads for Sophos {
    async fn get(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, want: Want) -> Result<Option<Native>> {
        match kind {
            Kind::User => users::get(&self.client, ctx, at, want).await,
            Kind::Group => groups::get(&self.client, ctx, at).await,
        }
    }

    async fn search(
        &self,
        ctx: &Ctx,
        kind: Kind,
        query: &NativeQuery,
        from: u64,
        limit: u64,
    ) -> Result<Listing> {
        list::search(&self.client, ctx, kind, query, from, limit).await
    }

    async fn members(&self, ctx: &Ctx, group: &NativeRef, from: u64) -> Result<MemberPage> {
        members::read(&self.client, ctx, group, from).await
    }

    async fn admins_of(&self, ctx: &Ctx, user: &NativeRef) -> Result<Vec<NativeRef>> {
        admins::of(&self.client, ctx, user).await
    }

    async fn offered(&self, _: &Ctx, _: Catalogue) -> Result<Vec<Offered>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Backend for Sophos {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn desired(&self, kind: Kind, document: &Document) -> Attrs {
        map::desired(kind, document)
    }

    fn present(&self, kind: Kind, native: &Native) -> Document {
        map::present(kind, native)
    }

    fn overlay(&self, kind: Kind, field: &str, native: &Native, document: &mut Document) {
        map::overlay(kind, field, native, document);
    }

    fn annotate(&self, kind: Kind, native: &Native, document: &mut Document) {
        map::annotate(kind, native, document);
    }

    fn plan(&self, write: &Write) -> Vec<NativeCall> {
        plan(write)
    }

    async fn create(&self, ctx: &Ctx, desired: &Desired) -> Result<Native> {
        if !desired.active {
            return Err(ids::unsupported("Sophos has no inactive people"));
        }
        match desired.kind {
            Kind::User => users::create(&self.client, ctx, desired).await,
            Kind::Group => groups::create(&self.client, ctx, desired).await,
        }
    }

    async fn update(&self, ctx: &Ctx, kind: Kind, at: &NativeRef, change: &Change) -> Result<Option<Native>> {
        change::update(&self.client, ctx, kind, at, change).await
    }

    /// Not reached: `backend::quarantine` wraps this backend and moves the person by `change_groups`; where people are parked they
    /// are deleted.
    async fn set_active(&self, _: &Ctx, _: &NativeRef, _: bool) -> Result<()> {
        Err(ids::unsupported("Sophos has no inactive people"))
    }

    async fn change_members(
        &self,
        ctx: &Ctx,
        group: &NativeRef,
        delta: &MemberDelta,
    ) -> Result<MemberOutcome> {
        members::change(&self.client, ctx, group, delta).await
    }

    async fn change_groups(&self, ctx: &Ctx, user: &NativeRef, delta: &MemberDelta) -> Result<()> {
        users::change_groups(&self.client, ctx, user, delta).await
    }

    async fn end_admin(&self, ctx: &Ctx, admin: &NativeRef) -> Result<()> {
        admins::end(&self.client, ctx, admin).await
    }

    async fn delete(&self, ctx: &Ctx, kind: Kind, at: &NativeRef) -> Result<()> {
        change::delete(&self.client, ctx, kind, at).await
    }

    async fn probe(&self, ctx: &Ctx) -> Result<Probe> {
        self.client.forget_place();
        let place = self.client.place(ctx).await?;
        let people = self.count(ctx, Kind::User).await?;
        let groups = self.count(ctx, Kind::Group).await?;
        let facts = vec![
            format!("tenant {}", place.tenant),
            format!(
                "region {} at {}",
                place.data_region.as_deref().unwrap_or("unknown"),
                place.region.host()
            ),
            format!("{} people", counted(people)),
            format!("{} groups", counted(groups)),
        ];
        let synced = self.synced(ctx, Kind::User, people).await?;
        let synced_groups = self.synced(ctx, Kind::Group, groups).await?;
        let warnings = advice(synced, synced_groups).into_iter().collect();
        Ok(Probe { facts, warnings, ..Probe::default() })
    }
}

/// What to do about objects that can't be changed here.
fn advice(people: u64, groups: u64) -> Option<String> {
    (people + groups > 0).then(|| {
        format!(
            "{people} people and {groups} groups come from a directory and are read-only here: take them out of the \
             application's scope at the identity provider"
        )
    })
}

fn counted(total: Total) -> String {
    match total {
        Total::Exact(count) => count.to_string(),
        Total::AtLeast(count) => format!("at least {count}"),
    }
}

/// The calls of a write. An id that can't be Sophos's costs none.
fn plan(write: &Write) -> Vec<NativeCall> {
    let call =
        |(method, route): (Method, Route)| NativeCall { method: method.as_str(), path: route.to_string() };
    let one = |method, kind, at| {
        let id = ids::segment(at);
        id.map(|id| call((method, change::route(kind, &id)))).into_iter().collect()
    };
    match write {
        Write::Create(Desired { kind: Kind::User, .. }) => {
            vec![call((Method::Post, Route::new(users::PATH)))]
        }
        Write::Create(Desired { kind: Kind::Group, .. }) => {
            vec![call((Method::Post, Route::new(groups::PATH)))]
        }
        Write::Update(_, _, change) if change.is_empty() => Vec::new(),
        Write::Update(kind, at, _) => one(Method::Patch, *kind, at),
        Write::Delete(kind, at) => one(Method::Delete, *kind, at),
        Write::SetActive(..) => Vec::new(),
        Write::EndAdmin(admin) => {
            ids::segment(admin).map(|id| call((Method::Delete, admins::route(&id)))).into_iter().collect()
        }
        Write::ChangeGroups(user, delta) => match ids::segment(user) {
            Some(user) => Sendable::of(delta)
                .additions_first()
                .map(|step| call(users::groups_call(&user, step)))
                .collect(),
            None => Vec::new(),
        },
        Write::ChangeMembers(group, delta) => match ids::segment(group) {
            Some(group) => Sendable::of(delta).steps().map(|step| call(step.call(&group))).collect(),
            None => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests;
