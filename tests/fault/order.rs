//! What waits for one resource keeps its order, and what a loss of access overtakes is answered, not carried out.

use std::sync::Arc;

use serde_json::{Value, json};
use simulator::faults::{Fault, Rule};
use simulator::sophos::Seed;

use crate::support::World;
use crate::support::world::{group, person};

fn switch(active: bool) -> Value {
    json!([{"op": "replace", "value": {"active": active}}])
}

/// Runs these requests so that each is sent while the one before still waits or runs.
async fn one_after_the_other(world: &Arc<World>, requests: Vec<(String, Value)>) -> Vec<u16> {
    let mut running = Vec::new();
    for (path, operations) in requests {
        let world = world.clone();
        running.push(tokio::spawn(async move { world.patch(&path, operations).await.status }));
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }
    let mut statuses = Vec::new();
    for request in running {
        statuses.push(request.await.unwrap());
    }
    statuses
}

#[tokio::test(start_paused = true)]
async fn an_older_reactivation_does_not_undo_the_end_that_overtook_it() {
    let world = Arc::new(World::sophos(Seed::Empty));
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 3000 }).on("PATCH", "/users/"));
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Ada King"}]);
    let statuses = one_after_the_other(
        &world,
        vec![(ada.clone(), rename), (ada.clone(), switch(true)), (ada.clone(), switch(false))],
    );
    assert_eq!(statuses.await, [200, 200, 200]);
    assert!(world.sim().users().is_empty(), "she has no access");
    assert_eq!(world.get(&ada).await.body["active"], false);
    // A reactivation that comes afterwards is a new wish.
    assert_eq!(world.patch(&ada, switch(true)).await.body["active"], true);
    assert_eq!(world.sim().users().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_delta_does_not_fold_across_another_change_of_the_group() {
    let world = Arc::new(World::sophos(Seed::Empty));
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let staff = world.post("/Groups", group("Staff", &[])).await.id();
    let path = format!("/Groups/{staff}");
    world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 3000 }).on("PATCH", "/user-groups/"));
    let rename = json!([{"op": "replace", "path": "displayName", "value": "People"}]);
    let add_ada = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    let only_eve = json!([{"op": "replace", "path": "members", "value": [{"value": eve}]}]);
    let remove_eve = json!([{"op": "remove", "path": format!("members[value eq \"{eve}\"]")}]);
    let requests = [rename, add_ada, only_eve, remove_eve].map(|operations| (path.clone(), operations));
    one_after_the_other(&world, requests.to_vec()).await;
    let native = world.sim().groups()[0].id.clone();
    assert_eq!(world.sim().members_of(&native), Vec::<String>::new(), "the last word on Eve is remove");
}
