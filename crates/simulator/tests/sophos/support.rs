//! A simulator and a caller in one.

#![expect(clippy::needless_pass_by_value, reason = "json!(...) reads better without a reference")]

use serde_json::{Value, json};
use simulator::Simulator;
use simulator::http::{Effect, Request, Response};
use simulator::sophos::{Options, Seed, Sophos, Switches};

pub const SECOND: i64 = 1_000_000;
pub const USERS: &str = "/common/v1/directory/users";
pub const GROUPS: &str = "/common/v1/directory/user-groups";
pub const ADMINS: &str = "/common/v1/admins";
pub const ROLES: &str = "/common/v1/roles";
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub struct Rig {
    pub sophos: Sophos,
    pub now: i64,
    pub token: String,
    pub tenant: String,
    pub effect: Effect,
}

pub fn rig(seed: Seed) -> Rig {
    rig_with(seed, |_| {})
}

/// A rig with some switches changed.
pub fn rig_with(seed: Seed, change: impl FnOnce(&mut Switches)) -> Rig {
    let mut switches = Switches::default();
    change(&mut switches);
    let mut rig = Rig {
        sophos: Sophos::new(Options { seed, switches, ..Options::default() }),
        now: 1_780_000_000 * SECOND,
        token: String::new(),
        tenant: String::new(),
        effect: Effect::Send,
    };
    rig.tenant = rig.sophos.tenant_id().to_owned();
    rig.token = rig.log_in("sophos-client");
    rig.sophos.clear_journal();
    rig
}

pub fn sample() -> Rig {
    rig(Seed::Sample)
}

pub fn empty() -> Rig {
    rig(Seed::Empty)
}

pub fn token_request(client: &str, secret: &str) -> Request {
    let mut request = Request::new("POST", "/id/api/v2/oauth2/token")
        .header("content-type", "application/x-www-form-urlencoded");
    request.body =
        format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=token").into();
    request
}

impl Rig {
    pub fn log_in(&mut self, client: &str) -> String {
        let response = self.raw(&token_request(client, "sophos-secret"));
        response.value()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn become_client(&mut self, client: &str) {
        self.token = self.log_in(client);
    }

    /// Exactly this request.
    pub fn raw(&mut self, request: &Request) -> Response {
        self.now += SECOND;
        let (response, effect) = self.sophos.handle(self.now, request);
        self.effect = effect;
        response
    }

    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(method, &format!("/eu01{target}"))
            .header("Authorization", &format!("Bearer {}", self.token))
            .header("X-Tenant-ID", &self.tenant)
    }

    pub fn get(&mut self, target: &str) -> Response {
        self.raw(&self.request("GET", target))
    }

    pub fn delete(&mut self, target: &str) -> Response {
        self.raw(&self.request("DELETE", target))
    }

    pub fn post(&mut self, target: &str, body: Value) -> Response {
        self.raw(&self.request("POST", target).json(&body))
    }

    pub fn patch(&mut self, target: &str, body: Value) -> Response {
        self.raw(&self.request("PATCH", target).json(&body))
    }

    pub fn control(&mut self, method: &str, path: &str, body: Value) -> Response {
        self.raw(&Request::new(method, &format!("/_control{path}")).json(&body))
    }

    /// The id of a new user.
    pub fn new_user(&mut self, name: &str, email: &str) -> String {
        let response = self.post(USERS, json!({"name": name, "email": email}));
        assert_eq!(response.status, 201, "{}", response.value());
        text(&response.value()["id"])
    }

    /// The id of a new group.
    pub fn new_group(&mut self, name: &str, members: &[&str]) -> String {
        let response = self.post(GROUPS, json!({"name": name, "userIds": members}));
        assert_eq!(response.status, 201, "{}", response.value());
        text(&response.value()["id"])
    }

    /// The id of a seeded user.
    pub fn user(&self, email: &str) -> String {
        self.sophos.user_by_email(email).unwrap().id
    }

    /// The id of a seeded group.
    pub fn group(&self, name: &str) -> String {
        self.sophos.group_by_name(name).unwrap().id
    }

    /// The id of a role.
    pub fn role(&self, name: &str) -> String {
        self.sophos.roles().into_iter().find(|role| role.name == name).unwrap().id
    }

    /// Why the last request was refused.
    pub fn why(&self) -> &'static str {
        self.sophos.journal().last().unwrap().why.unwrap_or_default()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The names (or another field) of the items in a list answer.
pub fn column(response: &Response, field: &str) -> Vec<String> {
    assert_eq!(response.status, 200, "{}", response.value());
    let value = response.value();
    let items = value["items"].as_array().unwrap();
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

pub fn names(response: &Response) -> Vec<String> {
    column(response, "name")
}
