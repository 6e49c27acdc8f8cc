//! Nobody owns anything where nothing is remembered: the rights that are left are those of `allow`.

use scim_facade::backend::memory::MemoryConfig;
use scim_facade::facade::{OnExisting, Right, Rights};
use serde_json::json;

use crate::support::World;
use crate::support::world::{client, group, person};

fn world() -> World {
    World::memory_without_shadows(MemoryConfig { holds_external_id: true, ..MemoryConfig::default() })
}

#[tokio::test(start_paused = true)]
async fn every_client_may_write_what_another_made() {
    let world = world();
    let ada = world.post("/Users", person("ada")).await.id();
    let staff = world.post("/Groups", group("Staff", &[])).await.id();
    let entra = world.as_client(client("entra"));
    let (user, team) = (format!("/Users/{ada}"), format!("/Groups/{staff}"));
    let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    assert!(entra.patch(&team, add).await.status < 300);
    let named = entra.patch(&user, json!([{"op": "replace", "path": "externalId", "value": "aad-7"}])).await;
    assert_eq!(named.body["externalId"], "aad-7", "{named:?}");
    assert_eq!(world.get(&user).await.body["externalId"], "aad-7", "there is one name alone");
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(entra.patch(&user, off).await.body["active"], false);
    assert_eq!(entra.delete(&team).await.status, 204);
    assert_eq!(entra.delete(&user).await.status, 204);
}

#[tokio::test(start_paused = true)]
async fn what_a_client_is_not_allowed_it_may_not() {
    let world = world();
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let mut reader = client("reader");
    reader.rights = Rights::of([Right::Read, Right::Update]);
    let reader = world.as_client(reader);
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(reader.patch(&user, off).await.status, 403);
    assert_eq!(reader.delete(&user).await.status, 403);
    assert_eq!(reader.get(&user).await.body["active"], true);
}

#[tokio::test(start_paused = true)]
async fn a_post_that_may_adopt_changes_whoever_is_there() {
    let world = world().set(|settings| settings.on_existing = OnExisting::Adopt);
    let first = world.post("/Users", person("ada")).await;
    let mut again = person("ada");
    again["title"] = json!("Countess");
    let adopted = world.post("/Users", again).await;
    assert_eq!((adopted.status, adopted.id()), (201, first.id()), "{adopted:?}");
    assert_eq!(adopted.body["title"], "Countess");
    assert_eq!(world.get("/Users").await.body["totalResults"], 1);
}
