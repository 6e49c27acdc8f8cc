//! What creating, changing and removing people costs.

use scim_facade::facade::{Client, PatchResponse};
use serde_json::json;
use simulator::sophos::Seed;

use super::spent;
use crate::support::World;
use crate::support::world::{client, group, person};

#[tokio::test(start_paused = true)]
async fn creating_a_user_is_one_call_after_one_look_up() {
    let world = World::sophos(Seed::Empty);
    let made = world.post("/Users", person("ada")).await;
    assert_eq!(made.status, 201, "{made:?}");
    spent(&world, &["GET search=", "POST /directory/users"]);
    let mut other = person("eve");
    other["userName"] = json!("EXAMPLE\\eve");
    assert_eq!(world.post("/Users", other).await.status, 201);
    spent(&world, &["GET search=", "GET search=", "POST /directory/users"]);
    let again = world.post("/Users", person("ada")).await;
    assert_eq!(again.status, 409);
    assert!(world.calls().len() <= 1);
}

#[tokio::test(start_paused = true)]
async fn changing_one_attribute_is_two_calls() {
    let world = World::sophos(Seed::Empty);
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.calls();
    let renamed = json!([{"op": "replace", "path": "displayName", "value": "Countess"}]);
    assert_eq!(world.patch(&user, renamed).await.body["displayName"], "Countess");
    spent(&world, &["GET /directory/users/", "PATCH /directory/users/"]);
    let ours = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    assert_eq!(world.patch(&user, ours).await.body["title"], "Countess");
    spent(&world, &["GET /directory/users/"]);
}

/// With more groups than the vendor embeds in a person, an answer costs a call that an empty one does not.
#[tokio::test(start_paused = true)]
async fn a_patch_that_is_answered_without_a_body_reads_no_groups() {
    for (patch_response, calls) in [
        (PatchResponse::Body, vec!["GET /users/", "PATCH /users/", "GET /users/", "GET /groups?"]),
        (PatchResponse::NoContent, vec!["GET /users/", "PATCH /users/"]),
    ] {
        let world = World::sophos(Seed::Empty).as_client(Client { patch_response, ..client("okta") });
        let id = world.post("/Users", person("ada")).await.id();
        for number in 0..100 {
            world.post("/Groups", group(&format!("G{number:03}"), &[&id])).await;
        }
        world.calls();
        let renamed = json!([{"op": "replace", "path": "displayName", "value": "Countess"}]);
        assert!(world.patch(&format!("/Users/{id}"), renamed).await.status < 300);
        spent(&world, &calls);
    }
}

#[tokio::test(start_paused = true)]
async fn changing_nothing_is_one_call_and_no_write() {
    let world = World::sophos(Seed::Empty);
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.calls();
    let same = json!([{"op": "replace", "value": {"displayName": "ada Example", "active": true}}]);
    assert_eq!(world.patch(&user, same).await.status, 200);
    spent(&world, &["GET /directory/users/"]);
    assert_eq!(world.put(&user, person("ada")).await.status, 200);
    spent(&world, &["GET /directory/users/"]);
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[])).await.id());
    world.calls();
    let same = json!([{"op": "replace", "path": "displayName", "value": "Crew"}]);
    assert_eq!(world.patch(&crew, same).await.status, 200);
    assert!(world.calls().iter().all(|call| call.starts_with("GET")), "nothing is written");
}

#[tokio::test(start_paused = true)]
async fn removing_a_user_is_a_look_at_the_person_and_at_the_admins_and_one_write() {
    let world = World::sophos(Seed::Empty);
    let id = world.post("/Users", person("ada")).await.id();
    world.post("/Groups", group("Staff", &[&id])).await;
    world.calls();
    assert_eq!(world.delete(&format!("/Users/{id}")).await.status, 204);
    spent(&world, &["GET /directory/users/", "GET /admins?", "DELETE /directory/users/"]);
    assert_eq!(world.delete(&format!("/Users/{id}")).await.status, 404);
    spent(&world, &["GET /directory/users/"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_made_up_is_not_written() {
    for (login, email) in [(None, None), (Some("scanner@example.com"), Some("scanner@example.com"))] {
        let world = World::sophos(Seed::Empty);
        let scanner = simulator::sophos::Event::ConsoleCreatesUser {
            name: "Scanner".to_owned(),
            first_name: None,
            last_name: None,
            email: None,
            exchange_login: login.map(str::to_owned),
            source_type: None,
        };
        let id = world.sim().event(world.clock.now().0, scanner).unwrap();
        let user = format!("/Users/{id}");
        for title in ["Machine", "Device"] {
            let title = json!([{"op": "replace", "path": "title", "value": title}]);
            assert_eq!(world.patch(&user, title).await.status, 200);
            spent(&world, &["GET /directory/users/"]);
        }
        // Whoever does wish for it gets it.
        if let Some(email) = email {
            let emails =
                json!([{"op": "add", "path": "emails", "value": [{"value": email, "type": "work"}]}]);
            assert_eq!(world.patch(&user, emails).await.status, 200);
            spent(&world, &["GET /directory/users/", "PATCH /directory/users/"]);
        }
    }
}
