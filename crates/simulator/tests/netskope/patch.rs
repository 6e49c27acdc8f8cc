//! PATCH of people, and what both kinds share.

use serde_json::{Value, json};
use simulator::netskope::switches::{Case, Clearing, PatchResponse, PathEnum};

use super::support::{GROUPS, Rig, USERS, empty, person_and, text};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const TENANT: &str = "urn:ietf:params:scim:schemas:extension:tenant:2.0:User";

#[test]
fn every_path_of_the_enum_works_and_the_answer_is_empty() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    for (name, pointer) in [
        ("userName", "/userName"),
        ("name.givenname", "/name/givenName"),
        ("name.familyname", "/name/familyName"),
        ("externalid", "/externalId"),
        ("emails[type eq work].value", "/emails/0/value"),
        ("title", "/title"),
        ("displayName", "/displayName"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "department"),
        ("urn:ietf:params:scim:schemas:extension:tenant:2.0:User:badge", "badge"),
    ] {
        let response = rig.patch(&path, "replace", name, json!("new@example.com"));
        assert_eq!((response.status, response.body.len()), (204, 0), "{name}");
        let user = rig.get(&path).value();
        let value = match pointer {
            "department" => &user[ENTERPRISE]["department"],
            "badge" => &user[TENANT]["badge"],
            pointer => user.pointer(pointer).unwrap(),
        };
        assert_eq!(value, "new@example.com", "{name}");
    }
}

#[test]
fn values_may_be_wrapped() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    for value in [json!(false), json!({"value": true}), json!({"value": {"value": false}}), json!("True")] {
        assert_eq!(rig.patch(&path, "replace", "active", value).status, 204);
    }
    assert_eq!(rig.get(&path).value()["active"], true);
    assert_eq!(rig.patch(&path, "add", "userName", json!({"value": "new"})).status, 204);
    assert_eq!(rig.get(&path).value()["userName"], "new");
    let manager = format!("{ENTERPRISE}:manager");
    assert_eq!(rig.patch(&path, "replace", &manager, json!({"value": "m1"})).status, 204);
    assert_eq!(rig.get(&path).value()[ENTERPRISE]["manager"], json!({"value": "m1"}));
}

#[test]
fn the_answer_is_a_switch() {
    let mut rig = empty();
    let (user, group) = (rig.new_user("ann"), rig.new_group("Sales", &[]));
    rig.netskope.switches_mut().patch_response = PatchResponse::Body;
    let response = rig.patch(&user, "replace", "active", json!(false));
    assert_eq!((response.status, &response.value()["active"]), (200, &json!(false)));
    let response = rig.patch(&group, "replace", "displayname", json!("Service"));
    assert_eq!((response.status, &response.value()["displayName"]), (200, &json!("Service")));
}

#[test]
fn the_case_of_paths_is_a_switch() {
    let mut rig = empty();
    let (user, group) = (rig.new_user("ann"), rig.new_group("Sales", &[]));
    let odd =
        [(&user, "name.givenName"), (&user, "USERNAME"), (&group, "displayName"), (&group, "externalId")];
    for (path, name) in odd {
        rig.netskope.switches_mut().path_case = Case::Insensitive;
        assert_eq!(rig.patch(path, "replace", name, json!("x")).status, 204, "{name}");
        rig.netskope.switches_mut().path_case = Case::Strict;
        assert_eq!(rig.patch(path, "replace", name, json!("x")).status, 400, "{name}");
    }
    for (path, name) in [(&user, "name.givenname"), (&group, "displayname"), (&group, "members")] {
        let value = if name == "members" { json!([]) } else { json!("y") };
        assert_eq!(rig.patch(path, "replace", name, value).status, 204, "{name}");
    }
}

#[test]
fn the_case_of_op_is_a_switch() {
    let mut rig = empty();
    let user = rig.new_user("ann");
    assert_eq!(rig.patch(&user, "Replace", "active", json!(false)).status, 204);
    rig.netskope.switches_mut().op_case = Case::Strict;
    assert_eq!(rig.patch(&user, "Replace", "active", json!(true)).status, 400);
    assert_eq!(rig.patch(&user, "replace", "active", json!(true)).status, 204);
    assert_eq!(rig.patch(&user, "move", "active", json!(true)).status, 400);
}

#[test]
fn which_paths_there_are_is_a_switch() {
    let mut rig = empty();
    let user = rig.new_user("ann");
    rig.netskope.switches_mut().path_enum = PathEnum::Spec2024;
    for path in ["title", &format!("{ENTERPRISE}:department"), &format!("{TENANT}:badge")] {
        assert_eq!(rig.patch(&user, "replace", path, json!("x")).status, 400, "{path}");
    }
    for path in ["userName", "externalid"] {
        assert_eq!(rig.patch(&user, "replace", path, json!("x")).status, 204);
    }
    assert_eq!(rig.patch(&user, "replace", "active", json!(false)).status, 204);
    rig.netskope.switches_mut().path_enum = PathEnum::Spec2026;
    rig.netskope.switches_mut().profile_attributes = false;
    assert_eq!(rig.patch(&user, "replace", "title", json!("x")).status, 400);
}

#[test]
fn no_other_spelling_of_a_path_is_known() {
    let mut rig = empty();
    let user = rig.new_user("ann");
    for path in [
        "emails[type eq \"work\"].value",
        "emails",
        "name",
        "roles",
        "",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:shoeSize",
        "urn:ietf:params:scim:schemas:extension:tenant:2.0:User:",
        "urn:ietf:params:scim:schemas:extension:tenant:2.0:User",
    ] {
        assert_eq!(rig.patch(&user, "replace", path, json!("x@example.com")).status, 400, "{path}");
    }
}

#[test]
fn operations_without_a_path_are_a_switch() {
    let mut rig = empty();
    let ann = rig.new_id("ann");
    let (user, group) = (format!("{USERS}/{ann}"), rig.new_group("Sales", &[]));
    let to_user = json!([{"op": "replace", "value": {
        "id": "x", "active": false, "userName": "new", "name": {"givenName": "Ann"}, "externalId": "e",
        "emails": [{"value": "new@example.com"}], TENANT: {"badge": "blue"}, ENTERPRISE: {"department": "Sales"},
    }}]);
    let to_group =
        json!([{"op": "replace", "value": {"displayName": "Service", "members": [{"value": ann}]}}]);
    assert_eq!(rig.operations(&user, to_user.clone()).status, 400);
    assert_eq!(rig.operations(&group, to_group.clone()).status, 400);
    rig.netskope.switches_mut().pathless_patch = true;
    assert_eq!(rig.operations(&user, to_user).status, 204);
    assert_eq!(rig.operations(&group, to_group).status, 204);
    let value = rig.get(&user).value();
    assert_eq!((&value["active"], &value["userName"]), (&json!(false), &json!("new")));
    assert_eq!((&value["name"]["givenName"], &value[TENANT]["badge"]), (&json!("Ann"), &json!("blue")));
    assert_eq!(rig.members(&group), [ann]);
    assert_eq!(rig.operations(&user, json!([{"op": "remove"}])).status, 400);
    assert_eq!(rig.operations(&user, json!([{"op": "replace", "value": {"roles": []}}])).status, 400);
}

#[test]
fn malformed_bodies_change_nothing() {
    let mut rig = empty();
    let user = rig.new_user("ann");
    let before = rig.get(&user).value();
    for body in [
        json!({}),
        json!({"Operations": []}),
        json!({"operations": [{"op": "replace", "path": "active", "value": false}]}),
        json!({"Operations": [{"path": "active", "value": false}]}),
        json!({"Operations": [{"op": "replace", "path": 5, "value": false}]}),
        json!({"Operations": [{"op": "replace", "path": "active"}]}),
        json!({"Operations": [{"op": "replace", "path": "active", "value": null}]}),
        json!({"Operations": [{"op": "replace", "path": "userName", "value": ""}]}),
        json!({"Operations": [{"op": "remove", "path": "userName"}]}),
        json!({"Operations": [{"op": "remove", "path": "active"}]}),
    ] {
        assert_eq!(rig.send("PATCH", &user, body.clone()).status, 400, "{body}");
    }
    assert_eq!(rig.get(&user).value(), before);
}

#[test]
fn whether_a_failed_patch_leaves_something_is_a_switch() {
    let mut rig = empty();
    for atomic in [false, true] {
        rig.netskope.switches_mut().patch_is_atomic = atomic;
        let user = rig.new_user(&format!("ann-{atomic}"));
        let group = rig.new_group(&format!("Sales {atomic}"), &[]);
        let bad = json!({"op": "replace", "path": "nowhere", "value": "x"});
        let operations = json!([{"op": "replace", "path": "externalid", "value": "new"}, bad]);
        for path in [&user, &group] {
            assert_eq!(rig.operations(path, operations.clone()).status, 400);
            assert_eq!(rig.netskope.journal().last().unwrap().applied, !atomic);
            assert_eq!(rig.get(path).value().get("externalId").is_some(), !atomic, "{path}");
        }
    }
}

fn clear(rig: &mut Rig, path: &str, operation: &Value) -> (u16, bool) {
    rig.netskope.switches_mut().clearing = Clearing::Both;
    rig.patch(path, "replace", "title", json!("Boss"));
    (rig.operations(path, json!([operation])).status, rig.get(path).value().get("title").is_none())
}

#[test]
fn what_clears_is_a_switch() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    let by_remove = json!({"op": "remove", "path": "title"});
    let by_text = json!({"op": "replace", "path": "title", "value": ""});
    assert_eq!(clear(&mut rig, &path, &by_remove), (204, true));
    assert_eq!(clear(&mut rig, &path, &by_text), (204, true));
    rig.patch(&path, "replace", "title", json!("Boss"));
    rig.netskope.switches_mut().clearing = Clearing::Remove;
    assert_eq!(rig.operations(&path, json!([by_text.clone()])).status, 400);
    assert_eq!(rig.operations(&path, json!([by_remove.clone()])).status, 204);
    rig.netskope.switches_mut().clearing = Clearing::EmptyText;
    assert_eq!(rig.operations(&path, json!([by_remove])).status, 400);
    assert_eq!(rig.operations(&path, json!([by_text])).status, 204);
}

#[test]
fn keys_stay_unique_and_may_be_immutable() {
    let mut rig = empty();
    let (ann, _) = (rig.new_user("ann"), rig.new_user("bea"));
    assert_eq!(rig.patch(&ann, "replace", "userName", json!("BEA@example.com")).status, 409);
    let email = "emails[type eq work].value";
    assert_eq!(rig.patch(&ann, "replace", email, json!("bea@example.com")).status, 409);
    rig.netskope.switches_mut().immutable_username_email = true;
    for (path, value) in [("userName", "new"), (email, "new@example.com")] {
        assert_eq!(rig.patch(&ann, "replace", path, json!(value)).status, 204);
    }
    let put = person_and("new", json!({"title": "Boss"}));
    assert_eq!(rig.send("PUT", &ann, put).status, 200);
    let user = rig.get(&ann).value();
    assert_eq!((text(&user["userName"]).as_str(), &user["title"]), ("ann@example.com", &json!("Boss")));
    assert_eq!(user["emails"][0]["value"], "ann@example.com");
    assert_eq!(rig.get(GROUPS).status, 200);
}
