//! A Netskope and a caller in one.

#![expect(clippy::needless_pass_by_value, reason = "json!(...) reads better without a reference")]

use serde_json::{Value, json};
use simulator::Simulator;
use simulator::http::{Effect, Request, Response};
use simulator::netskope::{Event, Netskope, Options, Seed, Switches};

pub const SECOND: i64 = 1_000_000;
pub const USERS: &str = "/api/v2/scim/Users";
pub const GROUPS: &str = "/api/v2/scim/Groups";
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub struct Rig {
    pub netskope: Netskope,
    pub now: i64,
    pub token: &'static str,
    pub effect: Effect,
}

pub fn sample() -> Rig {
    rig(Seed::Sample, Switches::default())
}

pub fn empty() -> Rig {
    rig(Seed::Empty, Switches::default())
}

pub fn rig(seed: Seed, switches: Switches) -> Rig {
    let netskope = Netskope::new(Options { seed, switches, ..Options::default() });
    Rig { netskope, now: 1_780_000_000 * SECOND, token: "netskope-token", effect: Effect::Send }
}

/// An empty tenant with some switches changed.
pub fn with(change: impl FnOnce(&mut Switches)) -> Rig {
    let mut rig = empty();
    change(rig.netskope.switches_mut());
    rig
}

/// The body of a person whose userName is the e-mail.
pub fn person(name: &str) -> Value {
    let email = format!("{name}@example.com");
    json!({"userName": email, "emails": [{"value": email, "primary": true}]})
}

/// A person with more attributes.
pub fn person_and(name: &str, more: Value) -> Value {
    let mut body = person(name);
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

impl Rig {
    /// Exactly this request, a second later.
    pub fn raw(&mut self, request: &Request) -> Response {
        self.now += SECOND;
        let (response, effect) = self.netskope.handle(self.now, request);
        self.effect = effect;
        response
    }

    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).header("Netskope-Api-Token", self.token)
    }

    pub fn send(&mut self, method: &str, target: &str, body: Value) -> Response {
        self.raw(&self.request(method, target).json(&body))
    }

    pub fn get(&mut self, target: &str) -> Response {
        self.raw(&self.request("GET", target))
    }

    pub fn post(&mut self, target: &str, body: Value) -> Response {
        self.send("POST", target, body)
    }

    pub fn delete(&mut self, target: &str) -> Response {
        self.raw(&self.request("DELETE", target))
    }

    /// A PATCH with one operation.
    pub fn patch(&mut self, target: &str, op: &str, path: &str, value: Value) -> Response {
        self.operations(target, json!([{"op": op, "path": path, "value": value}]))
    }

    pub fn operations(&mut self, target: &str, operations: Value) -> Response {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        self.send("PATCH", target, json!({"schemas": schemas, "Operations": operations}))
    }

    pub fn control(&mut self, method: &str, path: &str, body: Value) -> Response {
        self.raw(&Request::new(method, &format!("/_control{path}")).json(&body))
    }

    pub fn happens(&mut self, event: Event) -> String {
        self.netskope.event(self.now, event).unwrap()
    }

    /// The path of a new person.
    pub fn new_user(&mut self, name: &str) -> String {
        let id = self.new_id(name);
        format!("{USERS}/{id}")
    }

    /// The id of a new person.
    pub fn new_id(&mut self, name: &str) -> String {
        let response = self.post(USERS, person(name));
        assert_eq!(response.status, 201, "{}", response.value());
        text(&response.value()["id"])
    }

    /// The path of a new group.
    pub fn new_group(&mut self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let response = self.post(GROUPS, json!({"displayName": name, "members": members}));
        assert_eq!(response.status, 201, "{}", response.value());
        format!("{GROUPS}/{}", text(&response.value()["id"]))
    }

    /// The ids of the members of the group at this path, as they really are.
    pub fn members(&self, path: &str) -> Vec<String> {
        self.netskope.members_of(path.rsplit('/').next().unwrap())
    }

    /// The userNames on a page.
    pub fn names(&mut self, query: &str) -> Vec<String> {
        let response = self.get(&format!("{USERS}?{query}"));
        assert_eq!(response.status, 200, "{}", response.value());
        let value = response.value();
        let rows = value["Resources"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["userName"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Why the last request was refused.
    pub fn why(&self) -> &'static str {
        self.netskope.journal().last().unwrap().why.unwrap_or_default()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The keys of an object, in order.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
