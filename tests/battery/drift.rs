//! What somebody changes in the product wins; everything else is echoed.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, ids, refused};
use super::groups::{change, expect, staffed};
use crate::support::world::{group, person};

battery!(
    a_native_value_wins_and_the_rest_is_echoed if Profile,
    another_attribute_does_not_revert_it if Profile,
    writing_it_again_does if Profile,
    user_name_never_follows,
    a_group_follows,
    members_follow,
    a_synced_person_keeps_our_attributes if KeepsShadows & Locks,
    a_synced_person_keeps_access if Locks,
    a_synced_person_is_not_removed if Locks,
    a_synced_group_keeps_its_members if Locks,
    a_synced_member_stays if Locks,
    a_synced_person_among_others if Locks,
    a_group_with_a_synced_member_is_not_removed if Parks,
);

async fn drifted(bed: &Bed) -> (String, String) {
    let id = bed.make("/Users", person("ada")).await.id();
    let native = bed.native_of(Kind::User, &id).await;
    bed.settle_down().await;
    bed.console_renames(Kind::User, &native, "Countess");
    (format!("/Users/{id}"), native)
}

pub async fn native_name(bed: &Bed, native: &str) -> Value {
    let attrs = bed.native(Kind::User, native).await.unwrap().attrs;
    attrs.get("name").filter(|name| name.is_string()).or_else(|| attrs.get("displayName")).cloned().unwrap()
}

async fn a_native_value_wins_and_the_rest_is_echoed(bed: &Bed) {
    let (at, _) = drifted(bed).await;
    let read = bed.get(&at).await.body;
    assert_eq!((&read["displayName"], &read["title"]), (&json!("Countess"), &json!("Engineer")));
    assert_eq!(read["emails"], person("ada")["emails"]);
    assert_eq!(read["externalId"], "ext-ada");
    if !bed.lists_tell("displayName") {
        return;
    }
    let list = bed.get("/Users").await;
    assert_eq!(list.body["Resources"][0]["displayName"], "Countess");
    let id = at.trim_start_matches("/Users/");
    assert_eq!(bed.find("/Users", "displayName eq \"countess\"").await, [id]);
    assert_eq!(bed.find("/Users", "displayName eq \"ada Example\"").await, Vec::<String>::new());
}

async fn another_attribute_does_not_revert_it(bed: &Bed) {
    let (at, native) = drifted(bed).await;
    let done = bed.patch(&at, json!([{"op": "replace", "path": "title", "value": "Lady"}])).await;
    assert_eq!((&done.body["title"], &done.body["displayName"]), (&json!("Lady"), &json!("Countess")));
    assert_eq!(native_name(bed, &native).await, "Countess");
    bed.settle_down().await;
    let done = bed.patch(&at, json!([{"op": "replace", "path": "name.givenName", "value": "Augusta"}])).await;
    assert_eq!(done.body["displayName"], "Countess");
    bed.settle_down().await;
    let read = bed.get(&at).await.body;
    assert_eq!((&read["displayName"], &read["name"]["givenName"]), (&json!("Countess"), &json!("Augusta")));
    assert_eq!(native_name(bed, &native).await, "Countess");
}

async fn writing_it_again_does(bed: &Bed) {
    let (at, native) = drifted(bed).await;
    let put = bed.put(&at, person("ada")).await;
    assert_eq!(put.body["displayName"], "ada Example");
    assert_eq!(native_name(bed, &native).await, "ada Example");
    bed.settle_down().await;
    assert_eq!(bed.get(&at).await.body["displayName"], "ada Example");
}

async fn user_name_never_follows(bed: &Bed) {
    let id = bed.make("/Users", person("ada")).await.id();
    bed.settle_down().await;
    bed.console_changes_email(&bed.native_of(Kind::User, &id).await, "married@example.com");
    let read = bed.get(&format!("/Users/{id}")).await.body;
    assert_eq!(read["userName"], "ada@example.com");
    assert_eq!(read["emails"][0]["value"], "married@example.com");
    assert_eq!(bed.find("/Users", "userName eq \"ada@example.com\"").await, [id.clone()]);
    assert_eq!(bed.find("/Users", "userName eq \"married@example.com\"").await, Vec::<String>::new());
    assert_eq!(bed.find("/Users", "emails.value eq \"married@example.com\"").await, [id.clone()]);
    assert_eq!(ids(&bed.get("/Users").await), [id]);
}

async fn a_group_follows(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let id = at.trim_start_matches("/Groups/");
    bed.settle_down().await;
    bed.console_renames(Kind::Group, &bed.native_of(Kind::Group, id).await, "Crew");
    assert_eq!(bed.get(&at).await.body["displayName"], "Crew");
    assert_eq!(bed.find("/Groups", "displayName eq \"crew\"").await, [id]);
    bed.patch(&at, change("add", &[&people[1]])).await;
    bed.settle_down().await;
    assert_eq!(bed.get(&at).await.body["displayName"], "Crew");
    let heir = bed.make("/Groups", group("Staff", &[])).await.id();
    assert_ne!(heir, id, "its old name is free");
}

async fn members_follow(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    bed.settle_down().await;
    bed.console_removes(Kind::User, &bed.native_of(Kind::User, &people[0]).await);
    assert_eq!(super::bed::members(&bed.get(&at).await), [people[1].clone()]);
    let again = bed.patch(&at, change("add", &[&people[0]])).await;
    assert!(matches!(again.status, 200 | 204), "{again:?}");
    assert_eq!(super::bed::members(&bed.get(&at).await), [people[1].clone()]);
}

pub async fn synced(bed: &Bed) -> (String, String) {
    let id = bed.make("/Users", person("ada")).await.id();
    let native = bed.native_of(Kind::User, &id).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::User, &native);
    (format!("/Users/{id}"), native)
}

pub fn names_the_directory(reply: &crate::support::world::Reply) {
    refused(reply, 400, "mutability");
    let detail = reply.body["detail"].as_str().unwrap();
    assert!(detail.contains("Active Directory"), "{detail}");
}

async fn a_synced_person_keeps_our_attributes(bed: &Bed) {
    let (at, _) = synced(bed).await;
    let named = bed.patch(&at, json!([{"op": "replace", "path": "externalId", "value": "n"}])).await;
    assert_eq!((named.status, &named.body["externalId"]), (200, &json!("n")), "{named:?}");
    let mut same = person("ada");
    same["externalId"] = json!("n");
    assert_eq!(bed.put(&at, same).await.status, 200, "the same values are no change");
    if bed.world.sim.is_some() {
        let held_here = json!([{"op": "replace", "path": "title", "value": "Countess"}]);
        assert_eq!(bed.patch(&at, held_here).await.body["title"], "Countess", "lives in the shadow");
        bed.settle_down().await;
        assert_eq!(bed.get(&at).await.body["title"], "Countess");
    }
}

async fn a_synced_person_keeps_access(bed: &Bed) {
    let (at, _) = synced(bed).await;
    let writes = bed.writes();
    for operations in [
        json!([{"op": "replace", "value": {"active": false}}]),
        json!([{"op": "Replace", "path": "active", "value": "False"}]),
    ] {
        names_the_directory(&bed.patch(&at, operations).await);
    }
    assert_eq!(bed.get(&at).await.body["active"], true, "the truth");
    assert!(bed.has_access(at.trim_start_matches("/Users/")).await);
    assert_eq!(bed.writes(), writes);
}

async fn a_synced_person_is_not_removed(bed: &Bed) {
    let (at, native) = synced(bed).await;
    names_the_directory(&bed.delete(&at).await);
    assert_eq!(bed.get(&at).await.status, 200);
    assert!(bed.native(Kind::User, &native).await.is_some());
}

async fn a_synced_group_keeps_its_members(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::Group, &bed.native_of(Kind::Group, at.trim_start_matches("/Groups/")).await);
    names_the_directory(&bed.patch(&at, change("add", &[&people[1]])).await);
    names_the_directory(&bed.patch(&at, change("remove", &[&people[0]])).await);
    names_the_directory(&bed.patch(&at, change("replace", &[&people[1]])).await);
    names_the_directory(&bed.put(&at, group("Crew", &[&people[1]])).await);
    names_the_directory(&bed.delete(&at).await);
    assert_eq!(super::bed::members(&bed.get(&at).await), [people[0].clone()]);
    assert_eq!(bed.put(&at, group("Staff", &[&people[0]])).await.status, 200, "as it is");
    let named = bed.patch(&at, json!([{"op": "add", "path": "externalId", "value": "g"}])).await;
    assert!(matches!(named.status, 200 | 204), "{named:?}");
}

async fn a_synced_member_stays(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::User, &bed.native_of(Kind::User, &people[0]).await);
    names_the_directory(&bed.patch(&at, change("remove", &[&people[0]])).await);
    assert_eq!(super::bed::members(&bed.get(&at).await).len(), 2);
    names_the_directory(&bed.post("/Groups", group("Crew", &[&people[0]])).await);
    bed.patch(&at, change("remove", &[&people[1]])).await;
    assert_eq!(super::bed::members(&bed.get(&at).await), [people[0].clone()]);
}

async fn a_synced_person_among_others(bed: &Bed) {
    let (at, people) = staffed(bed, 0).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::User, &bed.native_of(Kind::User, &people[0]).await);
    let told = bed.patch(&at, change("add", &[&people[0], &people[1]])).await;
    names_the_directory(&told);
    assert!(told.body["detail"].as_str().unwrap().contains(&people[0]), "{told:?}");
    expect(bed, &at, &[&people[1]]).await;
}

/// Such a member can't be taken out, and the group has to be empty first.
async fn a_group_with_a_synced_member_is_not_removed(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    bed.settle_down().await;
    bed.directory_takes(Kind::User, &bed.native_of(Kind::User, &people[0]).await);
    names_the_directory(&bed.delete(&at).await);
    let read = bed.get(&at).await;
    assert!(super::bed::members(&read).contains(&people[0]), "{read:?}");
}
