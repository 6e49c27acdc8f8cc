//! Netskope finds nobody by e-mail address. Its User-Management API does, where the token may use it.

use simulator::netskope::{Event, Profile, Provisioner};

use crate::support::World;
use crate::support::world::person;

/// A tenant whose token may or may not use the API.
fn world(token: &str) -> World {
    let token = token.to_owned();
    World::netskope_as(Profile::Live2026.switches(), |config| {
        config.user_management = true;
        config.token = token.into();
    })
}

/// The ids found by an address, and the calls that it took.
async fn found(world: &World, address: &str) -> (Vec<String>, Vec<String>) {
    world.netskope_sim().clear_journal();
    let page = world.get(&format!("/Users?filter=emails.value%20eq%20%22{address}%22")).await;
    assert_eq!(page.status, 200, "{page:?}");
    let ids =
        page.body["Resources"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned());
    let ids: Vec<String> = ids.collect();
    assert_eq!(page.body["totalResults"], ids.len(), "{page:?}");
    let calls =
        world.netskope_sim().journal().into_iter().map(|call| format!("{} {}", call.method, call.path));
    (ids, calls.collect())
}

/// A directory of 250 people who came before us.
async fn crowd(world: &World) {
    let now = world.clock.now().0;
    for n in 0..250 {
        let address = format!("p{n}@example.com");
        let event =
            Event::ScriptCreatesUser { user_name: address.clone(), email: address, external_id: None };
        world.netskope_sim().event(now, event).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_costs_two_calls() {
    let world = world("netskope-token");
    crowd(&world).await;
    let stranger = world.netskope_sim().user_by_email("p249@example.com").unwrap().id;
    let (ids, calls) = found(&world, "P249@example.com").await;
    assert_eq!(ids, [stranger.clone()]);
    assert_eq!(
        calls,
        ["POST /api/v2/users/getusers".to_owned(), format!("GET /api/v2/scim/Users/{stranger}")]
    );
    let (ids, calls) = found(&world, "nobody@example.com").await;
    assert_eq!((ids.len(), calls.len()), (0, 1), "{calls:?}");
    // Who was linked is found by what the client wrote.
    let ada = world.post("/Users", person("ada")).await;
    world.wait(60).await;
    assert_eq!(found(&world, "ada@example.com").await.0, [ada.id()]);
}

/// Who was deleted, and whom another importer brought, is not SCIM's.
#[tokio::test(start_paused = true)]
async fn only_whom_scim_shows_is_found() {
    let world = world("netskope-token");
    crowd(&world).await;
    let now = world.clock.now().0;
    let gone = world.netskope_sim().user_by_email("p7@example.com").unwrap().id;
    world.netskope_sim().event(now, Event::ScriptDeletesUser { user: gone }).unwrap();
    assert_eq!(found(&world, "p7@example.com").await.0, Vec::<String>::new());
    let (user_name, email) = ("axel@example.com".to_owned(), "axel@example.com".to_owned());
    let import = Event::ImporterCreatesUser { user_name, email, provisioner: Provisioner::AdImporter };
    world.netskope_sim().event(now, import).unwrap();
    let (ids, calls) = found(&world, "axel@example.com").await;
    assert_eq!((ids.len(), calls.len()), (0, 1), "{calls:?}");
}

/// A token that may not use it costs one question; people are looked through from then on.
#[tokio::test(start_paused = true)]
async fn without_the_scope_people_are_looked_through() {
    let world = world("netskope-scim");
    crowd(&world).await;
    let stranger = world.netskope_sim().user_by_email("p249@example.com").unwrap().id;
    let asked = |calls: &[String]| calls.iter().filter(|call| call.starts_with("POST")).count();
    let (ids, calls) = found(&world, "p249@example.com").await;
    assert_eq!((ids, asked(&calls)), (vec![stranger.clone()], 1), "{calls:?}");
    let (ids, calls) = found(&world, "p249@example.com").await;
    assert_eq!((ids, asked(&calls)), (vec![stranger], 0), "{calls:?}");
    assert!(calls.len() <= 5, "{calls:?}");
}
