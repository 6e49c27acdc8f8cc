//! A world in which there is somebody, requests of every kind, and their explanations.

use std::sync::Arc;
use std::time::Duration;

use scim_facade::backend::Backend;
use scim_facade::backend::sophos::{Sophos, SophosConfig, reading};
use scim_facade::cli::explain::{Asked, Explanation, Subject, explain};
use scim_facade::outbound::{Base, ReadOnly, ReadsMade, SendPolicy};
use serde_json::{Value, json};

use crate::support::World;
use crate::support::transport::InProcess;
use crate::support::world::{QUARANTINE, SIM, group, person};

/// A request: method, path, body.
pub type Sent = (&'static str, String, Option<Value>);

/// Explains a request to a world. The simulator is reached through the guard that the command puts before it.
pub async fn explained(world: &World, (method, path, body): &Sent) -> Explanation {
    let made = ReadsMade::default();
    let backend: Arc<dyn Backend> = match &world.sim {
        None => world.memory.clone().unwrap(),
        Some(sim) => {
            let (sim, clock) = (sim.clone(), world.clock.clone());
            let transport = InProcess { sim, clock, base: SIM.to_owned(), gate: None };
            let mut config = SophosConfig::new("sophos-client", "sophos-secret".to_owned().into());
            config.id = Base::parse(&format!("{SIM}/id")).unwrap();
            config.global = Base::parse(&format!("{SIM}/global")).unwrap();
            config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
            let guard = ReadOnly::new(Arc::new(transport), reading(&config), made.clone());
            Arc::new(Sophos::new(config, Arc::new(guard), world.clock.clone(), Arc::new(|| 1.0)))
        }
    };
    let subject = Subject {
        target: world.target.clone(),
        settings: world.settings.clone(),
        backend,
        quarantine: world.settings.deactivate.quarantines().then(|| QUARANTINE.to_owned()),
        made,
        store: world.store.clone(),
        client: Arc::new(world.client.clone()),
        deadline: Duration::from_secs(25),
        clock: world.clock.clone(),
        ids: world.ids.clone(),
    };
    let body = body.as_ref().map(|body| body.to_string().into_bytes());
    explain(subject, Asked { method: method.parse().unwrap(), path: path.clone(), body }).await.unwrap()
}

pub fn patch(operations: Value) -> Option<Value> {
    Some(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}))
}

/// The ids of a small world: ada is active and an engineer, bob was deactivated, eve is neither's colleague.
pub struct Ids {
    pub ada: String,
    pub bob: String,
    pub eve: String,
    pub engineers: String,
}

pub async fn peopled(world: &World) -> Ids {
    let ada = world.post("/Users", person("ada")).await.id();
    let bob = world.post("/Users", person("bob")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let engineers = world.post("/Groups", group("Engineers", &[&ada, &bob])).await.id();
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(world.patch(&format!("/Users/{bob}"), off).await.status, 200);
    world.wait(10).await;
    Ids { ada, bob, eve, engineers }
}

/// One request of each kind, those that are refused included.
pub fn requests(ids: &Ids) -> Vec<Sent> {
    let Ids { ada, bob, eve, engineers } = ids;
    let user = |id: &String| format!("/Users/{id}");
    let team = format!("/Groups/{engineers}");
    let renamed = |name: &str, title: &str| {
        let mut person = person(name);
        person["displayName"] = json!("Sesame Street");
        person["title"] = json!(title);
        Some(person)
    };
    let mut inactive = person("sesame");
    inactive["active"] = json!(false);
    let one = |id: &String| json!([{"value": id}]);
    vec![
        ("POST", "/Users".to_owned(), Some(person("sesame"))),
        ("POST", "/Users".to_owned(), Some(inactive)),
        ("POST", "/Users".to_owned(), Some(person("ada"))),
        ("POST", "/Users".to_owned(), Some(json!({"userName": 7}))),
        ("PUT", user(ada), renamed("ada", "Sesame")),
        ("PUT", user(bob), renamed("bob", "Sesame")),
        ("PATCH", user(ada), patch(json!([{"op": "replace", "path": "title", "value": "Sesame"}]))),
        ("PATCH", user(ada), patch(json!([{"op": "Replace", "path": "active", "value": "False"}]))),
        ("PATCH", user(ada), patch(json!([{"op": "remove", "path": "name.givenName"}]))),
        (
            "PATCH",
            user(ada),
            patch(json!([
                {"op": "replace", "path": "active", "value": false},
                {"op": "replace", "path": "emails", "value": [{"value": "eve@example.com", "primary": true}]},
            ])),
        ),
        ("PATCH", user(bob), patch(json!([{"op": "replace", "path": "active", "value": true}]))),
        ("PATCH", user(ada), patch(json!([{"op": "explode", "value": "Sesame"}]))),
        ("DELETE", user(ada), None),
        ("DELETE", user(bob), None),
        ("DELETE", user(&"sesame".to_owned()), None),
        ("POST", "/Groups".to_owned(), Some(group("Sesame", &[ada, eve]))),
        ("POST", "/Groups".to_owned(), Some(group("Engineers", &[]))),
        ("PUT", team.clone(), Some(group("Sesame", &[eve]))),
        ("PATCH", team.clone(), patch(json!([{"op": "add", "path": "members", "value": one(eve)}]))),
        ("PATCH", team.clone(), patch(json!([{"op": "remove", "path": "members", "value": one(ada)}]))),
        ("PATCH", team.clone(), patch(json!([{"op": "replace", "path": "members", "value": one(eve)}]))),
        ("PATCH", team.clone(), patch(json!([{"op": "replace", "path": "displayName", "value": "Sesame"}]))),
        ("DELETE", team, None),
        ("GET", user(ada), None),
        ("GET", "/Users".to_owned(), None),
        ("GET", "/Users?filter=userName eq \"sesame@example.com\"".to_owned(), None),
        ("GET", "/Groups?filter=displayName eq \"Engineers\"".to_owned(), None),
        ("PUT", "/Users".to_owned(), None),
        ("GET", "/Nothing".to_owned(), None),
    ]
}
