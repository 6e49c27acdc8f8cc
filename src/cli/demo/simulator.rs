//! The other side: what the simulator was asked, and what it holds now.

use reqwest::{Client, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::failed::Failed;
use super::scim::http;
use crate::config::QUARANTINE_GROUP;

/// The simulator's control routes.
pub(super) struct Simulator {
    http: Client,
    base: String,
}

/// One native call.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    method: String,
    path: String,
    query: Option<String>,
    status: Option<u16>,
    pub(super) write: bool,
    body: Option<Value>,
}

/// What the simulated directory holds.
#[derive(Debug, Deserialize)]
pub(super) struct World {
    users: Vec<Person>,
    groups: Vec<Group>,
    memberships: Vec<Membership>,
}

/// A native person, in the words of any product.
#[derive(Debug, Deserialize)]
pub(super) struct Person {
    id: String,
    name: Option<String>,
    email: Option<String>,
    active: Option<bool>,
    #[serde(default)]
    deleted: bool,
    /// What else the product keeps of a person, where it keeps it apart.
    #[serde(default)]
    profile: Map<String, Value>,
    /// The attributes that the tenant has declared.
    #[serde(default)]
    pub(super) tenant: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    id: String,
    name: Option<String>,
    display_name: Option<String>,
    #[serde(default)]
    deleted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    group_id: String,
    user_id: String,
}

impl Simulator {
    pub(super) fn new(base: &str) -> Result<Self, Failed> {
        Ok(Self { http: http()?, base: base.to_owned() })
    }

    /// What was asked since the last time, oldest first. It is forgotten.
    pub(super) async fn calls(&self) -> Result<Vec<Call>, Failed> {
        let calls = self.get("journal").await?;
        self.request(Method::DELETE, "journal").await?;
        Ok(calls)
    }

    /// What it holds now.
    pub(super) async fn world(&self) -> Result<World, Failed> {
        self.get("state").await
    }

    async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, Failed> {
        let bytes = self.request(Method::GET, route).await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Failed::new(format!("the simulator's {route}: {error}")))
    }

    async fn request(&self, method: Method, route: &str) -> Result<Vec<u8>, Failed> {
        let lost = |error: reqwest::Error| Failed::new(format!("the simulator did not answer: {error}"));
        let sent = self.http.request(method, format!("{}/_control/{route}", self.base)).send().await;
        let answer = sent.and_then(reqwest::Response::error_for_status).map_err(lost)?;
        Ok(answer.bytes().await.map_err(lost)?.to_vec())
    }
}

impl Call {
    /// The call in a line: method, path, what it carried, status.
    pub(super) fn line(&self) -> String {
        let query = self.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        let query = percent_encoding::percent_decode_str(&query).decode_utf8_lossy().into_owned();
        let body = self.body.as_ref().map(|body| format!("  {body}")).unwrap_or_default();
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        format!("{:<6} {}{query}{body} → {status}", self.method, self.path)
    }
}

impl Person {
    /// The display name.
    pub(super) fn name(&self) -> &str {
        let profile = || self.profile.get("displayName").and_then(Value::as_str);
        self.name.as_deref().or_else(profile).unwrap_or_default()
    }

    /// Whether the person can use the product.
    pub(super) fn has_access(&self) -> bool {
        self.active != Some(false)
    }
}

impl World {
    /// The person with an e-mail address. Some products keep who was deleted.
    pub(super) fn person(&self, email: &str) -> Option<&Person> {
        self.users
            .iter()
            .filter(|user| !user.deleted)
            .find(|user| user.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email)))
    }

    /// The names of a group's members; `None` if there is no such group.
    pub(super) fn members(&self, group: &str) -> Option<Vec<&str>> {
        let is_it = |candidate: &&Group| {
            let name = candidate.name.as_ref().or(candidate.display_name.as_ref());
            !candidate.deleted && name.is_some_and(|name| name == group)
        };
        let group = self.groups.iter().find(is_it)?;
        let inside = self.memberships.iter().filter(|membership| membership.group_id == group.id);
        let names =
            inside.filter_map(|membership| self.users.iter().find(|user| user.id == membership.user_id));
        Some(names.map(Person::name).collect())
    }

    /// What it holds of the people and the group of the story, in a line.
    pub(super) fn line(&self, emails: &[&str], group: &str) -> String {
        let told = |person: &Person| match person.has_access() {
            true => person.name().to_owned(),
            false => format!("{} (without access)", person.name()),
        };
        let people: Vec<String> = emails.iter().filter_map(|email| self.person(email)).map(told).collect();
        let people = if people.is_empty() { "nobody of this story".to_owned() } else { people.join(", ") };
        let group = match self.members(group) {
            Some(members) if members.is_empty() => format!("group {group}: empty"),
            Some(members) => format!("group {group}: {}", members.join(", ")),
            None => "no group of this story".to_owned(),
        };
        let held = self.members(QUARANTINE_GROUP).filter(|held| !held.is_empty());
        let held = held.map(|held| format!("; in quarantine: {}", held.join(", "))).unwrap_or_default();
        format!("{people}; {group}{held}")
    }
}
