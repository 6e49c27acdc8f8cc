//! A large change of members, and a program that ends in the middle of it.

use std::time::Duration;

use scim_facade::kernel::{Clock, SystemClock};
use serde_json::{Value, json};

use super::http::{Call, Sent};
use super::scene::Scene;
use crate::support::insist::replace;
use crate::support::world::group;

/// A group of 110 people and a PATCH that makes 120 others its members: three removals and two additions.
async fn scene() -> (Scene, Vec<String>, Call) {
    let scene = Scene::empty().await;
    let make = |number: usize| {
        let (name, email) = (format!("P{number}"), format!("p{number}@example.com"));
        scene.happens(json!({"kind": "consoleCreatesUser", "name": name, "email": email}))
    };
    let people: Vec<String> = (0..230).map(make).collect();
    let serving = scene.serve(None).await;
    let members: Vec<&str> = people[..110].iter().map(String::as_str).collect();
    let id = serving.post("/Groups", group("Team", &members)).await.id();
    serving.stop().await;
    let others = people[110..].to_vec();
    let call = Call::new("PATCH", format!("/Groups/{id}"), Some(replace(&others)));
    (scene, others, call)
}

fn changes(scene: &Scene) -> usize {
    let journal = scene.sim().journal();
    journal.iter().filter(|call| call.method != "GET" && call.path.ends_with("/users")).count()
}

fn is_done(scene: &Scene, others: &[String]) -> bool {
    let sim = scene.sim();
    let mut members = sim.members_of(&sim.group_by_name("Team").unwrap().id);
    let mut others = others.to_vec();
    members.sort();
    others.sort();
    members == others
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_costs_one_chunk_at_most() {
    for (point, most) in [("members.begun", 5), ("members.asked", 6), ("members.stored", 5)] {
        let (scene, others, call) = scene().await;
        scene.sim().clear_journal();
        let mut serving = scene.serve(Some(point)).await;
        let sent = Sent::send(serving.at, &call).await.unwrap();
        assert_eq!(serving.program.says("stopped at a failpoint").await["point"], point);
        serving.program.kill();
        assert!(sent.answer().await.is_none(), "{point}");
        let serving = scene.serve(None).await;
        assert_eq!(serving.call(&call).await.status, 204, "{point}");
        assert!(is_done(&scene, &others), "{point}");
        assert!(changes(&scene) <= most, "{point}: {} calls", changes(&scene));
        serving.stop().await;
        assert_eq!(scene.left_open().await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_what_nobody_waits_for() {
    let (scene, others, call) = scene().await;
    scene.slow_writes(Duration::from_secs(3));
    let serving = scene.serve(None).await;
    let sent = Sent::send(serving.at, &call).await.unwrap();
    scene.write_under_way().await;
    // Whoever still waits would be waited for.
    sent.reset();
    let begun = SystemClock.now();
    serving.stop().await;
    let took = SystemClock.now().since(begun);
    assert!(took < Duration::from_secs(9), "stopped after {took:?}");
    assert!(!is_done(&scene, &others));
    scene.sim().clear_faults();
    let serving = scene.serve(None).await;
    let reply = serving.call(&call).await;
    assert_eq!((reply.status, reply.body), (204, Value::Null));
    assert!(is_done(&scene, &others));
    serving.stop().await;
}
