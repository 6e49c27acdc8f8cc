//! What else a comparison can meet.

use std::sync::Arc;

use scim_facade::backend::Deactivate;
use scim_facade::delivery::reconcile::{Applied, Fate, Finding};
use scim_facade::kernel::{Kind, NativeRef, ScimId};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Action, Op, ShadowRow, State};
use serde_json::json;
use simulator::sophos::{Event, Seed};

use super::scene::{
    DAY, Disk, active, ctx, edit, edited, finding, is_reconciled, made, native_state, natives, plan,
    reconcile, refuse_writes, row, wishes,
};
use crate::fault::crash::Rig;
use crate::fault::kinds::happens;
use crate::support::World;

fn console(email: &str, login: Option<&str>, source: Option<&str>) -> Event {
    Event::ConsoleCreatesUser {
        name: "Somebody".to_owned(),
        first_name: None,
        last_name: None,
        email: Some(email.to_owned()),
        exchange_login: login.map(str::to_owned),
        source_type: source.map(str::to_owned),
    }
}

/// A backend with a disabled state: nobody is deleted, and whoever is switched off stays linked.
#[tokio::test(start_paused = true)]
async fn people_are_switched_off_where_the_backend_can() {
    let memory = Arc::new(MemoryStore::new());
    let mut world = World::memory(Deactivate::Native);
    world.store = memory.clone();
    let world = world.set(|_| {});
    let (ada, bob, eve) = (made(&world, "ada").await, made(&world, "bob").await, made(&world, "eve").await);
    edited(&world, &ada, json!({"active": false})).await;
    let mut restored = world.as_client(world.client.clone());
    restored.store = Arc::new(memory.restored_copy());
    edited(&world, &ada, json!({"active": true})).await;
    edited(&world, &bob, json!({"active": false})).await;
    world.wait(DAY).await;
    restored = restored.set(|_| {});
    let plan = reconcile(&restored).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Back(_))), "{plan:#?}");
    assert_eq!(finding(&plan, &bob), Some(&Finding::Drifted(vec!["active".to_owned()])));
    assert_eq!(finding(&plan, &eve), None);
    for (id, is_active) in [(&ada, false), (&bob, false), (&eve, true)] {
        assert_eq!(active(&restored, id).await, Some(is_active));
        let row = row(&restored, id).await.unwrap();
        assert_eq!((row.state, row.active), (State::Live, is_active));
    }
    edited(&restored, &bob, json!({"active": true})).await;
}

/// Whom a directory manages nobody here can end: told, and left alone.
#[tokio::test(start_paused = true)]
async fn a_synced_person_who_should_have_no_access_is_told() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    edited(&disk.world, &ada, json!({"active": false})).await;
    let copy = disk.copy();
    happens(&disk.world, console("ada@example.com", None, Some("activeDirectory")));
    let world = disk.put_back(&copy);
    let before = native_state(&world);
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Managed(_))), "{plan:#?}");
    assert_eq!((native_state(&world), active(&world, &ada).await), (before, Some(false)));
}

#[tokio::test(start_paused = true)]
async fn of_several_in_somebodys_place_none_is_taken() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    let copy = disk.copy();
    let native = row(&disk.world, &ada).await.unwrap().native.clone().unwrap().id;
    happens(&disk.world, Event::ConsoleDeletesUser { user: native });
    happens(&disk.world, console("ada@example.com", None, None));
    happens(&disk.world, console("other@example.com", Some("ada@example.com"), None));
    let world = disk.put_back(&copy);
    let before = native_state(&world);
    let plan = reconcile(&world).await;
    assert_eq!(finding(&plan, &ada), Some(&Finding::Several(2)));
    assert_eq!((native_state(&world), row(&world, &ada).await.unwrap().state), (before, State::Live));
}

/// Two records whose objects are gone and who look for the same one.
#[tokio::test(start_paused = true)]
async fn one_object_is_linked_once() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    edited(&disk.world, &ada, json!({"userName": "king@example.com"})).await;
    let bob = made(&disk.world, "bob").await;
    edited(&disk.world, &bob, json!({"userName": "ada@example.com"})).await;
    let copy = disk.copy();
    for id in [&ada, &bob] {
        let native = row(&disk.world, id).await.unwrap().native.clone().unwrap().id;
        happens(&disk.world, Event::ConsoleDeletesUser { user: native });
    }
    happens(&disk.world, console("ada@example.com", None, None));
    let world = disk.put_back(&copy);
    let plan = reconcile(&world).await;
    let found = [finding(&plan, &ada).unwrap(), finding(&plan, &bob).unwrap()];
    assert_eq!(found.iter().filter(|found| matches!(found, Finding::Linked(_))).count(), 1, "{plan:#?}");
    assert_eq!(found.iter().filter(|found| matches!(found, Finding::Gone)).count(), 1, "{plan:#?}");
}

/// In everyday life the command tells drift and takes it over; what is open is left to settlement.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_no_copy_is_compared_too() {
    let disk = Disk::new();
    let world = &disk.world;
    let (ada, bob) = (made(world, "ada").await, made(world, "bob").await);
    let native = row(world, &bob).await.unwrap().native.clone().unwrap().id;
    happens(
        world,
        Event::ConsoleEditsUser {
            user: native,
            name: Some("Bob from the console".to_owned()),
            first_name: None,
            last_name: None,
            email: None,
            exchange_login: None,
        },
    );
    refuse_writes(world);
    assert_eq!(edit(world, &ada, json!({"active": false})).await.status, 429);
    world.sim().clear_faults();
    let before = native_state(world);
    let found = plan(world).await;
    assert!(!found.restored);
    assert_eq!(finding(&found, &bob), Some(&Finding::Drifted(vec!["name".to_owned()])));
    assert_eq!(wishes(&found, &ada), [(Action::Deactivate, false, Fate::Left)]);
    let applied = world.facade.reconcile(&ctx(world), &found, &found.digest()).await.unwrap();
    assert_eq!((applied, native_state(world)), (Applied::Done(1), before));
    is_reconciled(world).await;
    world.settle().await;
    assert_eq!((natives(world, "ada"), active(world, &ada).await), (0, Some(false)));
}

/// More records than are compared at once.
#[tokio::test(start_paused = true)]
async fn every_record_is_compared() {
    let world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    let template = row(&world, &ada).await.unwrap();
    let copy = |number: u32| ShadowRow {
        scim_id: ScimId::new(format!("u{number}")),
        native: Some(NativeRef::new(format!("00000000-0000-4000-8000-{number:012}"))),
        key: format!("u{number}@example.com"),
        document: scim::resource::Document::default(),
        projection: Default::default(),
        version: 1,
        ..(*template).clone()
    };
    world.store.commit((0..510).map(|number| Op::Insert(copy(number).into())).collect()).await.unwrap();
    let plan = reconcile(&world).await;
    assert_eq!((plan.compared, plan.items.len()), (511, 510));
    assert_eq!(world.store.count_in(&world.target, Kind::User, &[State::Lost]).await.unwrap(), 510);
    assert_eq!(row(&world, &ada).await.unwrap().state, State::Live);
}

/// A deactivation that is open, and natively a successor whom a directory manages.
#[tokio::test(start_paused = true)]
async fn an_open_end_of_access_ends_also_if_a_directory_manages_the_successor() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    refuse_writes(&disk.world);
    assert_eq!(edit(&disk.world, &ada, json!({"active": false})).await.status, 429);
    disk.world.sim().clear_faults();
    let copy = disk.copy();
    let native = row(&disk.world, &ada).await.unwrap().native.clone().unwrap().id;
    happens(&disk.world, Event::ConsoleDeletesUser { user: native });
    happens(&disk.world, console("ada@example.com", None, Some("activeDirectory")));
    let world = disk.put_back(&copy);
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Managed(_))), "{plan:#?}");
    assert_eq!((row(&world, &ada).await.unwrap().state, natives(&world, "ada")), (State::Parked, 1));
}

/// The name of a person whose change was open goes on being one name.
#[tokio::test(start_paused = true)]
async fn a_person_whose_renaming_was_open_keeps_one_name() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    let rig = Rig::over(&disk.world, disk.memory.clone());
    let names = json!({"userName": "king@example.com", "displayName": "Ada King"});
    rig.dies_at("before PATCH", edit(&rig.world, &ada, names)).await;
    let copy = disk.copy();
    let native = row(&disk.world, &ada).await.unwrap().native.clone().unwrap().id;
    happens(&disk.world, Event::ConsoleDeletesUser { user: native });
    happens(&disk.world, console("ada@example.com", None, None));
    let world = disk.put_back(&copy);
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Linked(_))), "{plan:#?}");
    let row = row(&world, &ada).await.unwrap();
    assert_eq!(row.document.user_name().map(scim::resource::fold), Some(row.key.clone()));
}
