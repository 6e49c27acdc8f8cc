//! Commits: two around a native write, one where only the shadow changes, none where nothing does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use scim_facade::store::Op;
use scim_facade::store::hooked::{CommitHook, Hooked};
use scim_facade::store::memory::MemoryStore;
use serde_json::{Value, json};
use simulator::sophos::Seed;

use crate::support::World;
use crate::support::world::{group, person};

#[derive(Default)]
struct Count(AtomicUsize);

#[async_trait]
impl CommitHook for Count {
    async fn after(&self, _: &[Op]) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn set(path: &str, value: &Value) -> Value {
    json!([{"op": "replace", "path": path, "value": value}])
}

#[tokio::test(start_paused = true)]
async fn two_around_a_native_write_one_for_the_shadow_none_for_nothing() {
    let count = Arc::new(Count::default());
    let store = Arc::new(Hooked::new(Arc::new(MemoryStore::new()), count.clone()));
    let world = World::sophos_with(Seed::Empty, store, None);
    let cost = |what: &str, expected: usize| {
        assert_eq!(count.0.swap(0, Ordering::Relaxed), expected, "{what}");
    };
    let ada = world.post("/Users", person("ada")).await.id();
    cost("create", 2);
    let user = format!("/Users/{ada}");
    world.get(&user).await;
    cost("read", 0);
    world.patch(&user, set("displayName", &json!("Ada King"))).await;
    cost("native attribute", 2);
    world.patch(&user, set("title", &json!("Countess"))).await;
    cost("attribute of the shadow", 1);
    world.patch(&user, set("title", &json!("Countess"))).await;
    cost("nothing", 0);
    let eve = world.post("/Users", person("eve")).await.id();
    let staff = format!("/Groups/{}", world.post("/Groups", group("Staff", &[&ada])).await.id());
    cost("two creates", 4);
    world.patch(&staff, json!([{"op": "add", "path": "members", "value": [{"value": eve}]}])).await;
    cost("member in", 2);
    world.patch(&user, set("active", &json!(false))).await;
    cost("park", 2);
    world.patch(&user, set("active", &json!(true))).await;
    cost("reactivate", 2);
    assert_eq!(world.delete(&user).await.status, 204);
    cost("delete", 2);
    assert_eq!(world.delete(&staff).await.status, 204);
    // A saga: journalled, and once more before each of its steps.
    cost("group delete", 4);
}
