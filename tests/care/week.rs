//! A week between the copy and its return: people come, go, are renamed and join groups.

use scim_facade::delivery::reconcile::{Finding, WhenBack};
use serde_json::json;

use super::scene::{
    DAY, Disk, LAG, active, ctx, edited, finding, is_reconciled, made, native_state, natives, plan,
    reconcile, row, team, terms,
};
use crate::support::world::person;

/// Semantics: a restored store damages nothing natively, and clients see the truth afterwards.
#[tokio::test(start_paused = true)]
async fn a_week_later_nothing_is_damaged_and_clients_see_the_truth() {
    let mut disk = Disk::new();
    let world = &disk.world;
    let mut ids = Vec::new();
    for name in ["ada", "bob", "eve", "joe", "kim"] {
        ids.push(made(world, name).await);
    }
    let [ada, bob, eve, joe, kim] = <[String; 5]>::try_from(ids).unwrap();
    let (staff, gone) = (team(world, "Staff", &[&ada, &bob]).await, team(world, "Gone", &[&eve]).await);
    edited(world, &kim, json!({"active": false})).await;
    let copy = disk.copy();

    // A week goes by: ada is renamed, bob deactivated, eve deleted; joe joins; new is made; a group goes, one is renamed.
    let world = &disk.world;
    let names =
        json!({"displayName": "Ada King", "emails": [{"value": "king@example.com", "primary": true}]});
    edited(world, &ada, names).await;
    edited(world, &bob, json!({"active": false})).await;
    assert_eq!(world.delete(&format!("/Users/{eve}")).await.status, 204);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": joe}]},
                     {"op": "replace", "path": "displayName", "value": "Crew"}]);
    world.patch(&format!("/Groups/{staff}"), add).await;
    assert_eq!(world.delete(&format!("/Groups/{gone}")).await.status, 204);
    let new = made(world, "new").await;
    let late = team(world, "Late", &[&new]).await;
    world.wait(7 * DAY).await;
    let before = native_state(world);

    let world = disk.put_back(&copy);
    world.settle().await;
    assert_eq!(native_state(&world), before, "settlement sends nothing");
    let plan = reconcile(&world).await;
    assert_eq!(native_state(&world), before, "nobody who should have access lost it, and nobody got it");
    let drifted = ["name", "email", "exchangeLogin"].map(str::to_owned).to_vec();
    assert_eq!(
        finding(&plan, &ada),
        Some(&Finding::Drifted(drifted)),
        "the login is a userName that is no e-mail"
    );
    assert_eq!(finding(&plan, &staff), Some(&Finding::Drifted(vec!["name".to_owned()])));
    for who in [&bob, &eve, &gone] {
        assert_eq!(finding(&plan, who), Some(&Finding::Gone), "{plan:#?}");
    }
    assert_eq!((finding(&plan, &joe), finding(&plan, &kim), plan.items.len()), (None, None, 5));
    assert_eq!((plan.restored, plan.compared), (true, 7));

    // What clients see: those who are there, as they are there; nobody who is not.
    let shown = world.get(&format!("/Users/{ada}")).await.body;
    assert_eq!(
        (&shown["displayName"], &shown["emails"][0]["value"]),
        (&json!("Ada King"), &json!("king@example.com"))
    );
    assert_eq!(shown["title"], json!("Engineer"), "what only the facade keeps is still there");
    assert_eq!((active(&world, &bob).await, active(&world, &eve).await), (None, None));
    assert_eq!((active(&world, &joe).await, active(&world, &kim).await), (Some(true), Some(false)));
    let crew = world.get(&format!("/Groups/{staff}")).await.body;
    let members: Vec<_> = crew["members"].as_array().unwrap().iter().map(|member| &member["value"]).collect();
    assert_eq!((&crew["displayName"], members.len()), (&json!("Crew"), 2), "{crew}");
    assert!(members.contains(&&json!(ada)) && members.contains(&&json!(joe)), "{crew}");
    assert_eq!(world.get(&format!("/Groups/{gone}")).await.status, 404);
    // Their records are gone; a look-up finds them as they are natively.
    assert_eq!(
        (
            world.get(&format!("/Users/{new}")).await.status,
            world.get(&format!("/Groups/{late}")).await.status
        ),
        (404, 404)
    );
    for path in ["/Users?filter=userName eq \"new@example.com\"", "/Groups?filter=displayName eq \"Late\""] {
        assert_eq!(world.get(path).await.body["totalResults"], json!(1), "{path}");
    }

    // Everyday life goes on: whoever is gone can be made, whoever is there can leave and come back.
    assert_eq!(world.post("/Users", person("bob")).await.status, 201);
    edited(&world, &ada, json!({"userName": "king@example.com", "active": false})).await;
    edited(&world, &ada, json!({"active": true})).await;
    edited(&world, &kim, json!({"active": true})).await;
    assert_eq!((natives(&world, "bob"), natives(&world, "king"), natives(&world, "kim")), (1, 1, 1));
}

/// Whoever left and came back since the copy has another native object.
#[tokio::test(start_paused = true)]
async fn whoever_has_another_native_object_is_linked_to_it() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    let staff = team(&disk.world, "Staff", &[&ada]).await;
    let copy = disk.copy();
    let world = &disk.world;
    let old = row(world, &ada).await.unwrap().native.clone();
    edited(world, &ada, json!({"active": false})).await;
    edited(world, &ada, json!({"active": true})).await;
    assert_eq!(world.delete(&format!("/Groups/{staff}")).await.status, 204);
    let again = team(world, "Staff", &[&ada]).await;
    world.wait(DAY).await;
    let before = native_state(world);
    let world = disk.put_back(&copy);
    let plan = reconcile(&world).await;
    assert!(
        matches!(finding(&plan, &ada), Some(Finding::Linked(at)) if Some(at) != old.as_ref()),
        "{plan:#?}"
    );
    assert!(matches!(finding(&plan, &staff), Some(Finding::Linked(_))), "{plan:#?}");
    assert_eq!(native_state(&world), before);
    assert_eq!(active(&world, &ada).await, Some(true));
    let members = world.get(&format!("/Groups/{staff}")).await.body["members"].clone();
    assert_eq!((members[0]["value"].as_str(), members.as_array().unwrap().len()), (Some(&*ada), 1));
    assert_eq!(world.get(&format!("/Groups/{again}")).await.status, 404);
}

/// Task of the digest: a person who should have no access is told, and ended only under the plan's digest.
#[tokio::test(start_paused = true)]
async fn whoever_should_have_no_access_is_ended_again_only_under_the_digest() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    let staff = team(&disk.world, "Staff", &[&ada]).await;
    edited(&disk.world, &ada, json!({"active": false})).await;
    let copy = disk.copy();
    edited(&disk.world, &ada, json!({"active": true})).await;
    disk.world.wait(LAG).await;

    let world = disk.put_back(&copy);
    let before = native_state(&world);
    let plan = plan(&world).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Back(_))), "{plan:#?}");
    assert!(plan.items[0].ends_access());
    let other = world.facade.reconcile(&ctx(&world), &plan, "0123").await.unwrap();
    assert_eq!(other, scim_facade::delivery::reconcile::Applied::Changed(plan.digest()));
    assert_eq!((native_state(&world), active(&world, &ada).await), (before, Some(false)));
    reconcile(&world).await;
    assert_eq!((natives(&world, "ada"), active(&world, &ada).await), (0, Some(false)));
    // As after any deactivation, everything comes back.
    edited(&world, &ada, json!({"active": true})).await;
    assert_eq!((natives(&world, "ada"), world.sim_members("Staff").len()), (1, 1));
    assert_eq!(world.get(&format!("/Groups/{staff}")).await.body["members"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_came_back_can_be_kept() {
    let mut disk = Disk::new();
    let ada = made(&disk.world, "ada").await;
    team(&disk.world, "Staff", &[&ada]).await;
    edited(&disk.world, &ada, json!({"active": false})).await;
    let copy = disk.copy();
    edited(&disk.world, &ada, json!({"active": true, "displayName": "Ada Back"})).await;
    disk.world.wait(LAG).await;
    let world = disk.put_back(&copy);
    let before = native_state(&world);
    let ends = plan(&world).await.digest();
    let keeps = world.facade.compare(&ctx(&world), &terms(WhenBack::Keep)).await.unwrap();
    assert_ne!(keeps.digest(), ends);
    world.facade.reconcile(&ctx(&world), &keeps, &keeps.digest()).await.unwrap();
    is_reconciled(&world).await;
    assert_eq!((native_state(&world), active(&world, &ada).await), (before, Some(true)));
    assert_eq!(world.get(&format!("/Users/{ada}")).await.body["displayName"], json!("Ada Back"));
    edited(&world, &ada, json!({"active": false})).await;
    assert_eq!(natives(&world, "ada"), 0);
}
