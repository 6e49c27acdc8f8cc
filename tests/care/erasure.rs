//! Forgetting a person.

use scim_facade::delivery::Erased;
use scim_facade::kernel::{ClientName, Kind, ScimId, Timestamp};
use serde_json::json;
use simulator::sophos::Seed;

use super::scene::{LAG, ctx, edit, edited, made, natives, refuse_writes, row, team};
use crate::fault::kinds::console_makes;
use crate::support::World;
use crate::support::world::client;

async fn erase(world: &World, id: &str, keep_native: bool) -> Erased {
    world.facade.erase(&ctx(world), &ScimId::new(id), keep_native).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_parked_person_is_forgotten_with_everything() {
    let world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    let staff = team(&world, "Staff", &[&ada]).await;
    edited(&world, &ada, json!({"active": false})).await;
    world.wait(LAG).await;
    assert_eq!(erase(&world, &ada, false).await, Erased::Done);
    assert!(row(&world, &ada).await.is_none());
    let (target, okta) = (&world.target, &world.client.name);
    assert_eq!(world.store.by_external_id(target, okta, "ext-ada").await.unwrap(), []);
    assert_eq!(world.store.by_address(target, "ada@example.com").await.unwrap(), []);
    assert_eq!(world.store.parked_members(target, &ScimId::new(&*staff)).await.unwrap(), []);
    assert_eq!(world.store.due_intents(target, Timestamp(i64::MAX), 9).await.unwrap(), []);
    let audit = world.store.audit(target, 1).await.unwrap();
    assert_eq!((&*audit[0].action, &*audit[0].outcome, audit[0].scim_id.as_str()), ("erase", "done", &*ada));
    assert_eq!(erase(&world, &ada, false).await, Erased::Nobody);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_still_there_is_forgotten_only_if_that_is_wanted() {
    let world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    let native = row(&world, &ada).await.unwrap().native.clone().unwrap().id;
    assert_eq!(erase(&world, &ada, false).await, Erased::StillThere(vec![native]));
    assert!(row(&world, &ada).await.is_some());
    assert_eq!(erase(&world, &ada, true).await, Erased::Done);
    assert_eq!((row(&world, &ada).await, natives(&world, "ada")), (None, 1));
    // Parked, and made again by a device.
    let bob = made(&world, "bob").await;
    edited(&world, &bob, json!({"active": false})).await;
    let native = console_makes(&world, "Bob", "bob@example.com");
    world.wait(LAG).await;
    assert_eq!(erase(&world, &bob, false).await, Erased::StillThere(vec![native]));
}

#[tokio::test(start_paused = true)]
async fn an_end_of_access_is_not_forgotten() {
    let world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    refuse_writes(&world);
    assert_eq!(edit(&world, &ada, json!({"active": false})).await.status, 429);
    for keep_native in [false, true] {
        assert_eq!(erase(&world, &ada, keep_native).await, Erased::Ending);
    }
    world.sim().clear_faults();
    world.settle().await;
    world.wait(LAG).await;
    assert_eq!((natives(&world, "ada"), erase(&world, &ada, false).await), (0, Erased::Done));
}

#[tokio::test(start_paused = true)]
async fn a_person_is_found_by_every_name() {
    let world = World::sophos(Seed::Empty);
    let (ada, bob) = (made(&world, "ada").await, made(&world, "bob").await);
    team(&world, "Staff", &[]).await;
    let entra = world.as_client(client("entra"));
    edited(&entra, &bob, json!({"externalId": "ext-ada"})).await;
    let clients = ["okta", "entra"].map(|name| ClientName::parse(name).unwrap());
    let named = async |text: &str, clients: &[ClientName]| {
        let found = world.facade.people_named(text, clients).await.unwrap();
        found.into_iter().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    for text in [&*ada, "ADA@example.com"] {
        assert_eq!(named(text, &clients).await, [&*ada], "{text}");
    }
    assert_eq!(named("ext-ada", &clients[..1]).await, [&*ada]);
    assert_eq!(named("ext-ada", &clients).await.len(), 2, "each client has its own names");
    for nobody in ["Staff", "eve@example.com", ""] {
        assert_eq!(named(nobody, &clients).await, Vec::<String>::new(), "{nobody}");
    }
}

/// Semantics: audit rows keep ids only.
#[tokio::test(start_paused = true)]
async fn the_audit_never_holds_a_value() {
    let world = World::sophos(Seed::Empty);
    let (ada, bob) = (made(&world, "ada").await, made(&world, "bob").await);
    let staff = team(&world, "Staff", &[&ada, &bob]).await;
    edited(
        &world,
        &ada,
        json!({"displayName": "Ada King", "userName": "king@example.com", "externalId": "ext-king"}),
    )
    .await;
    edit(&world, &bob, json!({"userName": "king@example.com"})).await;
    world
        .put(
            &format!("/Groups/{staff}"),
            json!({"displayName": "Crew", "members": [{"value": bob, "display": "bob Example"}]}),
        )
        .await;
    edited(&world, &ada, json!({"active": false})).await;
    edited(&world, &ada, json!({"active": true, "title": "Countess"})).await;
    world.delete(&format!("/Users/{bob}")).await;
    edited(&world, &ada, json!({"active": false})).await;
    world.wait(LAG).await;
    assert_eq!(erase(&world, &ada, false).await, Erased::Done);
    let rows = world.store.audit(&world.target, 1000).await.unwrap();
    assert!(rows.len() > 15, "{}", rows.len());
    let text = serde_json::to_string(&rows).unwrap();
    for value in ["example.com", "Example", "King", "ext-", "Countess", "Engineer", "Crew", "Staff"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    // Nor does what is left of the group.
    let group = world.store.shadow(&world.target, Kind::Group, &ScimId::new(&*staff)).await.unwrap().unwrap();
    assert!(!serde_json::to_string(group.document.as_map()).unwrap().contains("Example"));
}
