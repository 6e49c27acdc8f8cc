//! Groups.

use serde_json::json;
use simulator::sophos::switches::Missing;

use super::support::{GROUPS, NOBODY, empty, sample, text};

#[test]
fn a_new_group_is_custom_and_complete() {
    let mut rig = empty();
    let user = rig.new_user("Ann", "ann@example.com");
    let response = rig.post(GROUPS, json!({"name": "Zürich", "description": "Büro", "userIds": [user]}));
    assert_eq!(response.status, 201);
    let group = response.value();
    let expected = json!({
        "id": group["id"], "name": "Zürich", "displayName": "Zürich", "description": "Büro",
        "users": {"total": 1, "itemsCount": 1, "items": [{"id": user, "name": "Ann"}]},
        "groups": {"total": 0, "itemsCount": 0, "items": []},
        "source": {"type": "custom"}, "tenant": {"id": rig.tenant},
        "createdAt": group["createdAt"], "updatedAt": group["updatedAt"],
    });
    assert_eq!(group, expected);
    assert_eq!(rig.get(&format!("{GROUPS}/{}", text(&group["id"]))).value(), group);
}

#[test]
fn new_groups_that_fail() {
    let mut rig = sample();
    let before = rig.sophos.groups().len();
    for body in [
        json!({}),
        json!({"name": ""}),
        json!({"name": null}),
        json!({"name": "x".repeat(251)}),
        json!({"name": "x", "description": "x".repeat(1001)}),
        json!({"name": "x", "userIds": [1]}),
    ] {
        assert_eq!(rig.post(GROUPS, body.clone()).status, 400, "{body}");
    }
    assert_eq!(rig.post(GROUPS, json!({"name": "x", "userIds": [NOBODY]})).status, 404);
    let synced = rig.user("axel.sync@example.com");
    assert_eq!(rig.post(GROUPS, json!({"name": "x", "userIds": [synced]})).status, 409);
    assert_eq!(rig.post(GROUPS, json!({"name": "ZÜRICH büro"})).status, 409);
    assert_eq!(rig.why(), "the group name is taken");
    assert_eq!(rig.sophos.groups().len(), before);
}

#[test]
fn groups_can_be_renamed_but_not_to_a_taken_name() {
    let mut rig = sample();
    let path = format!("{GROUPS}/{}", rig.group("Empty Room"));
    assert_eq!(rig.patch(&path, json!({"name": "EMPTY room", "description": ""})).status, 200);
    let group = rig.get(&path).value();
    assert_eq!(group["name"], "EMPTY room");
    assert!(group.get("description").is_none());
    assert_eq!(rig.patch(&path, json!({"name": "engineering"})).status, 409);
    assert_eq!(rig.patch(&path, json!({"name": ""})).status, 400);
    assert_eq!(rig.patch(&path, json!({})).status, 200);
    assert_eq!(rig.patch(&format!("{GROUPS}/{NOBODY}"), json!({"name": "x"})).status, 404);
    let synced = format!("{GROUPS}/{}", rig.group("Entra Sales"));
    assert_eq!(rig.patch(&synced, json!({"description": "x"})).status, 409);
    assert_eq!(rig.get(&format!("{GROUPS}/{NOBODY}")).status, 404);
}

#[test]
fn only_empty_custom_groups_can_be_deleted() {
    let mut rig = sample();
    let full = rig.group("Engineering");
    assert_eq!(rig.delete(&format!("{GROUPS}/{full}")).status, 409);
    assert_eq!(rig.why(), "the group has members");
    let synced = rig.group("Domain Users");
    assert_eq!(rig.delete(&format!("{GROUPS}/{synced}")).status, 409);
    assert_eq!(rig.why(), "the group is synced");
    let path = format!("{GROUPS}/{}", rig.group("Empty Room"));
    assert_eq!(rig.delete(&path).value(), json!({"deleted": true}));
    let again = rig.delete(&path);
    assert_eq!((again.status, again.value()), (200, json!({"deleted": false})));
    rig.sophos.switches_mut().group_delete_missing = Missing::NotFound;
    assert_eq!(rig.delete(&path).status, 404);
}
