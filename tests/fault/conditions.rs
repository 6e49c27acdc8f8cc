//! A change under a condition whose client was told to come back: it comes back with the version that it knows, which its own
//! first try has replaced, and learns how that ended.

use std::collections::BTreeMap;
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::crash::Rig;
use crate::support::World;
use crate::support::insist::patch;
use crate::support::web::HttpReply;
use crate::support::world::{group, person};

async fn send(world: &World, method: &str, path: &str, version: &str, body: &Value) -> HttpReply {
    let headers = BTreeMap::from([("If-Match".to_owned(), version.to_owned())]);
    world.http(method, path, &headers, Some(body.to_string()).filter(|_| !body.is_null())).await
}

/// One look and one write take so long that nobody waits for both.
fn slowly(world: &World) {
    for (method, ms) in [("GET", 9_000), ("PATCH", 9_500), ("POST", 9_500), ("DELETE", 9_500)] {
        let slow = Rule::once(Fault::DelayMs { ms }).on(method, "/common/").times(Times::FOREVER);
        world.sim().add_fault(slow);
    }
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Patch,
    Put,
    Off,
    Delete,
    Join,
    Rename,
    Crowd,
}

/// Ada, and a group of hers, with the versions that are known: a change of one of them.
struct Scene {
    rig: Rig,
    method: &'static str,
    path: String,
    version: String,
    body: Value,
}

async fn scene(change: Change) -> Scene {
    let rig = Rig::new(Seed::Many { users: 150 });
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await;
    let team = world.post("/Groups", group("Engineers", &[])).await;
    world.wait(10).await;
    let version =
        |reply: &crate::support::world::Reply| reply.body["meta"]["version"].as_str().unwrap().to_owned();
    let (user, crew) = (format!("/Users/{}", ada.id()), format!("/Groups/{}", team.id()));
    let (for_user, for_crew) = (version(&ada), version(&world.get(&crew).await));
    let set = |path: &str, value: Value| patch(json!([{"op": "replace", "path": path, "value": value}]));
    let mut put = person("ada");
    put["displayName"] = json!("Countess");
    let everybody: Vec<Value> = world.sim().users().iter().map(|user| json!({"value": user.id})).collect();
    let add = |members: Value| patch(json!([{"op": "add", "path": "members", "value": members}]));
    let of_user = |method, body| (method, user.clone(), for_user.clone(), body);
    let of_crew = |body| ("PATCH", crew.clone(), for_crew.clone(), body);
    let (method, path, version, body) = match change {
        Change::Patch => of_user("PATCH", set("displayName", json!("Countess"))),
        Change::Put => of_user("PUT", put),
        Change::Off => of_user("PATCH", set("active", json!(false))),
        Change::Delete => of_user("DELETE", Value::Null),
        Change::Join => of_crew(add(json!([{"value": ada.id()}]))),
        Change::Rename => of_crew(set("displayName", json!("Analysts"))),
        Change::Crowd => of_crew(add(json!(everybody))),
    };
    Scene { rig, method, path, version, body }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_second_try_gets_the_outcome_of_the_first(
    #[values(
        Change::Patch,
        Change::Put,
        Change::Off,
        Change::Delete,
        Change::Join,
        Change::Rename,
        Change::Crowd
    )]
    change: Change,
    #[values(0, 400)] later: u64,
    #[values(12, 26)] patience: u64,
) {
    let Scene { rig, method, path, version, body } = scene(change).await;
    let world = &rig.world;
    slowly(world);
    // One look and one write of a person fit in: somebody else is ahead, who changes nothing.
    let ahead = async {
        if matches!(change, Change::Patch | Change::Put) {
            let same = json!([{"op": "replace", "path": "title", "value": "Engineer"}]);
            assert_eq!(world.patch(&path, same).await.status, 200);
        }
    };
    let first =
        tokio::time::timeout(Duration::from_secs(patience), send(world, method, &path, &version, &body));
    match tokio::join!(ahead, first).1 {
        Ok(told) => assert_eq!(told.status, 429, "{change:?}: {told:?}"),
        Err(_) => assert!(patience < 25, "{change:?}: no answer in time"),
    }
    world.wait(later).await;
    world.sim().clear_faults();
    let writes = |world: &World| world.native_writes().len();
    let mut before = writes(world);
    let mut second = send(world, method, &path, &version, &body).await;
    // While the first goes on, the second waits with it.
    for _ in 0..5 {
        if second.status == 429 {
            before = writes(world);
            world.wait(10).await;
            second = send(world, method, &path, &version, &body).await;
        }
    }
    assert!(matches!(second.status, 200 | 204), "{change:?}: {second:?}");
    // An end of access is tried until it is confirmed.
    if later > 0 && !matches!(change, Change::Delete) {
        assert_eq!(writes(world), before, "{change:?}: what was done is not done again");
    }
    if let Some(tag) = second.header("etag") {
        assert_eq!(world.get(&path).await.body["meta"]["version"], tag);
    }
}

/// What the first try has not done, another change with its version does not get.
#[rstest]
#[tokio::test(start_paused = true)]
async fn another_change_of_the_old_version_is_412(
    #[values(Change::Patch, Change::Put, Change::Off, Change::Join, Change::Rename, Change::Crowd)]
    change: Change,
) {
    let Scene { rig, method, path, version, body } = scene(change).await;
    let world = &rig.world;
    let first = send(world, method, &path, &version, &body).await;
    assert!(matches!(first.status, 200 | 204), "{change:?}: {first:?}");
    let attribute = if path.starts_with("/Users") { "title" } else { "externalId" };
    let other = patch(json!([{"op": "replace", "path": attribute, "value": "other"}]));
    let before = world.still().await;
    assert_eq!(send(world, "PATCH", &path, &version, &other).await.status, 412);
    assert_eq!(send(world, "DELETE", &path, &version, &Value::Null).await.status, 412);
    assert_eq!(before, world.still().await);
}

/// The product can't be asked: a deactivation goes by our record, and what nobody can know is not refused for good.
#[tokio::test(start_paused = true)]
async fn a_deactivation_of_a_version_that_nobody_can_look_up() {
    let Scene { rig, method, path, version, body } = scene(Change::Off).await;
    let world = &rig.world;
    world.sim().add_fault(
        Rule::once(Fault::Status { code: 503, applied: false }).on("GET", "/common/").times(Times::FOREVER),
    );
    let before = world.still().await;
    let other = "W/\"0123456789abcdef0123456789abcdef\"";
    assert_eq!(send(world, method, &path, other, &body).await.status, 429);
    assert_eq!(before, world.still().await);
    send(world, method, &path, &version, &body).await;
    assert_eq!(world.get(&path).await.body["active"], false, "it is journalled, and shown at once");
}
