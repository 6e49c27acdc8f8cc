//! What Entra ID sends about somebody whom a directory manages in the product.

use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use super::play::{bring_about, send};
use super::scene::{Scene, Transcript};
use crate::support::World;
use crate::support::world::{group, person};

const USERS: &str = include_str!("transcripts/entra_users.json");

fn directory_takes_everybody(world: &World) {
    let now = world.clock.now().0;
    let mut sim = world.sim();
    for user in sim.users() {
        let event = Event::SyncTakesUser {
            user: user.id,
            source_type: "azureActiveDirectory".to_owned(),
            domain: None,
        };
        sim.event(now, event).unwrap();
    }
}

/// Whether the scene changes somebody who is there and stays.
fn is_update(scene: &Scene) -> bool {
    let ends_access =
        scene.body.as_ref().is_some_and(|body| body.to_string().to_lowercase().contains("false"));
    scene.request.starts_with("PATCH ") && scene.given.inactive.is_empty() && !ends_access
}

#[tokio::test(start_paused = true)]
async fn a_synced_persons_patch_cycle_ends_in_2xx_and_no_native_write() {
    let transcript: Transcript = serde_json::from_str(USERS).unwrap();
    let mut played = 0;
    for scene in transcript.scenes.iter().filter(|scene| is_update(scene)) {
        let world = World::sophos(Seed::Empty);
        let ids = bring_about(&world, &scene.given).await;
        directory_takes_everybody(&world);
        world.wait(10).await;
        let writes = world.native_writes();
        let first = send(&world, scene, &ids).await;
        assert!(matches!(first.status, 200 | 204), "{} {first:?}", scene.name);
        let again = send(&world, scene, &ids).await;
        assert!(matches!(again.status, 200 | 204), "{} {again:?}", scene.name);
        assert_eq!(world.native_writes(), writes, "{}", scene.name);
        played += 1;
    }
    assert!(played > 10, "{played}");
}

/// Entra looks the person up, compares, and sends what differs, every 40 minutes. It has to come to rest.
#[tokio::test(start_paused = true)]
async fn the_cycle_comes_to_rest() {
    let world = World::sophos(Seed::Empty);
    world.post("/Users", person("ada")).await;
    directory_takes_everybody(&world);
    let writes = world.native_writes();
    let wanted = [("displayName", "Ada Lovelace"), ("title", "Countess")];
    let mut sent = 0;
    for _ in 0..4 {
        world.wait(2400).await;
        let found = world.get("/Users?filter=userName%20eq%20%22ada%40example.com%22").await;
        let ada = &found.body["Resources"][0];
        let differ = |(name, value): &&(&str, &str)| ada[*name] != **value;
        let operation = |(name, value): &(&str, &str)| json!({"op": "Replace", "path": name, "value": value});
        let operations: Vec<Value> = wanted.iter().filter(differ).map(operation).collect();
        if operations.is_empty() {
            continue;
        }
        sent += 1;
        let told = world.patch(&format!("/Users/{}", ada["id"].as_str().unwrap()), json!(operations)).await;
        assert_eq!(told.status, 200, "{told:?}");
    }
    assert_eq!((sent, world.native_writes()), (1, writes));
}

/// The group push of a synced person is refused for good, and names who manages them.
#[tokio::test(start_paused = true)]
async fn a_synced_member_is_told() {
    let world = World::sophos(Seed::Empty);
    let ada = world.post("/Users", person("ada")).await.id();
    let staff = world.post("/Groups", group("Staff", &[])).await.id();
    directory_takes_everybody(&world);
    let join = json!([{"op": "Add", "path": "members", "value": [{"value": ada}]}]);
    let told = world.patch(&format!("/Groups/{staff}"), join).await;
    assert_eq!((told.status, &told.body["scimType"]), (400, &json!("mutability")), "{told:?}");
    assert!(told.body["detail"].as_str().unwrap().contains("Microsoft Entra ID"), "{told:?}");
}
