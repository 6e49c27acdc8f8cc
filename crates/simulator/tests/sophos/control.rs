//! The control routes.

use serde_json::json;

use super::support::{GROUPS, USERS, empty, names, sample};

#[test]
fn switches_are_merged() {
    let mut rig = empty();
    let response = rig.control("PUT", "/switches", json!({"embeddedLimit": 3, "pageOutOfRange": "clamp"}));
    assert_eq!(response.status, 200);
    let value = rig.control("GET", "/switches", json!({})).value();
    assert_eq!((&value["embeddedLimit"], &value["pageOutOfRange"]), (&json!(3), &json!("clamp")));
    assert_eq!(value["wrongRegionStatus"], 403);
    assert_eq!(rig.sophos.switches().embedded_limit, 3);
    assert_eq!(rig.control("PUT", "/switches", json!({"noSuchSwitch": 1})).status, 400);
    assert_eq!(rig.control("PUT", "/switches", json!({"pageOutOfRange": "explode"})).status, 400);
    assert_eq!(rig.control("PUT", "/switches", json!([])).status, 400);
}

#[test]
fn faults_come_and_go() {
    let mut rig = empty();
    let rules = json!([
        {"match": {"method": "GET", "pathContains": "/users"}, "times": 1, "fault": {"status": {"code": 500}}},
        {"match": {"path": "*/user-groups"}, "times": "forever", "fault": {"tooMany": {}}},
    ]);
    assert_eq!(rig.control("POST", "/faults", rules).status, 200);
    assert_eq!((rig.get(USERS).status, rig.get(USERS).status), (500, 200));
    assert_eq!((rig.get(GROUPS).status, rig.get(GROUPS).status), (429, 429));
    let standing = rig.control("GET", "/faults", json!({})).value();
    assert_eq!((&standing[0]["hits"], &standing[1]["hits"]), (&json!(1), &json!(2)));
    assert_eq!(standing[1]["times"], "forever");
    assert_eq!(rig.control("DELETE", "/faults", json!({})).value(), json!([]));
    assert_eq!(rig.get(GROUPS).status, 200);
    assert_eq!(rig.control("POST", "/faults", json!({"fault": "unheardOf"})).status, 400);
    assert_eq!(rig.control("POST", "/faults", json!({"fault": "resetBefore"})).status, 200);
}

#[test]
fn the_journal_is_readable_and_free_of_control_calls() {
    let mut rig = empty();
    rig.get(USERS);
    rig.post(USERS, json!({"name": "A"}));
    let journal = rig.control("GET", "/journal", json!({})).value();
    assert_eq!(journal.as_array().unwrap().len(), 2);
    assert_eq!(journal[1]["method"], "POST");
    assert_eq!(journal[1]["path"], USERS);
    assert_eq!(journal[1]["body"], json!({"name": "A"}));
    assert_eq!((&journal[1]["status"], &journal[1]["applied"]), (&json!(201), &json!(true)));
    assert_eq!(rig.control("DELETE", "/journal", json!({})).value(), json!([]));
}

#[test]
fn the_state_has_everything() {
    let mut rig = sample();
    let state = rig.control("GET", "/state", json!({})).value();
    assert_eq!(state["users"].as_array().unwrap().len(), rig.sophos.users().len());
    let staff = &state["groups"][0];
    assert_eq!(staff["name"], "All Staff");
    assert_eq!(
        staff["users"]["items"].as_array().unwrap().len(),
        rig.sophos.members_of(&rig.group("All Staff")).len()
    );
    assert_eq!(state["admins"][0]["profile"]["name"], "Ada Ahrens");
    assert!(state["memberships"].as_array().unwrap().len() > 100);
    assert!(state["memberships"][0]["groupId"].is_string());
}

#[test]
fn events_happen() {
    let mut rig = sample();
    let event = json!({"kind": "deviceLogin", "login": "EXAMPLE\\guest"});
    let response = rig.control("POST", "/events", event.clone());
    assert_eq!(response.status, 200);
    let id = response.value()["id"].as_str().unwrap().to_owned();
    assert_eq!(rig.get(&format!("{USERS}/{id}")).status, 200);
    let both = json!([event, {"kind": "consoleCreatesGroup", "name": "New"}]);
    assert_eq!(rig.control("POST", "/events", both).value()["ids"].as_array().unwrap().len(), 2);
    assert_eq!(
        rig.control("POST", "/events", json!({"kind": "consoleDeletesUser", "user": "x"})).status,
        400
    );
    assert_eq!(rig.control("POST", "/events", json!({"kind": "earthquake"})).status, 400);
}

#[test]
fn the_seed_can_be_changed() {
    let mut rig = sample();
    assert_eq!(rig.control("POST", "/seed", json!({"seed": "empty"})).status, 200);
    assert!(names(&rig.get(USERS)).is_empty());
    rig.control("POST", "/seed", json!({"seed": {"many": {"users": 20}}}));
    assert_eq!(names(&rig.get(USERS)).len(), 20);
    assert_eq!(rig.control("POST", "/seed", json!("sample")).status, 200);
    assert_eq!(names(&rig.get(GROUPS)).len(), 7);
    assert_eq!(rig.control("POST", "/seed", json!({"seed": "other"})).status, 400);
}

#[test]
fn limits_can_be_set() {
    let mut rig = empty();
    let value = rig.control("PUT", "/limits", json!({"enabled": true, "burst": 1})).value();
    assert_eq!(value, json!({"enabled": true, "perMinute": 100, "burst": 1, "perDay": 200_000}));
    assert_eq!((rig.get(USERS).status, rig.control("GET", "/limits", json!({})).status), (200, 200));
    rig.control("PUT", "/limits", json!({"burst": 0}));
    assert_eq!(rig.get(USERS).status, 429);
    rig.control("PUT", "/limits", json!({"enabled": false}));
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn other_control_routes_are_404() {
    let mut rig = empty();
    assert_eq!(rig.control("GET", "/nothing", json!({})).status, 404);
    assert_eq!(rig.control("POST", "/state", json!({})).status, 404);
}
