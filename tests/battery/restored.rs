//! Getting access back: the same id, every attribute, every group that still exists.

use scim_facade::kernel::Kind;
use serde_json::json;

use super::bed::{Bed, Need, members, refused};
use super::lifecycle::{made, switch};
use crate::support::world::{group, person};

battery!(
    reactivate,
    made_inactive_then_activated,
    a_person_made_in_the_console_is_deactivated,
    groups_come_back,
    a_group_that_is_gone_does_not_keep_anybody_out,
    who_is_there_again_natively_is_adopted if Parks,
    what_comes_along_keeps_access_away,
    reactivated_twice_is_once,
);

async fn reactivate(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let before = bed.get(&user).await.body;
    bed.patch(&user, switch(false)).await;
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["active"]), (200, id.clone(), &json!(true)), "{on:?}");
    assert!(bed.has_access(&id).await);
    bed.settle_down().await;
    let after = bed.get(&user).await.body;
    for (name, value) in before.as_object().unwrap() {
        if !name.starts_with("urn:") && name != "meta" {
            assert_eq!(&after[name], value, "{name}");
        }
    }
    assert_eq!(bed.native_count(Kind::User), 1);
    bed.patch(&user, switch(false)).await;
    let together = json!([{"op": "replace", "value": {"active": true, "title": "Countess"}}]);
    let together = bed.patch(&user, together).await;
    assert_eq!((&together.body["active"], &together.body["title"]), (&json!(true), &json!("Countess")));
    assert!(bed.has_access(&id).await);
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.put(&user, person("ada")).await.body["active"], true);
    assert!(bed.has_access(&id).await);
}

async fn made_inactive_then_activated(bed: &Bed) {
    let mut ada = person("ada");
    ada["active"] = json!(false);
    let made = bed.make("/Users", ada).await;
    let staff = bed.make("/Groups", group("Staff", &[&made.id()])).await;
    assert_eq!(members(&bed.get(&format!("/Groups/{}", staff.id())).await), [made.id()]);
    let on = bed.patch(&format!("/Users/{}", made.id()), switch(true)).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert!(bed.has_access(&made.id()).await);
    joined(bed).await;
    let native = bed.native_of(Kind::User, &made.id()).await;
    assert_eq!(bed.native_members(&staff.id()).await, [native]);
}

async fn a_person_made_in_the_console_is_deactivated(bed: &Bed) {
    let id = bed.console_makes_person("ada").await;
    let user = format!("/Users/{id}");
    let off = bed.patch(&user, switch(false)).await;
    assert_eq!((off.status, off.id(), &off.body["active"]), (200, id.clone(), &json!(false)), "{off:?}");
    assert!(!bed.has_access(&id).await);
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["active"]), (200, id.clone(), &json!(true)), "{on:?}");
    assert!(bed.has_access(&id).await);
}

/// Where people don't know their groups, the groups get whoever returns a moment later.
async fn joined(bed: &Bed) {
    if !bed.offers(Need::TellsGroups) {
        bed.world.settle().await;
        bed.forget_plan().await;
    }
}

async fn groups_come_back(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let (eve, _) = made(bed, "eve").await;
    let mut groups = Vec::new();
    for name in ["A", "B", "C", "D", "E", "F", "G"] {
        groups.push(bed.make("/Groups", group(name, &[&id, &eve])).await.id());
    }
    bed.patch(&user, switch(false)).await;
    for at in &groups {
        let shown = members(&bed.get(&format!("/Groups/{at}")).await).len();
        assert!(shown == 2 || !bed.offers(Need::InactiveMembers), "inactive members are shown");
    }
    let shown = bed.get(&user).await;
    if bed.offers(Need::TellsGroups) {
        assert_eq!(shown.body["groups"].as_array().map(Vec::len), Some(7), "{shown:?}");
    }
    // Meanwhile she leaves one group and joins another.
    let out = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
    assert_eq!(bed.patch(&format!("/Groups/{}", groups[0]), out).await.status, 200);
    let late = bed.make("/Groups", group("Late", &[&id])).await.id();
    bed.patch(&user, switch(true)).await;
    joined(bed).await;
    let native = bed.native_of(Kind::User, &id).await;
    assert!(!bed.native_members(&groups[0]).await.contains(&native));
    for at in groups[1..].iter().chain([&late]) {
        assert!(bed.native_members(at).await.contains(&native), "{at}");
        let answered = bed.get(&format!("/Groups/{at}")).await;
        assert_eq!(members(&answered).iter().filter(|member| **member == id).count(), 1, "{answered:?}");
    }
}

async fn a_group_that_is_gone_does_not_keep_anybody_out(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let mut groups = Vec::new();
    for name in ["Kept", "Removed", "Vanished"] {
        groups.push(bed.make("/Groups", group(name, &[&id])).await.id());
    }
    bed.patch(&user, switch(false)).await;
    assert_eq!(bed.delete(&format!("/Groups/{}", groups[1])).await.status, 204);
    bed.settle_down().await;
    bed.console_removes(Kind::Group, &bed.native_of(Kind::Group, &groups[2]).await);
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    let native = bed.native_of(Kind::User, &id).await;
    assert_eq!(bed.native_members(&groups[0]).await, [native]);
}

/// A device log-in or an administrator made the person again meanwhile.
async fn who_is_there_again_natively_is_adopted(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    let staff = bed.make("/Groups", group("Staff", &[&id])).await.id();
    bed.patch(&user, switch(false)).await;
    bed.settle_down().await;
    let native = bed.console_makes_person("ada").await;
    let on = bed.patch(&user, switch(true)).await;
    assert_eq!((on.status, on.id(), &on.body["active"]), (200, id.clone(), &json!(true)), "{on:?}");
    assert_eq!(bed.native_of(Kind::User, &id).await, native);
    assert_eq!((bed.native_count(Kind::User), bed.native_members(&staff).await), (1, vec![native]));
    bed.settle_down().await;
    let read = bed.get(&user).await.body;
    assert_eq!((&read["displayName"], &read["title"]), (&json!("ada Example"), &json!("Engineer")));
}

async fn what_comes_along_keeps_access_away(bed: &Bed) {
    let (id, user) = made(bed, "ada").await;
    made(bed, "eve").await;
    bed.patch(&user, switch(false)).await;
    let before = bed.get(&user).await.body;
    let clash = json!([{"op": "replace", "value": {"active": true, "userName": "EVE@example.com"}}]);
    refused(&bed.patch(&user, clash).await, 409, "uniqueness");
    assert!(!bed.has_access(&id).await, "what is refused is refused as a whole");
    assert_eq!(bed.get(&user).await.body, before);
}

async fn reactivated_twice_is_once(bed: &Bed) {
    let (_, user) = made(bed, "ada").await;
    bed.patch(&user, switch(false)).await;
    let first = bed.patch(&user, switch(true)).await;
    let writes = bed.writes();
    let second = bed.patch(&user, switch(true)).await;
    assert_eq!((second.status, &second.body, bed.writes()), (200, &first.body, writes));
}

/// The look-up still shows somebody who is gone: the wish stands, and the next try makes the person.
#[tokio::test(start_paused = true)]
async fn the_one_to_adopt_is_gone() {
    let bed = Bed::sophos_lags().await;
    let (id, user) = made(&bed, "ada").await;
    bed.settle_down().await;
    bed.patch(&user, switch(false)).await;
    bed.settle_down().await;
    let native = bed.console_makes_person("ada").await;
    let now = bed.world.clock.now().0;
    let gone = simulator::sophos::Event::ConsoleDeletesUser { user: native };
    bed.world.sim().event(now, gone).unwrap();
    let on = bed.world.patch(&user, switch(true)).await;
    assert_eq!(on.status, 429, "{on:?}");
    assert!(!bed.has_access(&id).await);
    bed.settle_down().await;
    let on = bed.world.patch(&user, switch(true)).await;
    assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
    assert!(bed.has_access(&id).await);
    assert_eq!(bed.native_count(Kind::User), 1);
}
