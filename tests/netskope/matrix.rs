//! Every value of every guess, one by one: a life goes as it should.

use serde_json::json;
use simulator::netskope::Switches;

use super::scenario::{Luck, Story};
use crate::support::World;

#[tokio::test(start_paused = true)]
async fn every_guess_may_be_wrong() {
    let mut wrong = Vec::new();
    for single in Switches::default().singly() {
        let name = format!("{} = {}", single.switch, single.value);
        if gives_no_answer(single.switch, &single.value) {
            continue;
        }
        let luck = if single.switch == "fault_every" { Luck::Bad } else { Luck::Good };
        let lived = tokio::spawn(async move {
            let world = World::netskope(single.switches);
            Story { world: &world, luck }.runs().await;
        });
        if lived.await.is_err() {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What leaves nothing to be right about is refused, and tested by itself.
fn gives_no_answer(switch: &str, value: &serde_json::Value) -> bool {
    matches!((switch, value), (_, _) if switch == "wrong_id" || switch == "members_on_get" && *value == json!("never"))
}
