//! Several processes before one product, at once or one after the other: they need nothing of one another.

use serde_json::{Value, json};

use super::kinds::Cloud;
use crate::support::World;
use crate::support::world::{Reply, group, person};

/// What a client sees of everything.
async fn everything(world: &World) -> Vec<Value> {
    let mut seen = Vec::new();
    for endpoint in ["/Users", "/Groups?attributes=displayName,externalId,members,meta"] {
        let list = world.get(endpoint).await;
        assert_eq!(list.status, 200, "{list:?}");
        seen.extend(list.body["Resources"].as_array().cloned().unwrap_or_default());
    }
    seen
}

async fn made(world: &World) -> (Reply, Reply) {
    let ada = world.post("/Users", person("ada")).await;
    let mut staff = group("Staff", &[&ada.id()]);
    staff["externalId"] = json!("g-1");
    let staff = world.post("/Groups", staff).await;
    assert_eq!((ada.status, staff.status), (201, 201), "{ada:?} {staff:?}");
    (ada, staff)
}

#[tokio::test(start_paused = true)]
async fn a_restart_keeps_ids_versions_and_names() {
    let cloud = Cloud::new();
    let world = cloud.process().world;
    let (ada, staff) = made(&world).await;
    let seen = everything(&world).await;
    let next = cloud.process().world;
    assert_eq!(everything(&next).await, seen);
    for made in [&ada, &staff] {
        let location = made.body["meta"]["location"].as_str().unwrap();
        let path = location.split("/scim/v2").nth(1).unwrap();
        let read = next.get(path).await;
        assert_eq!((&read.body["id"], &read.body["meta"]), (&made.body["id"], &made.body["meta"]), "{path}");
        assert_eq!(read.body["externalId"], made.body["externalId"], "{path}");
    }
    next.wait(600).await;
    assert_eq!(everything(&world).await, seen, "time alone changes nothing");
}

#[tokio::test(start_paused = true)]
async fn two_replicas_serve_the_same() {
    let cloud = Cloud::new();
    let (one, other) = (cloud.process().world, cloud.process().world);
    let (ada, staff) = made(&one).await;
    one.wait(10).await;
    assert_eq!(everything(&other).await, everything(&one).await);
    let user = format!("/Users/{}", ada.id());
    let titled = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    let done = other.patch(&user, titled).await;
    assert_eq!(one.get(&user).await.body, done.body, "what one has written the other reads");
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(one.patch(&user, off).await.body["active"], false);
    assert_eq!(other.get(&user).await.body["active"], false);
    let twin = other.post("/Users", person("ada")).await;
    assert_eq!((twin.status, twin.id()), (201, ada.id()), "the same externalId: they return");
    assert_eq!(one.get(&user).await.body["active"], true);
    assert_eq!(one.post("/Users", person("ada")).await.status, 409);
    assert_eq!(other.delete(&format!("/Groups/{}", staff.id())).await.status, 204);
    other.wait(10).await;
    assert_eq!(everything(&one).await, everything(&other).await);
}

#[tokio::test(start_paused = true)]
async fn the_pages_of_one_process_go_on_in_the_next() {
    let cloud = Cloud::new();
    let world = cloud.process().world;
    for number in 0..7 {
        world.post("/Users", person(&format!("p{number}"))).await;
    }
    world.wait(10).await;
    let mut seen = Vec::new();
    for start in [1, 4, 7] {
        let next = cloud.process().world;
        let page = next.get(&format!("/Users?startIndex={start}&count=3")).await;
        assert_eq!(page.body["totalResults"], 7, "{page:?}");
        seen.extend(page.body["Resources"].as_array().cloned().unwrap_or_default());
    }
    let names: Vec<&str> = seen.iter().filter_map(|one| one["userName"].as_str()).collect();
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(seen, everything(&world).await);
}
