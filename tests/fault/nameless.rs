//! People who have neither an e-mail address nor a login natively: agents make them, and clients may write them.

use serde_json::json;
use simulator::faults::{Fault, Rule};
use simulator::sophos::{Event, Seed};

use crate::support::World;

fn nameless(world: &World) -> String {
    let now = world.clock.now().0;
    let event = Event::ConsoleCreatesUser {
        name: "EXAMPLE\\scanner".to_owned(),
        first_name: None,
        last_name: None,
        email: None,
        exchange_login: None,
        source_type: None,
    };
    world.sim().event(now, event).unwrap()
}

#[tokio::test(start_paused = true)]
async fn comes_back_as_it_was() {
    let world = World::sophos(Seed::Empty);
    let user = format!("/Users/{}", nameless(&world));
    let switch = |active: bool| json!([{"op": "replace", "value": {"active": active}}]);
    assert_eq!(world.patch(&user, switch(false)).await.status, 200);
    assert!(world.sim().users().is_empty());
    // Made natively, with an outcome that nobody can tell: it has to be found and not made again.
    world.sim().add_fault(Rule::once(Fault::Hang { applied: true }).on("POST", "/users"));
    assert_eq!(world.patch(&user, switch(true)).await.body["active"], true);
    world.wait(60).await;
    world.settle().await;
    let people = world.sim().users();
    assert_eq!(people.len(), 1, "{people:?}");
    assert_eq!((people[0].email.as_deref(), people[0].exchange_login.as_deref()), (None, None));
    assert_eq!(people[0].name, "EXAMPLE\\scanner");
    assert_eq!(world.get(&user).await.body["active"], true);
}
