//! Groups and their members.

use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, members, refused, sorted};
use crate::support::world::{group, person};

battery!(
    create_with_members,
    a_group_without_members,
    members_are_added_and_removed,
    adding_again_and_removing_the_absent,
    members_are_replaced,
    members_are_cleared,
    every_form_of_removal,
    rename,
    the_same_name_again,
    a_name_is_taken_once,
    rename_and_members_in_one_patch,
    put_without_members_keeps_them,
    a_member_that_is_not_understood_clears_nobody,
);

async fn a_member_that_is_not_understood_clears_nobody(bed: &Bed) {
    let (staff, people) = staffed(bed, 2).await;
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Staff",
        "members": [{"type": "User"}]});
    refused(&bed.world.put(&staff, body.clone()).await, 400, "invalidValue");
    expect(bed, &staff, &[&people[0], &people[1]]).await;
    let mut other = body;
    other["displayName"] = json!("Others");
    refused(&bed.world.post("/Groups", other).await, 400, "invalidValue");
}

/// A group with people `a`, `b` and `c`, of whom the first `first` are members.
pub async fn staffed(bed: &Bed, first: usize) -> (String, Vec<String>) {
    let mut people = Vec::new();
    for name in ["a", "b", "c"] {
        people.push(bed.make("/Users", person(name)).await.id());
    }
    let inside: Vec<&str> = people[..first].iter().map(String::as_str).collect();
    let made = bed.make("/Groups", group("Staff", &inside)).await;
    assert_eq!(members(&made), sorted(&inside), "{made:?}");
    (format!("/Groups/{}", made.id()), people)
}

pub fn change(op: &str, people: &[&String]) -> Value {
    let people: Vec<Value> = people.iter().map(|id| json!({"value": id})).collect();
    json!([{"op": op, "path": "members", "value": people}])
}

/// The members as answered and as they are natively.
pub async fn expect(bed: &Bed, group: &str, people: &[&String]) {
    let read = bed.get(group).await;
    let wanted: Vec<&str> = people.iter().map(|id| id.as_str()).collect();
    assert_eq!(members(&read), sorted(&wanted), "{read:?}");
    let mut natives = Vec::new();
    for person in people {
        natives.push(bed.native_of(Kind::User, person).await);
    }
    natives.sort();
    assert_eq!(bed.native_members(group.trim_start_matches("/Groups/")).await, natives);
}

async fn create_with_members(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    expect(bed, &at, &[&people[0], &people[1]]).await;
    let read = bed.get(&at).await;
    for member in read.body["members"].as_array().unwrap() {
        let names: Vec<&String> = member.as_object().unwrap().keys().collect();
        assert_eq!(names, ["value", "$ref", "type"]);
        assert_eq!(member["type"], "User");
        let end = format!("/t/scim/v2/Users/{}", member["value"].as_str().unwrap());
        assert!(member["$ref"].as_str().unwrap().ends_with(&end));
    }
    assert_eq!(read.body["meta"]["resourceType"], "Group");
}

async fn a_group_without_members(bed: &Bed) {
    let made = bed.make("/Groups", json!({"displayName": "Empty", "externalId": "g-1"})).await;
    let read = bed.get(&format!("/Groups/{}", made.id())).await;
    assert_eq!((&read.body["displayName"], &read.body["externalId"]), (&json!("Empty"), &json!("g-1")));
    assert!(members(&read).is_empty());
    assert_eq!(bed.find("/Groups", "externalId eq \"g-1\"").await, [made.id()]);
    refused(&bed.post("/Groups", json!({"members": []})).await, 400, "invalidValue");
}

async fn members_are_added_and_removed(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let [a, b, c] = [&people[0], &people[1], &people[2]];
    let added = bed.patch(&at, change("add", &[b, c])).await;
    assert_eq!((added.status, members(&added).len()), (200, 3), "{added:?}");
    expect(bed, &at, &[a, b, c]).await;
    bed.patch(&at, json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")}])).await;
    expect(bed, &at, &[b, c]).await;
    let both = json!([{"op": "remove", "path": "members", "value": [{"value": b}]},
        {"op": "add", "path": "members", "value": [{"value": a, "display": "A"}]}]);
    bed.patch(&at, both).await;
    expect(bed, &at, &[a, c]).await;
}

async fn adding_again_and_removing_the_absent(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    assert_eq!(bed.patch(&at, change("add", &[&people[0]])).await.status, 200);
    expect(bed, &at, &[&people[0]]).await;
    assert_eq!(bed.patch(&at, change("remove", &[&people[1]])).await.status, 200);
    expect(bed, &at, &[&people[0]]).await;
    let nobody = json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}]);
    assert_eq!(bed.patch(&at, nobody).await.status, 200);
    expect(bed, &at, &[&people[0]]).await;
    let there_and_back = json!([{"op": "add", "path": "members", "value": [{"value": people[1]}]},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", people[1])}]);
    bed.patch(&at, there_and_back).await;
    expect(bed, &at, &[&people[0]]).await;
}

async fn members_are_replaced(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    let replaced = bed.patch(&at, change("replace", &[&people[1], &people[2]])).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
    expect(bed, &at, &[&people[1], &people[2]]).await;
    let put = bed.put(&at, group("Staff", &[&people[0]])).await;
    assert_eq!((put.status, members(&put)), (200, vec![people[0].clone()]), "{put:?}");
    expect(bed, &at, &[&people[0]]).await;
    let writes = bed.writes();
    bed.patch(&at, change("replace", &[&people[0]])).await;
    bed.put(&at, group("Staff", &[&people[0]])).await;
    assert_eq!(bed.writes(), writes, "the same members again");
    bed.put(&at, group("Staff", &[])).await;
    expect(bed, &at, &[]).await;
}

async fn members_are_cleared(bed: &Bed) {
    for operations in [
        json!([{"op": "remove", "path": "members"}]),
        json!([{"op": "replace", "path": "members", "value": []}]),
        json!([{"op": "replace", "value": {"members": []}}]),
    ] {
        let (at, people) = staffed(bed, 2).await;
        let cleared = bed.patch(&at, operations.clone()).await;
        assert_eq!((cleared.status, members(&cleared).len()), (200, 0), "{operations} {cleared:?}");
        expect(bed, &at, &[]).await;
        for id in people {
            bed.delete(&format!("/Users/{id}")).await;
        }
        bed.delete(&at).await;
    }
}

async fn every_form_of_removal(bed: &Bed) {
    let (at, people) = staffed(bed, 3).await;
    let [a, b, c] = [&people[0], &people[1], &people[2]];
    for operations in [
        change("Remove", &[a, b]),
        json!([{"op": "remove", "path": format!("members[value eq \"{a}\" or value eq \"{b}\"]")}]),
        json!([{"op": "remove", "path": format!("members[value ne \"{c}\"]")}]),
        json!([{"op": "remove", "path": "members", "value": [a, b]}]),
    ] {
        let removed = bed.patch(&at, operations.clone()).await;
        assert_eq!(removed.status, 200, "{operations} {removed:?}");
        expect(bed, &at, &[c]).await;
        bed.patch(&at, change("add", &[a, b])).await;
    }
    // What is not understood is never a clearing.
    let odd = json!([{"op": "remove", "path": "members", "value": {"who": "everybody"}}]);
    refused(&bed.patch(&at, odd).await, 400, "invalidValue");
    expect(bed, &at, &[a, b, c]).await;
}

async fn rename(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let renamed = bed.patch(&at, json!([{"op": "replace", "path": "displayName", "value": "Crew"}])).await;
    assert_eq!((renamed.status, &renamed.body["displayName"]), (200, &json!("Crew")), "{renamed:?}");
    expect(bed, &at, &[&people[0]]).await;
    let id = renamed.id();
    assert_eq!(bed.find("/Groups", "displayName eq \"crew\"").await, [id]);
    assert_eq!(bed.find("/Groups", "displayName eq \"Staff\"").await, Vec::<String>::new());
    bed.make("/Groups", group("Staff", &[])).await;
}

async fn the_same_name_again(bed: &Bed) {
    let (at, _) = staffed(bed, 1).await;
    let before = bed.get(&at).await.body;
    let writes = bed.writes();
    for operations in [
        json!([{"op": "replace", "path": "displayName", "value": "Staff"}]),
        json!([{"op": "replace", "value": {"displayName": "Staff", "id": before["id"]}}]),
    ] {
        let same = bed.patch(&at, operations).await;
        assert_eq!((same.status, &same.body), (200, &before), "{same:?}");
    }
    assert_eq!(bed.writes(), writes);
}

async fn a_name_is_taken_once(bed: &Bed) {
    let (_, _) = staffed(bed, 1).await;
    refused(&bed.post("/Groups", group("STAFF", &[])).await, 409, "uniqueness");
    let other = bed.make("/Groups", group("Other", &[])).await;
    let at = format!("/Groups/{}", other.id());
    let taken = json!([{"op": "replace", "path": "displayName", "value": "staff"}]);
    refused(&bed.patch(&at, taken).await, 409, "uniqueness");
    assert_eq!(bed.get(&at).await.body, other.body);
    assert_eq!(bed.native_count(Kind::Group), 2);
}

async fn rename_and_members_in_one_patch(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    let all = json!([{"op": "add", "path": "members", "value": [{"value": people[2]}]},
        {"op": "replace", "path": "displayName", "value": "Crew"},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", people[0])}]);
    let done = bed.patch(&at, all).await;
    assert_eq!((done.status, &done.body["displayName"]), (200, &json!("Crew")), "{done:?}");
    expect(bed, &at, &[&people[1], &people[2]]).await;
}

async fn put_without_members_keeps_them(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    let put = bed.put(&at, json!({"displayName": "Crew"})).await;
    assert_eq!((put.status, &put.body["displayName"]), (200, &json!("Crew")), "{put:?}");
    expect(bed, &at, &[&people[0], &people[1]]).await;
}
