//! Admins and role assignments.

use serde_json::json;
use simulator::sophos::switches::{AdminDeleteMissing, Missing, Undocumented};

use super::support::{ADMINS, NOBODY, Rig, column, sample, text};

fn promote(rig: &mut Rig, email: &str, role: &str) -> String {
    let body = json!({"userId": rig.user(email), "roleAssignments": [{"roleId": rig.role(role)}]});
    let response = rig.post(ADMINS, body);
    assert_eq!(response.status, 201, "{}", rig.why());
    text(&response.value()["id"])
}

#[test]
fn a_user_becomes_an_admin() {
    let mut rig = sample();
    let id = promote(&mut rig, "ben.adler@example.com", "Admin");
    let user = rig.user("ben.adler@example.com");
    let admin = rig.get(&format!("{ADMINS}/{id}")).value();
    assert_ne!(id, user);
    assert_eq!(admin["users"], json!([{"id": user, "name": "Ben Adler"}]));
    assert_eq!(
        admin["profile"],
        json!({
            "name": "Ben Adler", "firstName": "Ben", "lastName": "Adler", "email": "ben.adler@example.com",
        })
    );
    assert_eq!(admin["roleAssignments"][0]["roleId"], json!(rig.role("Admin")));
    let created = text(&admin["createdAt"]);
    assert_eq!((created.len(), created.ends_with('Z')), ("2021-01-02T15:32:59.789".len(), false));
    assert_eq!(rig.get(&format!("{ADMINS}/{NOBODY}")).status, 404);
    let partial = rig.get(&format!("{ADMINS}/{id}?fields=profile")).value();
    assert_eq!(partial.as_object().unwrap().len(), 2);
}

#[test]
fn admins_are_listed_searched_and_filtered() {
    let mut rig = sample();
    let emails = |rig: &mut Rig, query: &str| {
        let response = rig.get(&format!("{ADMINS}{query}"));
        assert_eq!(response.status, 200);
        let items = response.value()["items"].as_array().unwrap().clone();
        items.iter().map(|admin| text(&admin["profile"]["email"])).collect::<Vec<_>>()
    };
    let (ada, hugo) = ("ada.ahrens@example.com", "hugo.help@example.com");
    assert_eq!(emails(&mut rig, ""), [ada, hugo]);
    assert_eq!(emails(&mut rig, "?search=HUGO"), [hugo]);
    assert_eq!(emails(&mut rig, "?search=hugo&searchFields=username"), [hugo]);
    assert_eq!(emails(&mut rig, "?sort=username:desc"), [hugo, ada]);
    let role = rig.role("Super Admin");
    assert_eq!(emails(&mut rig, &format!("?roleId={role}")), [ada]);
    assert_eq!(emails(&mut rig, "?page=2&pageSize=1"), [hugo]);
    assert_eq!(rig.get(&format!("{ADMINS}?sort=shoeSize")).status, 400);
    assert_eq!(rig.get(&format!("{ADMINS}?searchFields=email")).status, 400);
}

#[test]
fn promotions_that_fail() {
    let mut rig = sample();
    let (ben, role) = (rig.user("ben.adler@example.com"), rig.role("Admin"));
    for body in [
        json!({}),
        json!({"userId": ben}),
        json!({"userId": ben, "roleAssignments": []}),
        json!({"userId": "x", "roleAssignments": [{"roleId": role}]}),
        json!({"userId": ben, "roleAssignments": [{"roleId": "x"}]}),
    ] {
        assert_eq!(rig.post(ADMINS, body).status, 400);
    }
    let body = |user: &str, role: &str| json!({"userId": user, "roleAssignments": [{"roleId": role}]});
    assert_eq!(rig.post(ADMINS, body(NOBODY, &role)).status, 404);
    assert_eq!(rig.post(ADMINS, body(&ben, NOBODY)).status, 404);
    let service = rig.role("Service Principal Read-Only");
    assert_eq!(rig.post(ADMINS, body(&ben, &service)).status, 404);
    let ada = rig.user("ada.ahrens@example.com");
    assert_eq!(rig.post(ADMINS, body(&ada, &role)).status, 409);
    let room = rig.sophos.users().into_iter().find(|user| user.name == "Meeting Room 1").unwrap().id;
    assert_eq!(rig.post(ADMINS, body(&room, &role)).status, 409);
    let elsewhere = rig.new_user("Taken", "Taken.Elsewhere@example.com");
    assert_eq!(rig.post(ADMINS, body(&elsewhere, &role)).status, 409);
    assert_eq!(rig.sophos.admins().len(), 2);

    let switches = rig.sophos.switches_mut();
    switches.service_role_status = 400;
    switches.already_admin_status = 422;
    switches.admin_without_email_status = 423;
    switches.foreign_login_status = 424;
    assert_eq!(rig.post(ADMINS, body(&ben, &service)).status, 400);
    assert_eq!(rig.post(ADMINS, body(&ada, &role)).status, 422);
    assert_eq!(rig.post(ADMINS, body(&room, &role)).status, 423);
    assert_eq!(rig.post(ADMINS, body(&elsewhere, &role)).status, 424);
    rig.sophos.switches_mut().foreign_logins.clear();
    assert_eq!(rig.post(ADMINS, body(&elsewhere, &role)).status, 201);
}

#[test]
fn the_last_super_admin_stays() {
    let mut rig = sample();
    let ada = format!("{ADMINS}/{}", rig.sophos.admins()[0].id);
    assert_eq!(rig.delete(&ada).status, 409);
    promote(&mut rig, "ben.adler@example.com", "Super Admin");
    assert_eq!(rig.delete(&ada).value(), json!({"deleted": true}));
    assert!(rig.sophos.user_by_email("ada.ahrens@example.com").is_some());
}

#[test]
fn deleting_a_missing_admin_is_a_switch() {
    let mut rig = sample();
    let hugo = format!("{ADMINS}/{}", rig.sophos.admins()[1].id);
    let never = format!("{ADMINS}/{NOBODY}");
    assert_eq!(rig.delete(&hugo).status, 200);
    assert_eq!((rig.delete(&hugo).status, rig.delete(&never).status), (200, 404));
    rig.sophos.switches_mut().admin_delete_missing = AdminDeleteMissing::Ok;
    assert_eq!((rig.delete(&hugo).status, rig.delete(&never).status), (200, 200));
    rig.sophos.switches_mut().admin_delete_missing = AdminDeleteMissing::NotFound;
    assert_eq!((rig.delete(&hugo).status, rig.delete(&never).status), (404, 404));
}

#[test]
fn assigning_a_role_replaces_the_old_one() {
    let mut rig = sample();
    let base = format!("{ADMINS}/{}/role-assignments", rig.sophos.admins()[1].id);
    let old = column(&rig.get(&base), "id");
    let response = rig.post(&base, json!({"roleId": rig.role("Read-only")}));
    assert_eq!(response.status, 201);
    let new = response.value();
    assert_eq!(rig.get(&base).value(), json!({"items": [new]}));
    let id = text(&new["id"]);
    assert_eq!(rig.get(&format!("{base}/{id}")).value(), new);
    assert_eq!(rig.get(&format!("{base}/{}", old[0])).status, 404);
    assert_eq!(rig.delete(&format!("{base}/{id}")).value(), json!({"deleted": true}));
    assert_eq!(rig.delete(&format!("{base}/{id}")).value(), json!({"deleted": false}));
    assert_eq!(rig.get(&base).value(), json!({"items": []}));
}

#[test]
fn assignments_that_fail() {
    let mut rig = sample();
    let base = format!("{ADMINS}/{}/role-assignments", rig.sophos.admins()[1].id);
    assert_eq!(rig.post(&base, json!({})).status, 400);
    assert_eq!(rig.post(&base, json!({"roleId": NOBODY})).status, 404);
    let missing = format!("{ADMINS}/{NOBODY}/role-assignments");
    assert_eq!(rig.post(&missing, json!({"roleId": rig.role("Admin")})).status, 404);
    assert_eq!(rig.get(&missing).status, 404);
    rig.sophos.switches_mut().assignments_of_missing_admin = Missing::Ok;
    assert_eq!(rig.get(&missing).value(), json!({"items": []}));
    assert_eq!(rig.delete(&format!("{missing}/{NOBODY}")).status, 200);
}

#[test]
fn the_last_super_admin_keeps_the_role() {
    let mut rig = sample();
    let ada = rig.sophos.admins()[0].clone();
    let base = format!("{ADMINS}/{}/role-assignments", ada.id);
    let assignment = format!("{base}/{}", ada.role_assignments[0].id);
    let admin = rig.role("Admin");
    assert_eq!(rig.post(&base, json!({"roleId": rig.role("Super Admin")})).status, 201);
    assert_eq!(rig.post(&base, json!({"roleId": admin})).status, 409);
    let current = format!("{base}/{}", rig.sophos.admins()[0].role_assignments[0].id);
    assert_eq!(rig.delete(&current).status, 409);
    assert_eq!(rig.delete(&assignment).value(), json!({"deleted": false}));
    rig.sophos.switches_mut().last_super_admin_role = Undocumented::Allow;
    assert_eq!(rig.delete(&current).status, 200);
    assert_eq!(rig.post(&base, json!({"roleId": admin})).status, 201);
}
