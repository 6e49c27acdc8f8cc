//! Who is only kept for a while.

use std::time::Duration;

use scim_facade::delivery::Keep;
use scim_facade::kernel::Kind;
use scim_facade::store::{Op, State};
use serde_json::json;
use simulator::sophos::Seed;

use super::scene::{DAY, Disk, edited, made, row};
use crate::support::World;
use crate::support::world::{group, person};

fn days(days: u64) -> Duration {
    Duration::from_secs(days * DAY)
}

fn world(parked: Option<u64>, lost: u64) -> World {
    World::sophos(Seed::Empty).set(|s| s.keep = Keep { parked: parked.map(days), lost: days(lost) })
}

#[tokio::test(start_paused = true)]
async fn parked_people_are_kept_for_ever_by_default() {
    let world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    edited(&world, &ada, json!({"active": false})).await;
    world.wait(4000 * DAY).await;
    world.settle().await;
    assert_eq!(row(&world, &ada).await.unwrap().state, State::Parked);
}

#[tokio::test(start_paused = true)]
async fn parked_people_are_forgotten_after_their_time() {
    let world = world(Some(90), 30);
    let (ada, eve) = (made(&world, "ada").await, made(&world, "eve").await);
    let staff = world.post("/Groups", group("Staff", &[&ada, &eve])).await.id();
    edited(&world, &ada, json!({"active": false})).await;
    world.wait(89 * DAY).await;
    world.settle().await;
    assert!(row(&world, &ada).await.is_some());
    world.wait(2 * DAY).await;
    world.settle().await;
    assert!(row(&world, &ada).await.is_none());
    assert_eq!(world.get(&format!("/Users/{ada}")).await.status, 404);
    let members = world.get(&format!("/Groups/{staff}")).await.body["members"].clone();
    assert_eq!((members.as_array().unwrap().len(), &members[0]["value"]), (1, &json!(eve)));
    let audit = world.store.audit(&world.target, 1).await.unwrap();
    assert_eq!(
        (&*audit[0].action, audit[0].scim_id.as_str(), &audit[0].what),
        ("erase", &*ada, &vec!["parked".to_owned()])
    );
    assert_eq!(world.post("/Users", person("ada")).await.status, 201, "the name is free");
}

/// Whoever is still written is still wanted.
#[tokio::test(start_paused = true)]
async fn a_write_to_a_parked_person_keeps_them() {
    let world = world(Some(90), 30);
    let ada = made(&world, "ada").await;
    edited(&world, &ada, json!({"active": false})).await;
    world.wait(80 * DAY).await;
    edited(&world, &ada, json!({"title": "Retired"})).await;
    world.wait(80 * DAY).await;
    world.settle().await;
    assert!(row(&world, &ada).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_lost_are_forgotten_after_their_time() {
    let world = world(None, 30);
    let ada = made(&world, "ada").await;
    let lost = row(&world, &ada).await.unwrap().lost(world.clock.now());
    world.store.commit(vec![Op::Update(lost)]).await.unwrap();
    world.wait(29 * DAY).await;
    world.settle().await;
    assert_eq!(row(&world, &ada).await.unwrap().state, State::Lost);
    world.wait(2 * DAY).await;
    world.settle().await;
    assert!(row(&world, &ada).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn nobody_of_a_copy_is_forgotten() {
    let mut disk = Disk::new();
    let bob = made(&disk.world, "bob").await;
    edited(&disk.world, &bob, json!({"active": false})).await;
    let copy = disk.copy();
    let world = disk.put_back(&copy).set(|s| s.keep = Keep { parked: Some(days(1)), lost: days(1) });
    world.wait(10 * DAY).await;
    world.settle().await;
    assert!(row(&world, &bob).await.is_some());
    assert_eq!(world.store.count_in(&world.target, Kind::User, &[State::Parked]).await.unwrap(), 1);
}
