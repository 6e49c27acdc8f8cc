//! Who may be a member, what answers show of members, and groups that go.

use scim_facade::facade::{GroupScope, PatchResponse};
use scim_facade::kernel::Kind;
use serde_json::{Value, json};

use super::bed::{Bed, members, patch, refused, sorted, version};
use super::groups::{change, expect, staffed};
use crate::support::world::{client, group, person};

battery!(
    delete_with_members,
    without_members_when_not_wanted if VersionsGroups,
    nested_groups_are_refused if KeepsShadows,
    an_unknown_group_is_404,
    a_group_made_in_the_console_is_adopted if KeepsShadows,
    a_group_made_in_the_console_can_be_written if KeepsShadows,
    a_person_shows_their_groups if TellsGroups,
    answers_of_patch,
    unknown_members_are_left_out,
    known_and_unknown_in_one,
    unknown_members_are_refused_when_strict,
    inactive_members_are_shown if InactiveMembers,
    inactive_members_join_and_leave,
    a_removed_person_is_no_member,
    members_that_nobody_wrote,
    many_at_once,
    many_are_replaced_in_a_group_nobody_wrote,
);

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

async fn delete_with_members(bed: &Bed) {
    let (at, people) = staffed(bed, 3).await;
    let native = bed.native_of(Kind::Group, at.trim_start_matches("/Groups/")).await;
    assert_eq!(bed.delete(&at).await.status, 204);
    assert!(bed.native(Kind::Group, &native).await.is_none());
    assert_eq!((bed.get(&at).await.status, bed.delete(&at).await.status), (404, 404));
    for id in &people {
        assert!(bed.has_access(id).await);
        assert_eq!(bed.get(&format!("/Users/{id}")).await.body["groups"], Value::Null);
    }
    bed.make("/Groups", group("Staff", &[&people[0]])).await;
}

async fn without_members_when_not_wanted(bed: &Bed) {
    let (at, _) = staffed(bed, 2).await;
    let without = bed.get(&format!("{at}?excludedAttributes=members")).await;
    assert_eq!((without.status, &without.body["members"]), (200, &Value::Null));
    assert_eq!(version(&without), version(&bed.get(&at).await), "one version with and without members");
    bed.settle_down().await;
    let list = bed.get("/Groups").await;
    assert_eq!(list.body["Resources"][0]["members"], Value::Null, "{list:?}");
    let asked = bed.get("/Groups?attributes=displayName,members").await;
    assert_eq!(asked.body["Resources"][0]["members"].as_array().map(Vec::len), Some(2), "{asked:?}");
    let found = bed.get("/Groups?filter=displayName%20eq%20%22Staff%22&excludedAttributes=members").await;
    assert_eq!(
        (&found.body["totalResults"], &found.body["Resources"][0]["members"]),
        (&json!(1), &Value::Null)
    );
}

async fn nested_groups_are_refused(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let inner = bed.make("/Groups", group("Inner", &[])).await.id();
    refused(&bed.post("/Groups", group("Outer", &[&inner])).await, 400, "invalidValue");
    refused(&bed.patch(&at, change("add", &[&inner])).await, 400, "invalidValue");
    let typed = json!([{"op": "add", "path": "members", "value": [{"value": people[1], "type": "Group"}]}]);
    refused(&bed.patch(&at, typed).await, 400, "invalidValue");
    refused(&bed.put(&at, group("Staff", &[&inner])).await, 400, "invalidValue");
    expect(bed, &at, &[&people[0]]).await;
    assert_eq!(bed.native_count(Kind::Group), 2);
}

async fn an_unknown_group_is_404(bed: &Bed) {
    let (_, people) = staffed(bed, 1).await;
    for id in ["4711", NOBODY, people[0].as_str()] {
        let at = format!("/Groups/{id}");
        let rename = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
        for reply in [
            bed.get(&at).await,
            bed.put(&at, group("x", &[])).await,
            bed.patch(&at, rename).await,
            bed.delete(&at).await,
        ] {
            assert_eq!(reply.status, 404, "{id}: {reply:?}");
        }
    }
    assert_eq!(bed.patch("/Groups/4711", change("add", &[&people[0]])).await.status, 404);
}

async fn a_group_made_in_the_console_is_adopted(bed: &Bed) {
    let (_, people) = staffed(bed, 0).await;
    let native = bed.console_makes_group("Crew").await;
    let met = bed.make("/Groups", group("crew", &[&people[0]])).await;
    assert_eq!((met.id(), bed.native_count(Kind::Group)), (native.clone(), 2));
    expect(bed, &format!("/Groups/{native}"), &[&people[0]]).await;
    assert_eq!(bed.find("/Groups", "displayName eq \"CREW\"").await, [native]);
    refused(&bed.post("/Groups", group("crew", &[])).await, 409, "uniqueness");
}

async fn a_group_made_in_the_console_can_be_written(bed: &Bed) {
    let (_, people) = staffed(bed, 0).await;
    let id = bed.console_makes_group("Crew").await;
    let at = format!("/Groups/{id}");
    for refused in [
        bed.patch(&at, change("add", &[&people[0]])).await,
        bed.put(&at, group("Crew", &[])).await,
        bed.delete(&at).await,
    ] {
        assert_eq!((refused.status, &refused.body["scimType"]), (403, &Value::Null), "{refused:?}");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("groups = \"all\""), "names the setting: {detail}");
    }
    let bed = &bed.writing_all_groups();
    let added = bed.patch(&at, change("add", &[&people[0]])).await;
    assert!(matches!(added.status, 200 | 204), "{added:?}");
    expect(bed, &at, &[&people[0]]).await;
    let renamed = bed.patch(&at, json!([{"op": "replace", "path": "displayName", "value": "Band"}])).await;
    assert!(matches!(renamed.status, 200 | 204), "{renamed:?}");
    let read = bed.get(&at).await;
    assert_eq!((read.id(), &read.body["displayName"]), (id.clone(), &json!("Band")));
    let named = json!([{"op": "add", "path": "externalId", "value": "g7"}]);
    bed.patch(&at, named).await;
    assert_eq!(bed.find("/Groups", "externalId eq \"g7\"").await, [id]);
    assert_eq!(bed.delete(&at).await.status, 204);
    assert_eq!(bed.native_count(Kind::Group), 1);
}

async fn a_person_shows_their_groups(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let id = at.trim_start_matches("/Groups/");
    let read = bed.get(&format!("/Users/{}", people[0])).await;
    let shown = &read.body["groups"][0];
    assert_eq!((&shown["value"], &shown["display"]), (&json!(id), &json!("Staff")), "{read:?}");
    assert_eq!(shown["type"], "direct");
    let changed = json!([{"op": "add", "path": "groups", "value": [{"value": "x"}]}]);
    refused(&bed.patch(&format!("/Users/{}", people[0]), changed).await, 400, "mutability");
}

async fn answers_of_patch(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let other = |response| {
        let mut other = client("other");
        other.patch_response = response;
        other.groups = GroupScope::All;
        bed.world.as_client(other)
    };
    for (response, status) in
        [(PatchResponse::Auto, 200), (PatchResponse::Body, 200), (PatchResponse::NoContent, 204)]
    {
        let world = other(response);
        let add = patch(change("add", &[&people[1]]));
        let done = bed.send(&world, "PATCH", &at, Some(add.clone())).await;
        assert_eq!((done.status, done.body.is_null()), (status, status == 204), "{response:?}");
        let asked = format!("{at}?attributes=displayName");
        let asked = bed.send(&world, "PATCH", &asked, Some(add)).await;
        assert_eq!((asked.status, &asked.body["displayName"]), (200, &json!("Staff")), "{response:?}");
        assert_eq!(asked.body["members"], Value::Null);
        let title = patch(json!([{"op": "replace", "path": "title", "value": format!("{response:?}")}]));
        let user = bed.send(&world, "PATCH", &format!("/Users/{}", people[0]), Some(title)).await;
        assert_eq!(user.status, status, "{response:?}");
    }
}

async fn unknown_members_are_left_out(bed: &Bed) {
    let (at, people) = staffed(bed, 0).await;
    let nobody = NOBODY.to_owned();
    let gone = people[2].clone();
    bed.delete(&format!("/Users/{gone}")).await;
    for unknown in [&nobody, &gone, &"fake".to_owned()] {
        let added = bed.patch(&at, change("add", &[unknown])).await;
        assert_eq!((added.status, members(&added).len()), (200, 0), "{unknown}: {added:?}");
    }
    let made = bed.make("/Groups", group("Mixed", &[&people[0], "fake", NOBODY, &gone])).await;
    assert_eq!(members(&made), [people[0].clone()]);
    let put = bed.put(&at, group("Staff", &[&people[0], "fake"])).await;
    assert_eq!((put.status, members(&put)), (200, vec![people[0].clone()]), "{put:?}");
}

async fn known_and_unknown_in_one(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let nobody = NOBODY.to_owned();
    let fake = "fake".to_owned();
    let added = bed.patch(&at, change("add", &[&nobody, &people[1], &fake])).await;
    assert!(matches!(added.status, 200 | 204), "{added:?}");
    expect(bed, &at, &[&people[0], &people[1]]).await;
    let removed = bed.patch(&at, change("remove", &[&nobody, &people[0], &fake])).await;
    assert!(matches!(removed.status, 200 | 204), "{removed:?}");
    expect(bed, &at, &[&people[1]]).await;
    let pathless = json!([{"op": "add", "value": {"members": [{"value": people[2]}]}}]);
    bed.patch(&at, pathless).await;
    expect(bed, &at, &[&people[1], &people[2]]).await;
}

async fn unknown_members_are_refused_when_strict(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let strict = bed.strict();
    let writes = bed.writes();
    let body = |people: &[&String]| Some(patch(change("add", people)));
    let fake = "fake".to_owned();
    let told = bed.send(&strict, "PATCH", &at, body(&[&people[1], &fake])).await;
    refused(&told, 400, "invalidValue");
    assert!(told.body["detail"].as_str().unwrap().contains("fake"), "{told:?}");
    let made = group("Mixed", &[&people[0], "fake"]);
    refused(&bed.send(&strict, "POST", "/Groups", Some(made)).await, 400, "invalidValue");
    assert_eq!(bed.writes(), writes);
    expect(bed, &at, &[&people[0]]).await;
}

async fn inactive_members_are_shown(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    bed.patch(&format!("/Users/{}", people[0]), json!([{"op": "replace", "value": {"active": false}}])).await;
    assert_eq!(members(&bed.get(&at).await), sorted(&[&people[0], &people[1]]));
    bed.settle_down().await;
    let listed = bed.get("/Groups?attributes=members").await;
    assert_eq!(listed.body["Resources"][0]["members"].as_array().map(Vec::len), Some(2), "{listed:?}");
    let found = bed.find("/Groups", &format!("members eq \"{}\"", people[0])).await;
    assert_eq!(found, [at.trim_start_matches("/Groups/")]);
}

async fn inactive_members_join_and_leave(bed: &Bed) {
    let (at, people) = staffed(bed, 1).await;
    let user = format!("/Users/{}", people[1]);
    bed.patch(&user, json!([{"op": "replace", "value": {"active": false}}])).await;
    let joined = bed.patch(&at, change("add", &[&people[1]])).await;
    assert_eq!(members(&joined), sorted(&[&people[0], &people[1]]));
    let again = bed.patch(&at, change("add", &[&people[1]])).await;
    assert_eq!(members(&again), sorted(&[&people[0], &people[1]]));
    if bed.parks() {
        assert_eq!(again.body, joined.body, "nothing changed, and that is known");
    }
    let left = bed.patch(&at, change("remove", &[&people[1]])).await;
    assert_eq!(members(&left), [people[0].clone()]);
    bed.put(&at, group("Staff", &[&people[1]])).await;
    assert_eq!(members(&bed.get(&at).await), [people[1].clone()]);
    bed.patch(&at, json!([{"op": "remove", "path": "members"}])).await;
    assert!(members(&bed.get(&at).await).is_empty());
}

async fn a_removed_person_is_no_member(bed: &Bed) {
    let (at, people) = staffed(bed, 2).await;
    bed.delete(&format!("/Users/{}", people[0])).await;
    assert_eq!(members(&bed.get(&at).await), [people[1].clone()]);
}

async fn members_that_nobody_wrote(bed: &Bed) {
    let native = bed.console_makes_person("zoe").await;
    let made = bed.make("/Groups", group("Staff", &[&native])).await;
    assert_eq!(members(&made), [native.clone()], "known by the native id");
    let at = format!("/Groups/{}", made.id());
    bed.patch(&at, change("remove", &[&native])).await;
    assert!(members(&bed.get(&at).await).is_empty());
}

async fn many_are_replaced_in_a_group_nobody_wrote(bed: &Bed) {
    let bed = bed.writing_all_groups();
    let mut people = Vec::new();
    for number in 0..121 {
        people.push(bed.make("/Users", person(&format!("p{number:03}"))).await.id());
    }
    let team = bed.console_makes_group("Team").await;
    let first = bed.native_of(Kind::User, &people[0]).await;
    bed.console_adds(&first, &team);
    bed.settle_down().await;
    let (at, rest) = (format!("/Groups/{team}"), people.iter().skip(1).collect::<Vec<_>>());
    let replaced = bed.patch(&at, change("replace", &rest)).await;
    assert!(matches!(replaced.status, 200 | 204), "{replaced:?}");
    bed.settle_down().await;
    expect(&bed, &at, &rest).await;
}

async fn many_at_once(bed: &Bed) {
    let mut people = Vec::new();
    for number in 0..120 {
        people.push(bed.make("/Users", person(&format!("p{number:03}"))).await.id());
    }
    let all: Vec<&String> = people.iter().collect();
    let at = format!("/Groups/{}", bed.make("/Groups", group("Big", &[])).await.id());
    let added = bed.patch(&at, change("add", &all)).await;
    assert_eq!(added.status, 204, "not read for the answer's sake: {added:?}");
    bed.settle_down().await;
    expect(bed, &at, &all).await;
    let fewer = change("replace", &all[..10]);
    assert!(matches!(bed.patch(&at, fewer).await.status, 200 | 204));
    bed.settle_down().await;
    expect(bed, &at, &all[..10]).await;
    bed.put(&at, group("Big", &people.iter().map(String::as_str).collect::<Vec<_>>())).await;
    bed.settle_down().await;
    expect(bed, &at, &all).await;
    assert_eq!(bed.delete(&at).await.status, 204);
    // A replacement at once: whoever is not listed yet is taken out all the same.
    let at = format!(
        "/Groups/{}",
        bed.make("/Groups", group("Brief", &people.iter().map(String::as_str).collect::<Vec<_>>()))
            .await
            .id()
    );
    bed.put(&at, group("Brief", &[])).await;
    bed.settle_down().await;
    expect(bed, &at, &[]).await;
}
