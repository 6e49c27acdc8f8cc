//! The control routes.

use serde_json::json;

use super::support::{USERS, empty, sample};

#[test]
fn profiles_and_switches_are_set_by_name() {
    let mut rig = empty();
    assert_eq!(rig.control("PUT", "/profile", json!({"profile": "spec2024"})).status, 200);
    assert_eq!(rig.control("GET", "/switches", json!({})).value()["membersOnGet"], "always");
    let response = rig.control("PUT", "/switches", json!({"unknownIdStatus": 501, "maxCount": null}));
    assert_eq!(response.value()["maxCount"], json!(null));
    assert_eq!(rig.netskope.switches().unknown_id_status, 501);
    assert_eq!(rig.netskope.switches().max_count, None);
    assert_eq!(rig.control("PUT", "/profile", json!({"profile": "live2027"})).status, 400);
    assert_eq!(rig.control("PUT", "/switches", json!({"noSuchSwitch": 1})).status, 400);
    assert_eq!(rig.control("GET", "/profile", json!({})).status, 404);
}

#[test]
fn faults_journal_and_limits() {
    let mut rig = empty();
    let rule = json!({"match": {"method": "GET"}, "fault": {"status": {"code": 501}}});
    assert_eq!(rig.control("POST", "/faults", rule).status, 200);
    assert_eq!((rig.get(USERS).status, rig.get(USERS).status), (501, 200));
    let journal = rig.control("GET", "/journal", json!({})).value();
    assert_eq!(journal.as_array().unwrap().len(), 2);
    assert_eq!(journal[0]["fault"], json!({"status": {"code": 501, "applied": false}}));
    let limits = rig.control("PUT", "/limits", json!({"enabled": true})).value();
    assert_eq!((&limits["perMinute"], &limits["burst"]), (&json!(240), &json!(4)));
}

#[test]
fn events_happen_and_the_state_has_everything() {
    let mut rig = sample();
    let event = json!({"kind": "scriptDeletesUser", "user": "ben.adler@example.com"});
    let response = rig.control("POST", "/events", event);
    assert_eq!(response.status, 200, "{}", response.value());
    let state = rig.control("GET", "/state", json!({})).value();
    let users = state["users"].as_array().unwrap();
    assert_eq!(users.len(), rig.netskope.users().len());
    let ben = users.iter().find(|user| user["userName"] == "ben.adler@example.com").unwrap();
    assert_eq!((&ben["deleted"], &ben["id"]), (&json!(true), &response.value()["id"]));
    assert!(state["memberships"].as_array().unwrap().iter().all(|it| it["userId"] != ben["id"]));
    let locked = json!({"kind": "consoleDeletesUser", "user": "cara.adler@example.com"});
    assert_eq!(rig.control("POST", "/events", locked).status, 400);
}

#[test]
fn another_seed() {
    let mut rig = sample();
    rig.control("POST", "/seed", json!({"seed": {"many": {"users": 20}}}));
    assert_eq!((rig.netskope.users().len(), rig.netskope.groups().len()), (20, 2));
    rig.control("POST", "/seed", json!("empty"));
    assert!(rig.netskope.users().is_empty());
}
