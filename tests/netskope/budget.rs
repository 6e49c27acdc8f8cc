//! Native-call budgets, asserted exactly: what one SCIM request costs at Netskope, once its manners are known.

use serde_json::{Value, json};
use simulator::netskope::{Event, Profile};

use crate::support::World;
use crate::support::world::{group, person};

/// A world in which a list was read and a name was sought, so that nothing is left to be learnt.
async fn world() -> World {
    let world = World::netskope(Profile::Live2026.switches());
    for name in ["zoe", "zac"] {
        assert_eq!(world.post("/Users", person(name)).await.status, 201);
        assert_eq!(world.post("/Groups", group(name, &[])).await.status, 201);
    }
    for endpoint in ["Users", "Groups"] {
        assert_eq!(world.get(&format!("/{endpoint}?count=1")).await.body["totalResults"], 2);
    }
    seen(&world);
    world
}

/// The calls since the last look: method, path and query.
fn seen(world: &World) -> Vec<String> {
    let mut sim = world.netskope_sim();
    let calls = sim.journal().into_iter();
    let calls = calls.map(|e| {
        let query = e.query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", e.method, e.path.trim_start_matches("/api/v2/scim"))
    });
    let calls = calls.collect();
    sim.clear_journal();
    calls
}

#[track_caller]
fn spent(world: &World, expected: &[&str]) {
    let calls = seen(world);
    let fits = calls.len() == expected.len() && calls.iter().zip(expected).all(|(a, b)| a.starts_with(b));
    assert!(fits, "expected {expected:?}, saw {calls:#?}");
}

async fn made(world: &World, name: &str) -> (String, String) {
    let id = world.post("/Users", person(name)).await.id();
    seen(world);
    (id.clone(), format!("/Users/{id}"))
}

#[tokio::test(start_paused = true)]
async fn reads() {
    let world = world().await;
    let (id, user) = made(&world, "ada").await;
    world.wait(10).await;
    assert_eq!(world.get(&user).await.status, 200);
    spent(&world, &["GET /Users/"]);
    let found = world.get("/Users?filter=userName+eq+%22ada%40example.com%22").await;
    assert_eq!(found.body["Resources"][0]["id"], json!(id));
    spent(&world, &["GET /Users/"]);
    let nobody = world.get("/Users?filter=userName+eq+%22nobody%40example.com%22").await;
    assert_eq!(nobody.body["totalResults"], 0);
    spent(&world, &["GET /Users?filter="]);
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[&id])).await.id());
    seen(&world);
    assert_eq!(world.get(&format!("{crew}?excludedAttributes=members")).await.status, 200);
    spent(&world, &["GET /Groups/"]);
    assert_eq!(world.get(&crew).await.body["members"].as_array().map(Vec::len), Some(1));
    spent(&world, &["GET /Groups/", "GET /Groups/"]);
}

#[tokio::test(start_paused = true)]
async fn lists() {
    let world = world().await;
    for number in 0..248 {
        let email = format!("p{number:03}@example.com");
        let event = Event::ScriptCreatesUser { user_name: email.clone(), email, external_id: None };
        world.netskope_sim().event(world.clock.now().0, event).unwrap();
    }
    let page = world.get("/Users?count=100").await;
    assert_eq!((&page.body["totalResults"], &page.body["itemsPerPage"]), (&json!(250), &json!(100)));
    spent(&world, &["GET /Users?startIndex=1&count=100"]);
    let page = world.get("/Users?startIndex=201&count=100").await;
    assert_eq!(page.body["itemsPerPage"], 50);
    spent(&world, &["GET /Users?startIndex=201&count=100"]);
    let found = world.get("/Users?filter=emails.value+eq+%22p007%40example.com%22").await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");
    let whole = ["GET /Users?startIndex=1&", "GET /Users?startIndex=101&", "GET /Users?startIndex=201&"];
    spent(&world, &whole);
    let strangers = world.get("/Users?filter=title+eq+%22x%22").await;
    assert_eq!(strangers.body["scimType"], "tooMany", "their rows don't tell the title, and they are many");
    spent(&world, &whole);
    let small = world.set(|settings| settings.scan_limit = 200);
    let refused = small.get("/Users?filter=emails.value+eq+%22p007%40example.com%22").await;
    assert_eq!((refused.status, &refused.body["scimType"]), (400, &json!("tooMany")));
    assert!(seen(&small).len() <= 2, "what is too much is not read to its end");
}

#[tokio::test(start_paused = true)]
async fn writes() {
    let world = world().await;
    let (_, user) = made(&world, "eve").await;
    assert_eq!(world.post("/Users", person("bob")).await.status, 201);
    spent(&world, &["POST /Users"]);
    let title = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    assert_eq!(world.patch(&user, title).await.status, 200);
    spent(&world, &["GET /Users/", "PATCH /Users/"]);
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(world.patch(&user, off).await.status, 200);
    spent(&world, &["PATCH /Users/", "GET /Users/"]);
    assert_eq!(world.delete(&user).await.status, 204);
    spent(&world, &["GET /Users/", "DELETE /Users/"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_somebody_has_is_looked_up_after_the_refusal() {
    let world = world().await;
    let email = "cy@example.com".to_owned();
    let event = Event::ScriptCreatesUser { user_name: email.clone(), email, external_id: None };
    world.netskope_sim().event(world.clock.now().0, event).unwrap();
    assert_eq!(world.post("/Users", person("cy")).await.status, 201, "adopted");
    let calls = seen(&world);
    assert!(calls[0].starts_with("POST /Users") && calls[1].starts_with("GET /Users?filter="), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn three_thousand_members() {
    let world = world().await;
    let mut ids = Vec::new();
    for number in 0..3000 {
        let email = format!("p{number:04}@example.com");
        let event = Event::ScriptCreatesUser { user_name: email.clone(), email, external_id: None };
        ids.push(world.netskope_sim().event(world.clock.now().0, event).unwrap());
    }
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[])).await.id());
    seen(&world);
    let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    let add = json!([{"op": "add", "path": "members", "value": members}]);
    let added = world.patch(&crew, add).await;
    assert!(added.status < 300, "{added:?}");
    let calls = seen(&world);
    assert!(
        calls.len() <= 4 && calls.iter().filter(|call| call.starts_with("PATCH")).count() == 3,
        "{calls:?}"
    );
    let group = world.netskope_sim().group_by_name("Crew").unwrap().id;
    assert_eq!(world.netskope_sim().members_of(&group).len(), 3000);
}
