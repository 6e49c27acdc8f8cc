//! Copies of stores whose people are put into quarantine.

use std::time::Duration;

use scim_facade::delivery::reconcile::{Fate, Finding};
use scim_facade::store::{Action, State};
use serde_json::json;

use super::scene::{DAY, Disk, active, edited, finding, made, natives, reconcile, row, wishes};
use crate::support::world::QUARANTINE;

async fn quarantining() -> Disk {
    let Disk { world, memory } = Disk::new();
    let world = world.quarantining().await;
    let later = Some(Duration::from_secs(30 * DAY));
    let world = world.set(|settings| settings.policy.park_after = later);
    Disk { world, memory }
}

#[tokio::test(start_paused = true)]
async fn the_quarantine_group_says_who_has_access() {
    let mut disk = quarantining().await;
    let ada = made(&disk.world, "ada").await;
    let bob = made(&disk.world, "bob").await;
    let eve = made(&disk.world, "eve").await;
    edited(&disk.world, &ada, json!({"active": false})).await;
    edited(&disk.world, &eve, json!({"active": false})).await;
    let copy = disk.copy();
    edited(&disk.world, &ada, json!({"active": true})).await;
    edited(&disk.world, &bob, json!({"active": false})).await;
    disk.world.wait(DAY).await;
    let world = disk.put_back(&copy);
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &ada), Some(Finding::Back(_))), "{plan:#?}");
    assert_eq!(finding(&plan, &bob), Some(&Finding::Drifted(vec!["active".to_owned()])));
    assert_eq!(finding(&plan, &eve), Some(&Finding::Same));
    assert_eq!(wishes(&plan, &eve), [(Action::Park, false, Fate::Left)]);
    assert_eq!(world.sim_members(QUARANTINE).len(), 3);
    for id in [&ada, &bob, &eve] {
        assert_eq!(
            (active(&world, id).await, row(&world, id).await.unwrap().state),
            (Some(false), State::Quarantined)
        );
    }
    edited(&world, &bob, json!({"active": true})).await;
    assert_eq!((world.sim_members(QUARANTINE).len(), active(&world, &bob).await), (2, Some(true)));
    world.wait(40 * DAY).await;
    world.settle().await;
    assert_eq!([natives(&world, "ada"), natives(&world, "bob"), natives(&world, "eve")], [0, 1, 0]);
}
