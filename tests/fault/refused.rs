//! What a backend refuses for good is told, alarmed and over.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scim_facade::store::hooked::{CommitHook, Hooked};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Action, IntentState, Op};
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::{Event, Seed};

use crate::support::World;
use crate::support::world::{group, person};

fn take_over(world: &World, email: &str) {
    let now = world.clock.now().0;
    let mut sim = world.sim();
    let user = sim.user_by_email(email).unwrap().id;
    let event = Event::SyncTakesUser { user, source_type: "activeDirectory".to_owned(), domain: None };
    sim.event(now, event).unwrap();
}

async fn two_in_a_group(world: &World) -> (String, String, String) {
    let ada = world.post("/Users", person("ada")).await.id();
    let eve = world.post("/Users", person("eve")).await.id();
    let staff = world.post("/Groups", group("Staff", &[&ada, &eve])).await.id();
    (ada, eve, format!("/Groups/{staff}"))
}

#[tokio::test(start_paused = true)]
async fn a_group_that_can_not_be_emptied_keeps_everybody() {
    let world = World::sophos(Seed::Empty);
    let (_, _, staff) = two_in_a_group(&world).await;
    take_over(&world, "eve@example.com");
    let gone = world.delete(&staff).await;
    assert_eq!((gone.status, &gone.body["scimType"]), (400, &json!("mutability")), "{gone:?}");
    let native = world.sim().groups()[0].id.clone();
    assert_eq!(world.sim().members_of(&native).len(), 2);
    assert_eq!(world.get(&staff).await.body["members"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_member_who_can_not_be_taken_out_is_an_alarm_and_no_confirmation() {
    let world = World::sophos(Seed::Empty);
    let (ada, eve, staff) = two_in_a_group(&world).await;
    take_over(&world, "eve@example.com");
    let both = json!([{"op": "remove", "path": "members", "value": [{"value": ada}, {"value": eve}]}]);
    let out = world.patch(&staff, both).await;
    assert_eq!((out.status, &out.body["scimType"]), (400, &json!("mutability")), "{out:?}");
    let native = world.sim().groups()[0].id.clone();
    assert_eq!(world.sim().members_of(&native).len(), 1, "the other one is out");
    let metrics = world.telemetry.render();
    let counted =
        |line: &str| metrics.lines().any(|have| have.starts_with("scim_facade_") && have.contains(line));
    assert!(counted(r#"alarms_total{kind="deprovision_impossible"} 1"#), "{metrics}");
    assert!(counted(r#"wish="member_out"} 1"#), "one is confirmed, the other is not: {metrics}");
}

#[tokio::test(start_paused = true)]
async fn a_create_of_unknown_outcome_is_found_out_by_the_next_post() {
    let world = World::sophos(Seed::Empty);
    let rule = Rule::once(Fault::Hang { applied: true }).on("POST", "/users");
    world.sim().add_fault(rule);
    world
        .sim()
        .add_fault(Rule::once(Fault::Status { code: 403, applied: false }).on("GET", "/users").skip(1));
    let first = world.post("/Users", person("ada")).await;
    let again: Value = person("ada");
    let mut second = world.post("/Users", again.clone()).await;
    for _ in 0..3 {
        if second.status == 201 {
            break;
        }
        world.wait(u64::from(second.retry_after.unwrap_or(10))).await;
        second = world.post("/Users", again.clone()).await;
    }
    assert_eq!(second.status, 201, "{first:?} {second:?}");
    assert_eq!(world.sim().users().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_taken_meanwhile_is_not_taken_back() {
    let world = World::sophos(Seed::Empty);
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    // The rename is sent, and nobody can tell whether it happened.
    world.sim().add_fault(Rule::once(Fault::Hang { applied: false }).on("PATCH", "/users/"));
    let looks = Rule::once(Fault::Status { code: 500, applied: false }).on("GET", "/users/").skip(1);
    world.sim().add_fault(looks.times(Times::FOREVER));
    let rename = json!([{"op": "replace", "path": "userName", "value": "king@example.com"},
        {"op": "replace", "path": "displayName", "value": "Ada King"}]);
    assert_eq!(world.patch(&user, rename).await.status, 429);
    world.wait(60).await;
    world.sim().clear_faults();
    let mut other = person("ada");
    other["emails"] = json!([{"value": "other@example.com"}]);
    other["externalId"] = json!("ext-other");
    assert_eq!(world.post("/Users", other).await.status, 201);
    world.settle().await;
    world.settle().await;
    assert_eq!(world.get(&user).await.body["userName"], "king@example.com");
    assert_eq!(world.sim().users().len(), 2);
    let again = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
    assert_eq!(world.patch(&user, again).await.status, 200, "nothing is left open");
}

#[tokio::test(start_paused = true)]
async fn an_end_of_access_stands_although_the_rest_is_refused() {
    let world = World::sophos(Seed::Empty);
    let user = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let read_only = json!([{"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"},
        {"op": "replace", "path": "title", "value": "Countess"},
        {"op": "replace", "path": "active", "value": false}]);
    let off = world.patch(&user, read_only).await;
    assert_eq!((off.status, &off.body["scimType"]), (400, &json!("mutability")), "{off:?}");
    assert!(off.body["detail"].as_str().unwrap().starts_with("The user was deactivated, but"), "{off:?}");
    let read = world.get(&user).await.body;
    assert_eq!((&read["active"], &read["title"]), (&json!(false), &json!("Engineer")));
    assert!(world.sim().users().is_empty());
}

/// Every transaction, in order.
#[derive(Default)]
struct Committed(Mutex<Vec<Vec<Op>>>);

#[async_trait]
impl CommitHook for Committed {
    async fn after(&self, tx: &[Op]) {
        self.0.lock().unwrap().push(tx.to_vec());
    }
}

/// Semantics: a dead letter at once, so that an operator finds it, and nothing that a crash could leave open.
#[tokio::test(start_paused = true)]
async fn an_end_of_access_that_can_not_be_is_a_dead_letter_in_one_commit() {
    let committed = Arc::new(Committed::default());
    let store = Arc::new(Hooked::new(Arc::new(MemoryStore::new()), committed.clone()));
    let world = World::sophos_with(Seed::Empty, store, None);
    let (ada, _, staff) = two_in_a_group(&world).await;
    take_over(&world, "ada@example.com");
    let group = world.sim().groups()[0].id.clone();
    let now = world.clock.now().0;
    let event = Event::SyncTakesGroup { group, source_type: "activeDirectory".to_owned(), domain: None };
    world.sim().event(now, event).unwrap();
    let user = format!("/Users/{ada}");
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    let none = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Staff", "members": []});
    for wish in [Action::Deactivate, Action::Delete, Action::MemberOut] {
        committed.0.lock().unwrap().clear();
        let refused = match wish {
            Action::Deactivate => world.patch(&user, off.clone()).await,
            Action::Delete => world.delete(&user).await,
            _ => world.put(&staff, none.clone()).await,
        };
        assert_eq!(refused.status, 400, "{refused:?}");
        let txs = committed.0.lock().unwrap().clone();
        let [tx] = &txs[..] else { panic!("{txs:?}") };
        let opened = tx.iter().filter_map(|op| match op {
            Op::Open(intent) => Some(intent),
            _ => None,
        });
        let mut letters = 0;
        for intent in opened {
            assert_eq!((intent.action, &intent.payload["managed_by"]), (wish, &json!("Active Directory")));
            let ends = |op: &Op| matches!(op, Op::Close(id, IntentState::Dead) if *id == intent.id);
            assert!(tx.iter().any(ends), "{tx:?}");
            letters += 1;
        }
        assert_eq!(letters, if wish == Action::MemberOut { 2 } else { 1 });
        assert!(
            tx.iter().any(|op| matches!(op, Op::Audit(row) if row.outcome.starts_with("refused: Locked")))
        );
    }
}
