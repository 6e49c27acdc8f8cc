//! Roles and permission sets.

use serde_json::json;

use super::support::{ADMINS, NOBODY, ROLES, column, names, sample, text};

#[test]
fn roles_are_listed_and_filtered() {
    let mut rig = sample();
    let all = rig.get(ROLES);
    assert_eq!(names(&all).len(), 8);
    assert!(all.value().get("pages").is_none());
    let people = names(&rig.get(&format!("{ROLES}?principalType=user&type=predefined")));
    assert_eq!(people, ["Super Admin", "Admin", "Help Desk", "Read-only"]);
    assert!(names(&rig.get(&format!("{ROLES}?type=custom"))).is_empty());
    assert_eq!(rig.get(&format!("{ROLES}?type=odd")).status, 400);
    let one = rig.get(&format!("{ROLES}/{}?fields=type", column(&all, "id")[0])).value();
    assert_eq!(one["type"], "predefined");
    assert!(one.get("name").is_none());
    assert_eq!(rig.get(&format!("{ROLES}/{NOBODY}")).status, 404);
}

#[test]
fn custom_roles_live_and_die() {
    let mut rig = sample();
    let body = json!({
        "name": "Keeper", "description": "Keeps", "principalType": "user", "permissionSets": ["endpoint_product_admin"],
    });
    let response = rig.post(ROLES, body.clone());
    assert_eq!(response.status, 201);
    let role = response.value();
    assert_eq!((&role["type"], &role["principalType"]), (&json!("custom"), &json!("user")));
    assert_eq!(rig.post(ROLES, body).status, 409);
    let path = format!("{ROLES}/{}", text(&role["id"]));
    let patched = rig.patch(&path, json!({"name": "Guard", "permissionSets": ["central_admin"]})).value();
    assert_eq!((&patched["name"], &patched["permissionSets"]), (&json!("Guard"), &json!(["central_admin"])));
    assert_eq!(patched["description"], "Keeps");
    assert_eq!(rig.patch(&path, json!({"name": "super admin"})).status, 409);

    let admin = rig.sophos.admins()[1].id.clone();
    rig.post(&format!("{ADMINS}/{admin}/role-assignments"), json!({"roleId": role["id"]}));
    assert_eq!(rig.delete(&path).status, 409);
    rig.delete(&format!("{ADMINS}/{admin}"));
    assert_eq!(rig.delete(&path).value(), json!({"deleted": true}));
    assert_eq!(rig.delete(&path).value(), json!({"deleted": false}));
    assert_eq!(rig.patch(&path, json!({"name": "x"})).status, 404);
}

#[test]
fn malformed_and_reserved_roles() {
    let mut rig = sample();
    let good = json!({"name": "x", "principalType": "user", "permissionSets": ["central_admin"]});
    for (field, value, status) in [
        ("name", json!(""), 400),
        ("name", json!("x".repeat(101)), 400),
        ("name", json!("Super Admin"), 409),
        ("principalType", json!("robot"), 400),
        ("permissionSets", json!([]), 400),
        ("permissionSets", json!("central_admin"), 400),
        ("permissionSets", json!(["unheard_of"]), 400),
        ("permissionSets", json!(["central_super_admin"]), 400),
    ] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(rig.post(ROLES, body.clone()).status, status, "{body}");
    }
    let predefined = format!("{ROLES}/{}", rig.role("Admin"));
    assert_eq!(rig.patch(&predefined, json!({"name": "x"})).status, 409);
    assert_eq!(rig.delete(&predefined).status, 409);
    let switches = rig.sophos.switches_mut();
    switches.predefined_role_status = 403;
    switches.bad_permission_set_status = 404;
    switches.max_role_name = 3;
    assert_eq!(rig.delete(&predefined).status, 403);
    let mut body = good.clone();
    body["permissionSets"] = json!(["unheard_of"]);
    assert_eq!(rig.post(ROLES, body).status, 404);
    let mut body = good;
    body["name"] = json!("four");
    assert_eq!(rig.post(ROLES, body).status, 400);
}

#[test]
fn permission_sets_are_listed_and_filtered() {
    let mut rig = sample();
    let path = format!("{ROLES}/permission-sets");
    let all = rig.get(&path);
    assert!(column(&all, "id").contains(&"endpoint_product_admin".to_owned()));
    assert_eq!(
        column(&rig.get(&format!("{path}?product=endpoint&access=readOnly&fields=name")), "id"),
        ["endpoint_product_read_only"]
    );
    let closed = column(&rig.get(&format!("{path}?allowedInCustomRole=False")), "id");
    assert_eq!(closed, ["central_super_admin"]);
    let service = column(&rig.get(&format!("{path}?principalType=service&type=product")), "id");
    assert!(service.is_empty());
    assert_eq!(rig.get(&format!("{path}?access=some")).status, 400);
}
