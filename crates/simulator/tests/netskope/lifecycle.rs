//! Creating, disabling, deleting, coming back.

use serde_json::json;
use simulator::netskope::switches::{PostOnInactive, Recreated};
use simulator::netskope::{Event, Provisioner};

use super::support::{NOBODY, Rig, USERS, empty, person, person_and, text, with};

fn disabled(rig: &mut Rig) -> String {
    let path = rig.new_user("ann");
    assert_eq!(rig.patch(&path, "replace", "active", json!(false)).status, 204);
    path
}

#[test]
fn duplicates_are_409_by_user_name_and_by_email() {
    let mut rig = empty();
    rig.new_user("ann");
    for body in [
        person("ann"),
        person("ANN"),
        json!({"userName": "other", "emails": [{"value": "ann@example.com"}]}),
        json!({"userName": "ann@example.com", "emails": [{"value": "other@example.com"}]}),
    ] {
        let response = rig.post(USERS, body);
        assert_eq!(response.status, 409);
        assert_eq!(response.value()["status"], "409");
        assert!(response.value().get("scimType").is_none());
    }
    assert_eq!(rig.netskope.users().len(), 1);
}

#[test]
fn how_duplicates_are_told_and_compared_are_switches() {
    let mut rig = with(|switches| switches.duplicate_status = 400);
    rig.new_user("ann");
    assert_eq!(rig.post(USERS, person("ann")).status, 400);
    rig.netskope.switches_mut().unique_case_insensitive = false;
    assert_eq!(rig.post(USERS, person("Ann")).status, 201);
}

#[test]
fn external_ids_are_not_unique() {
    let mut rig = empty();
    for name in ["ann", "bea"] {
        assert_eq!(rig.post(USERS, person_and(name, json!({"externalId": "x"}))).status, 201);
    }
}

#[test]
fn somebody_elses_identity_is_a_conflict_that_no_filter_explains() {
    let mut rig = empty();
    let (user_name, email) = ("axel".to_owned(), "axel@example.com".to_owned());
    let id =
        rig.happens(Event::ImporterCreatesUser { user_name, email, provisioner: Provisioner::AdImporter });
    assert_eq!(rig.post(USERS, person("axel")).status, 409);
    assert!(rig.names("filter=userName%20eq%20%22axel%22").is_empty());
    assert_eq!(rig.get(&format!("{USERS}/{id}")).status, 404);
    assert_eq!(rig.delete(&format!("{USERS}/{id}")).status, 404);
}

#[test]
fn the_disabled_can_be_seen_unless_not() {
    let mut rig = empty();
    let path = disabled(&mut rig);
    assert_eq!(rig.get(&path).value()["active"], false);
    assert_eq!(rig.names("").len(), 1);
    rig.netskope.switches_mut().inactive_visible = false;
    assert_eq!(rig.get(&path).status, 404);
    assert!(rig.names("").is_empty() && rig.names("filter=userName%20eq%20ann@example.com").is_empty());
    assert_eq!(rig.patch(&path, "replace", "active", json!(true)).status, 404);
    assert_eq!(rig.delete(&path).status, 404);
}

#[test]
fn the_disabled_leave_no_group() {
    let mut rig = empty();
    let id = rig.new_id("ann");
    let group = rig.new_group("G", &[&id]);
    rig.patch(&format!("{USERS}/{id}"), "replace", "active", json!(false));
    assert_eq!(rig.members(&group), [id.as_str()]);
    rig.netskope.switches_mut().inactive_visible = false;
    assert_eq!(rig.get(&format!("{group}?attributes=members")).value()["members"], json!([]));
    rig.netskope.switches_mut().inactive_visible = true;
    assert_eq!(rig.get(&format!("{group}?attributes=members")).value()["members"][0]["value"], json!(id));
}

#[test]
fn creating_the_disabled_again_is_a_switch() {
    let mut rig = empty();
    let path = disabled(&mut rig);
    rig.netskope.switches_mut().post_on_inactive = PostOnInactive::Conflict;
    assert_eq!(rig.post(USERS, person("ann")).status, 409);
    rig.netskope.switches_mut().post_on_inactive = PostOnInactive::Reactivate;
    rig.netskope.switches_mut().inactive_visible = false;
    let response = rig.post(USERS, person_and("ann", json!({"externalId": "new"})));
    assert_eq!(response.status, 201);
    let user = response.value();
    assert_eq!((&user["active"], &user["externalId"]), (&json!(true), &json!("new")));
    assert_eq!(path, format!("{USERS}/{}", text(&user["id"])));
    assert_eq!(rig.post(USERS, person("ann")).status, 409);
}

#[test]
fn the_disabled_do_not_come_back_over_somebody_else() {
    let mut rig = empty();
    disabled(&mut rig);
    rig.new_user("bea");
    let body = json!({"userName": "ann@example.com", "emails": [{"value": "bea@example.com"}]});
    assert_eq!(rig.post(USERS, body).status, 409);
}

#[test]
fn creating_someone_disabled_is_a_switch() {
    let mut rig = empty();
    assert_eq!(rig.post(USERS, person_and("ann", json!({"active": false}))).value()["active"], false);
    rig.netskope.switches_mut().create_honours_active = false;
    assert_eq!(rig.post(USERS, person_and("bea", json!({"active": false}))).value()["active"], true);
}

#[test]
fn deletion_is_soft_and_the_next_id_a_switch() {
    let mut rig = empty();
    let id = rig.new_id("ann");
    let group = rig.new_group("G", &[&id]);
    let path = format!("{USERS}/{id}");
    assert_eq!(rig.delete(&path).status, 204);
    assert_eq!((rig.get(&path).status, rig.delete(&path).status), (404, 404));
    assert!(rig.members(&group).is_empty() && rig.netskope.users()[0].deleted);
    let next = rig.new_id("ann");
    assert_ne!(next, id);
    rig.netskope.switches_mut().recreated = Recreated::SameId;
    rig.delete(&format!("{USERS}/{next}"));
    assert_eq!(rig.new_id("ann"), next);
}

#[test]
fn the_status_for_an_unknown_id_is_a_switch() {
    let mut rig = empty();
    let path = format!("{USERS}/{NOBODY}");
    for status in [404, 501, 400] {
        rig.netskope.switches_mut().unknown_id_status = status;
        assert_eq!(rig.get(&path).status, status);
        assert_eq!(rig.delete(&path).status, status);
        assert_eq!(rig.patch(&path, "replace", "active", json!(false)).status, status);
    }
}

#[test]
fn a_new_person_gets_mail_unless_not() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    rig.patch(&path, "replace", "active", json!(false));
    rig.new_user("ann");
    assert_eq!(rig.netskope.invited(), ["ann@example.com"]);
    rig.netskope.switches_mut().enrolment_mail = false;
    rig.new_user("bea");
    assert_eq!(rig.netskope.invited().len(), 1);
}

#[test]
fn the_statuses_of_success_are_switches() {
    let mut rig = with(|switches| {
        switches.create_status = 200;
        switches.delete_status = 200;
    });
    let response = rig.post(USERS, person("ann"));
    assert_eq!((response.status, &response.value()["status"]), (200, &json!(200)));
    let path = format!("{USERS}/{}", text(&response.value()["id"]));
    let response = rig.delete(&path);
    assert_eq!((response.status, response.body.len()), (200, 0));
    assert_eq!(rig.post(super::support::GROUPS, json!({"displayName": "Sales"})).status, 200);
}
