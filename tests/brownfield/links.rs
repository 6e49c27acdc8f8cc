//! Links from outside: `link import` and what `link export` reads.

use std::sync::Arc;

use scim_facade::facade::{Link, Linked, Request};
use serde_json::json;

use super::{Stranger, appears, ids, with_email, world};
use crate::support::World;
use crate::support::world::person;

fn request(world: &World) -> Request {
    Request {
        ctx: world.ctx(),
        client: Arc::new(world.client.clone()),
        fingerprint: String::new(),
        conditions: Default::default(),
        is_part: false,
    }
}

fn link(user_name: &str, external_id: &str, native_id: &str) -> Link {
    let external_id = (!external_id.is_empty()).then(|| external_id.to_owned());
    Link { user_name: user_name.to_owned(), external_id, native_id: native_id.to_owned() }
}

async fn import(world: &World, link: Link) -> Result<Linked, String> {
    world.facade.link(&request(world), link, false).await.map_err(|error| error.detail)
}

#[tokio::test(start_paused = true)]
async fn people_are_linked_without_a_native_write() {
    let world = world();
    let ada = with_email(&world, "ada.king@example.com");
    let new = link("ada@corp.example.com", "00u1", &ada);
    let dry = world.facade.link(&request(&world), new.clone(), true).await.unwrap();
    assert_eq!((dry, ids(&world, "/Users", "externalId eq \"00u1\"").await.len()), (Linked::New, 0));
    assert_eq!(import(&world, new.clone()).await, Ok(Linked::New));
    assert_eq!(import(&world, new.clone()).await, Ok(Linked::AsItWas));
    assert_eq!(ids(&world, "/Users", "userName eq \"ADA@corp.example.com\"").await, [ada.clone()]);
    let read = world.get(&format!("/Users/{ada}")).await;
    assert_eq!(
        (&read.body["userName"], &read.body["externalId"]),
        (&json!("ada@corp.example.com"), &json!("00u1"))
    );
    assert_eq!(read.body["emails"][0]["value"], "ada.king@example.com");
    assert!(world.calls().iter().all(|call| call.starts_with("GET ")));
    // What is exported is what was imported.
    assert_eq!(world.facade.links(&request(&world)).await.unwrap(), [new]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_can_not_be_done_does_nothing() {
    let world = world();
    let (ada, eve) = (with_email(&world, "ada@example.com"), with_email(&world, "eve@example.com"));
    let taken = world.post("/Users", person("joe")).await.id();
    let joe = world.sim().user_by_email("joe@example.com").unwrap().id;
    for (line, reason) in [
        (link("", "x", &ada), "userName is missing"),
        (link("ada@example.com", "x", "4711"), "form"),
        (link("ada@example.com", "x", "00000000-0000-4000-8000-000000000000"), "has nobody"),
        (link("JOE@example.com", "x", &ada), "userName is somebody else's"),
        (link("ada@example.com", "ext-joe", &ada), "externalId is somebody else's"),
    ] {
        let why = import(&world, line).await.unwrap_err();
        assert!(why.contains(reason), "{why}");
    }
    assert_eq!(world.facade.links(&request(&world)).await.unwrap().len(), 1, "{ada} {eve}");
    let entra = super::other(&world, "entra");
    let why = import(&entra, link("joe@example.com", "e-joe", &joe)).await.unwrap_err();
    assert!(why.contains("another client"), "{why}");
    world.patch(&format!("/Users/{taken}"), super::set("active", json!(false))).await;
    assert_eq!(world.facade.links(&request(&world)).await.unwrap(), [], "who is parked has no native id");
}

/// Whom no client named is known by login, else by the native id, and listed only if that is wished.
#[tokio::test(start_paused = true)]
async fn people_without_mail_are_known_by_login_else_by_id() {
    let world = world();
    let by_login =
        appears(&world, Stranger { name: "Scanner", login: Some("EXAMPLE\\scan"), ..Stranger::default() });
    let by_id = appears(&world, Stranger { name: "Kiosk", ..Stranger::default() });
    for (id, name) in [(&by_login, "EXAMPLE\\scan"), (&by_id, by_id.as_str())] {
        assert_eq!(world.get(&format!("/Users/{id}")).await.body["userName"], name);
    }
    assert_eq!(world.get("/Users").await.body["totalResults"], 0);
    assert_eq!(import(&world, link("kiosk", "", &by_id)).await, Ok(Linked::New));
    world.wait(10).await;
    let listed = world.get("/Users").await;
    assert_eq!(
        (&listed.body["totalResults"], &listed.body["Resources"][0]["userName"]),
        (&json!(1), &json!("kiosk"))
    );
    let world = world.set(|s| s.people_without_email = scim_facade::facade::PeopleWithoutEmail::Show);
    assert_eq!(world.get("/Users").await.body["totalResults"], 2);
}
