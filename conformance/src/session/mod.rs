//! What a check works with: requests, resources of its own, and what the server advertises.

mod tidy;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::check::{Checked, skip};
use crate::client::Client;
use crate::facts::{Attribute, Facts, GROUP, ResourceType, USER};
use crate::people;
use crate::reply::Reply;
use crate::request::Request;

/// The schema of a PATCH (RFC 7644 §3.5.2).
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One run against one server.
#[derive(Debug)]
pub struct Session {
    /// HTTP.
    pub client: Client,
    /// What the server advertises.
    pub facts: Facts,
    /// The name of everything made here begins with this.
    pub prefix: String,
    names: AtomicU32,
    made: Mutex<Vec<String>>,
    crowd: OnceCell<BTreeMap<String, Made>>,
}

/// A resource that the suite made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its address under the base.
    pub path: String,
    /// Its id.
    pub id: String,
    /// What was sent.
    pub sent: Value,
    /// What the server answered.
    pub reply: Reply,
}

impl Session {
    /// A session with nothing made yet.
    #[must_use]
    pub fn new(client: Client, facts: Facts, prefix: String) -> Self {
        let (names, made, crowd) = (AtomicU32::new(0), Mutex::default(), OnceCell::new());
        Self { client, facts, prefix, names, made, crowd }
    }

    /// A name that nothing else has.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.prefix, self.names.fetch_add(1, Ordering::Relaxed))
    }

    // === Requests

    /// Sends a request. What it makes is taken down, so that it can be deleted.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn send(&self, request: Request) -> Checked<Reply> {
        let reply = self.client.send(&request).await?;
        if request.method == Method::POST {
            self.take_down(&request.target, &reply);
        }
        Ok(reply)
    }

    /// GET.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn get(&self, target: &str) -> Checked<Reply> {
        self.send(Request::new(Method::GET, target)).await
    }

    /// POST.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn post(&self, target: &str, body: &Value) -> Checked<Reply> {
        self.send(Request::new(Method::POST, target).json(body)).await
    }

    /// PUT.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn put(&self, target: &str, body: &Value) -> Checked<Reply> {
        self.send(Request::new(Method::PUT, target).json(body)).await
    }

    /// PATCH with these operations.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn patch(&self, target: &str, operations: &Value) -> Checked<Reply> {
        self.send(Request::new(Method::PATCH, target).json(&patch_op(operations))).await
    }

    /// DELETE.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn delete(&self, target: &str) -> Checked<Reply> {
        self.send(Request::new(Method::DELETE, target)).await
    }

    /// Resources of one type that match a filter.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn filter(&self, of: &ResourceType, filter: &str) -> Checked<Reply> {
        self.get(&format!("{}?filter={}", of.endpoint, encoded(filter))).await
    }

    // === What the server advertises

    /// The resource type of people.
    ///
    /// # Errors
    /// A skip: there is none.
    pub fn users(&self) -> Checked<&ResourceType> {
        self.resource_type(USER)
    }

    /// The resource type of groups.
    ///
    /// # Errors
    /// A skip: there is none.
    pub fn groups(&self) -> Checked<&ResourceType> {
        self.resource_type(GROUP)
    }

    fn resource_type(&self, schema: &str) -> Checked<&ResourceType> {
        match self.facts.resource_type(schema) {
            Some(found) => Ok(found),
            None => skip(format!("no resource type of schema {schema} in /ResourceTypes")),
        }
    }

    /// Goes on if a feature is advertised.
    ///
    /// # Errors
    /// A skip: it is not.
    pub fn needs(&self, feature: &str) -> Checked {
        if self.facts.supports(feature) {
            return Ok(());
        }
        skip(format!("{feature}.supported is not true in /ServiceProviderConfig"))
    }

    /// An attribute that clients can write.
    ///
    /// # Errors
    /// A skip: the schema has none of this name, or it is read-only.
    pub fn writable(&self, schema: &str, path: &str) -> Checked<Attribute> {
        let attribute = self.attribute(schema, path)?;
        if attribute.is_writable() { Ok(attribute) } else { skip(format!("{path} is read-only in {schema}")) }
    }

    /// An attribute of a schema.
    ///
    /// # Errors
    /// A skip: the schema has none of this name.
    pub fn attribute(&self, schema: &str, path: &str) -> Checked<Attribute> {
        match self.facts.attribute(schema, path) {
            Some(found) => Ok(found),
            None => skip(format!("{schema} has no attribute {path} in /Schemas")),
        }
    }

    // === Resources of the suite's own

    /// The document of a person whom nobody knows yet.
    ///
    /// # Errors
    /// A skip: there is no resource type of people.
    pub fn person(&self) -> Checked<Value> {
        Ok(people::person(&self.facts, self.users()?, &self.name()))
    }

    /// Makes a person.
    ///
    /// # Errors
    /// A skip: it did not work (the checks of creating tell why).
    pub async fn make_user(&self) -> Checked<Made> {
        self.make_user_with(&json!({})).await
    }

    /// Makes a person with these attributes besides the usual.
    ///
    /// # Errors
    /// A skip: it did not work.
    pub async fn make_user_with(&self, more: &Value) -> Checked<Made> {
        let mut document = self.person()?;
        merge(&mut document, more);
        self.make(&self.users()?.endpoint, document).await
    }

    /// Makes a group of these people.
    ///
    /// # Errors
    /// A skip: it did not work.
    pub async fn make_group(&self, members: &[&str]) -> Checked<Made> {
        let document = people::group(&self.facts, self.groups()?, &self.name(), members);
        self.make(&self.groups()?.endpoint, document).await
    }

    async fn make(&self, endpoint: &str, sent: Value) -> Checked<Made> {
        let reply = self.post(endpoint, &sent).await?;
        let id = reply.id().to_owned();
        if reply.status != 201 || id.is_empty() {
            return skip(format!(
                "POST {endpoint} did not make what this check needs: status {}",
                reply.status
            ));
        }
        Ok(Made { path: under(endpoint, &id), id, sent, reply })
    }

    /// Three people who stay for the whole run, by letter; made when they are first asked for.
    ///
    /// # Errors
    /// A skip: they could not be made.
    pub async fn crowd(&self) -> Checked<&BTreeMap<String, Made>> {
        self.crowd.get_or_try_init(|| self.gather()).await
    }

    async fn gather(&self) -> Checked<BTreeMap<String, Made>> {
        let mut crowd = BTreeMap::new();
        for (letter, attributes) in people::crowd(&self.facts, &self.prefix) {
            crowd.insert(letter, self.make_user_with(&attributes).await?);
        }
        Ok(crowd)
    }
}

/// The body of a PATCH.
#[must_use]
pub fn patch_op(operations: &Value) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// The address of a resource.
#[must_use]
pub fn under(endpoint: &str, id: &str) -> String {
    format!("{}/{}", endpoint.trim_end_matches('/'), encoded(id))
}

/// A text as it stands in a URL.
#[must_use]
pub fn encoded(text: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, &KEPT).to_string()
}

/// Puts attributes into a document; objects are merged, null takes out.
pub fn merge(document: &mut Value, more: &Value) {
    let (Some(document), Some(more)) = (document.as_object_mut(), more.as_object()) else { return };
    for (key, value) in more {
        match document.get_mut(key) {
            Some(old) if old.is_object() && value.is_object() => merge(old, value),
            _ if value.is_null() => drop(document.remove(key)),
            _ => drop(document.insert(key.clone(), value.clone())),
        }
    }
}
