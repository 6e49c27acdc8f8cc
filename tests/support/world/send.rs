//! Requests, as the web would hand them over.

use std::sync::Arc;

use scim::error::ScimError;
use scim::patch::Patch;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::resource::{Document, Required};
use scim_facade::facade::{Answer, Covered, Request, Target};
use scim_facade::kernel::{Kind, ScimId};
use serde_json::Value;

use super::World;

/// What a JSON text says.
fn tree(text: impl AsRef<[u8]>) -> Value {
    serde_json::from_slice(text.as_ref()).unwrap()
}

impl World {
    fn request(&self, what: &str) -> Request {
        Request {
            ctx: self.ctx(),
            client: Arc::new(self.client.clone()),
            fingerprint: format!("{} {what}", self.client.name),
            conditions: Default::default(),
            is_part: false,
        }
    }

    /// Sends one request, as the web would.
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        match self.try_send(method, path, body).await {
            Ok(reply) => reply,
            Err(error) => Reply { status: error.status, body: error.body(), retry_after: error.retry_after },
        }
    }

    async fn try_send(&self, method: &str, path: &str, body: Option<Value>) -> Result<Reply, ScimError> {
        let limits = self.settings.limits;
        let mut repairs = Repairs::default();
        let profile = self.client.profile;
        let (path, raw) = path.split_once('?').unwrap_or((path, ""));
        let mut segments = path.trim_matches('/').splitn(2, '/');
        let kind = match segments.next() {
            Some("Users") => Kind::User,
            _ => Kind::Group,
        };
        let id = segments.next().map(ScimId::new);
        let rt = self.facade.resource_type(kind).clone();
        let query = ListQuery::parse(raw, &limits)?;
        let projection = Projection::parse(
            query.attributes.as_deref(),
            query.excluded_attributes.as_deref(),
            &rt,
            profile,
            &limits,
            &mut repairs,
        )?;
        let text = body.as_ref().map(Value::to_string).unwrap_or_default();
        let request = self.request(&format!("{method} {path}?{raw} {text}"));
        let ok = |status, answer: Answer| {
            let status = if answer.body.is_none() { 204 } else { status };
            Reply { status, body: answer.body.map_or(Value::Null, tree), retry_after: None }
        };
        let body = match text.is_empty() {
            true => Value::Null,
            false => scim::resource::parse_json(text.as_bytes(), &limits)?,
        };
        let mut read = |body| Document::parse(body, &rt, profile, &limits, Required::Check, &mut repairs);
        Ok(match (method, id) {
            ("GET", Some(id)) => ok(200, self.facade.get(request, kind, id, projection).await?),
            ("GET", None) => {
                let covered = vec![Covered { kind, projection }];
                let page = self.facade.list(request, covered, query).await?;
                let list = scim::list::ListResponse {
                    total: page.total,
                    start_index: page.start_index,
                    resources: page.resources,
                    next_cursor: page.next_cursor,
                };
                Reply { status: 200, body: tree(list.to_text()), retry_after: None }
            }
            ("POST", None) => {
                let body = read(body)?;
                ok(201, self.facade.create(request, kind, body, projection).await?)
            }
            ("PUT", Some(id)) => {
                let body = read(body)?;
                ok(200, self.facade.replace(request, kind, id, body, projection).await?)
            }
            ("PATCH", Some(id)) => {
                let patch = Patch::parse(body, &rt, profile, &limits, &mut repairs)?;
                ok(200, self.facade.patch(request, kind, id, patch, projection).await?)
            }
            ("DELETE", Some(id)) => {
                self.facade.delete(request, kind, id).await?;
                Reply { status: 204, body: Value::Null, retry_after: None }
            }
            _ => panic!("{method} {path}"),
        })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Reply {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None).await
    }
}

/// What a client sees.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<u32>,
}

impl Reply {
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }
}

/// A person as Okta would send one.
pub fn person(name: &str) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": format!("{name}@example.com"),
        "externalId": format!("ext-{name}"),
        "name": {"givenName": name, "familyName": "Example"},
        "displayName": format!("{name} Example"),
        "emails": [{"value": format!("{name}@example.com"), "type": "work", "primary": true}],
        "title": "Engineer",
        "active": true,
    })
}

pub fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| serde_json::json!({"value": id})).collect();
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": members,
    })
}
