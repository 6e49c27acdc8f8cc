//! What the web speaks to: one target, in SCIM terms.

use std::sync::Arc;

use async_trait::async_trait;
use scim::discovery::Features;
use scim::error::ScimError;
use scim::etag::Conditions;
use scim::patch::Patch;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::resource::{Incoming, Location, Shown};
use scim::schema::ResourceType;

use super::rights::{GroupScope, Rights};
use super::settings::SyncedWrite;
use crate::kernel::{Catalogue, ClientName, Ctx, Kind, Priority, ScimId};

/// When a PATCH answers with the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatchResponse {
    /// 200 with the resource for users and for groups known to have at most 100 members, else 204.
    #[default]
    Auto,
    /// 200 with the resource, however large.
    Body,
    /// 204, unless the request asks for attributes.
    NoContent,
}

/// The status of an answer that a retry can cure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transient {
    /// 429: what Okta retries.
    #[default]
    TooManyRequests,
    /// 503: what the RFC would say.
    Unavailable,
}

impl Transient {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::TooManyRequests => 429,
            Self::Unavailable => 503,
        }
    }
}

/// One identity provider's connection: who asks and how it wants to be answered.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in configuration, logs and audit.
    pub name: ClientName,
    /// How strictly its requests are read.
    pub profile: Profile,
    /// The status that it retries.
    pub transient: Transient,
    /// When a PATCH answers with the resource.
    pub patch_response: PatchResponse,
    /// What becomes of its writes to synced attributes, where it is stricter than the target.
    pub synced_write: Option<SyncedWrite>,
    /// What it may do.
    pub rights: Rights,
    /// Which groups it may write.
    pub groups: GroupScope,
}

/// One request of one client.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who, until when.
    pub ctx: Ctx,
    /// The client's settings.
    pub client: Arc<Client>,
    /// A hash of all that makes a request what it is, its client included: the same request sent again has the same. Empty for
    /// reads.
    pub fingerprint: String,
    /// Under which conditions it is to be carried out. Only requests about one resource that exists have any.
    pub conditions: Conditions,
    /// It is a part of a larger one, with which its outcome is told: until then nobody has heard of it.
    pub is_part: bool,
}

impl Request {
    /// The same request at another urgency.
    #[must_use]
    pub fn at(&self, priority: Priority) -> Self {
        Self { ctx: self.ctx.at(priority), ..self.clone() }
    }

    /// The same request without conditions.
    #[must_use]
    pub fn unconditional(&self) -> Self {
        Self { conditions: Conditions::default(), ..self.clone() }
    }
}

/// A resource as it is answered: rendered and projected.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The resource; `None` for 204, and for the 304 of a read whose client has this version.
    pub body: Option<Shown>,
    /// Its version, for the `ETag` header.
    pub etag: Option<Arc<str>>,
    /// Its address, for the `Location` header.
    pub location: Option<Location>,
}

/// A page of resources.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many match in all.
    pub total: u64,
    /// The index of the first of `resources`, from 1; none on a page by cursor.
    pub start_index: Option<u64>,
    /// The page, rendered and projected.
    pub resources: Vec<Shown>,
    /// The cursor of the next page (RFC 9865 §2); none on the last, and on a page by index.
    pub next_cursor: Option<String>,
}

/// A kind of resource that a list covers, and what is shown of it.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The kind.
    pub kind: Kind,
    /// The choice of attributes.
    pub projection: Projection,
}

/// What a target serves: discovery derives from it.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// For `/ServiceProviderConfig`.
    pub features: Features,
    /// People, for `/ResourceTypes` and `/Schemas`.
    pub user_type: Arc<ResourceType>,
    /// Groups, for `/ResourceTypes` and `/Schemas`.
    pub group_type: Arc<ResourceType>,
    /// What the product lists of what people can have, for `/ResourceTypes`, `/Schemas` and its endpoints.
    pub catalogues: Vec<(Catalogue, Arc<ResourceType>)>,
    /// The base URL of every `location` and `$ref`: `{public_url}/{target}/scim/v2`.
    pub base_url: Arc<str>,
}

impl Discovery {
    /// The resource type of a catalogue, if it is served.
    pub fn catalogue(&self, what: Catalogue) -> Option<&Arc<ResourceType>> {
        self.catalogues.iter().find(|(served, _)| *served == what).map(|(_, kind)| kind)
    }

    /// Every resource type.
    pub fn types(&self) -> impl Iterator<Item = &Arc<ResourceType>> {
        [&self.user_type, &self.group_type].into_iter().chain(self.catalogues.iter().map(|(_, kind)| kind))
    }

    /// A resource's URL.
    pub fn location(&self, kind: Kind, id: impl Into<Arc<str>>) -> Location {
        Location::new(&self.base_url, kind.endpoint(), id)
    }
}

/// One target in SCIM terms. Every error is a SCIM error that the client may see.
#[async_trait]
pub trait Target: Send + Sync {
    /// What the target serves.
    fn discovery(&self) -> &Discovery;
    /// The resource type of a kind, against which bodies, filters and paths are read.
    fn resource_type(&self, kind: Kind) -> &Arc<ResourceType>;
    /// Whether the records come from a backup and are read-only until an operator has reconciled them.
    async fn is_restored(&self) -> bool;
    /// RFC 7644 §3.4.1.
    async fn get(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        projection: Projection,
    ) -> Result<Answer, ScimError>;
    /// RFC 7644 §3.4.2, §3.4.3: one kind, or at the root all of them.
    async fn list(
        &self,
        request: Request,
        covered: Vec<Covered>,
        query: ListQuery,
    ) -> Result<Page, ScimError>;
    /// RFC 7644 §3.3.
    async fn create(
        &self,
        request: Request,
        kind: Kind,
        body: Incoming,
        projection: Projection,
    ) -> Result<Answer, ScimError>;
    /// RFC 7644 §3.5.1.
    async fn replace(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        body: Incoming,
        projection: Projection,
    ) -> Result<Answer, ScimError>;
    /// RFC 7644 §3.5.2.
    async fn patch(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        patch: Patch,
        projection: Projection,
    ) -> Result<Answer, ScimError>;
    /// RFC 7644 §3.6.
    async fn delete(&self, request: Request, kind: Kind, id: ScimId) -> Result<(), ScimError>;
    /// The roles or entitlements that people can have (draft-ietf-scim-roles-entitlements); 404 where they are not served.
    async fn catalogue(
        &self,
        request: Request,
        what: Catalogue,
        query: ListQuery,
        projection: Projection,
    ) -> Result<Page, ScimError>;
    /// One of them.
    async fn catalogue_entry(
        &self,
        request: Request,
        what: Catalogue,
        id: ScimId,
        projection: Projection,
    ) -> Result<Answer, ScimError>;
}
