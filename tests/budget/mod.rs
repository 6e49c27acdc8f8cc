//! Native-call budgets, asserted exactly: what one SCIM request costs at Sophos, token and whoami aside.

mod commits;
mod emails;
mod large;
mod lifecycle;
mod members;
mod reads;
mod writes;

use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use crate::support::World;
use crate::support::world::group;

/// A directory of so many people whom nobody wrote; their native ids, oldest first.
fn people(count: usize) -> (World, Vec<String>) {
    let world = World::sophos(Seed::Many { users: count });
    let ids = world.sim().users().into_iter().map(|user| user.id).collect();
    (world, ids)
}

fn change(op: &str, ids: &[String]) -> Value {
    let ids: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    json!([{"op": op, "path": "members", "value": ids}])
}

/// A group with these members, in a world whose calls so far are forgotten.
async fn filled(world: &World, ids: &[String]) -> String {
    let at = format!("/Groups/{}", world.post("/Groups", group("Big", &[])).await.id());
    for some in ids.chunks(1000) {
        assert_eq!(world.patch(&at, change("add", some)).await.status, 204);
    }
    world.calls();
    at
}

/// Somebody makes a person in the console.
fn console_makes(world: &World, name: &str, email: &str) {
    let now = world.clock.now().0;
    let person = Event::ConsoleCreatesUser {
        name: name.to_owned(),
        first_name: None,
        last_name: None,
        email: Some(email.to_owned()),
        exchange_login: None,
        source_type: None,
    };
    world.sim().event(now, person).unwrap();
}

/// Fails unless the requests since the last look were these: each a method and a part of the path.
#[track_caller]
fn spent(world: &World, expected: &[&str]) {
    let calls = world.calls();
    let fits = |(call, wanted): (&String, &&str)| {
        let (method, part) = wanted.split_once(' ').unwrap();
        call.starts_with(&format!("{method} ")) && call.contains(part)
    };
    assert!(
        calls.len() == expected.len() && calls.iter().zip(expected).all(fits),
        "expected {expected:?}, saw {calls:#?}"
    );
}
