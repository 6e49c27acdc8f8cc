//! Parked people who exist natively again, without having been wished back.

use scim_facade::facade::OnResurrection;
use scim_facade::kernel::{ClientName, Kind};
use serde_json::json;

use super::bed::Bed;
use super::lifecycle::{made, switch};
use crate::support::world::{group, person};

battery!(
    who_exists_again_is_parked_again if Parks,
    at_most_once_a_day if Parks,
    reported_if_the_operator_says_so if Parks,
    strangers_are_left_alone if Parks,
    a_successor_of_another_name_is_left_alone if Parks,
);

const DAY: u64 = 24 * 3600;

async fn look(bed: &Bed) {
    bed.world.facade.look_for_the_resurrected(&ClientName::parse("facade").unwrap()).await;
}

async fn who_exists_again_is_parked_again(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    bed.patch(&user, switch(false)).await;
    bed.world.wait(2 * DAY).await;
    bed.console_makes_person("ada").await;
    look(bed).await;
    assert_eq!(bed.native_count(Kind::User), 0);
    let shown = bed.get(&user).await;
    assert_eq!((&shown.body["active"], &shown.body["title"]), (&json!(false), &json!("Engineer")));
    assert_eq!(bed.patch(&user, switch(true)).await.status, 200);
    assert_eq!(bed.native_members(&team).await, [bed.native_of(Kind::User, &id).await]);
}

async fn at_most_once_a_day(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    for (wait, there) in [(2 * DAY, 0), (60, 1), (DAY, 0)] {
        bed.world.wait(wait).await;
        if bed.native_count(Kind::User) == 0 {
            bed.console_makes_person("ada").await;
        }
        look(bed).await;
        assert_eq!(bed.native_count(Kind::User), there, "after {wait} s");
    }
    assert_eq!(bed.alarms("resurrected"), 1);
}

async fn reported_if_the_operator_says_so(bed: &Bed) {
    let bed = &bed.with(|settings| settings.on_resurrection = OnResurrection::Report).await;
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.world.wait(2 * DAY).await;
    bed.console_makes_person("ada").await;
    look(bed).await;
    assert_eq!((bed.native_count(Kind::User), bed.alarms("resurrected")), (1, 1));
}

async fn strangers_are_left_alone(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.world.wait(2 * DAY).await;
    bed.console_makes_person("eve").await;
    look(bed).await;
    assert_eq!(bed.native_count(Kind::User), 1);
}

/// Entra's soft delete frees the name; whoever is given it then is somebody else.
async fn a_successor_of_another_name_is_left_alone(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    let gone = json!([{"op": "replace", "value": {"active": false, "userName": "gone@example.com",
        "emails": [{"value": "gone@example.com", "type": "work", "primary": true}]}}]);
    assert_eq!(bed.patch(&user, gone).await.status, 200);
    bed.settle_down().await;
    let successor = bed.make("/Users", person("ada")).await.id();
    bed.world.wait(2 * DAY).await;
    look(bed).await;
    assert_eq!((bed.native_count(Kind::User), bed.has_access(&successor).await), (1, true));
}
