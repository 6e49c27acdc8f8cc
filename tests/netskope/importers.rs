//! Identities that others bring: out of sight, and in the way.

use serde_json::json;
use simulator::netskope::{Event, Profile, Provisioner, Switches};

use crate::support::World;
use crate::support::world::person;

#[tokio::test(start_paused = true)]
async fn an_address_that_another_importer_owns_is_told_clearly() {
    for duplicate_status in [409, 400] {
        let world = World::netskope(Switches { duplicate_status, ..Profile::Live2026.switches() });
        let email = "ada@example.com".to_owned();
        let event = Event::ImporterCreatesUser {
            user_name: email.clone(),
            email,
            provisioner: Provisioner::AdImporter,
        };
        world.netskope_sim().event(world.clock.now().0, event).unwrap();
        let refused = world.post("/Users", person("ada")).await;
        // Where duplicates are 400 nothing tells one that is out of sight from a value that is wrong.
        if duplicate_status == 409 {
            assert_eq!(
                (refused.status, &refused.body["scimType"]),
                (409, &json!("uniqueness")),
                "{refused:?}"
            );
            assert!(refused.body["detail"].as_str().unwrap().contains("another source of identities"));
        } else {
            assert_eq!(
                (refused.status, &refused.body["scimType"]),
                (400, &json!("invalidValue")),
                "{refused:?}"
            );
        }
        assert_eq!(world.get("/Users").await.body["totalResults"], 0, "nothing is left of it");
    }
}
