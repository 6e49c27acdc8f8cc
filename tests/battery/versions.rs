//! Versions change exactly when something changed.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, Need, version};
use super::groups::{change, staffed};
use crate::support::world::{group, person};

battery!(
    a_person_has_a_version,
    a_change_changes_it if KeepsAll,
    no_change_keeps_it,
    it_is_the_same_everywhere,
    a_group_of_the_same_members_keeps_it if VersionsGroups,
    a_change_of_members_changes_the_groups if VersionsGroups,
    a_change_in_the_console_changes_it if Profile,
    what_can_not_be_told_has_none,
);

async fn made(bed: &Bed) -> (String, String) {
    let made = bed.make("/Users", person("ada")).await;
    (format!("/Users/{}", made.id()), version(&made))
}

async fn now(bed: &Bed, at: &str) -> String {
    version(&bed.get(at).await)
}

async fn a_person_has_a_version(bed: &Bed) {
    let (at, first) = made(bed).await;
    assert!(first.starts_with("W/\"") && first.ends_with('"'), "{first}");
    assert_eq!(now(bed, &at).await, first);
    bed.settle_down().await;
    assert_eq!(now(bed, &at).await, first, "time alone changes nothing");
}

async fn a_change_changes_it(bed: &Bed) {
    let (at, first) = made(bed).await;
    let mut seen = vec![first];
    for operation in [
        json!({"op": "replace", "path": "title", "value": "Countess"}),
        json!({"op": "replace", "path": "displayName", "value": "Ada"}),
        json!({"op": "add", "path": "nickName", "value": "A"}),
        json!({"op": "replace", "path": "externalId", "value": "n"}),
        json!({"op": "replace", "path": "userName", "value": "Ada@example.com"}),
        json!({"op": "replace", "value": {"active": false}}),
        json!({"op": "replace", "path": "title", "value": "Lady"}),
        json!({"op": "remove", "path": "active"}),
        json!({"op": "replace", "value": {"active": true}}),
        json!({"op": "remove", "path": "title"}),
    ] {
        if operation["path"] == "active" && !bed.offers(Need::KeepsShadows) {
            continue;
        }
        let done = bed.patch(&at, json!([operation])).await;
        assert_eq!(done.status, 200, "{operation}: {done:?}");
        let new = version(&done);
        assert_eq!(now(bed, &at).await, new, "{operation}");
        assert!(!seen.contains(&new), "{operation}");
        seen.push(new);
    }
}

async fn no_change_keeps_it(bed: &Bed) {
    let (at, first) = made(bed).await;
    for operations in [
        json!([{"op": "replace", "path": "title", "value": "Engineer"}]),
        json!([{"op": "replace", "value": {"active": true}}]),
        json!([{"op": "replace", "path": "externalId", "value": "ext-ada"}]),
        json!([{"op": "remove", "path": "nickName"}]),
    ] {
        let done = bed.patch(&at, operations).await;
        assert_eq!((version(&done), now(bed, &at).await), (first.clone(), first.clone()));
        assert_eq!(done.body["meta"]["lastModified"], bed.get(&at).await.body["meta"]["lastModified"]);
    }
    bed.put(&at, person("ada")).await;
    assert_eq!(now(bed, &at).await, first);
    bed.patch(&at, json!([{"op": "replace", "value": {"active": false}}])).await;
    let off = now(bed, &at).await;
    bed.patch(&at, json!([{"op": "replace", "value": {"active": false}}])).await;
    assert_eq!(now(bed, &at).await, off);
}

async fn it_is_the_same_everywhere(bed: &Bed) {
    let (at, first) = made(bed).await;
    for path in ["/Users", "/Users?filter=userName%20eq%20%22ada@example.com%22", "/Users?filter=title%20pr"]
    {
        let list = bed.get(path).await;
        assert_eq!(list.body["Resources"][0]["meta"]["version"], json!(first), "{path}");
    }
    assert_eq!(now(bed, &format!("{at}?attributes=meta")).await, first);
    assert_eq!(now(bed, &format!("{at}?excludedAttributes=groups")).await, first);
    staffed(bed, 1).await;
    assert_eq!(now(bed, &at).await, first, "groups are not the person's own");
}

async fn a_group_of_the_same_members_keeps_it(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    let first = now(bed, &at).await;
    bed.patch(&at, change("replace", &[&people[1], &people[0]])).await;
    bed.patch(&at, json!([{"op": "replace", "path": "displayName", "value": "Staff"}])).await;
    bed.put(&at, group("Staff", &[&people[0], &people[1]])).await;
    bed.put(&at, json!({"displayName": "Staff"})).await;
    bed.patch(&at, change("add", &[])).await;
    bed.patch(&at, json!([{"op": "remove", "path": "members[value eq \"no body\"]"}])).await;
    assert_eq!(now(bed, &at).await, first);
}

async fn a_change_of_members_changes_the_groups(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let mut seen = vec![now(bed, &at).await];
    for operations in [
        change("add", &[&people[1]]),
        change("remove", &[&people[1]]),
        change("replace", &[&people[2]]),
        json!([{"op": "remove", "path": "members"}]),
        json!([{"op": "replace", "path": "displayName", "value": "Crew"}]),
        json!([{"op": "add", "path": "externalId", "value": "g"}]),
    ] {
        bed.world.wait(1).await;
        let done = bed.patch(&at, operations.clone()).await;
        let new = now(bed, &at).await;
        assert!(!seen.contains(&new), "{operations}");
        assert_eq!(done.body["meta"]["version"], json!(new), "{operations}");
        seen.push(new);
    }
}

async fn a_change_in_the_console_changes_it(bed: &Bed) {
    let (at, first) = made(bed).await;
    let native = bed.native_of(Kind::User, at.trim_start_matches("/Users/")).await;
    bed.settle_down().await;
    bed.console_renames(Kind::User, &native, "Countess");
    let drifted = now(bed, &at).await;
    assert_ne!(drifted, first);
    bed.console_renames(Kind::User, &native, "ada Example");
    assert_eq!(now(bed, &at).await, first, "as it was");
    assert_ne!(bed.get(&at).await.body["displayName"], Value::Null);
}

/// A version that stays although something has changed would be worse than none.
async fn what_can_not_be_told_has_none(bed: &Bed) {
    let (at, first) = made(bed).await;
    let team = bed.make("/Groups", group("Team", &[at.trim_start_matches("/Users/")])).await;
    let told = bed.get(&format!("/Groups/{}", team.id())).await.body["meta"]["version"].is_string();
    assert_eq!(told, bed.offers(Need::VersionsGroups));
    let stranger = bed.console_makes_person("eve").await;
    bed.settle_down().await;
    let list = bed.get("/Users").await;
    let people = list.body["Resources"].as_array().unwrap();
    let listed = people.iter().find(|person| person["id"] == stranger.as_str()).unwrap();
    assert_eq!(listed["meta"]["version"].is_string(), bed.lists_tell("title"), "{listed}");
    assert_eq!(now(bed, &at).await, first);
}
