//! What a check works with: requests, resources of its own, and what the server advertises.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::check::{Checked, skip};
use crate::client::{Client, Request};
use crate::facts::{Attribute, Facts, GROUP, ResourceType, USER};
use crate::people;
use crate::reply::Reply;

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

    // === Tidying up

    fn take_down(&self, target: &str, reply: &Reply) {
        let endpoint = target.split('?').next().unwrap_or_default();
        let mut new = Vec::new();
        if reply.status == 201 && !reply.id().is_empty() {
            new.push(under(endpoint, reply.id()));
        }
        let operations = reply.at("/Operations").as_array();
        let locations = operations.into_iter().flatten().filter_map(|done| done.get("location")?.as_str());
        new.extend(locations.map(ToOwned::to_owned));
        if let Ok(mut made) = self.made.lock() {
            made.extend(new);
        }
    }

    /// How many resources were made so far and not deleted yet.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.made.lock().map(|made| made.len()).unwrap_or_default()
    }

    /// Deletes what was made after a mark, the newest first, but the three people who stay.
    pub async fn tidy(&self, mark: usize) {
        let crowd: Vec<&String> =
            self.crowd.get().into_iter().flatten().map(|(_, made)| &made.path).collect();
        let (stay, gone): (Vec<_>, Vec<_>) =
            self.take_from(mark).into_iter().partition(|path| crowd.contains(&path));
        if let Ok(mut made) = self.made.lock() {
            made.extend(stay);
        }
        self.delete_all(&gone).await;
    }

    fn take_from(&self, mark: usize) -> Vec<String> {
        let Ok(mut made) = self.made.lock() else { return Vec::new() };
        let at = mark.min(made.len());
        made.split_off(at)
    }

    /// Whether it worked is seen by the sweep at the end.
    async fn delete_all(&self, paths: &[String]) {
        for path in paths.iter().rev() {
            let _ = self.client.send(&Request::new(Method::DELETE, path)).await;
        }
    }

    /// Deletes everything that carries the run's name; gives the addresses of what stayed.
    pub async fn sweep(&self) -> Vec<String> {
        self.delete_all(&self.take_from(0)).await;
        let mut left = Vec::new();
        for (schema, attribute) in [(GROUP, "displayName"), (USER, "userName")] {
            let Some(of) = self.facts.resource_type(schema) else { continue };
            let filter = format!("{attribute} sw \"{}\"", self.prefix);
            let Ok(found) = self.filter(of, &filter).await else { continue };
            for resource in found.at("/Resources").as_array().into_iter().flatten() {
                let named = resource.get(attribute).and_then(Value::as_str).unwrap_or_default();
                let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
                // A server that does not understand the filter must not lose anybody.
                if id.is_empty() || !named.to_lowercase().starts_with(&self.prefix) {
                    continue;
                }
                let path = under(&of.endpoint, id);
                let done = self.delete(&path).await;
                if !done.is_ok_and(|reply| matches!(reply.status, 200 | 202 | 204 | 404)) {
                    left.push(path);
                }
            }
        }
        left
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
