//! Lists that lag behind: our own writes are seen at once, and what we deleted does not come back.

use serde_json::{Value, json};
use simulator::sophos::{Seed, Sophos};

use super::crash::Rig;
use crate::support::World;
use crate::support::world::{group, person};

fn lags(mut sim: std::sync::MutexGuard<'_, Sophos>) {
    sim.switches_mut().list_lag_ms = 4_000;
}

async fn found(world: &World, path: &str) -> Vec<String> {
    let reply = world.get(path).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let resources = reply.body["Resources"].as_array().cloned().unwrap_or_default();
    let ids: Vec<String> = resources.iter().map(|resource| text(&resource["id"])).collect();
    assert_eq!(reply.body["totalResults"], json!(ids.len()), "{path}: {reply:?}");
    ids
}

fn searches(name: &str) -> [String; 6] {
    [
        "/Users".to_owned(),
        format!("/Users?filter=userName eq \"{name}@example.com\""),
        format!("/Users?filter=externalId eq \"ext-{name}\""),
        format!("/Users?filter=emails.value eq \"{name}@example.com\""),
        format!("/Users?filter=displayName eq \"{name} Example\""),
        "/Users?filter=title eq \"Engineer\"".to_owned(),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_new_person_is_found_at_once_and_a_deleted_one_never_again() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    lags(world.sim());
    let ada = world.post("/Users", person("ada")).await.id();
    for path in searches("ada") {
        assert_eq!(found(world, &path).await, [ada.clone()], "{path}");
    }
    world.wait(10).await;
    for path in searches("ada") {
        assert_eq!(found(world, &path).await, [ada.clone()], "{path} later");
    }
    assert_eq!(world.delete(&format!("/Users/{ada}")).await.status, 204);
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        for path in searches("ada") {
            assert_eq!(found(world, &path).await, Vec::<String>::new(), "{path} after {seconds} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_is_found_at_once() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    lags(world.sim());
    let path = format!("/Users/{ada}");
    let emails = json!([{"value": "king@example.com", "type": "work", "primary": true}]);
    let names = json!({"displayName": "Ada King", "userName": "king@example.com", "emails": emails});
    let changed = world.patch(&path, json!([{"op": "replace", "value": names}])).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        for filter in [
            "displayName eq \"Ada King\"",
            "emails.value eq \"king@example.com\"",
            "userName eq \"king@example.com\"",
        ] {
            assert_eq!(
                found(world, &format!("/Users?filter={filter}")).await,
                [ada.clone()],
                "{filter} after {seconds} s"
            );
        }
        for filter in [
            "displayName eq \"ada Example\"",
            "emails.value eq \"ada@example.com\"",
            "userName eq \"ada@example.com\"",
        ] {
            assert_eq!(
                found(world, &format!("/Users?filter={filter}")).await,
                Vec::<String>::new(),
                "{filter} after {seconds} s"
            );
        }
        let listed = world.get("/Users").await;
        assert_eq!(listed.body["Resources"][0]["displayName"], "Ada King", "after {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_parked_person_is_listed_once_and_without_access() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    lags(world.sim());
    let path = format!("/Users/{ada}");
    assert_eq!(world.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await.status, 200);
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        for path in searches("ada") {
            assert_eq!(found(world, &path).await, [ada.clone()], "{path} after {seconds} s");
            let listed = world.get(&path).await;
            assert_eq!(listed.body["Resources"][0]["active"], false, "{path} after {seconds} s");
        }
    }
}

/// Faster than the lists: they show objects of hers that are gone.
#[tokio::test(start_paused = true)]
async fn whoever_goes_and_comes_at_once_is_made_once() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    lags(world.sim());
    for active in [false, true, false, true, false, true] {
        let wish = json!([{"op": "replace", "value": {"active": active}}]);
        let reply = world.patch(&format!("/Users/{ada}"), wish).await;
        assert_eq!((reply.status, &reply.body["active"]), (200, &json!(active)), "{reply:?}");
        assert_eq!(world.sim().users().len(), usize::from(active));
        world.wait(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn groups_and_members_show_what_was_just_written() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    lags(world.sim());
    let team = world.post("/Groups", group("Team", &[&ada])).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let path = format!("/Groups/{team}");
    let add = json!([{"op": "add", "path": "members", "value": [{"value": eve}]}]);
    assert!(matches!(world.patch(&path, add).await.status, 200 | 204));
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        assert_eq!(found(world, "/Groups").await, [team.clone()], "after {seconds} s");
        assert_eq!(found(world, "/Groups?filter=displayName eq \"Team\"").await, [team.clone()]);
        let members = world.get(&path).await.body["members"].to_string();
        assert!(members.contains(&ada) && members.contains(&eve), "after {seconds} s: {members}");
        assert_eq!(found(world, &format!("/Groups?filter=members.value eq \"{eve}\"")).await, [team.clone()]);
    }
    let crew = json!([{"op": "replace", "value": {"displayName": "Crew"}}]);
    assert!(matches!(world.patch(&path, crew).await.status, 200 | 204));
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        assert_eq!(found(world, "/Groups?filter=displayName eq \"Crew\"").await, [team.clone()]);
        let old = found(world, "/Groups?filter=displayName eq \"Team\"").await;
        assert_eq!(old, Vec::<String>::new(), "after {seconds} s");
    }
    assert_eq!(world.delete(&path).await.status, 204);
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        assert_eq!(found(world, "/Groups").await, Vec::<String>::new());
        assert_eq!(found(world, "/Groups?filter=displayName eq \"Crew\"").await, Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_group_shows_who_was_just_added_and_removed() {
    let rig = Rig::new(Seed::Many { users: 60 });
    let world = &rig.world;
    let natives: Vec<String> = world.sim().users().into_iter().map(|user| user.id).collect();
    let names: Vec<&str> = natives.iter().map(String::as_str).collect();
    let large = world.post("/Groups", group("Large", &names)).await.id();
    let ada = world.post("/Users", person("ada")).await.id();
    world.wait(10).await;
    lags(world.sim());
    let path = format!("/Groups/{large}");
    let change = json!([
        {"op": "add", "path": "members", "value": [{"value": ada}]},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", natives[0])},
    ]);
    assert!(matches!(world.patch(&path, change).await.status, 200 | 204));
    for seconds in [0, 2, 10] {
        world.wait(seconds).await;
        let members = world.get(&path).await.body["members"].to_string();
        assert!(members.contains(&ada), "after {seconds} s");
        assert!(!members.contains(&natives[0]), "after {seconds} s");
    }
}

/// The vendor's lists don't show a create whose outcome is unknown for as long as we look.
#[tokio::test(start_paused = true)]
async fn a_create_that_shows_late_is_neither_lost_nor_made_twice() {
    use simulator::faults::{Fault, Rule};
    for lag_ms in [4_000, 20_000] {
        let rig = Rig::new(Seed::Empty);
        let world = &rig.world;
        assert_eq!(world.get("/Users").await.status, 200);
        world.sim().switches_mut().list_lag_ms = lag_ms;
        world.sim().add_fault(Rule::once(Fault::ResetAfter).on("POST", "/users"));
        let first = world.post("/Users", person("ada")).await;
        assert!(matches!(first.status, 201 | 429), "{lag_ms} ms: {first:?}");
        world.wait(61).await;
        world.settle().await;
        let again = world.post("/Users", person("ada")).await;
        assert_eq!(world.sim().users().len(), 1, "{lag_ms} ms");
        let wanted = if first.status == 201 { 409 } else { 201 };
        assert_eq!(again.status, wanted, "{lag_ms} ms: {again:?}");
    }
}
