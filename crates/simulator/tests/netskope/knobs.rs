//! Every knob does something: alone, it changes what a caller sees.

use serde_json::{Value, json};
use simulator::Simulator;
use simulator::http::Request;
use simulator::netskope::{Netskope, Options, Seed, Switches, TENANT_URN};

use super::support::{GROUPS, NOBODY, SECOND, USERS, person, person_and};

/// A caller who tries everything and writes down all answers.
struct Caller {
    netskope: Netskope,
    now: i64,
    seen: Vec<String>,
}

impl Caller {
    fn send(&mut self, method: &str, target: &str, header: (&str, &str), body: &Value) {
        self.now += SECOND;
        let mut request = Request::new(method, target).header(header.0, header.1);
        if !body.is_null() {
            request = request.json(body);
        }
        let (mut response, effect) = self.netskope.handle(self.now, &request);
        response.headers.retain(|(name, _)| name != "x-request-id");
        let body = String::from_utf8_lossy(&response.body).into_owned();
        self.seen
            .push(format!("{method} {target} {} {:?} {effect:?} {body}", response.status, response.headers));
    }

    fn ask(&mut self, method: &str, target: &str, body: &Value) {
        self.send(method, target, ("netskope-api-token", "netskope-token"), body);
    }

    fn get(&mut self, target: &str) {
        self.ask("GET", target, &Value::Null);
    }

    fn patch(&mut self, target: &str, operations: &Value) {
        self.ask("PATCH", target, &json!({"Operations": operations}));
    }

    fn user(&self, email: &str) -> String {
        let user = self.netskope.user_by_email(email);
        format!("{USERS}/{}", user.map_or(NOBODY.to_owned(), |user| user.id))
    }

    fn access(&mut self) {
        for (name, value) in [
            ("authorization", "Bearer netskope-token"),
            ("netskope-api-token", "nobody"),
            ("netskope-api-token", "netskope-scim"),
        ] {
            self.send("GET", USERS, (name, value), &Value::Null);
            self.send("POST", "/api/v2/users/getusers", (name, value), &json!({"query": {}}));
        }
        self.get("/api/v2/scim/ServiceProviderConfig");
        self.ask("PUT", USERS, &json!({}));
        self.ask("POST", USERS, &json!([]));
        let burst: Vec<Request> = [USERS, USERS, USERS, USERS, USERS, GROUPS]
            .map(|path| Request::new("GET", path).header("netskope-api-token", "netskope-token"))
            .into();
        for request in burst {
            let (response, _) = self.netskope.handle(self.now, &request);
            let limits =
                ["ratelimit-remaining", "retry-after"].map(|name| response.get(name).map(str::to_owned));
            self.seen.push(format!("{} {limits:?}", response.status));
        }
        self.now += 60 * SECOND;
    }

    fn lists(&mut self) {
        for query in [
            "",
            "count=1000",
            "count=0",
            "startIndex=101",
            "startIndex=101&count=1000",
            "filter=userName%20eq%20%22BEN.adler@example.com%22",
            "filter=userName%20eq%20rsmith",
            "filter=userName%20eq%20%22a%5C%22b%22",
            "filter=userName%20eq%20%22nobody%22",
            "filter=active%20eq%20true",
        ] {
            self.get(&format!("{USERS}?{query}"));
        }
        self.get(&format!("{GROUPS}?attributes=members"));
    }

    fn people(&mut self) {
        let long = json!({"k".repeat(40): "x"});
        let wide = json!({"k": "x".repeat(100)});
        for body in [
            person("ann"),
            person("ann"),
            person("Ben.Adler"),
            person("bEN.aDLER"),
            person_and("bea", json!({"active": "false"})),
            person_and("cat", json!({"active": false, "photos": []})),
            person_and("dan", json!({TENANT_URN: long})),
            person_and("eva", json!({TENANT_URN: wide})),
            person_and("fay", json!({TENANT_URN: numbered(6)})),
            person_and("gus", json!({TENANT_URN: numbered(16)})),
            person("gone.away"),
        ] {
            self.ask("POST", USERS, &body);
        }
        let (ann, petra) = (self.user("ann@example.com"), self.user("petra.voll@example.com"));
        self.get(&petra);
        self.get(&format!("{USERS}/{NOBODY}"));
        for operation in [
            json!({"op": "replace", "path": "active", "value": false}),
            json!({"op": "Replace", "path": "active", "value": false}),
            json!({"op": "replace", "path": "NAME.givenname", "value": "x"}),
            json!({"op": "replace", "path": "title", "value": "x"}),
            json!({"op": "replace", "path": "title", "value": ""}),
            json!({"op": "remove", "path": "title"}),
            json!({"op": "replace", "value": {"title": "y"}}),
            json!({"op": "replace", "path": "userName", "value": "anna"}),
        ] {
            self.patch(&ann, &json!([operation]));
            self.get(&ann);
        }
        let halves = json!([
            {"op": "replace", "path": "externalid", "value": "half"},
            {"op": "replace", "path": "nowhere", "value": "x"},
        ]);
        self.patch(&ann, &halves);
        self.get(&ann);
        self.ask("PUT", &ann, &person("ann"));
        self.ask("DELETE", &ann, &Value::Null);
        self.ask("POST", USERS, &person("ann"));
    }

    fn groups(&mut self) {
        let group = self.netskope.group_by_name("Engineering").unwrap();
        let path = format!("{GROUPS}/{}", group.id);
        let member = self.netskope.members_of(&group.id).remove(0);
        let petra = self.netskope.user_by_email("petra.voll@example.com").unwrap().id;
        for member in [&petra, NOBODY] {
            self.patch(&path, &json!([{"op": "add", "path": "members", "value": [{"value": member}]}]));
        }
        for count in [1001, 5001] {
            let request = Request { body: members(&member, count), ..Request::new("PATCH", &path) };
            let request = request.header("netskope-api-token", "netskope-token");
            let (response, _) = self.netskope.handle(self.now, &request);
            self.seen.push(response.status.to_string());
        }
        let by_filter = format!("members[value eq \"{member}\"]");
        self.patch(&path, &json!([{"op": "remove", "path": by_filter}]));
        self.get(&path);
        self.get(&format!("{path}?attributes=members"));
        self.ask("PUT", &path, &json!({"displayName": "Builders"}));
    }

    fn control(&mut self) {
        let event = json!({"kind": "consoleDeletesUser", "user": "ben.adler@example.com"});
        self.ask("POST", "/_control/events", &event);
        self.seen.push(format!("{:?}", self.netskope.invited()));
    }
}

fn transcript(switches: Switches) -> Vec<String> {
    let options = Options { seed: Seed::Sample, limits: true, switches, ..Options::default() };
    let mut caller =
        Caller { netskope: Netskope::new(options), now: 1_780_000_000 * SECOND, seen: Vec::new() };
    caller.access();
    caller.lists();
    caller.people();
    caller.groups();
    caller.control();
    caller.seen
}

/// So many custom attributes.
fn numbered(count: usize) -> Value {
    Value::Object((0..count).map(|number| (format!("a{number}"), json!("x"))).collect())
}

/// A PATCH that names the same member so many times.
fn members(id: &str, count: usize) -> Vec<u8> {
    let member = format!("{{\"value\":\"{id}\"}}");
    let list = vec![member; count].join(",");
    format!("{{\"Operations\":[{{\"op\":\"add\",\"path\":\"members\",\"value\":[{list}]}}]}}").into_bytes()
}

#[test]
fn every_value_of_every_switch_changes_what_a_caller_sees() {
    let base = Switches::default();
    let usual = transcript(base.clone());
    let mut seen: Vec<(&str, Value, Vec<String>)> = Vec::new();
    for single in base.singly() {
        let answers = transcript(single.switches);
        assert!(answers != usual, "{}: {} does nothing", single.switch, single.value);
        for (switch, value, earlier) in &seen {
            assert!(*switch != single.switch || *earlier != answers, "{switch}: {value} is {}", single.value);
        }
        seen.retain(|(switch, ..)| *switch == single.switch);
        seen.push((single.switch, single.value, answers));
    }
}
