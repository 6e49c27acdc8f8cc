//! A target that plays one: what it does depends on the id that it is asked for.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scim::discovery::Features;
use scim::error::ScimError;
use scim::patch::Patch;
use scim::query::{ListQuery, Projection};
use scim::resource::{Document, Incoming, Meta, Resource, Shown};
use scim::schema::{ResourceType, Schema};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::facade::{Answer, Covered, Discovery, Page, Request, Target};
use crate::kernel::{Catalogue, Kind, ScimId};

const USER: &str = r#"{"id":"urn:ietf:params:scim:schemas:core:2.0:User","name":"User","attributes":[
    {"name":"userName","type":"string","required":true},{"name":"active","type":"boolean"},{"name":"title","type":"string"}]}"#;
const MORE: &str =
    r#"{"id":"urn:example:2.0:More","name":"More","attributes":[{"name":"colour","type":"string"}]}"#;
const GROUP: &str = r#"{"id":"urn:ietf:params:scim:schemas:core:2.0:Group","name":"Group","attributes":[
    {"name":"displayName","type":"string","required":true}]}"#;

/// What reached the target, and a door that keeps slow writes.
pub(in super::super) struct Fake {
    discovery: Discovery,
    pub(in super::super) calls: Mutex<Vec<String>>,
    pub(in super::super) fingerprints: Mutex<Vec<String>>,
    pub(in super::super) door: Semaphore,
}

impl Fake {
    pub(in super::super) fn new() -> Arc<Self> {
        let schemas = [USER, MORE, GROUP].map(|text| Arc::new(Schema::from_json(text).unwrap()));
        let user = json!({"name": "User", "endpoint": "/Users", "schema": schemas[0].id,
            "schemaExtensions": [{"schema": schemas[1].id, "required": false}]});
        let group = json!({"name": "Group", "endpoint": "/Groups", "schema": schemas[2].id,
            "schemaExtensions": [{"schema": schemas[1].id, "required": false}]});
        let [user_type, group_type] =
            [user, group].map(|text| Arc::new(ResourceType::from_json(&text.to_string(), &schemas).unwrap()));
        let discovery = Discovery {
            features: Features { patch: true, ..Features::default() },
            user_type,
            group_type,
            catalogues: Vec::new(),
            base_url: "https://scim.example.com/one/scim/v2".into(),
        };
        let (calls, fingerprints) = (Mutex::default(), Mutex::default());
        Arc::new(Self { discovery, calls, fingerprints, door: Semaphore::new(0) })
    }

    pub(in super::super) fn seen(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn note(&self, request: &Request, call: String) {
        self.calls.lock().unwrap().push(call);
        self.fingerprints.lock().unwrap().push(request.fingerprint.clone());
    }

    fn shown(&self, kind: Kind, id: &str) -> Shown {
        let resource_type = Arc::clone(self.resource_type(kind));
        let (id, meta) =
            (id.into(), Meta { location: Some(self.discovery.location(kind, id)), ..Meta::default() });
        let projection = Projection::all(&resource_type);
        Resource { resource_type, id, document: Document::default(), external_id: None, relation: None, meta }
            .shown(&projection)
    }

    async fn answer(&self, kind: Kind, id: &str) -> Result<Answer, ScimError> {
        match id {
            "missing" => return Err(ScimError::not_found(id)),
            "busy" => return Err(ScimError::transient(429, 7, "come back")),
            "forever" => return Err(ScimError::transient(503, 100_000, "come back")),
            "hasty" => return Err(ScimError::transient(429, 0, "come back")),
            "vague" => return Err(ScimError::new(503, "come back")),
            "panic" => panic!("the inside: ada@example.com"),
            "slow" => self.door.acquire().await.unwrap().forget(),
            _ => {}
        }
        let body = (id != "silent").then(|| self.shown(kind, id));
        Ok(Answer { body, etag: Some("W/\"1\"".into()), location: Some(self.discovery.location(kind, id)) })
    }
}

#[async_trait]
impl Target for Fake {
    fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    async fn is_restored(&self) -> bool {
        false
    }

    fn resource_type(&self, kind: Kind) -> &Arc<ResourceType> {
        match kind {
            Kind::User => &self.discovery.user_type,
            Kind::Group => &self.discovery.group_type,
        }
    }

    async fn get(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        _: Projection,
    ) -> Result<Answer, ScimError> {
        self.note(&request, format!("get {kind} {id}"));
        self.answer(kind, id.as_str()).await
    }

    async fn list(
        &self,
        request: Request,
        covered: Vec<Covered>,
        query: ListQuery,
    ) -> Result<Page, ScimError> {
        let kinds: Vec<&str> = covered.iter().map(|one| one.kind.name()).collect();
        self.note(&request, format!("list {} {:?}", kinds.join("+"), query.filter));
        let one = self.shown(Kind::User, "1");
        Ok(Page { total: 1, start_index: Some(query.start_index), resources: vec![one], next_cursor: None })
    }

    async fn create(
        &self,
        request: Request,
        kind: Kind,
        body: Incoming,
        _: Projection,
    ) -> Result<Answer, ScimError> {
        let name = body.document.user_name().or(body.document.display_name()).unwrap_or_default().to_owned();
        self.note(&request, format!("create {kind} {name}"));
        let answer = self.answer(kind, &name).await;
        self.calls.lock().unwrap().push(format!("created {name}"));
        answer
    }

    async fn replace(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        _: Incoming,
        _: Projection,
    ) -> Result<Answer, ScimError> {
        self.note(&request, format!("replace {kind} {id}"));
        self.answer(kind, id.as_str()).await
    }

    async fn patch(
        &self,
        request: Request,
        kind: Kind,
        id: ScimId,
        _: Patch,
        projection: Projection,
    ) -> Result<Answer, ScimError> {
        self.note(&request, format!("patch {kind} {id} {}", projection.is_default()));
        self.answer(kind, id.as_str()).await
    }

    async fn catalogue(
        &self,
        _: Request,
        _: Catalogue,
        _: ListQuery,
        _: Projection,
    ) -> Result<Page, ScimError> {
        Err(ScimError::new(404, "there is none"))
    }

    async fn catalogue_entry(
        &self,
        _: Request,
        _: Catalogue,
        id: ScimId,
        _: Projection,
    ) -> Result<Answer, ScimError> {
        Err(ScimError::not_found(id.as_str()))
    }

    async fn delete(&self, request: Request, kind: Kind, id: ScimId) -> Result<(), ScimError> {
        self.note(&request, format!("delete {kind} {id}"));
        self.answer(kind, id.as_str()).await.map(drop)
    }
}
