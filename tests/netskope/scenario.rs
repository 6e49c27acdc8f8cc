//! A life in SCIM terms, and the truth at its end, whatever the server is like.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::world::{Reply, group, person};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What may go wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Luck {
    /// Nothing but what "try again" cures.
    Good,
    /// Now and then the server's answer is of no use: 502, and the request is sent again.
    Bad,
}

/// A client that insists.
pub struct Story<'w> {
    pub world: &'w World,
    pub luck: Luck,
}

impl Story<'_> {
    /// Sends a request until its answer is final. Whatever the answer, it is one of SCIM's, and tells nothing of the inside.
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        for _ in 0..40 {
            let reply = self.world.send(method, path, body.clone()).await;
            is_scim(&reply);
            match reply.status {
                429 => self.world.wait(u64::from(reply.retry_after.expect("Retry-After"))).await,
                502 | 504 if self.luck == Luck::Bad => self.world.wait(1).await,
                _ => return reply,
            }
        }
        panic!("{method} {path} never ends");
    }

    async fn done(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let reply = self.send(method, path, body).await;
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply
    }

    async fn get(&self, path: &str) -> Value {
        self.done("GET", path, None).await.body
    }

    async fn patch(&self, path: &str, operations: Value) -> Reply {
        let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]);
        self.done("PATCH", path, Some(json!({"schemas": schemas, "Operations": operations}))).await
    }

    /// The ids that a query finds, in order.
    async fn found(&self, query: &str) -> Vec<String> {
        let page = self.get(query).await;
        let rows = page["Resources"].as_array().expect("Resources, also of nothing");
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn filtered(&self, endpoint: &str, filter: &str) -> Vec<String> {
        let filter = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        let mut ids = self.found(&format!("/{endpoint}?filter={filter}")).await;
        ids.sort();
        ids
    }

    /// Makes, finds, lists, changes, deactivates and removes people, and puts them into groups.
    pub async fn runs(&self) {
        let people = self.make_people().await;
        self.find_people(&people).await;
        self.list_people(&people).await;
        self.change_people(&people).await;
        self.staff_groups(&people).await;
        self.end_access(&people).await;
    }

    async fn make_people(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for name in ["ada", "Eve", "joe"] {
            let mut body = person(name);
            body[ENTERPRISE] = json!({"department": name, "manager": {"value": "m1"}});
            body["password"] = json!("never to be sent");
            let made = self.send("POST", "/Users", Some(body.clone())).await;
            assert_eq!(made.status, 201, "{made:?}");
            ids.push(made.id());
            self.shows(&format!("/Users/{}", made.id()), &body).await;
        }
        let again = self.send("POST", "/Users", Some(person("EVE"))).await;
        let other = json!({"externalId": "other", "userName": "ADA@example.com",
            "emails": [{"value": "ada@example.com"}]});
        let other = self.send("POST", "/Users", Some(other)).await;
        assert_eq!((again.status, other.status), (409, 409), "{again:?} {other:?}");
        ids
    }

    /// A read shows all that was sent.
    async fn shows(&self, at: &str, sent: &Value) {
        let read = self.get(at).await;
        for name in ["userName", "name", "displayName", "title", "emails", "externalId", ENTERPRISE] {
            assert_eq!(read[name], sent[name], "{name} of {read}");
        }
        assert_eq!((&read["active"], &read["password"]), (&json!(true), &Value::Null));
        for stray in ["status", "metadata", "_etag"] {
            assert_eq!(read[stray], Value::Null, "{read}");
        }
        assert!(read["meta"]["location"].as_str().unwrap().ends_with(at), "{read}");
        assert!(!read.to_string().contains("internal.example.com"), "{read}");
    }

    async fn find_people(&self, people: &[String]) {
        let [ada, eve, joe] = people else { panic!() };
        for (filter, wanted) in [
            ("userName eq \"ada@example.com\"", vec![ada]),
            ("userName eq \"EVE@example.com\"", vec![eve]),
            ("externalId eq \"ext-joe\"", vec![joe]),
            ("emails.value eq \"ADA@example.com\"", vec![ada]),
            ("displayName eq \"eve example\"", vec![eve]),
            ("title eq \"Engineer\" and userName sw \"j\"", vec![joe]),
            ("not (userName sw \"a\") and active eq true", vec![eve, joe]),
            ("userName eq \"no\\\"body\"", vec![]),
            ("userName eq \"nobody@example.com\"", vec![]),
            (&format!("{ENTERPRISE}:department eq \"ada\""), vec![ada]),
        ] {
            let mut wanted: Vec<String> = wanted.into_iter().cloned().collect();
            wanted.sort();
            assert_eq!(self.filtered("Users", filter).await, wanted, "{filter}");
        }
    }

    async fn list_people(&self, people: &[String]) {
        // What was written a moment ago is only shown where the whole list is.
        self.world.wait(6).await;
        let mut all = people.to_vec();
        all.sort();
        let mut whole = self.found("/Users").await;
        let mut by_two = self.found("/Users?count=2").await;
        by_two.extend(self.found("/Users?startIndex=3&count=2").await);
        for ids in [&mut whole, &mut by_two] {
            ids.sort();
            assert_eq!(*ids, all);
        }
        assert_eq!(self.found("/Users?sortBy=userName").await, people);
        let page = self.get("/Users?startIndex=2&count=1").await;
        assert_eq!(
            (&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]),
            (&json!(3), &json!(1), &json!(2)),
            "{page}"
        );
        assert_eq!(self.get("/Users?count=0").await["totalResults"], 3);
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/Users?count=1&cursor={cursor}")).await;
            walked.push(page["Resources"][0]["id"].as_str().unwrap().to_owned());
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = next.to_owned();
        }
        walked.sort();
        assert_eq!(walked, all);
    }

    async fn change_people(&self, people: &[String]) {
        let [ada, eve, _] = people else { panic!() };
        let at = format!("/Users/{ada}");
        let changed = json!([
            {"op": "replace", "path": "name.familyName", "value": "Lovelace"},
            {"op": "replace", "path": "title", "value": "Countess"},
            {"op": "Add", "path": "nickName", "value": "A"},
            {"op": "remove", "path": "name.givenName"},
            {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "Mathematics"},
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "countess@example.com"},
            {"op": "replace", "path": "userName", "value": "countess@example.com"},
        ]);
        self.patch(&at, changed).await;
        for settled in [false, true] {
            if settled {
                self.world.wait(6).await;
            }
            let read = self.get(&at).await;
            assert_eq!(read["name"]["familyName"], "Lovelace", "{read}");
            assert_eq!(read["name"].get("givenName"), None, "{read}");
            assert_eq!((&read["title"], &read["nickName"]), (&json!("Countess"), &json!("A")), "{read}");
            assert_eq!(read[ENTERPRISE]["department"], "Mathematics", "{read}");
            assert_eq!(read["userName"], "countess@example.com", "{read}");
        }
        assert_eq!(self.filtered("Users", "userName eq \"countess@example.com\"").await, [ada.clone()]);
        let taken = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "userName", "value": "Eve@example.com"}]});
        assert_eq!(self.send("PATCH", &at, Some(taken)).await.status, 409);
        let mut whole = person("Eve");
        whole["title"] = json!("Lady");
        self.done("PUT", &format!("/Users/{eve}"), Some(whole.clone())).await;
        self.shows(&format!("/Users/{eve}"), &whole).await;
    }

    async fn members(&self, at: &str) -> Vec<String> {
        let read = self.get(at).await;
        let members = read["members"].as_array().cloned().unwrap_or_default();
        let mut ids: Vec<String> = Vec::new();
        for member in members {
            let id = member["value"].as_str().unwrap().to_owned();
            let own = format!("/Users/{id}");
            assert!(member["$ref"].as_str().unwrap().ends_with(&own) && member["type"] == "User", "{member}");
            ids.push(id);
        }
        ids.sort();
        ids
    }

    async fn has_members(&self, at: &str, wanted: &[&String]) {
        let mut wanted: Vec<String> = wanted.iter().map(|id| (*id).clone()).collect();
        wanted.sort();
        for settled in [false, true] {
            if settled {
                self.world.wait(6).await;
            }
            assert_eq!(self.members(at).await, wanted, "settled: {settled}");
        }
    }

    async fn staff_groups(&self, people: &[String]) {
        let [ada, eve, joe] = people else { panic!() };
        let empty = self.done("POST", "/Groups", Some(group("Empty", &[]))).await.id();
        let staff = self.done("POST", "/Groups", Some(group("Staff", &[ada]))).await.id();
        let at = format!("/Groups/{staff}");
        assert_eq!(self.send("POST", "/Groups", Some(group("STAFF", &[]))).await.status, 409);
        self.has_members(&format!("/Groups/{empty}"), &[]).await;
        let add = |ids: &[&String]| {
            let ids: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
            json!([{"op": "add", "path": "members", "value": ids}])
        };
        let stranger = "00000000-0000-4000-8000-00000000abcd".to_owned();
        self.patch(&at, add(&[ada, eve, &stranger])).await;
        self.has_members(&at, &[ada, eve]).await;
        self.patch(&at, json!([{"op": "remove", "path": format!("members[value eq \"{ada}\"]")}])).await;
        self.has_members(&at, &[eve]).await;
        self.patch(&at, json!([{"op": "replace", "path": "members", "value": [{"value": joe}]}])).await;
        self.patch(&at, json!([{"op": "replace", "path": "displayName", "value": "Crew"}])).await;
        self.has_members(&at, &[joe]).await;
        assert_eq!(self.get(&at).await["displayName"], "Crew");
        assert_eq!(self.filtered("Groups", "displayName eq \"crew\"").await, [staff.clone()]);
        assert_eq!(self.filtered("Groups", &format!("members eq \"{joe}\"")).await, [staff.clone()]);
        let without = self.get(&format!("{at}?excludedAttributes=members")).await;
        assert_eq!(without.get("members"), None);
        let all = self.found("/Groups").await;
        assert_eq!(all.len(), 2, "{all:?}");
        self.done("DELETE", &format!("/Groups/{empty}"), None).await;
        assert_eq!(self.send("GET", &format!("/Groups/{empty}"), None).await.status, 404);
    }

    async fn end_access(&self, people: &[String]) {
        let [ada, eve, joe] = people else { panic!() };
        let off = json!([{"op": "replace", "value": {"active": false}}]);
        let at = format!("/Users/{joe}");
        self.patch(&at, off).await;
        assert!(!self.has_access("ext-joe").await, "deactivated natively");
        for settled in [false, true] {
            if settled {
                self.world.wait(6).await;
            }
            let read = self.get(&at).await;
            assert_eq!((&read["active"], &read["title"]), (&json!(false), &json!("Engineer")));
            assert_eq!(self.get("/Users").await["totalResults"], 3);
            assert_eq!(self.filtered("Users", "active eq false").await, [joe.clone()]);
        }
        self.done("DELETE", &format!("/Users/{eve}"), None).await;
        assert!(!self.has_access("ext-Eve").await, "removed natively");
        assert_eq!(self.send("GET", &format!("/Users/{eve}"), None).await.status, 404);
        assert_eq!(self.send("DELETE", &format!("/Users/{eve}"), None).await.status, 404);
        let mut left = self.found("/Users").await;
        left.sort();
        let mut wanted = vec![ada.clone(), joe.clone()];
        wanted.sort();
        assert_eq!(left, wanted);
    }

    /// Whether a person of this address has access natively.
    async fn has_access(&self, external: &str) -> bool {
        self.world.settle().await;
        let name = external.trim_start_matches("ext-");
        let sim = self.world.netskope_sim();
        sim.user_by_email(&format!("{name}@example.com")).is_some_and(|user| user.active)
    }
}

/// Whether an answer is one of SCIM's own (RFC 7644 §3.12), whatever the server behind it said.
pub fn is_scim(reply: &Reply) {
    let text = reply.body.to_string();
    for secret in
        ["netskope-token", "no Route matched", "authorised", "internal error", "does not exist", "elsewhere"]
    {
        assert!(!text.contains(secret), "{reply:?}");
    }
    if reply.status < 400 {
        return;
    }
    assert!(![401, 403, 405, 500, 501].contains(&reply.status), "{reply:?}");
    let status = reply.status.to_string();
    assert_eq!(reply.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{reply:?}");
    assert_eq!(reply.body["status"], json!(status), "{reply:?}");
    assert!(reply.body["detail"].is_string(), "{reply:?}");
}
