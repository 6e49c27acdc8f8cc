//! Users.

use serde_json::json;
use simulator::sophos::switches::{AdminUserDelete, Clearing, EmptyPatch, NotClearing};

use super::support::{GROUPS, NOBODY, USERS, empty, sample, text};

#[test]
fn a_new_user_is_custom_and_complete() {
    let mut rig = empty();
    let group = rig.new_group("Sales", &[]);
    let body = json!({
        "name": "Zoë Müller", "firstName": "Zoë", "lastName": "Müller", "email": "zoe@example.com",
        "exchangeLogin": "zoe@exchange.example.com", "groupIds": [group, group], "role": "user",
    });
    let response = rig.post(USERS, body);
    assert_eq!(response.status, 201);
    let user = response.value();
    assert_eq!(user["name"], "Zoë Müller");
    assert_eq!(user["source"], json!({"type": "custom"}));
    assert_eq!(user["tenant"], json!({"id": rig.tenant}));
    assert_eq!(user["groups"]["total"], 1);
    assert_eq!(user["groups"]["items"][0], json!({"id": group, "name": "Sales", "displayName": "Sales"}));
    assert!(user["createdAt"].as_str() < user["updatedAt"].as_str());
    let id = text(&user["id"]);
    assert_eq!(rig.get(&format!("{USERS}/{id}")).value(), user);
    assert_eq!(rig.get(&format!("{USERS}/{}", id.to_uppercase())).value(), user);
    assert_eq!(rig.sophos.members_of(&group), [id]);
}

#[test]
fn a_bare_user_has_only_what_is_known() {
    let mut rig = empty();
    let user = rig.post(USERS, json!({"name": "Front Desk", "firstName": null})).value();
    let keys: Vec<&String> = user.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "name", "groups", "tenant", "source", "createdAt", "updatedAt"]);
    assert_eq!(user["groups"], json!({"total": 0, "itemsCount": 0, "items": []}));
}

#[test]
fn malformed_users_are_400() {
    let mut rig = empty();
    let long = "x".repeat(256);
    for body in [
        json!({}),
        json!([]),
        json!({"name": ""}),
        json!({"name": "  "}),
        json!({"name": 5}),
        json!({"name": long}),
        json!({"name": "x", "firstName": long}),
        json!({"name": "x", "lastName": {}}),
        json!({"name": "x", "email": "nobody"}),
        json!({"name": "x", "email": "a b@example.com"}),
        json!({"name": "x", "email": ""}),
        json!({"name": "x", "groupIds": "1"}),
        json!({"name": "x", "groupIds": ["1"]}),
        json!({"name": "x", "groupIds": vec![NOBODY; 1001]}),
    ] {
        assert_eq!(rig.post(USERS, body.clone()).status, 400, "{body}");
    }
    assert_eq!(rig.sophos.users().len(), 0);
    assert_eq!(rig.post(USERS, json!({"name": "x".repeat(255)})).status, 201);
}

#[test]
fn references_and_uniqueness_of_new_users() {
    let mut rig = sample();
    let before = rig.sophos.users().len();
    assert_eq!(rig.post(USERS, json!({"name": "x", "groupIds": [NOBODY]})).status, 404);
    let synced = rig.group("Entra Sales");
    assert_eq!(rig.post(USERS, json!({"name": "x", "groupIds": [synced]})).status, 409);
    assert_eq!(rig.post(USERS, json!({"name": "x", "email": "BEN.adler@EXAMPLE.com"})).status, 409);
    assert_eq!(rig.why(), "the e-mail is taken");
    assert_eq!(rig.sophos.users().len(), before);
    assert_eq!(rig.post(USERS, json!({"name": "Ben Adler"})).status, 201);
}

#[test]
fn fields_narrow_the_answers() {
    let mut rig = empty();
    let user =
        rig.post(&format!("{USERS}?fields=email"), json!({"name": "A", "email": "a@example.com"})).value();
    assert_eq!(user, json!({"id": user["id"], "email": "a@example.com"}));
    let path = format!("{USERS}/{}", text(&user["id"]));
    let got = rig.get(&format!("{path}?fields=name&fields=source,unheardOf")).value();
    assert_eq!(got, json!({"id": user["id"], "name": "A", "source": {"type": "custom"}}));
    let patched = rig.patch(&format!("{path}?fields=name"), json!({"name": "B"})).value();
    assert_eq!(patched, json!({"id": user["id"], "name": "B"}));
}

#[test]
fn a_patch_merges() {
    let mut rig = empty();
    let id = rig.new_user("A", "a@example.com");
    let path = format!("{USERS}/{id}");
    let before = rig.get(&path).value();
    let after =
        rig.patch(&path, json!({"firstName": "Ann", "exchangeLogin": "ann", "groupIds": [NOBODY]})).value();
    assert_eq!(
        (&after["name"], &after["email"], &after["firstName"]),
        (&json!("A"), &json!("a@example.com"), &json!("Ann"))
    );
    assert!(after["updatedAt"].as_str() > before["updatedAt"].as_str());
    assert_eq!(after["createdAt"], before["createdAt"]);
    assert_eq!(rig.patch(&path, json!({"email": "A@example.com"})).status, 200);
    assert_eq!(rig.get(&path).value()["email"], "A@example.com");
}

#[test]
fn patches_that_fail() {
    let mut rig = sample();
    let ben = format!("{USERS}/{}", rig.user("ben.adler@example.com"));
    let axel = format!("{USERS}/{}", rig.user("axel.sync@example.com"));
    let elsa = format!("{USERS}/{}", rig.user("elsa.sync@example.com"));
    let ada = format!("{USERS}/{}", rig.user("ada.ahrens@example.com"));
    assert_eq!(rig.patch(&format!("{USERS}/{NOBODY}"), json!({"name": "x"})).status, 404);
    assert_eq!(rig.patch(&format!("{USERS}/what"), json!({"name": "x"})).status, 404);
    assert_eq!(rig.patch(&ben, json!({"name": ""})).status, 400);
    assert_eq!(rig.patch(&ben, json!({"name": null})).status, 400);
    assert_eq!(rig.patch(&ben, json!({"lastName": 1})).status, 400);
    assert_eq!(rig.patch(&ben, json!({"email": "CARA.adler@example.com"})).status, 409);
    for synced in [axel, elsa] {
        assert_eq!(rig.patch(&synced, json!({"name": "x"})).status, 409);
        assert_eq!(rig.patch(&synced, json!({})).status, 409);
    }
    assert_eq!(rig.patch(&ada, json!({"email": ""})).status, 409);
    assert_eq!(rig.why(), "an admin needs the e-mail to log in");
    assert_eq!(rig.patch(&ada, json!({"email": "ada@example.com"})).status, 200);
    assert_eq!(rig.sophos.admins()[0].email.as_deref(), Some("ada@example.com"));
}

#[test]
fn clearing_is_a_switch() {
    let mut rig = empty();
    let cases = [
        (Clearing::Both, true, true),
        (Clearing::Empty, true, false),
        (Clearing::Null, false, true),
        (Clearing::Neither, false, false),
    ];
    for (number, (clearing, empty_clears, null_clears)) in cases.into_iter().enumerate() {
        rig.sophos.switches_mut().clearing = clearing;
        let id = rig.new_user("A", &format!("a{number}@example.com"));
        let path = format!("{USERS}/{id}");
        for (value, clears) in [(json!(""), empty_clears), (json!(null), null_clears)] {
            rig.patch(&path, json!({"firstName": "Ann", "email": format!("a{number}@example.com")}));
            rig.sophos.switches_mut().not_clearing = NotClearing::Ignore;
            let user = rig.patch(&path, json!({"firstName": value, "email": value})).value();
            assert_eq!(user.get("firstName").is_none(), clears, "{clearing:?}");
            assert_eq!(user.get("email").is_none(), clears, "{clearing:?}");
            rig.sophos.switches_mut().not_clearing = NotClearing::Reject;
            let status = rig.patch(&path, json!({"firstName": value})).status;
            assert_eq!(status, if clears { 200 } else { 400 });
        }
    }
}

#[test]
fn an_empty_patch_is_a_switch() {
    let mut rig = empty();
    let path = format!("{USERS}/{}", rig.new_user("A", "a@example.com"));
    let before = rig.get(&path).value();
    let response = rig.patch(&path, json!({}));
    assert_eq!((response.status, response.value()), (200, before));
    rig.sophos.switches_mut().empty_patch = EmptyPatch::Reject;
    assert_eq!(rig.patch(&path, json!({})).status, 400);
}

#[test]
fn deleting_is_idempotent() {
    let mut rig = empty();
    let id = rig.new_user("A", "a@example.com");
    let group = rig.new_group("G", &[&id]);
    let path = format!("{USERS}/{id}");
    let response = rig.delete(&path);
    assert_eq!((response.status, response.value()), (200, json!({"deleted": true})));
    assert!(rig.sophos.members_of(&group).is_empty());
    assert_eq!(rig.get(&path).status, 404);
    let response = rig.delete(&path);
    assert_eq!((response.status, response.value()), (200, json!({"deleted": false})));
    rig.sophos.switches_mut().deleted_when_missing = true;
    assert_eq!(rig.delete(&path).value(), json!({"deleted": true}));
    assert_eq!(rig.get(&format!("{GROUPS}/{group}")).value()["users"]["total"], 0);
}

#[test]
fn synced_users_stay() {
    let mut rig = sample();
    for email in ["axel.sync@example.com", "emil.sync@example.com"] {
        let path = format!("{USERS}/{}", rig.user(email));
        assert_eq!(rig.delete(&path).status, 409);
    }
    rig.sophos.switches_mut().entra_read_only = false;
    let path = format!("{USERS}/{}", rig.user("emil.sync@example.com"));
    assert_eq!(rig.patch(&path, json!({"name": "Emil"})).status, 200);
    assert_eq!(rig.delete(&path).status, 200);
}

#[test]
fn deleting_an_admins_user_is_a_switch() {
    let mut rig = sample();
    let ada = format!("{USERS}/{}", rig.user("ada.ahrens@example.com"));
    let hugo = format!("{USERS}/{}", rig.user("hugo.help@example.com"));
    rig.sophos.switches_mut().admin_user_delete = AdminUserDelete::Conflict;
    assert_eq!(rig.delete(&hugo).status, 409);
    rig.sophos.switches_mut().admin_user_delete = AdminUserDelete::AdminGoesToo;
    assert_eq!(rig.delete(&ada).status, 409);
    assert_eq!(rig.delete(&hugo).status, 200);
    assert_eq!(rig.sophos.admins().len(), 1);
    rig.sophos.switches_mut().admin_user_delete = AdminUserDelete::AdminStays;
    assert_eq!(rig.delete(&ada).status, 200);
    assert_eq!(rig.sophos.admins().len(), 1);
    let admins = rig.get(super::support::ADMINS).value();
    assert_eq!(admins["items"][0]["users"], json!([]));
    assert_eq!(admins["items"][0]["profile"]["email"], "ada.ahrens@example.com");
}
