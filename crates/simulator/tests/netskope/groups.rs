//! Groups on the wire.

use serde_json::json;
use simulator::netskope::switches::{GroupPut, MemberDisplay, MemberType, MembersOnGet};

use super::support::{GROUPS, NOBODY, Rig, USERS, empty, keys, person_and, text};

fn with_a_member(rig: &mut Rig) -> (String, String) {
    let body = person_and("ann", json!({"displayName": "Ann Lee"}));
    let id = text(&rig.post(USERS, body).value()["id"]);
    (rig.new_group("Sales", &[&id]), id)
}

#[test]
fn a_new_group_is_answered_with_members_only_if_sent() {
    let mut rig = empty();
    let group = rig.post(GROUPS, json!({"displayName": "Sales", "externalId": null})).value();
    assert_eq!(keys(&group), ["schemas", "id", "displayName", "meta", "status"]);
    assert_eq!((&group["meta"], &group["status"]), (&json!({"resourceType": "Group"}), &json!(201)));
    let group = rig.post(GROUPS, json!({"displayName": "Staff", "members": []})).value();
    assert_eq!(group["members"], json!([]));
}

#[test]
fn malformed_groups_are_400_and_names_are_unique() {
    let mut rig = empty();
    for body in [json!({}), json!({"displayName": ""}), json!({"displayName": "x", "members": [{}]})] {
        assert_eq!(rig.post(GROUPS, body).status, 400);
    }
    rig.new_group("Sales", &[]);
    assert_eq!(rig.post(GROUPS, json!({"displayName": "sales"})).status, 409);
    let staff = rig.new_group("Staff", &[]);
    assert_eq!(rig.patch(&staff, "replace", "displayname", json!("SALES")).status, 409);
    assert_eq!(rig.netskope.groups().len(), 2);
}

#[test]
fn list_rows_have_three_keys() {
    let mut rig = empty();
    rig.post(GROUPS, json!({"displayName": "Sales", "externalId": "x"}));
    let row = rig.get(GROUPS).value()["Resources"][0].clone();
    assert_eq!(keys(&row), ["id", "displayName", "externalId"]);
}

#[test]
fn members_come_on_request_and_then_alone() {
    let mut rig = empty();
    let (path, id) = with_a_member(&mut rig);
    assert_eq!(keys(&rig.get(&path).value()), ["schemas", "id", "displayName", "meta"]);
    let group = rig.get(&format!("{path}?attributes=displayName,members")).value();
    assert_eq!(keys(&group), ["schemas", "id", "members"]);
    assert_eq!(group["members"], json!([{"value": id, "display": "ann@example.com", "type": "work"}]));
}

#[test]
fn when_members_come_is_a_switch() {
    let mut rig = empty();
    let (path, _) = with_a_member(&mut rig);
    let seen = |rig: &mut Rig| {
        let plain = rig.get(&path).value();
        let asked = rig.get(&format!("{path}?attributes=members")).value();
        (plain.get("members").is_some(), asked.get("members").is_some())
    };
    assert_eq!(seen(&mut rig), (false, true));
    rig.netskope.switches_mut().members_on_get = MembersOnGet::Always;
    assert_eq!(seen(&mut rig), (true, true));
    rig.netskope.switches_mut().members_on_get = MembersOnGet::Never;
    assert_eq!(seen(&mut rig), (false, false));
}

#[test]
fn whether_a_group_with_members_is_sparse_is_a_switch() {
    let mut rig = empty();
    let (path, _) = with_a_member(&mut rig);
    rig.netskope.switches_mut().sparse_when_attributes = false;
    let group = rig.get(&format!("{path}?attributes=members")).value();
    assert_eq!(keys(&group), ["schemas", "id", "displayName", "meta", "members"]);
}

#[test]
fn what_a_member_has_besides_its_id_is_a_switch() {
    let mut rig = empty();
    let (path, id) = with_a_member(&mut rig);
    for (display, kind, member) in [
        (MemberDisplay::DisplayName, MemberType::Absent, json!({"value": id, "display": "Ann Lee"})),
        (MemberDisplay::Absent, MemberType::Work, json!({"value": id, "type": "work"})),
        (MemberDisplay::Absent, MemberType::Absent, json!({"value": id})),
    ] {
        rig.netskope.switches_mut().member_display = display;
        rig.netskope.switches_mut().member_type = kind;
        assert_eq!(rig.get(&format!("{path}?attributes=members")).value()["members"][0], member);
    }
}

#[test]
fn put_is_a_switch() {
    let mut rig = empty();
    let (path, _) = with_a_member(&mut rig);
    let body = json!({"displayName": "Service", "members": []});
    assert_eq!(rig.send("PUT", &path, body.clone()).status, 405);
    rig.netskope.switches_mut().group_put = GroupPut::NoRoute;
    let response = rig.send("PUT", &path, body.clone());
    assert_eq!((response.status, rig.why()), (404, "no Route matched with those values"));
    assert_eq!(rig.members(&path).len(), 1);
    rig.netskope.switches_mut().group_put = GroupPut::Supported;
    let response = rig.send("PUT", &path, body);
    assert_eq!((response.status, &response.value()["displayName"]), (200, &json!("Service")));
    assert!(rig.members(&path).is_empty());
}

#[test]
fn unknown_and_deleted_groups_are_not_found() {
    let mut rig = empty();
    let path = rig.new_group("Sales", &[]);
    assert_eq!(rig.delete(&path).status, 204);
    for path in [path, format!("{GROUPS}/{NOBODY}")] {
        assert_eq!(rig.get(&path).status, 404);
        assert_eq!(rig.delete(&path).status, 404);
        assert_eq!(rig.patch(&path, "replace", "displayname", json!("x")).status, 404);
    }
    rig.new_group("Sales", &[]);
}
