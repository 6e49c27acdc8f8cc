//! Lists that are behind.

use serde_json::json;
use simulator::sophos::Seed;

use super::support::{ADMINS, GROUPS, Rig, SECOND, USERS, names, rig_with};

/// Lists are ten seconds behind; every request takes one.
fn lagging() -> Rig {
    rig_with(Seed::Empty, |switches| switches.list_lag_ms = 10_000)
}

#[test]
fn new_users_show_up_late_in_lists_but_at_once_by_id() {
    let mut rig = lagging();
    let id = rig.new_user("Ann", "ann@example.com");
    assert!(names(&rig.get(USERS)).is_empty());
    assert!(names(&rig.get(&format!("{USERS}?search=ann"))).is_empty());
    assert_eq!(rig.get(&format!("{USERS}/{id}")).status, 200);
    assert_eq!(rig.post(USERS, json!({"name": "Ann", "email": "ann@example.com"})).status, 409);
    rig.now += 10 * SECOND;
    assert_eq!(names(&rig.get(USERS)), ["Ann"]);
}

#[test]
fn changes_and_deletions_show_up_late() {
    let mut rig = lagging();
    let id = rig.new_user("Ann", "ann@example.com");
    rig.now += 20 * SECOND;
    rig.patch(&format!("{USERS}/{id}"), json!({"name": "Bea"}));
    assert_eq!(names(&rig.get(USERS)), ["Ann"]);
    assert_eq!(rig.get(&format!("{USERS}/{id}")).value()["name"], "Bea");
    rig.now += 10 * SECOND;
    assert_eq!(names(&rig.get(USERS)), ["Bea"]);
    rig.delete(&format!("{USERS}/{id}"));
    assert_eq!(names(&rig.get(USERS)), ["Bea"]);
    assert_eq!(rig.get(&format!("{USERS}/{id}")).status, 404);
    rig.now += 10 * SECOND;
    assert!(names(&rig.get(USERS)).is_empty());
}

#[test]
fn changes_show_up_one_by_one() {
    let mut rig = lagging();
    rig.new_user("Ann", "ann@example.com");
    rig.now += 5 * SECOND;
    rig.new_user("Bea", "bea@example.com");
    rig.now += 4 * SECOND;
    assert_eq!(names(&rig.get(USERS)), ["Ann"]);
    rig.now += 5 * SECOND;
    assert_eq!(names(&rig.get(USERS)), ["Ann", "Bea"]);
}

#[test]
fn a_change_shows_up_when_it_is_exactly_as_old_as_the_lag() {
    let mut rig = lagging();
    rig.new_user("Ann", "ann@example.com");
    rig.now += 8 * SECOND;
    assert!(names(&rig.get(USERS)).is_empty());
    assert_eq!(names(&rig.get(USERS)), ["Ann"]);
}

#[test]
fn member_listings_are_late_but_groups_by_id_are_not() {
    let mut rig = lagging();
    let user = rig.new_user("Ann", "ann@example.com");
    let group = rig.new_group("G", &[]);
    rig.now += 20 * SECOND;
    rig.get(USERS);
    rig.post(&format!("{GROUPS}/{group}/users"), json!({"ids": [user]}));
    assert!(names(&rig.get(&format!("{GROUPS}/{group}/users"))).is_empty());
    assert!(names(&rig.get(&format!("{USERS}/{user}/groups"))).is_empty());
    assert!(names(&rig.get(&format!("{USERS}?groupId={group}"))).is_empty());
    assert_eq!(rig.get(GROUPS).value()["items"][0]["users"]["total"], 0);
    assert_eq!(rig.get(&format!("{GROUPS}/{group}")).value()["users"]["total"], 1);
    rig.now += 10 * SECOND;
    assert_eq!(names(&rig.get(&format!("{GROUPS}/{group}/users"))), ["Ann"]);
    rig.delete(&format!("{GROUPS}/{group}/users/{user}"));
    assert_eq!(names(&rig.get(&format!("{GROUPS}/{group}/users"))), ["Ann"]);
}

#[test]
fn admins_are_late_too() {
    let mut rig = lagging();
    let user = rig.new_user("Ann", "ann@example.com");
    let role = rig.role("Admin");
    rig.post(ADMINS, json!({"userId": user, "roleAssignments": [{"roleId": role}]}));
    assert_eq!(rig.get(ADMINS).value()["items"], json!([]));
    rig.now += 10 * SECOND;
    assert_eq!(rig.get(ADMINS).value()["items"][0]["users"][0]["name"], "Ann");
}

#[test]
fn the_lag_can_be_turned_on_and_off() {
    let mut rig = rig_with(Seed::Empty, |_| {});
    rig.new_user("Ann", "ann@example.com");
    rig.sophos.switches_mut().list_lag_ms = 60_000;
    rig.new_user("Bea", "bea@example.com");
    assert_eq!(names(&rig.get(USERS)), ["Ann"]);
    rig.sophos.switches_mut().list_lag_ms = 1;
    assert_eq!(names(&rig.get(USERS)), ["Ann", "Bea"]);
    rig.sophos.switches_mut().list_lag_ms = 60_000;
    rig.new_user("Cis", "cis@example.com");
    assert_eq!(names(&rig.get(USERS)), ["Ann", "Bea"]);
    rig.sophos.switches_mut().list_lag_ms = 0;
    assert_eq!(names(&rig.get(USERS)), ["Ann", "Bea", "Cis"]);
}
