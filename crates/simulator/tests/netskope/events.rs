//! What happens without us.

use serde_json::json;
use simulator::netskope::{Event, Provisioner};

use super::support::{Rig, USERS, empty, person};

fn ann() -> (Rig, String) {
    let mut rig = empty();
    let path = rig.new_user("ann");
    (rig, path)
}

fn named(user: &str) -> String {
    format!("{user}@example.com")
}

#[test]
fn an_importer_takes_a_person_over() {
    let (mut rig, path) = ann();
    rig.happens(Event::ImporterTakesUser { user: named("ann"), provisioner: Provisioner::Csv });
    assert_eq!(rig.get(&path).status, 404);
    assert!(rig.names("").is_empty());
    assert_eq!(rig.post(USERS, person("ann")).status, 409);
}

#[test]
fn an_importer_takes_a_group_over() {
    let mut rig = empty();
    let path = rig.new_group("Sales", &[]);
    rig.happens(Event::ImporterTakesGroup { group: "Sales".into(), provisioner: Provisioner::AdImporter });
    assert_eq!(rig.get(&path).status, 404);
    assert_eq!(rig.patch(&path, "replace", "displayname", json!("x")).status, 404);
}

#[test]
fn the_console_is_locked_for_what_came_by_scim_unless_not() {
    let (mut rig, path) = ann();
    let group = rig.new_group("Sales", &[]);
    let edit =
        Event::ConsoleEditsUser { user: named("ann"), user_name: None, email: None, active: Some(false) };
    let delete = Event::ConsoleDeletesUser { user: named("ann") };
    let no_group = Event::ConsoleDeletesGroup { group: "Sales".into() };
    for event in [&edit, &delete, &no_group] {
        assert!(rig.netskope.event(rig.now, event.clone()).is_err());
    }
    rig.netskope.switches_mut().console_locked = false;
    rig.happens(edit);
    assert_eq!(rig.get(&path).value()["active"], false);
    rig.happens(delete);
    rig.happens(no_group);
    assert_eq!((rig.get(&path).status, rig.get(&group).status), (404, 404));
}

#[test]
fn the_console_may_change_what_it_made() {
    let mut rig = empty();
    let provisioner = Provisioner::Console;
    rig.happens(Event::ImporterCreatesUser { user_name: named("uwe"), email: named("uwe"), provisioner });
    rig.happens(Event::ConsoleDeletesUser { user: named("uwe") });
    assert_eq!(rig.post(USERS, person("uwe")).status, 201);
}

#[test]
fn scripts_do_what_we_do() {
    let (mut rig, path) = ann();
    rig.happens(Event::ScriptEditsUser {
        user: named("ann"),
        user_name: Some("anna".into()),
        email: None,
        given_name: Some("Anna".into()),
        active: None,
    });
    let user = rig.get(&path).value();
    assert_eq!((&user["userName"], &user["name"]["givenName"]), (&json!("anna"), &json!("Anna")));
    let created =
        Event::ScriptCreatesUser { user_name: named("bea"), email: named("bea"), external_id: None };
    let bea = rig.happens(created);
    assert_eq!(rig.get(&format!("{USERS}/{bea}")).status, 200);
    rig.happens(Event::ScriptDeletesUser { user: named("bea") });
    assert_eq!(rig.get(&format!("{USERS}/{bea}")).status, 404);
}

#[test]
fn scripts_change_groups() {
    let (mut rig, user) = ann();
    let id = user.rsplit('/').next().unwrap().to_owned();
    let group = rig.happens(Event::ScriptCreatesGroup { name: "Sales".into() });
    rig.happens(Event::ScriptAddsMember { group: group.clone(), user: named("ann") });
    assert_eq!(rig.netskope.members_of(&group), [id]);
    rig.happens(Event::ScriptRemovesMember { group: "Sales".into(), user: named("ann") });
    assert!(rig.netskope.members_of(&group).is_empty());
    rig.happens(Event::ScriptRenamesGroup { group: "Sales".into(), name: "Service".into() });
    assert_eq!(rig.netskope.group_by_name("Service").unwrap().id, group);
    rig.happens(Event::ScriptDeletesGroup { group: "Service".into() });
    assert!(rig.netskope.group_by_name("Service").is_none());
    let gone = Event::ScriptDeletesGroup { group: "Service".into() };
    assert!(rig.netskope.event(rig.now, gone).is_err());
}
