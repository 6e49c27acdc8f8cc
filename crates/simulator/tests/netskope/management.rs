//! The User-Management API.

use serde_json::{Value, json};
use simulator::netskope::switches::EmailStyle;

use super::support::{Rig, USERS, empty, sample, text};

const GET_USERS: &str = "/api/v2/users/getusers";
const GET_GROUPS: &str = "/api/v2/users/getgroups";

#[expect(clippy::needless_pass_by_value, reason = "json!(...) reads better without a reference")]
fn ask(rig: &mut Rig, path: &str, filter: Value) -> Vec<Value> {
    let response =
        rig.post(path, json!({"query": {"filter": filter, "paging": {"offset": 0, "limit": 1000}}}));
    assert_eq!(response.status, 200, "{}", response.value());
    response.value()["data"].as_array().unwrap().clone()
}

#[test]
fn somebody_is_found_by_email_whoever_brought_them() {
    let mut rig = sample();
    for filter in [
        json!({"and": [{"emails": {"eq": "BEN.adler@example.com"}}]}),
        json!({"emails": {"eq": "ben.adler@example.com"}}),
        json!({"userName": {"eq": "ben.adler@example.com"}}),
        json!({"accounts.userName": {"in": ["x", "ben.adler@example.com"]}}),
        json!({"and": [{"emails": {"sw": "ben.adler"}}, {"accounts.active": {"eq": true}}]}),
    ] {
        let found = ask(&mut rig, GET_USERS, filter);
        assert_eq!(found.len(), 1);
        let ben = rig.netskope.user_by_email("ben.adler@example.com").unwrap();
        let account = &found[0]["accounts"][0];
        assert_eq!((&account["scimId"], &account["provisioner"]), (&json!(ben.id), &json!("SCIM")));
        assert_eq!(account["parentGroups"], json!(["All Staff", "Engineering"]));
    }
    let axel = ask(&mut rig, GET_USERS, json!({"emails": {"eq": "axel.import@example.com"}}));
    let account = &axel[0]["accounts"][0];
    assert_eq!((&account["scimId"], &account["provisioner"]), (&json!(null), &json!("AD Importer")));
    assert_eq!(ask(&mut rig, GET_USERS, json!({"emails": {"co": "import"}})).len(), 4);
}

#[test]
fn the_deleted_and_the_disabled_are_there() {
    let mut rig = empty();
    let (ann, bea) = (rig.new_user("ann"), rig.new_user("bea"));
    rig.delete(&ann);
    rig.patch(&bea, "replace", "active", json!(false));
    rig.netskope.switches_mut().inactive_visible = false;
    let of = |rig: &mut Rig, filter| {
        let rows = ask(rig, GET_USERS, filter);
        rows.iter().map(|row| text(&row["accounts"][0]["userName"])).collect::<Vec<_>>()
    };
    assert_eq!(of(&mut rig, json!({"accounts.deleted": {"eq": true}})), ["ann@example.com"]);
    assert_eq!(of(&mut rig, json!({"accounts.active": {"eq": false}})), ["bea@example.com"]);
}

#[test]
fn groups_come_with_counts_and_members_by_group() {
    let mut rig = sample();
    let found = ask(&mut rig, GET_GROUPS, json!({"displayName": {"eq": "engineering"}}));
    assert_eq!((found.len(), &found[0]["userCount"]), (1, &json!(12)));
    assert_eq!(found[0]["scimId"], json!(rig.netskope.group_by_name("Engineering").unwrap().id));
    let members = ask(&mut rig, GET_USERS, json!({"accounts.parentGroups": {"in": ["Engineering"]}}));
    assert_eq!(members.len(), 12);
    let domain = ask(&mut rig, GET_GROUPS, json!({"and": [{"displayName": {"sw": "domain"}}]}));
    assert_eq!((&domain[0]["scimId"], &domain[0]["provisioner"]), (&json!(null), &json!("AD Importer")));
}

#[test]
fn pages_have_counts() {
    let mut rig = sample();
    let body = json!({"query": {"paging": {"offset": 10, "limit": 5}}});
    let page = rig.post(GET_USERS, body).value();
    assert_eq!(page["counts"], json!({"totalResults": rig.netskope.users().len(), "offset": 10}));
    assert_eq!(page["data"].as_array().unwrap().len(), 5);
    assert_eq!(page["data"][0]["id"], "u00000011");
    let none = rig.post(GET_USERS, json!({"query": {"paging": {"limit": 0}}})).value();
    assert_eq!(none["data"], json!([]));
}

#[test]
fn what_it_does_not_have_is_400() {
    let mut rig = empty();
    for query in [
        json!({"paging": {"limit": 1001}}),
        json!({"paging": {"offset": -1}}),
        json!({"filter": {"shoeSize": {"eq": 44}}}),
        json!({"filter": {"emails": {"ew": "x"}}}),
        json!({"filter": {"or": [{"emails": {"eq": "x"}}]}}),
        json!({"filter": []}),
    ] {
        assert_eq!(rig.post(GET_USERS, json!({"query": query})).status, 400);
    }
    assert_eq!(rig.post(GET_USERS, json!({})).status, 400);
    assert_eq!(rig.post(GET_GROUPS, json!({"query": {"filter": {"emails": {"eq": "x"}}}})).status, 400);
}

#[test]
fn whether_it_is_there_and_how_it_writes_emails_are_switches() {
    let mut rig = empty();
    rig.new_user("ann");
    let body = json!({"query": {}});
    let email = rig.post(GET_USERS, body.clone()).value()["data"][0]["emails"][0].clone();
    assert_eq!(email, json!({"value": "ann@example.com", "primary": true}));
    rig.netskope.switches_mut().management_emails = EmailStyle::Strings;
    let email = rig.post(GET_USERS, body.clone()).value()["data"][0]["emails"][0].clone();
    assert_eq!(email, "ann@example.com");
    rig.netskope.switches_mut().user_management = false;
    assert_eq!((rig.post(GET_USERS, body.clone()).status, rig.post(GET_GROUPS, body).status), (404, 404));
}

#[test]
fn asking_is_no_write() {
    let mut rig = empty();
    rig.post(GET_USERS, json!({"query": {}}));
    rig.get(USERS);
    assert!(rig.netskope.journal().iter().all(|entry| !entry.write));
}
