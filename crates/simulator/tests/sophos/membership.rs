//! Memberships from both sides.

use serde_json::json;
use simulator::sophos::switches::{AlreadyMember, RemoveNonMember, Touches, Undocumented};

use super::support::{GROUPS, NOBODY, Rig, USERS, empty, names, sample};

/// Two users, two groups; the first user is in the first group.
fn small() -> (Rig, [String; 2], [String; 2]) {
    let mut rig = empty();
    let users = [rig.new_user("Ann", "ann@example.com"), rig.new_user("Bob", "bob@example.com")];
    let groups = [rig.new_group("One", &[&users[0]]), rig.new_group("Two", &[])];
    (rig, users, groups)
}

#[test]
fn adding_from_both_sides() {
    let (mut rig, users, groups) = small();
    let response = rig.post(&format!("{GROUPS}/{}/users", groups[0]), json!({"ids": users}));
    assert_eq!(response.status, 201);
    let named = json!([{"id": users[0], "name": "Ann"}, {"id": users[1], "name": "Bob"}]);
    assert_eq!(response.value(), json!({ "addedUsers": named }));
    let response = rig.post(&format!("{USERS}/{}/groups", users[1]), json!({"ids": [groups[1]]}));
    assert_eq!(response.status, 201);
    assert_eq!(response.value(), json!({"addedToGroups": [{"id": groups[1], "name": "Two"}]}));
    assert_eq!(names(&rig.get(&format!("{USERS}/{}/groups", users[1]))), ["One", "Two"]);
    assert_eq!(names(&rig.get(&format!("{GROUPS}/{}/users", groups[0]))), ["Ann", "Bob"]);
    let members = rig.get(&format!("{GROUPS}/{}/users?pageTotal=true", groups[0])).value();
    assert_eq!(members["items"][1]["email"], "bob@example.com");
    assert_eq!(members["items"][1]["groups"]["total"], 2);
    assert_eq!(members["pages"]["items"], 2);
}

#[test]
fn adding_is_all_or_nothing() {
    let (mut rig, users, groups) = small();
    let path = format!("{GROUPS}/{}/users", groups[1]);
    assert_eq!(rig.post(&path, json!({"ids": [users[0], NOBODY]})).status, 404);
    assert!(rig.sophos.members_of(&groups[1]).is_empty());
    assert!(!rig.sophos.journal().last().unwrap().applied);
    rig.sophos.switches_mut().add_is_atomic = false;
    assert_eq!(rig.post(&path, json!({"ids": [users[0], NOBODY]})).status, 404);
    assert_eq!(rig.sophos.members_of(&groups[1]), [users[0].clone()]);
    assert!(rig.sophos.journal().last().unwrap().applied);
    for body in [json!({}), json!({"ids": []}), json!({"ids": ["x"]}), json!({"ids": NOBODY})] {
        assert_eq!(rig.post(&path, body).status, 400);
    }
    assert_eq!(rig.post(&format!("{USERS}/{}/groups", users[0]), json!({"ids": [NOBODY]})).status, 404);
}

#[test]
fn adding_again_is_a_switch() {
    let (mut rig, users, groups) = small();
    let path = format!("{GROUPS}/{}/users", groups[0]);
    let body = json!({"ids": [users[0]]});
    assert_eq!(rig.post(&path, body.clone()).value()["addedUsers"][0]["name"], "Ann");
    rig.sophos.switches_mut().already_member = AlreadyMember::Omitted;
    let response = rig.post(&path, body.clone());
    assert_eq!((response.status, response.value()), (201, json!({"addedUsers": []})));
    rig.sophos.switches_mut().already_member = AlreadyMember::Conflict;
    assert_eq!(rig.post(&path, body).status, 409);
    assert_eq!(rig.sophos.members_of(&groups[0]).len(), 1);
}

#[test]
fn bulk_removal_is_a_partial_success() {
    let (mut rig, users, groups) = small();
    let path = format!("{GROUPS}/{}/users?ids={},{},{NOBODY}", groups[0], users[0], users[1]);
    let response = rig.delete(&path);
    assert_eq!(response.status, 200);
    assert_eq!(
        response.value(),
        json!({"removedUsers": [{"id": users[0], "name": "Ann"}], "errors": {"usersNotFound": [NOBODY]}})
    );
    rig.post(&format!("{USERS}/{}/groups", users[0]), json!({"ids": groups}));
    let path = format!("{USERS}/{}/groups?ids={}&ids={NOBODY}", users[0], groups[0]);
    assert_eq!(
        rig.delete(&path).value(),
        json!({"removedFromGroups": [{"id": groups[0], "name": "One"}], "errors": {"groupsNotFound": [NOBODY]}})
    );
    let path = format!("{USERS}/{}/groups?ids={}", users[0], groups[1]);
    assert_eq!(rig.delete(&path).value(), json!({"removedFromGroups": [{"id": groups[1], "name": "Two"}]}));
    rig.sophos.switches_mut().omit_empty_errors = false;
    assert_eq!(rig.delete(&path).value(), json!({"removedFromGroups": [], "errors": {"groupsNotFound": []}}));
    assert_eq!(rig.delete(&format!("{USERS}/{}/groups?ids=", users[0])).status, 400);
    assert_eq!(rig.delete(&format!("{USERS}/{}/groups?ids=x", users[0])).status, 400);
    assert_eq!(rig.delete(&format!("{USERS}/{NOBODY}/groups?ids={NOBODY}")).status, 404);
    assert_eq!(rig.delete(&format!("{GROUPS}/{NOBODY}/users?ids={NOBODY}")).status, 404);
}

#[test]
fn removing_a_non_member_is_a_switch() {
    let (mut rig, users, groups) = small();
    let path = format!("{GROUPS}/{}/users?ids={}", groups[1], users[1]);
    assert_eq!(rig.delete(&path).value(), json!({"removedUsers": []}));
    rig.sophos.switches_mut().remove_non_member = RemoveNonMember::Removed;
    assert_eq!(rig.delete(&path).value(), json!({"removedUsers": [{"id": users[1], "name": "Bob"}]}));
    rig.sophos.switches_mut().remove_non_member = RemoveNonMember::NotFound;
    let not_found = json!({"removedUsers": [], "errors": {"usersNotFound": [users[1]]}});
    assert_eq!(rig.delete(&path).value(), not_found);
}

#[test]
fn single_removal() {
    let (mut rig, users, groups) = small();
    let from_user = format!("{USERS}/{}/groups/{}", users[0], groups[0]);
    let from_group = format!("{GROUPS}/{}/users/{}", groups[0], users[0]);
    assert_eq!(rig.delete(&from_user).value(), json!({"removed": true}));
    for path in [&from_user, &from_group] {
        let response = rig.delete(path);
        assert_eq!((response.status, response.value()), (200, json!({"removed": false})));
    }
    rig.sophos.switches_mut().removed_when_missing = true;
    assert_eq!(rig.delete(&from_user).value(), json!({"removed": true}));
    rig.post(&format!("{USERS}/{}/groups", users[0]), json!({"ids": groups}));
    assert_eq!(rig.delete(&from_group).value(), json!({"removed": true}));
    assert_eq!(rig.delete(&format!("{USERS}/{}/groups/{NOBODY}", users[0])).status, 200);
    assert_eq!(rig.delete(&format!("{GROUPS}/{}/users/{NOBODY}", groups[0])).status, 200);
    assert_eq!(rig.delete(&format!("{USERS}/{NOBODY}/groups/{}", groups[0])).status, 404);
    assert_eq!(rig.delete(&format!("{GROUPS}/{NOBODY}/users/{}", users[0])).status, 404);
}

#[test]
fn synced_objects_are_read_only_even_in_custom_groups() {
    let mut rig = sample();
    let (axel, ben) = (rig.user("axel.sync@example.com"), rig.user("ben.adler@example.com"));
    let (mixed, domain) = (rig.group("Project Mixed"), rig.group("Domain Users"));
    let room = rig.group("Empty Room");
    assert_eq!(rig.post(&format!("{GROUPS}/{room}/users"), json!({"ids": [ben, axel]})).status, 409);
    assert_eq!(rig.post(&format!("{GROUPS}/{domain}/users"), json!({"ids": [ben]})).status, 409);
    assert_eq!(rig.post(&format!("{USERS}/{axel}/groups"), json!({"ids": [room]})).status, 409);
    assert_eq!(rig.post(&format!("{USERS}/{ben}/groups"), json!({"ids": [room, domain]})).status, 409);
    assert!(rig.sophos.members_of(&room).is_empty());
    for path in [
        format!("{USERS}/{axel}/groups?ids={mixed}"),
        format!("{USERS}/{axel}/groups/{mixed}"),
        format!("{GROUPS}/{mixed}/users?ids={axel}"),
        format!("{GROUPS}/{mixed}/users/{axel}"),
        format!("{GROUPS}/{domain}/users?ids={axel}"),
        format!("{GROUPS}/{domain}/users/{axel}"),
    ] {
        assert_eq!(rig.delete(&path).status, 409, "{path}");
    }
}

#[test]
fn removals_the_routes_do_not_forbid_are_switches() {
    let mut rig = sample();
    let (axel, anja) = (rig.user("axel.sync@example.com"), rig.user("anja.sync@example.com"));
    let (mixed, domain) = (rig.group("Project Mixed"), rig.group("Domain Users"));
    rig.sophos.switches_mut().remove_synced_member = Undocumented::Allow;
    let single = format!("{GROUPS}/{mixed}/users/{axel}");
    assert_eq!(rig.delete(&single).value(), json!({"removed": true}));
    let bulk = format!("{GROUPS}/{domain}/users?ids={axel},{anja}");
    assert_eq!(rig.delete(&bulk).status, 409);
    rig.sophos.switches_mut().remove_from_synced_group = Undocumented::Allow;
    assert_eq!(rig.delete(&bulk).value()["removedUsers"].as_array().unwrap().len(), 2);
    assert_eq!(rig.delete(&format!("{GROUPS}/{domain}/users/{anja}")).status, 409);
}

#[test]
fn membership_moves_the_times_it_should() {
    for (touches, of_user, of_group) in [
        (Touches::Both, true, true),
        (Touches::User, true, false),
        (Touches::Group, false, true),
        (Touches::Neither, false, false),
    ] {
        let (mut rig, users, groups) = small();
        rig.sophos.switches_mut().membership_touches = touches;
        let times = |rig: &Rig| (rig.sophos.users()[1].updated_at, rig.sophos.groups()[1].updated_at);
        let before = times(&rig);
        rig.post(&format!("{GROUPS}/{}/users", groups[1]), json!({"ids": [users[1]]}));
        let after = times(&rig);
        assert_eq!((after.0 > before.0, after.1 > before.1), (of_user, of_group), "{touches:?}");
    }
}

#[test]
fn too_many_ids_are_refused() {
    let (mut rig, users, groups) = small();
    let ids = vec![users[0].clone(); 51];
    let path = format!("{GROUPS}/{}/users?ids={}", groups[0], ids.join(","));
    assert_eq!(rig.delete(&path).status, 400);
    rig.sophos.switches_mut().max_ids_remove = 51;
    rig.sophos.switches_mut().max_ids_add = 2;
    rig.sophos.switches_mut().too_many_ids_status = 413;
    assert_eq!(rig.delete(&path).status, 200);
    assert_eq!(rig.post(&format!("{GROUPS}/{}/users", groups[0]), json!({"ids": ids})).status, 413);
}
