//! Two identity providers meet a tenant with three hundred people: everybody is found once, leaves, and half return.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Stranger, appears, found, other, set, world};
use crate::support::World;
use crate::support::world::Reply;

const EXISTING: usize = 300;
const ASSIGNED: usize = 350;

/// One person, as the identity provider and the product know them.
struct One {
    number: usize,
    upn: String,
    email: Option<String>,
    synced: bool,
}

impl One {
    fn new(number: usize) -> Self {
        let upn = format!("p{number:03}@corp.example.com");
        let email = match number {
            // A tenth has no e-mail address, of the others a third one that is not the name.
            n if n % 10 == 9 => None,
            n if n % 3 == 0 => Some(format!("mail{n:03}@example.com")),
            _ => Some(upn.clone()),
        };
        Self { number, upn, email, synced: number % 30 == 1 && number < EXISTING }
    }

    fn name(&self) -> String {
        format!("Person {:03}", self.number)
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": self.upn,
            "externalId": format!("x{:03}", self.number),
            "displayName": self.name(),
            "title": "Engineer",
            "active": true,
        });
        if let Some(email) = &self.email {
            body["emails"] = json!([{"value": email, "type": "work", "primary": true}]);
        }
        body
    }

    /// Entra looks the name up, then creates, or patches path by path.
    async fn by_entra(&self, world: &World) -> (bool, Reply) {
        let hits = found(world, "/Users", &format!("userName eq \"{}\"", self.upn)).await;
        let Some(id) = hits.body["Resources"][0]["id"].as_str() else {
            return (false, world.post("/Users", self.body()).await);
        };
        let mut operations = vec![
            json!({"op": "Add", "path": "externalId", "value": format!("x{:03}", self.number)}),
            json!({"op": "Replace", "path": "displayName", "value": self.name()}),
            json!({"op": "Add", "path": "title", "value": "Engineer"}),
        ];
        if let Some(email) = &self.email {
            operations
                .push(json!({"op": "Replace", "path": "emails[type eq \"work\"].value", "value": email}));
        }
        (true, world.patch(&format!("/Users/{id}"), Value::Array(operations)).await)
    }

    /// Okta looks the name up, then creates, or reads, edits and puts.
    async fn by_okta(&self, world: &World) -> (bool, Reply) {
        let hits = found(world, "/Users", &format!("userName eq \"{}\"", self.upn)).await;
        let Some(id) = hits.body["Resources"][0]["id"].as_str() else {
            return (false, world.post("/Users", self.body()).await);
        };
        let path = format!("/Users/{id}");
        let Value::Object(mut body) = world.get(&path).await.body else { panic!("{path}") };
        body.extend(self.body().as_object().unwrap().clone());
        (true, world.put(&path, Value::Object(body)).await)
    }
}

fn existing(world: &World, one: &One) {
    // Whoever has no e-mail address is known by login.
    let login = one.email.is_none().then_some(one.upn.as_str());
    let source = one.synced.then_some("activeDirectory");
    let name = one.name();
    appears(world, Stranger { name: &name, email: one.email.as_deref(), login, source });
}

#[tokio::test(start_paused = true)]
async fn a_tenant_with_people_is_taken_into_use() {
    let okta = world();
    let entra = other(&okta, "entra");
    let people: Vec<One> = (0..ASSIGNED).map(One::new).collect();
    people.iter().take(EXISTING).for_each(|one| existing(&okta, one));
    let before: BTreeSet<String> = okta.sim().users().into_iter().map(|user| user.id).collect();

    let mut ids = Vec::new();
    for one in &people {
        let (was_found, reply) = match one.number % 2 {
            0 => one.by_entra(&entra).await,
            _ => one.by_okta(&okta).await,
        };
        let wanted = if was_found { 200 } else { 201 };
        assert_eq!(reply.status, wanted, "{}: {reply:?}", one.upn);
        assert_eq!(before.contains(&reply.id()), one.number < EXISTING, "{} matched", one.upn);
        ids.push(reply.id());
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ASSIGNED, "nobody is two");
    natively(&okta, &people, |_| true);
    let listed = okta.get("/Users?count=0").await;
    assert_eq!(listed.body["totalResults"], ASSIGNED);

    for (one, id) in people.iter().zip(&ids) {
        let world = if one.number % 2 == 0 { &entra } else { &okta };
        let off = world.patch(&format!("/Users/{id}"), set("active", json!(false))).await;
        assert_eq!(off.status, if one.synced { 400 } else { 200 }, "{}: {off:?}", one.upn);
    }
    natively(&okta, &people, |one| one.synced);

    let returns = |one: &One| one.number % 4 < 2;
    for (one, id) in people.iter().zip(&ids).filter(|(one, _)| returns(one) && !one.synced) {
        let world = if one.number % 2 == 0 { &entra } else { &okta };
        let on = world.patch(&format!("/Users/{id}"), set("active", json!(true))).await;
        assert_eq!((on.status, &on.body["title"]), (200, &json!("Engineer")), "{}: {on:?}", one.upn);
    }
    natively(&okta, &people, |one| one.synced || returns(one));
    okta.wait(10).await;
    assert_eq!(okta.get("/Users?count=0").await.body["totalResults"], ASSIGNED, "who left is still known");
}

/// Natively there is everybody who should be, once, and nobody else.
fn natively(world: &World, people: &[One], is_there: impl Fn(&One) -> bool) {
    let key = |email: Option<String>, login: Option<String>| email.or(login).unwrap();
    let mut are: Vec<(String, String)> = world
        .sim()
        .users()
        .into_iter()
        .map(|user| (key(user.email, user.exchange_login), user.name))
        .collect();
    let wanted = people.iter().filter(|one| is_there(one));
    let mut wanted: Vec<(String, String)> =
        wanted.map(|one| (key(one.email.clone(), Some(one.upn.clone())), one.name())).collect();
    are.sort();
    wanted.sort();
    assert_eq!(are, wanted);
}
