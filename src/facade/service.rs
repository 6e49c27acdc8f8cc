//! The facade as a target: reads run where they are asked, each write runs on the engine to its end.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use scim::error::ScimError;
use scim::patch::Patch;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::resource::Incoming;
use scim::schema::ResourceType;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::core::Core;
use super::error;
use super::read::QueryPlan;
use super::rights::Right;
use super::settings::Settings;
use super::target::{Answer, Covered, Discovery, Page, Request, Target};
use super::write::{Edit, Link, Linked};
use crate::delivery::{Caller, Delivery, Engine, NoOutcome};
use crate::kernel::{Catalogue, Kind, ScimId};
use crate::telemetry::{Alarm, AlarmKind};

/// What a write gives: its answer, if it has one.
pub(super) type Outcome = Result<Option<Answer>, ScimError>;

/// One target over one backend.
pub struct Facade {
    pub(super) core: Arc<Core>,
    pub(super) engine: Engine<Outcome>,
}

impl Facade {
    /// A target. Nothing runs until it is asked or [`Facade::start`] is called.
    pub fn new(
        delivery: Delivery,
        settings: Settings,
        discovery: Discovery,
        runtime: Handle,
        tasks: TaskTracker,
    ) -> Self {
        let clock = delivery.clock.clone();
        let (folding, recent, writable, cursor_key) = Default::default();
        let core = Core {
            delivery,
            settings,
            discovery,
            folding,
            recent,
            writable,
            cursor_key,
            tasks: tasks.clone(),
        };
        Self { core: Arc::new(core), engine: Engine::new(runtime, tasks, clock) }
    }

    /// How a list of these kinds would be answered, kind by kind. Asks nobody.
    ///
    /// # Errors
    /// 400 for a filter or an order that can't be understood.
    pub fn query_plan(
        &self,
        profile: Profile,
        kinds: &[Kind],
        query: &ListQuery,
    ) -> Result<Vec<QueryPlan>, ScimError> {
        self.core.query_plan(profile, kinds, query)
    }

    /// Every person who is linked, with what the client calls them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn links(&self, request: &Request) -> Result<Vec<Link>, ScimError> {
        self.core.links(request).await
    }

    /// Links one person who exists natively, or does nothing at all. Nothing is written natively.
    ///
    /// # Errors
    /// Why it can't be done; the detail is for whoever made the list.
    pub async fn link(&self, request: &Request, link: Link, dry_run: bool) -> Result<Linked, ScimError> {
        self.core.link(request, link, dry_run).await
    }

    /// Runs a write; `subject` is the resource that it is about.
    async fn write<F>(
        &self,
        request: &Request,
        subject: &str,
        work: impl FnOnce(Arc<Core>, Caller) -> F,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let core = self.core.clone();
        core.may_write(&request.client).await?;
        let (fingerprint, deadline) = (&request.fingerprint, request.ctx.deadline);
        let is_part = request.is_part;
        let start = |caller: Caller| work(core, if is_part { caller.hearing_later() } else { caller });
        let done = self.engine.write(subject, fingerprint, deadline, start).await;
        let done = done.unwrap_or_else(|lost| Err(self.lost(request, lost)));
        // A look-up that ran out of time is no reason to give the write up: the client is to send it again.
        done.map_err(|e| if e.status == 504 { error::no_answer(&request.client) } else { e })
    }

    fn lost(&self, request: &Request, why: NoOutcome) -> ScimError {
        match why {
            NoOutcome::StillRunning => error::still_running(&request.client),
            NoOutcome::Panicked => {
                self.core.delivery.telemetry.emit(Alarm {
                    kind: AlarmKind::Panicked,
                    target: Some(request.ctx.target.clone()),
                    request: &request.ctx.request,
                    id: None,
                    what: "a request panicked while it was carried out; please report it",
                });
                ScimError::new(500, "The request could not be completed")
            }
        }
    }

    async fn edit(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        edit: Edit,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        let asked = request.clone();
        let about = subject(kind, &id);
        let done = self.write(&asked, &about, |core, caller| async move {
            match kind {
                Kind::User => {
                    Box::pin(core.edit_user(&request, &id, edit, &projection, &caller)).await.map(Some)
                }
                Kind::Group => {
                    Box::pin(core.edit_group(&request, &id, edit, &projection, &caller)).await.map(Some)
                }
            }
        });
        done.await?.ok_or_else(|| ScimError::new(500, "The write gave no answer"))
    }
}

#[async_trait]
impl Target for Facade {
    fn discovery(&self) -> &Discovery {
        &self.core.discovery
    }

    async fn is_restored(&self) -> bool {
        // A store that can't be read is no store to write by.
        self.core.delivery.is_restored().await.unwrap_or(true)
    }

    fn resource_type(&self, kind: Kind) -> &Arc<ResourceType> {
        self.core.resource_type(kind)
    }

    async fn get(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        request.client.may(Right::Read)?;
        self.core.get(&request, kind, &id, &projection).await
    }

    async fn list(
        &self,
        request: Request,
        covered: Vec<Covered>,
        query: ListQuery,
    ) -> Result<Page, ScimError> {
        request.client.may(Right::Read)?;
        self.core.list(&request, &covered, &query).await
    }

    async fn create(
        &self,
        request: Request,
        kind: Kind,
        body: Incoming,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        let asked = request.clone();
        let done = self.write(&asked, &asked.fingerprint, |core, caller| async move {
            Box::pin(core.create(&request, kind, body, &projection, &caller)).await.map(Some)
        });
        done.await?.ok_or_else(|| ScimError::new(500, "The write gave no answer"))
    }

    async fn replace(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        body: Incoming,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        self.edit(request, kind, id, Edit::Replace(body), projection).await
    }

    async fn patch(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        patch: Patch,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        let no_content =
            kind == Kind::User && request.client.patch_response == super::PatchResponse::NoContent;
        let bare = no_content && projection.is_default();
        // What is not answered is not read.
        let projection =
            if bare { Projection::all_but(self.resource_type(kind), "groups") } else { projection };
        let answer = self.edit(request, kind, id, Edit::Patch(patch), projection).await?;
        Ok(if bare { Answer { body: None, ..answer } } else { answer })
    }

    async fn delete(&self, request: Request, kind: Kind, id: ScimId) -> Result<(), ScimError> {
        let asked = request.clone();
        let about = subject(kind, &id);
        let done = self.write(&asked, &about, |core, caller| async move {
            core.delete(&request, kind, &id, &caller).await.map(|()| None)
        });
        done.await.map(drop)
    }

    async fn catalogue(
        &self,
        request: Request,
        what: Catalogue,
        query: ListQuery,
        projection: Projection,
    ) -> Result<Page, ScimError> {
        request.client.may(Right::Read)?;
        self.core.catalogue(&request, what, &query, &projection).await
    }

    async fn catalogue_entry(
        &self,
        request: Request,
        what: Catalogue,
        id: ScimId,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        request.client.may(Right::Read)?;
        self.core.catalogue_entry(&request, what, &id, &projection).await
    }
}

/// A resource, as the engine knows it. A resource that is being made is known by its request alone.
fn subject(kind: Kind, id: &ScimId) -> String {
    format!("{kind}/{id}")
}
