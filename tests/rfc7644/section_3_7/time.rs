//! §3.7 and a request's time: what can't be carried out now is to be sent again.

use rstest::rstest;
use scim_facade::facade::Transient;
use serde_json::Value;
use simulator::faults::{Fault, Rule, Times};
use simulator::limiter::Limits;

use super::{bulk, id_of, members, off, path_of, post, statuses};
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// The longest that a client waits for an answer.
const DEADLINE: i64 = 25_000_000;

/// Some people and their group.
fn a_crew(size: usize) -> Vec<Value> {
    let names: Vec<String> = (0..size).map(|n| format!("p{n}")).collect();
    let references: Vec<String> = names.iter().map(|name| format!("bulkId:{name}")).collect();
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    let people = names.iter().map(|name| post("Users", name, person(name)));
    [post("Groups", "crew", group("Crew", &references))].into_iter().chain(people).collect()
}

/// Sends operations again, as long as one is to be sent again. Gives the last outcomes and how often they were sent.
async fn insist(world: &World, operations: &[Value]) -> (Vec<Value>, usize) {
    let mut done = Vec::new();
    for tries in 1..50 {
        let begun = world.clock.now();
        let outcomes = bulk(world, operations).await;
        let took = world.clock.now().0 - begun.0;
        assert!(took <= DEADLINE, "answered after {took} µs: {outcomes:?}");
        if !statuses(&outcomes).contains(&"429") {
            return (outcomes, tries);
        }
        done.push(statuses(&outcomes).iter().filter(|status| **status == "201").count());
        world.wait(10).await;
    }
    panic!("it never ends: {done:?}");
}

async fn is_whole(world: &World, outcomes: &[Value], size: usize) {
    assert!(statuses(outcomes).iter().all(|status| *status == "201"), "{outcomes:?}");
    let crew = members(world, &path_of(&outcomes[0])).await;
    assert_eq!(crew.len(), size);
    assert!(outcomes[1..].iter().all(|outcome| crew.contains(&id_of(outcome))));
    let sim = world.sim();
    assert_eq!((sim.users().len(), sim.groups().len()), (size, 1));
}

/// A slow product: the answer is in time, what was not begun was not sent, and the repetition completes it.
#[rstest]
#[case(Transient::TooManyRequests, "429")]
#[case(Transient::Unavailable, "503")]
#[tokio::test(start_paused = true)]
async fn runs_out(#[case] transient: Transient, #[case] status: &str) {
    let mut world = Over::Sophos.world();
    world.client.transient = transient;
    let slow = Rule::once(Fault::DelayMs { ms: 7_000 }).on("POST", "/users").times(Times::FOREVER);
    world.sim().add_fault(slow);
    let begun = world.clock.now();
    let outcomes = bulk(&world, &a_crew(6)).await;
    assert!(world.clock.now().0 - begun.0 <= DEADLINE);
    // The group waits for people who are not there yet.
    assert_eq!(statuses(&outcomes), [status, "201", "201", "201", status, status, status], "{outcomes:?}");
    for outcome in outcomes.iter().filter(|outcome| outcome["status"] == status) {
        let detail = outcome["response"]["detail"].as_str().unwrap();
        assert!(detail.contains("Try again in "), "{detail}");
    }
    world.sim().clear_faults();
    world.client.transient = Transient::TooManyRequests;
    world.wait(20).await;
    let (outcomes, _) = insist(&world, &a_crew(6)).await;
    is_whole(&world, &outcomes, 6).await;
}

/// A product that counts: no call is sent that it would refuse, and every repetition comes further.
#[tokio::test(start_paused = true)]
async fn with_few_calls_in_hand() {
    let world = Over::Sophos.world();
    world.sim().set_limits(Limits { enabled: true, ..Limits::default() });
    let crew = a_crew(400);
    let first = bulk(&world, &crew).await;
    let made = statuses(&first).iter().filter(|status| **status == "201").count();
    assert!((1..400).contains(&made), "{made}");
    let (outcomes, _) = insist(&world, &crew).await;
    is_whole(&world, &outcomes, 400).await;
}

/// Whoever loses access does so first, however long the rest takes.
#[tokio::test(start_paused = true)]
async fn is_enough_for_whom_it_matters() {
    let world = Over::Sophos.world();
    let ada = format!("/Users/{}", world.post("/Users", person("ada")).await.id());
    let slow = Rule::once(Fault::DelayMs { ms: 14_000 }).on("POST", "/users").times(Times::FOREVER);
    world.sim().add_fault(slow);
    let mut operations = a_crew(5);
    operations.push(off(&ada));
    let outcomes = bulk(&world, &operations).await;
    assert_eq!(statuses(&outcomes)[6], "200", "{outcomes:?}");
    assert!(world.sim().user_by_email("ada@example.com").is_none());
}
