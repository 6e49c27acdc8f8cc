//! What is destroyed, what stays with the facade, and what the product would refuse.

use scim_facade::facade::OnExisting;
use serde_json::json;
use simulator::sophos::{Event, Seed};

use super::scene::{explained, patch, peopled};
use crate::support::World;
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn a_deactivation_tells_what_does_not_come_back() {
    let world = World::sophos(Seed::Empty);
    let ids = peopled(&world).await;
    let both = patch(json!([
        {"op": "replace", "path": "title", "value": "Boss"},
        {"op": "replace", "path": "active", "value": false},
    ]));
    let told = explained(&world, &("PATCH", format!("/Users/{}", ids.ada), both)).await;
    for word in ["DELETED", "mailbox", "device", "admin role"] {
        assert!(told.destroyed.iter().any(|line| line.contains(word)), "{word}: {told:?}");
    }
    let decided: Vec<(&str, usize)> =
        told.decided.iter().map(|one| (one.action.as_str(), one.calls.len())).collect();
    assert_eq!(decided, [("deactivate", 1), ("update", 0)], "loss of access first");
    assert_eq!(told.decided[0].active, Some((true, false)));
    assert_eq!(told.shadow_only, ["title"]);
    assert_eq!(told.answer.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_group_is_emptied_before_it_is_deleted() {
    let world = World::sophos(Seed::Empty);
    let ids = peopled(&world).await;
    let told = explained(&world, &("DELETE", format!("/Groups/{}", ids.engineers), None)).await;
    assert_eq!(told.writes.len(), 2, "{told:?}");
    assert_eq!(told.writes[0].fields, ["members out: 1"]);
    assert!(told.destroyed.iter().any(|line| line.contains("group is DELETED")), "{told:?}");
    assert!(told.destroyed.iter().any(|line| line == "memberships of a group: 1"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn attributes_without_a_field_stay_with_the_facade() {
    let world = World::sophos(Seed::Empty);
    let mut ada = person("ada");
    ada["name"]["honorificPrefix"] = json!("Countess");
    let told = explained(&world, &("POST", "/Users".to_owned(), Some(ada))).await;
    assert_eq!(
        told.shadow_only,
        ["externalId", "name.honorificPrefix", "title"].map(String::from),
        "{told:?}"
    );
    assert_eq!(told.writes[0].fields, ["name", "firstName", "lastName", "email"]);
    assert_eq!(told.answer.status, 201);
    assert!(told.destroyed.is_empty(), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn repairs_are_named() {
    let world = World::sophos(Seed::Empty);
    let ids = peopled(&world).await;
    let entra = patch(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    let told = explained(&world, &("PATCH", format!("/Users/{}", ids.ada), entra)).await;
    let names: Vec<&str> = told.repairs.iter().map(|repair| repair.name).collect();
    assert_eq!(names, ["boolean_as_string", "op_case"]);
}

/// What the vendor alone would refuse is foreseen by reading.
#[tokio::test(start_paused = true)]
async fn refusals_of_the_product_are_foreseen() {
    // Whoever exists is not adopted, so that the product's own refusal decides.
    let world = World::sophos(Seed::Empty).set(|settings| settings.on_existing = OnExisting::Conflict);
    let ids = peopled(&world).await;
    let at = world.clock.now().0;
    let console = |event: Event| world.sim().event(at, event).unwrap();
    console(Event::ConsoleCreatesGroup { name: "Taken".to_owned(), description: None, source_type: None });
    let told = explained(&world, &("POST", "/Groups".to_owned(), Some(group("Taken", &[])))).await;
    assert_eq!((told.answer.status, told.answer.scim_type.as_deref()), (409, Some("uniqueness")), "{told:?}");
    assert_eq!(told.writes[0].refused.as_deref(), Some("Conflict"));
    assert!(told.reads.iter().any(|read| read.foreseeing), "{told:?}");

    let eve = world.sim().user_by_email("eve@example.com").unwrap().id;
    console(Event::SyncTakesUser { user: eve, source_type: "activeDirectory".to_owned(), domain: None });
    let join = patch(json!([{"op": "add", "path": "members", "value": [{"value": ids.eve}]}]));
    let told = explained(&world, &("PATCH", format!("/Groups/{}", ids.engineers), join)).await;
    assert_eq!((told.answer.status, told.answer.scim_type.as_deref()), (400, Some("mutability")), "{told:?}");
    assert!(told.answer.detail.unwrap().contains("Active Directory"));

    let rename = patch(json!([{"op": "replace", "path": "displayName", "value": "Countess"}]));
    let told = explained(&world, &("PATCH", format!("/Users/{}", ids.eve), rename)).await;
    assert_eq!((told.answer.status, told.writes.len()), (200, 0), "{told:?}");
    assert!(told.notes[0].contains("a directory manages"), "{told:?}");

    let told = explained(&world, &("DELETE", format!("/Users/{}", ids.eve), None)).await;
    assert_eq!(told.answer.status, 400, "{told:?}");
    assert!(told.alarms.iter().any(|alarm| alarm.starts_with("deprovision_impossible")), "{told:?}");
    assert!(told.destroyed.is_empty(), "{told:?}");
}

/// The admin record ends first, and the quarantine group is one of the writes.
#[tokio::test(start_paused = true)]
async fn a_quarantine_is_told_step_by_step() {
    let world = World::sophos(Seed::Empty).quarantining().await;
    let ids = peopled(&world).await;
    let ada = world.sim().user_by_email("ada@example.com").unwrap().id;
    let role = world.sim().roles()[0].id.clone();
    world.sim().event(world.clock.now().0, Event::ConsolePromotes { user: ada, role }).unwrap();
    let off = patch(json!([{"op": "replace", "path": "active", "value": false}]));
    let told = explained(&world, &("PATCH", format!("/Users/{}", ids.ada), off)).await;
    assert_eq!(told.answer.status, 200, "{told:?}");
    let calls: Vec<&String> = told.writes.iter().flat_map(|write| &write.calls).collect();
    assert!(calls[0].contains("/admins/"), "loss of the role first: {calls:?}");
    assert_eq!(told.writes[1].fields[0], "into groups: 1", "{told:?}");
    assert!(told.destroyed.iter().any(|line| line.contains("quarantine group")), "{told:?}");
}
