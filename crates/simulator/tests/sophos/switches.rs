//! Switches that have no better place, and that all of them can be set.

use serde_json::{Value, json};
use simulator::sophos::switches::Switches;

use super::support::{GROUPS, NOBODY, USERS, empty, sample};

#[test]
fn name_required() {
    let mut rig = empty();
    rig.sophos.switches_mut().name_required = false;
    let made = |rig: &mut super::support::Rig, body: Value| rig.post(USERS, body).value()["name"].clone();
    assert_eq!(made(&mut rig, json!({"firstName": "Ann", "lastName": "Lee"})), "Ann Lee");
    assert_eq!(made(&mut rig, json!({"email": "ann@example.com"})), "ann@example.com");
    assert_eq!(rig.post(USERS, json!({})).status, 201);
}

#[test]
fn statuses_of_malformed_requests() {
    let mut rig = empty();
    rig.sophos.switches_mut().bad_request_status = 422;
    rig.sophos.switches_mut().bad_id_status = 400;
    assert_eq!(rig.post(USERS, json!({})).status, 422);
    assert_eq!(rig.get(&format!("{USERS}?page=0")).status, 422);
    assert_eq!(rig.get(&format!("{USERS}/nobody")).status, 400);
}

#[test]
fn unknown_body_fields() {
    let mut rig = empty();
    assert_eq!(rig.post(USERS, json!({"name": "x", "active": true})).status, 201);
    rig.sophos.switches_mut().reject_unknown_fields = true;
    assert_eq!(rig.post(USERS, json!({"name": "x", "active": true})).status, 400);
    assert_eq!(rig.post(USERS, json!({"name": "x", "role": "user"})).status, 201);
}

#[test]
fn longest_texts() {
    let mut rig = empty();
    let switches = rig.sophos.switches_mut();
    switches.max_user_text = 3;
    switches.max_group_name = 4;
    switches.max_description = 5;
    assert_eq!(rig.post(USERS, json!({"name": "äöüß"})).status, 400);
    assert_eq!(rig.post(USERS, json!({"name": "äöü"})).status, 201);
    assert_eq!(rig.post(GROUPS, json!({"name": "12345"})).status, 400);
    assert_eq!(rig.post(GROUPS, json!({"name": "1234", "description": "123456"})).status, 400);
    assert_eq!(rig.post(GROUPS, json!({"name": "1234", "description": "12345"})).status, 201);
}

#[test]
fn patch_checks_email() {
    let mut rig = empty();
    let path = format!("{USERS}/{}", rig.new_user("A", "a@example.com"));
    assert_eq!(rig.patch(&path, json!({"email": "no address"})).status, 200);
    rig.sophos.switches_mut().patch_checks_email = true;
    assert_eq!(rig.patch(&path, json!({"email": "no address either"})).status, 400);
}

#[test]
fn case_rules() {
    let mut rig = empty();
    rig.new_user("A", "a@example.com");
    rig.new_group("Group", &[]);
    assert_eq!(rig.post(USERS, json!({"name": "A", "email": "A@example.com"})).status, 409);
    assert_eq!(rig.post(GROUPS, json!({"name": "GROUP"})).status, 409);
    let switches = rig.sophos.switches_mut();
    switches.email_ignores_case = false;
    switches.group_name_ignores_case = false;
    switches.user_names_unique = true;
    assert_eq!(rig.post(USERS, json!({"name": "A", "email": "A@example.com"})).status, 409);
    assert_eq!(rig.why(), "the name is taken");
    assert_eq!(rig.post(USERS, json!({"name": "B", "email": "A@example.com"})).status, 201);
    assert_eq!(rig.post(GROUPS, json!({"name": "GROUP"})).status, 201);
    assert_eq!(rig.post(GROUPS, json!({"name": "GROUP"})).status, 409);
}

#[test]
fn spelling_of_objects() {
    let mut rig = sample();
    rig.sophos.switches_mut().display_names = false;
    rig.sophos.switches_mut().tenant_name = true;
    let user = rig.get(&format!("{USERS}?pageSize=1")).value()["items"][0].clone();
    assert!(user["groups"]["items"][0].get("displayName").is_none());
    assert_eq!(user["tenant"]["name"], "Example GmbH");
    let group = rig.get(&format!("{GROUPS}?pageSize=1")).value()["items"][0].clone();
    assert!(group.get("displayName").is_none());
}

#[test]
fn partial_create() {
    let mut rig = empty();
    rig.sophos.switches_mut().partial_create = true;
    assert_eq!(rig.post(USERS, json!({"name": "A", "groupIds": [NOBODY]})).status, 404);
    assert_eq!(rig.post(GROUPS, json!({"name": "G", "userIds": [NOBODY]})).status, 404);
    assert_eq!((rig.sophos.users().len(), rig.sophos.groups().len()), (1, 1));
    assert!(rig.sophos.journal().iter().all(|entry| entry.applied));
}

#[test]
fn directory_cap() {
    let mut rig = empty();
    rig.sophos.switches_mut().directory_cap = Some(2);
    rig.new_user("A", "a@example.com");
    rig.new_group("G", &[]);
    assert_eq!(rig.post(USERS, json!({"name": "B"})).status, 409);
    rig.sophos.switches_mut().directory_cap_status = 403;
    assert_eq!(rig.post(GROUPS, json!({"name": "H"})).status, 403);
}

#[test]
fn every_switch_can_be_written_and_read() {
    let all = serde_json::to_value(Switches::default()).unwrap();
    let fields = all.as_object().unwrap();
    assert!(fields.len() > 50);
    assert!(fields.contains_key("listLagMs") && fields.contains_key("tokenErrorsAs200"));
    assert_eq!(serde_json::from_value::<Switches>(all).unwrap(), Switches::default());
    assert_eq!(serde_json::from_value::<Switches>(json!({})).unwrap(), Switches::default());
    assert!(serde_json::from_value::<Switches>(json!({"listLag": 5})).is_err());
}
