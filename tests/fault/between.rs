//! Lists while somebody is between having a native object and having none.

use scim_facade::kernel::{Kind, ScimId};
use scim_facade::store::Op;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::crash::Rig;
use super::kinds::console_makes;
use crate::support::World;
use crate::support::world::person;

fn switch(active: bool) -> Value {
    json!([{"op": "replace", "value": {"active": active}}])
}

/// Every list shows each of these once, in this order, and counts them.
async fn listed(world: &World, wanted: &[&str]) {
    for path in ["/Users", "/Users?filter=title pr", "/Users?filter=userName pr and title pr"] {
        let list = world.get(path).await;
        let rows = list.body["Resources"].as_array().cloned().unwrap_or_default();
        let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!((ids.as_slice(), &list.body["totalResults"]), (wanted, &json!(wanted.len())), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_and_not_confirmed_is_listed() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    world.wait(10).await;
    let unanswered = Fault::Status { code: 503, applied: true };
    world.sim().add_fault(Rule::once(unanswered).on("DELETE", "/users/").times(Times::FOREVER));
    let unreadable = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(unreadable).on("GET", "/users/").times(Times::FOREVER).skip(1));
    assert_eq!(world.patch(&format!("/Users/{ada}"), switch(false)).await.status, 429);
    assert!(world.sim().user_by_email("ada@example.com").is_none());
    listed(world, &[&eve, &ada]).await;
    let filtered = world.get("/Users?filter=displayName eq \"ada Example\"").await;
    assert_eq!(filtered.body["totalResults"], 1);
}

#[tokio::test(start_paused = true)]
async fn whose_object_waits_for_them_is_listed_once() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let bob = world.post("/Users", person("bob")).await.id();
    let path = format!("/Users/{bob}");
    assert_eq!(world.patch(&path, switch(false)).await.status, 200);
    console_makes(world, "bob Example", "bob@example.com");
    world.wait(10).await;
    let down = Fault::Status { code: 503, applied: false };
    world.sim().add_fault(Rule::once(down.clone()).on("GET", "/users/").times(Times::FOREVER));
    world.sim().add_fault(Rule::once(down).on("PATCH", "/users/").times(Times::FOREVER));
    assert_eq!(world.patch(&path, switch(true)).await.status, 429);
    listed(world, &[&bob]).await;
}

/// Parked people are looked at one by one like all others.
#[tokio::test(start_paused = true)]
async fn a_scan_counts_parked_people() {
    let rig = Rig::new(Seed::Empty);
    let world = &rig.world;
    let mut ada = person("ada");
    ada["active"] = json!(false);
    let ada = ScimId::new(world.post("/Users", ada).await.id());
    let ada = world.store.shadow(&world.target, Kind::User, &ada).await.unwrap().unwrap();
    let copy = |number: usize| {
        let mut copy = ada.clone();
        (copy.scim_id, copy.key) = (ScimId::new(format!("copy-{number:04}")), format!("copy-{number}"));
        Op::Insert(copy)
    };
    world.store.commit((1..2000).map(copy).collect()).await.unwrap();
    let scan = "/Users?filter=title pr&count=1";
    assert_eq!(world.get(scan).await.body["totalResults"], 2000);
    world.store.commit(vec![copy(2000)]).await.unwrap();
    let told = world.get(scan).await;
    assert_eq!((told.status, &told.body["scimType"]), (400, &json!("tooMany")), "{told:?}");
    let pushed = world.get("/Users?filter=displayName eq \"ada Example\"&count=1").await;
    assert_eq!(pushed.body["totalResults"], 2001);
}
