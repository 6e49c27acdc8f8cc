//! The world outside the API.

use serde_json::json;
use simulator::sophos::{ACTIVE_DIRECTORY, CUSTOM, Event};

use super::support::{ADMINS, GROUPS, Rig, USERS, sample};

fn happen(rig: &mut Rig, event: serde_json::Value) -> String {
    let event: Event = serde_json::from_value(event).unwrap();
    rig.now += 1_000_000;
    rig.sophos.event(rig.now, event).unwrap()
}

#[test]
fn a_sync_takes_over() {
    let mut rig = sample();
    let ben = happen(
        &mut rig,
        json!({"kind": "syncTakesUser", "user": "ben.adler@example.com", "sourceType": ACTIVE_DIRECTORY}),
    );
    assert_eq!(rig.patch(&format!("{USERS}/{ben}"), json!({"name": "x"})).status, 409);
    assert_eq!(rig.get(&format!("{USERS}/{ben}")).value()["source"]["type"], "activeDirectory");
    let room = happen(
        &mut rig,
        json!({"kind": "syncTakesGroup", "group": "Empty Room", "sourceType": "google", "domain": "D"}),
    );
    assert_eq!(rig.delete(&format!("{GROUPS}/{room}")).status, 409);
    assert_eq!(rig.sophos.group_by_name("Empty Room").unwrap().domain.as_deref(), Some("D"));
}

#[test]
fn a_device_brings_people_back() {
    let mut rig = sample();
    let old = rig.user("ben.adler@example.com");
    let known = happen(&mut rig, json!({"kind": "deviceLogin", "login": "Ben.Adler@example.com"}));
    assert_eq!(known, old);
    rig.delete(&format!("{USERS}/{old}"));
    let new = happen(&mut rig, json!({"kind": "deviceLogin", "login": "ben.adler@example.com"}));
    let user = rig.get(&format!("{USERS}/{new}")).value();
    assert_ne!(new, old);
    assert_eq!((&user["name"], &user["source"]["type"]), (&json!("Ben Adler"), &json!(CUSTOM)));
    assert!(user.get("updatedAt").is_none());

    let agent = happen(&mut rig, json!({"kind": "deviceLogin", "login": "EXAMPLE\\new"}));
    let user = rig.get(&format!("{USERS}/{agent}")).value();
    assert_eq!((&user["name"], user.get("email")), (&json!("EXAMPLE\\new"), None));

    rig.sophos.switches_mut().recreated_keeps_id = true;
    let cara = rig.user("cara.adler@example.com");
    rig.delete(&format!("{USERS}/{cara}"));
    assert_eq!(happen(&mut rig, json!({"kind": "deviceLogin", "login": "cara.adler@example.com"})), cara);
}

#[test]
fn the_console_edits_users() {
    let mut rig = sample();
    let id = happen(
        &mut rig,
        json!({"kind": "consoleCreatesUser", "name": "New", "email": "new@example.com", "firstName": "N"}),
    );
    let edit = json!({"kind": "consoleEditsUser", "user": id, "name": "Newer", "firstName": ""});
    happen(&mut rig, edit);
    let user = rig.sophos.user_by_email("new@example.com").unwrap();
    assert_eq!((user.name.as_str(), user.first_name), ("Newer", None));
    happen(&mut rig, json!({"kind": "consoleDeletesUser", "user": "new@example.com"}));
    assert!(rig.sophos.user_by_email("new@example.com").is_none());
    happen(&mut rig, json!({"kind": "consoleDeletesUser", "user": "axel.sync@example.com"}));
    happen(&mut rig, json!({"kind": "consoleDeletesUser", "user": "hugo.help@example.com"}));
    assert_eq!(rig.sophos.admins().len(), 1);
}

#[test]
fn the_console_edits_groups_and_members() {
    let mut rig = sample();
    let group = happen(&mut rig, json!({"kind": "consoleCreatesGroup", "name": "New", "description": "d"}));
    happen(
        &mut rig,
        json!({"kind": "consoleEditsGroup", "group": "New", "name": "Newer", "description": ""}),
    );
    let add = json!({"kind": "consoleAddsMember", "group": "Newer", "user": "axel.sync@example.com"});
    let axel = happen(&mut rig, add);
    assert_eq!(rig.sophos.members_of(&group), [axel]);
    let remove = json!({"kind": "consoleRemovesMember", "group": group, "user": "axel.sync@example.com"});
    happen(&mut rig, remove.clone());
    let event: Event = serde_json::from_value(remove).unwrap();
    assert!(rig.sophos.event(rig.now, event).is_err());
    happen(&mut rig, json!({"kind": "consoleDeletesGroup", "group": "All Staff"}));
    assert!(rig.sophos.group_by_name("All Staff").is_none());
    let ben = rig.user("ben.adler@example.com");
    assert_eq!(rig.get(&format!("{USERS}/{ben}")).value()["groups"]["total"], 2);
}

#[test]
fn the_console_promotes_and_demotes() {
    let mut rig = sample();
    let promote = json!({"kind": "consolePromotes", "user": "ben.adler@example.com", "role": "Super Admin"});
    let admin = happen(&mut rig, promote.clone());
    assert_eq!(rig.get(&format!("{ADMINS}/{admin}")).value()["profile"]["name"], "Ben Adler");
    let again: Event = serde_json::from_value(promote).unwrap();
    assert!(rig.sophos.event(rig.now, again).is_err());
    happen(&mut rig, json!({"kind": "consoleDemotes", "user": "ada.ahrens@example.com"}));
    let names: Vec<_> = rig.sophos.admins().into_iter().map(|admin| admin.name).collect();
    assert_eq!(names, ["Hugo Help", "Ben Adler"]);
}

#[test]
fn what_is_not_there_can_not_be_touched() {
    let mut rig = sample();
    for event in [
        json!({"kind": "consoleDeletesUser", "user": "nobody@example.com"}),
        json!({"kind": "consoleDeletesGroup", "group": "No Group"}),
        json!({"kind": "consolePromotes", "user": "ben.adler@example.com", "role": "King"}),
        json!({"kind": "consoleDemotes", "user": "ben.adler@example.com"}),
    ] {
        let event: Event = serde_json::from_value(event).unwrap();
        assert!(rig.sophos.event(rig.now, event).is_err());
    }
}
