//! A server that does everything wrong, and fails now and then: no wrong answer, no hang, no leak.

use simulator::netskope::{Profile, Switches};

use super::scenario::{Luck, Story};
use crate::support::World;

#[tokio::test(start_paused = true)]
async fn a_life_among_faults() {
    for every in [11, 7, 13, 5] {
        let switches = Switches { fault_every: Some(every), ..Profile::Hostile.switches() };
        let world = World::netskope(switches);
        Story { world: &world, luck: Luck::Bad }.runs().await;
    }
}
