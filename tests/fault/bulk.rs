//! A crash at every boundary of a bulk request, which is sent again then.

use serde_json::{Value, json};

use super::crash::{Rig, Settling};
use super::truth::{Group, Person, Truth};
use crate::rfc7644::section_3_7::{bulk, delete, patch, post, statuses};
use crate::support::World;
use crate::support::world::{group, person};

/// Ada and Eve are at work in Team, and Bob is to go. New people come, into Team and into a group of their own.
async fn prepare(rig: &Rig) -> (Vec<Value>, Truth) {
    let world = &rig.world;
    let mut truth = Truth::default();
    let mut ids = Vec::new();
    for name in ["ada", "eve", "bob"] {
        let id = world.post("/Users", person(name)).await.id();
        truth.people.push(Person { id: Some(id.clone()), body: person(name), active: true });
        ids.push(id);
    }
    let team = world.post("/Groups", group("Team", &[&ids[0], &ids[1], &ids[2]])).await.id();
    let path = |id: &str| format!("/Users/{id}");
    let [ada, eve, bob] = <[String; 3]>::try_from(ids).unwrap();
    let operations = vec![
        post("Groups", "crew", group("Crew", &["bulkId:new", &ada])),
        patch(
            &format!("/Groups/{team}"),
            json!([{"op": "add", "path": "members", "value": [{"value": "bulkId:new"}]}]),
        ),
        post("Users", "new", person("new")),
        patch(&path(&ada), json!([{"op": "replace", "path": "displayName", "value": "Ada King"}])),
        delete(&path(&bob)),
        patch(&path(&eve), json!([{"op": "replace", "path": "active", "value": false}])),
    ];
    truth.person(&ada).body["displayName"] = json!("Ada King");
    truth.person(&eve).body["active"] = json!(false);
    truth.person(&eve).active = false;
    truth.people.push(Person { id: None, body: person("new"), active: true });
    let members = [ada.clone(), eve].into();
    truth.groups.push(Group { id: Some(team), name: "Team".to_owned(), members });
    truth.groups.push(Group { id: None, name: "Crew".to_owned(), members: [ada].into() });
    truth.forget(&bob);
    // What was written a moment ago is no excuse.
    world.wait(10).await;
    (operations, truth)
}

/// The new one's id is known once they are there.
async fn differs(world: &World, mut truth: Truth) -> Option<String> {
    let new = world.get("/Users?filter=userName eq \"new@example.com\"").await;
    let Some(id) = new.body["Resources"][0]["id"].as_str() else { return Some("nobody new".to_owned()) };
    for group in &mut truth.groups {
        group.members.insert(id.to_owned());
    }
    truth.differs(world).await
}

const WANTED: [&str; 6] = ["201", "200", "201", "200", "204", "200"];

/// Sends the request again, until every operation has a final outcome.
async fn again(world: &World, operations: &[Value], whose: &str) {
    for _ in 0..12 {
        let outcomes = bulk(world, operations).await;
        if statuses(&outcomes).contains(&"429") {
            world.wait(10).await;
            continue;
        }
        assert_eq!(statuses(&outcomes), WANTED, "{whose}: {outcomes:?}");
        return;
    }
    panic!("{whose}: the repetition never ends");
}

async fn undisturbed() -> usize {
    let rig = Rig::new(simulator::sophos::Seed::Empty);
    let (operations, truth) = prepare(&rig).await;
    let outcomes = rig.run(None, bulk(&rig.world, &operations)).await.expect("nothing stops it");
    assert_eq!(statuses(&outcomes), WANTED, "{outcomes:?}");
    assert_eq!(differs(&rig.world, truth).await, None);
    rig.boundaries().len()
}

#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals_when_it_is_sent_again() {
    let boundaries = undisturbed().await;
    assert!(boundaries > 20, "{boundaries}");
    for stop_at in 0..boundaries {
        for settled in [false, true] {
            let mut rig = Rig::new(simulator::sophos::Seed::Empty);
            let (operations, truth) = prepare(&rig).await;
            let died = rig.run(Some(stop_at), bulk(&rig.world, &operations)).await.is_none();
            let at = rig.boundaries().pop().unwrap_or_default();
            let whose = format!("a bulk stopped {at} (#{stop_at}), settled first: {settled}");
            assert!(died, "{whose}: it did not stop");
            let world = rig.reborn();
            let _settling = Settling::of(&world);
            world.wait(if settled { 130 } else { 1 }).await;
            again(&world, &operations, &whose).await;
            world.wait(130).await;
            if let Some(wrong) = differs(&world, truth).await {
                panic!("{whose}: {wrong}");
            }
        }
    }
}
