//! Quarantine: the person stays natively, in the quarantine group and in no other.

use std::time::Duration;

use scim_facade::facade::DeactivatePolicy;
use scim_facade::kernel::Kind;
use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use super::bed::{Bed, ids, members, refused};
use super::lifecycle::{made, switch};
use crate::support::World;
use crate::support::world::{QUARANTINE, group, person};

battery!(
    in_the_group_and_in_no_other if Quarantines,
    the_group_is_reserved if Quarantines,
    lists_of_groups_leave_it_out_on_every_page if Quarantines,
    active_is_read_from_the_group if Quarantines,
    who_is_in_it_and_unwritten_is_inactive_and_returns if Quarantines,
    attributes_of_the_quarantined_are_written_natively if Quarantines,
    memberships_of_the_quarantined_stay_here if Quarantines,
    a_return_that_is_refused_leaves_the_person_in_quarantine if Quarantines,
    the_group_is_made_again if Quarantines,
    parked_when_it_is_time if Quarantines,
    who_left_the_quarantine_natively_is_not_parked if Quarantines,
    who_returned_is_not_parked if Quarantines,
    a_changed_policy_parks_nobody_and_says_so if Quarantines,
    a_return_comes_before_a_parking_that_is_due if Quarantines,
    deleted_natively_from_quarantine_is_inactive_and_returns if Quarantines,
    deleted_from_quarantine if Quarantines,
    on_delete_deactivate_keeps_the_native_person if Quarantines,
    on_delete_deactivate_then_delete if Quarantines,
);

async fn in_the_group_and_in_no_other(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let (eve, _) = made(bed, "eve").await;
    let team = bed.make("/Groups", group("Team", &[&id, &eve])).await.id();
    let native = bed.native_of(Kind::User, &id).await;
    let off = bed.patch(&user, switch(false)).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    assert_eq!(bed.quarantined().await, [native.clone()]);
    assert!(!bed.native_members(&team).await.contains(&native));
    let shown = bed.get(&format!("/Groups/{team}")).await;
    assert_eq!(members(&shown).len(), 2, "{shown:?}");
    assert_eq!(bed.find("/Users", "active eq false").await, [id.clone()]);

    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["active"]), (200, id.clone(), &json!(true)), "{on:?}");
    assert_eq!(bed.native_of(Kind::User, &id).await, native, "the same native person");
    assert_eq!(bed.quarantined().await, Vec::<String>::new());
    assert!(bed.native_members(&team).await.contains(&native));
}

async fn the_group_is_reserved(bed: &Bed) {
    let at = bed.quarantine_id().await;
    assert_eq!(bed.get(&format!("/Groups/{at}")).await.status, 404);
    assert_eq!(bed.delete(&format!("/Groups/{at}")).await.status, 404);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": at}]}]);
    assert_eq!(bed.patch(&format!("/Groups/{at}"), add).await.status, 404);
    assert_eq!(bed.find("/Groups", &format!("displayName eq \"{QUARANTINE}\"")).await, Vec::<String>::new());
    refused(&bed.post("/Groups", group(QUARANTINE, &[])).await, 409, "uniqueness");
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    let shown = bed.get(&user).await;
    assert_eq!(shown.body["groups"].as_array().map_or(0, Vec::len), 0, "{shown:?}");
    assert_eq!(bed.find("/Groups", &format!("members.value eq \"{id}\"")).await, Vec::<String>::new());
}

async fn lists_of_groups_leave_it_out_on_every_page(bed: &Bed) {
    let mut made = Vec::new();
    for name in ["A", "B", "C", "D", "E"] {
        made.push(bed.make("/Groups", group(name, &[])).await.id());
    }
    bed.settle_down().await;
    let whole = bed.get("/Groups").await;
    let all = ids(&whole);
    assert_eq!((all.len(), &whole.body["totalResults"]), (5, &json!(5)), "{whole:?}");
    for count in 1..=5_usize {
        let mut seen = Vec::new();
        for from in (1..=5).step_by(count) {
            let page = bed.get(&format!("/Groups?startIndex={from}&count={count}")).await;
            assert_eq!(page.body["totalResults"], 5, "{page:?}");
            seen.extend(ids(&page));
        }
        assert_eq!(seen, all, "pages of {count}");
    }
}

/// The backend is the truth: whoever an administrator takes out of the group has access again.
async fn active_is_read_from_the_group(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.settle_down().await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.console_moves(&native, false).await;
    assert_eq!(bed.get(&user).await.body["active"], true);
    bed.console_moves(&native, true).await;
    assert_eq!(bed.get(&user).await.body["active"], false);
}

async fn who_is_in_it_and_unwritten_is_inactive_and_returns(bed: &Bed) {
    let native = bed.console_makes_person("ada").await;
    bed.console_moves(&native, true).await;
    let user = format!("/Users/{native}");
    assert_eq!(bed.get(&user).await.body["active"], false);
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert_eq!(bed.quarantined().await, Vec::<String>::new());
}

async fn attributes_of_the_quarantined_are_written_natively(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    let name = json!([{"op": "replace", "path": "displayName", "value": "Ada Gone"}]);
    let named = bed.patch(&user, name).await;
    assert_eq!((&named.body["displayName"], &named.body["active"]), (&json!("Ada Gone"), &json!(false)));
    let native = bed.native(Kind::User, &bed.native_of(Kind::User, &id).await).await.unwrap();
    assert!(native.attrs.iter().any(|(_, value)| value == "Ada Gone"), "{native:?}");
    assert!(!bed.has_access(&id).await);
}

async fn memberships_of_the_quarantined_stay_here(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[])).await.id();
    bed.patch(&user, switch(false)).await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(bed.patch(&format!("/Groups/{team}"), add).await.status, 200);
    assert_eq!(bed.native_members(&team).await, Vec::<String>::new());
    assert_eq!(members(&bed.get(&format!("/Groups/{team}")).await), [id.clone()]);
    bed.patch(&user, switch(true)).await;
    assert_eq!(bed.native_members(&team).await, [bed.native_of(Kind::User, &id).await]);
}

async fn a_return_that_is_refused_leaves_the_person_in_quarantine(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    let (id, other) = made(bed, "eve").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    bed.patch(&other, switch(false)).await;
    bed.settle_down().await;
    let taken = bed.get(&user).await.body["userName"].clone();
    let emails = json!([{"value": taken, "type": "work", "primary": true}]);
    let on = json!([{"op": "replace", "value": {"active": true, "userName": taken, "emails": emails}}]);
    refused(&bed.patch(&other, on).await, 409, "uniqueness");
    let shown = bed.get(&other).await;
    assert_eq!((&shown.body["active"], &shown.body["userName"]), (&json!(false), &json!("eve@example.com")));
    bed.world.settle().await;
    assert!(!bed.has_access(&id).await);
    assert_eq!(bed.native_members(&team).await, Vec::<String>::new());
    assert_eq!(bed.world.patch(&other, switch(true)).await.status, 200);
    assert_eq!(bed.native_members(&team).await.len(), 1, "the group was not forgotten");
}

async fn the_group_is_made_again(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    bed.console_removes(Kind::Group, &bed.quarantine_id().await);
    bed.world.patch(&user, switch(false)).await;
    bed.world.settle().await;
    assert!(!bed.has_access(&id).await);
    assert_eq!(bed.get(&user).await.body["active"], false);
    bed.forget_plan().await;
}

/// The same bed with `quarantine_then_park` and a day in quarantine.
async fn parks_later(bed: &Bed) -> Bed {
    bed.with(|settings| settings.policy.park_after = Some(Duration::from_secs(24 * 3600))).await
}

async fn parked_when_it_is_time(bed: &Bed) {
    let bed = &parks_later(bed).await;
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    bed.patch(&user, switch(false)).await;
    bed.world.wait(23 * 3600).await;
    bed.world.settle().await;
    assert_eq!(bed.native_count(Kind::User), 1, "not yet");
    bed.world.wait(2 * 3600).await;
    bed.world.settle().await;
    assert_eq!(bed.native_count(Kind::User), 0);
    let shown = bed.get(&user).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{shown:?}");
    assert_eq!(members(&bed.get(&format!("/Groups/{team}")).await), [id.clone()]);
    bed.settle_down().await;
    let on = bed.world.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["title"]), (200, id.clone(), &json!("Engineer")), "{on:?}");
    assert_eq!(bed.native_members(&team).await, [bed.native_of(Kind::User, &id).await]);
}

async fn who_left_the_quarantine_natively_is_not_parked(bed: &Bed) {
    let bed = &parks_later(bed).await;
    let (id, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.settle_down().await;
    bed.console_moves(&bed.native_of(Kind::User, &id).await, false).await;
    bed.world.wait(25 * 3600).await;
    bed.world.settle().await;
    assert_eq!((bed.native_count(Kind::User), &bed.get(&user).await.body["active"]), (1, &json!(true)));
}

async fn who_returned_is_not_parked(bed: &Bed) {
    let bed = &parks_later(bed).await;
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    bed.patch(&user, switch(true)).await;
    bed.world.wait(25 * 3600).await;
    bed.world.settle().await;
    assert_eq!((bed.native_count(Kind::User), &bed.get(&user).await.body["active"]), (1, &json!(true)));
}

async fn a_changed_policy_parks_nobody_and_says_so(bed: &Bed) {
    let later = parks_later(bed).await;
    let (id, user) = made(&later, "ada").await;
    later.patch(&user, switch(false)).await;
    later.settle_down().await;
    let stays = later.with(|settings| settings.policy.park_after = None).await;
    stays.world.wait(25 * 3600).await;
    stays.world.settle().await;
    assert_eq!(stays.native_count(Kind::User), 1, "the operator wants quarantine alone now");
    let parks = stays.with(|settings| settings.deactivate = DeactivatePolicy::Park).await;
    refused(&parks.world.patch(&user, switch(true)).await, 400, "mutability");
    assert_eq!(parks.get(&user).await.body["active"], false);
    let back = parks.with(|settings| settings.deactivate = DeactivatePolicy::Quarantine).await;
    assert_eq!(back.patch(&user, switch(true)).await.status, 200);
    assert!(back.has_access(&id).await);
}

async fn a_return_comes_before_a_parking_that_is_due(bed: &Bed) {
    let bed = &parks_later(bed).await;
    let (id, user) = made(bed, "ada").await;
    let native = bed.native_of(Kind::User, &id).await;
    bed.patch(&user, switch(false)).await;
    bed.world.wait(25 * 3600).await;
    assert_eq!(bed.patch(&user, switch(true)).await.status, 200);
    assert_eq!(bed.native_of(Kind::User, &id).await, native, "deleting her first would lose her mailbox");
    bed.world.settle().await;
    assert!(bed.has_access(&id).await);
}

async fn deleted_natively_from_quarantine_is_inactive_and_returns(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    bed.patch(&user, switch(false)).await;
    bed.settle_down().await;
    bed.console_removes(Kind::User, &bed.native_of(Kind::User, &id).await);
    bed.settle_down().await;
    let shown = bed.world.get(&user).await;
    assert_eq!((shown.status, &shown.body["active"]), (200, &json!(false)), "{shown:?}");
    let on = bed.world.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["title"]), (200, id.clone(), &json!("Engineer")), "{on:?}");
    assert_eq!(bed.native_members(&team).await, [bed.native_of(Kind::User, &id).await]);
    bed.forget_plan().await;
}

async fn deleted_from_quarantine(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!((bed.native_count(Kind::User), bed.get(&user).await.status), (0, 404));
}

async fn on_delete_deactivate_keeps_the_native_person(bed: &Bed) {
    let bed =
        &bed.with(|settings| settings.policy.on_delete = scim_facade::facade::OnDelete::Deactivate).await;
    let (id, user) = made(bed, "ada").await;
    let team = bed.make("/Groups", group("Team", &[&id])).await.id();
    let native = bed.native_of(Kind::User, &id).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!(bed.get(&user).await.status, 404);
    assert_eq!(bed.quarantined().await, [native.clone()]);
    assert_eq!(bed.native_members(&team).await, Vec::<String>::new());
    bed.settle_down().await;
    let left = bed.get(&format!("/Users/{native}")).await;
    assert_eq!((left.status, &left.body["active"]), (200, &json!(false)), "nobody's, and inactive: {left:?}");
}

async fn on_delete_deactivate_then_delete(bed: &Bed) {
    let policy = scim_facade::facade::OnDelete::DeactivateThenDelete;
    let bed = &bed.with(|settings| settings.policy.on_delete = policy).await;
    let (id, user) = made(bed, "ada").await;
    bed.make("/Groups", group("Team", &[&id])).await;
    assert_eq!(bed.delete(&user).await.status, 204);
    assert_eq!((bed.native_count(Kind::User), bed.get(&user).await.status), (0, 404));
    let mut ada: Value = person("ada");
    ada["active"] = json!(true);
    bed.settle_down().await;
    bed.make("/Users", ada).await;
}

/// Vendor: a search for a group finds every name that holds the group's.
#[tokio::test(start_paused = true)]
async fn a_group_of_a_similar_name_is_another() {
    let world = World::sophos(Seed::Empty);
    for number in 0..20 {
        let name = format!("{QUARANTINE} of {number}");
        let made = Event::ConsoleCreatesGroup { name, description: None, source_type: None };
        world.sim().event(world.clock.now().0, made).unwrap();
    }
    let world = world.quarantining().await;
    let again = world.as_client(world.client.clone()).quarantining().await;
    let id = again.post("/Users", person("ada")).await.id();
    assert_eq!(again.patch(&format!("/Users/{id}"), switch(false)).await.status, 200);
    assert_eq!((world.sim_members(QUARANTINE).len(), world.sim().groups().len()), (1, 21));
}
