//! People on the wire.

use serde_json::json;
use simulator::netskope::switches::{
    Booleans, EmailType, LastModified, NoExternalId, PostMeta, PutWithoutActive, UnknownAttributes,
};

use super::support::{NOBODY, USERS, empty, keys, person, person_and, text, with};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const TENANT: &str = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";

#[test]
fn a_new_person_is_answered_with_a_stray_status_and_without_meta() {
    let mut rig = empty();
    let more = json!({"name": {"givenName": "Ann", "familyName": "Lee"}, "externalId": "x"});
    let response = rig.post(USERS, person_and("ann", more));
    assert_eq!(response.status, 201);
    let user = response.value();
    assert_eq!(
        keys(&user),
        ["schemas", "id", "userName", "name", "active", "emails", "externalId", "status"]
    );
    assert_eq!(user["status"], 201);
    assert_eq!(user["emails"], json!([{"value": "ann@example.com", "primary": true}]));
    assert_eq!(user["name"], json!({"familyName": "Lee", "givenName": "Ann"}));
    assert_eq!((&user["active"], text(&user["id"]).len()), (&json!(true), 36));
}

#[test]
fn stray_status_and_post_meta_are_switches() {
    let mut rig = with(|switches| {
        switches.stray_status = false;
        switches.post_meta = PostMeta::ResourceType;
    });
    let user = rig.post(USERS, person("ann")).value();
    assert_eq!((user.get("status"), &user["meta"]), (None, &json!({"resourceType": "User"})));
}

#[test]
fn a_read_by_id_has_meta_and_no_status() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    let user = rig.get(&path).value();
    assert_eq!(keys(&user), ["schemas", "id", "userName", "active", "emails", "meta"]);
    assert_eq!(keys(&user["meta"]), ["resourceType", "lastModified"]);
    assert!(text(&user["meta"]["lastModified"]).starts_with("2026-"));
    rig.netskope.switches_mut().last_modified = LastModified::Absent;
    assert_eq!(rig.get(&path).value()["meta"], json!({"resourceType": "User"}));
    rig.netskope.switches_mut().last_modified = LastModified::EpochMillis;
    assert!(rig.get(&path).value()["meta"]["lastModified"].is_u64());
}

#[test]
fn list_rows_are_skinny() {
    let mut rig = empty();
    rig.post(USERS, person_and("ann", json!({"title": "Boss", "externalId": "x"})));
    let row = rig.get(USERS).value()["Resources"][0].clone();
    assert_eq!(keys(&row), ["id", "externalId", "userName", "active", "emails"]);
    rig.netskope.switches_mut().list_items_skinny = false;
    let row = rig.get(USERS).value()["Resources"][0].clone();
    assert_eq!((&row["title"], &row["meta"]["resourceType"]), (&json!("Boss"), &json!("User")));
    assert!(row["schemas"].is_array());
}

#[test]
fn where_the_email_has_a_type_is_a_switch() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    for (choice, in_list, by_id) in [
        (EmailType::ListOnly, true, false),
        (EmailType::Always, true, true),
        (EmailType::Never, false, false),
    ] {
        rig.netskope.switches_mut().email_type = choice;
        let row = rig.get(USERS).value()["Resources"][0]["emails"][0].clone();
        let user = rig.get(&path).value()["emails"][0].clone();
        assert_eq!((row.get("type").is_some(), user.get("type").is_some()), (in_list, by_id), "{choice:?}");
    }
}

#[test]
fn a_missing_external_id_is_a_switch() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    assert_eq!(rig.get(&path).value().get("externalId"), None);
    rig.netskope.switches_mut().no_external_id = NoExternalId::Null;
    assert!(rig.get(&path).value()["externalId"].is_null());
    assert!(keys(&rig.get(USERS).value()["Resources"][0]).contains(&"externalId"));
}

#[test]
fn how_booleans_are_written_is_a_switch() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    for (choice, truth) in
        [(Booleans::Json, json!(true)), (Booleans::Text, json!("True")), (Booleans::Number, json!(1))]
    {
        rig.netskope.switches_mut().booleans = choice;
        let user = rig.get(&path).value();
        assert_eq!((&user["active"], &user["emails"][0]["primary"]), (&truth, &truth));
    }
}

#[test]
fn booleans_may_come_as_strings_unless_not() {
    let mut rig = empty();
    let body = json!({"userName": "a", "active": "False", "emails": [{"value": "a@b.example.com", "primary": "true"}]});
    let user = rig.post(USERS, body.clone()).value();
    assert_eq!(user["active"], false);
    rig.netskope.switches_mut().bool_as_string = false;
    assert_eq!(rig.post(USERS, body).status, 400);
    assert_eq!(rig.post(USERS, person_and("b", json!({"active": 0}))).status, 400);
}

#[test]
fn malformed_people_are_400_with_a_description() {
    let mut rig = empty();
    for body in [
        json!({}),
        json!({"userName": "ann"}),
        json!({"userName": "ann", "emails": []}),
        json!({"userName": "ann", "emails": [{"value": "nobody"}]}),
        json!({"emails": [{"value": "a@example.com"}]}),
        json!({"userName": " ", "emails": [{"value": "a@example.com"}]}),
        person_and("ann", json!({"externalId": 5})),
        person_and("ann", json!({"active": "perhaps"})),
        person_and("ann", json!({"name": {"givenName": []}})),
        person_and("ann", json!({TENANT: "x"})),
    ] {
        let response = rig.post(USERS, body.clone());
        assert_eq!(response.status, 400, "{body}");
        assert!(response.value()["description"].is_string());
    }
    assert!(rig.netskope.users().is_empty());
}

#[test]
fn one_email_is_kept_the_primary_one() {
    let mut rig = empty();
    let emails = json!([
        {"value": "home@example.com", "type": "home"},
        {"value": "work@example.com", "type": "work", "primary": true},
    ]);
    let user = rig.post(USERS, json!({"userName": "a", "emails": emails})).value();
    assert_eq!(user["emails"], json!([{"value": "work@example.com", "primary": true}]));
    let emails = json!([{"value": "one@example.com"}, {"value": "two@example.com"}]);
    let user = rig.post(USERS, json!({"userName": "b", "emails": emails})).value();
    assert_eq!(user["emails"][0]["value"], "one@example.com");
}

#[test]
fn profile_and_enterprise_attributes_are_kept() {
    let mut rig = empty();
    let more = json!({
        "title": "Boss", "locale": "de-CH", "groups": [], "password": "secret",
        ENTERPRISE: {"department": "Sales", "manager": {"value": "m1", "displayName": "Ada"}, "shoeSize": 44},
    });
    let path = format!("{USERS}/{}", text(&rig.post(USERS, person_and("ann", more)).value()["id"]));
    let user = rig.get(&path).value();
    assert_eq!((&user["title"], &user["locale"]), (&json!("Boss"), &json!("de-CH")));
    assert_eq!(user[ENTERPRISE], json!({"department": "Sales", "manager": {"value": "m1"}}));
    assert!(user.get("groups").is_none() && user.get("password").is_none());
    assert_eq!(user["schemas"].as_array().unwrap().len(), 2);
    rig.netskope.switches_mut().lists_extension_urns = false;
    assert_eq!(rig.get(&path).value()["schemas"].as_array().unwrap().len(), 1);
}

#[test]
fn profile_attributes_and_unknown_ones_are_switches() {
    let mut rig = with(|switches| switches.profile_attributes = false);
    let user = rig.post(USERS, person_and("ann", json!({"title": "Boss"}))).value();
    assert_eq!(user.get("title"), None);
    rig.netskope.switches_mut().unknown_attributes = UnknownAttributes::Rejected;
    assert_eq!(rig.post(USERS, person_and("bea", json!({"title": "Boss"}))).status, 400);
    rig.netskope.switches_mut().profile_attributes = true;
    assert_eq!(rig.post(USERS, person_and("bea", json!({"title": "Boss"}))).status, 201);
    assert_eq!(rig.post(USERS, person_and("cat", json!({"photos": []}))).status, 400);
}

#[test]
fn a_put_replaces_everything() {
    let mut rig = empty();
    let more = json!({"externalId": "x", "title": "Boss", TENANT: {"badge": "blue"}});
    let path = format!("{USERS}/{}", text(&rig.post(USERS, person_and("ann", more)).value()["id"]));
    let response = rig.send("PUT", &path, person_and("anna", json!({"name": {"givenName": "Anna"}})));
    assert_eq!((response.status, &response.value()["status"]), (200, &json!(200)));
    let user = rig.get(&path).value();
    assert_eq!(user["userName"], "anna@example.com");
    assert!(user.get("externalId").is_none() && user.get("title").is_none() && user.get(TENANT).is_none());
    assert_eq!(rig.send("PUT", &format!("{USERS}/{NOBODY}"), person("x")).status, 404);
    rig.new_user("ben");
    assert_eq!(rig.send("PUT", &path, person("ben")).status, 409);
}

#[test]
fn a_put_without_active_is_a_switch() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    rig.patch(&path, "replace", "active", json!(false));
    assert_eq!(rig.send("PUT", &path, person("ann")).value()["active"], false);
    rig.netskope.switches_mut().put_without_active = PutWithoutActive::Activates;
    assert_eq!(rig.send("PUT", &path, person("ann")).value()["active"], true);
}
