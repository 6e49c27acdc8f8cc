//! Changing the members of a group.

use serde_json::{Value, json};
use simulator::netskope::switches::UnknownMember;

use super::support::{NOBODY, Rig, USERS, empty};

fn crowd(rig: &mut Rig) -> (String, Vec<String>) {
    let ids = ["ann", "bea", "cat"].map(|name| rig.new_id(name)).to_vec();
    (rig.new_group("Sales", &[]), ids)
}

#[test]
fn members_come_and_go_by_value_in_every_wrapping() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    let id = &ids[0];
    for value in [
        json!([{"value": id}]),
        json!({"value": id}),
        json!([{"value": id, "display": "ann"}]),
        json!({"value": {"value": id}}),
        json!([{"value": {"value": id}}]),
        json!({"value": [{"value": id}]}),
    ] {
        let response = rig.patch(&group, "add", "members", value.clone());
        assert_eq!((response.status, response.body.len()), (204, 0), "{value}");
        assert_eq!(rig.members(&group), [id.as_str()]);
        assert_eq!(rig.patch(&group, "remove", "members", value).status, 204);
        assert!(rig.members(&group).is_empty());
    }
    for value in [json!([{}]), json!(5), json!([{"display": "ann@example.com"}])] {
        assert_eq!(rig.patch(&group, "add", "members", value).status, 400);
    }
}

#[test]
fn what_is_so_already_is_no_failure() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    for _ in 0..2 {
        assert_eq!(rig.patch(&group, "add", "members", json!([{"value": ids[0]}])).status, 204);
    }
    for _ in 0..2 {
        assert_eq!(rig.patch(&group, "remove", "members", json!([{"value": ids[0]}])).status, 204);
    }
    assert!(rig.members(&group).is_empty());
}

#[test]
fn replace_is_for_all_and_an_empty_list_clears() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    rig.patch(&group, "add", "members", json!([{"value": ids[0]}, {"value": ids[1]}]));
    rig.patch(&group, "replace", "members", json!([{"value": ids[1]}, {"value": ids[2]}]));
    assert_eq!(rig.members(&group), [ids[1].clone(), ids[2].clone()]);
    assert_eq!(rig.operations(&group, json!([{"op": "remove", "path": "members"}])).status, 400);
    assert_eq!(rig.members(&group).len(), 2);
    assert_eq!(rig.patch(&group, "replace", "members", json!([])).status, 204);
    assert!(rig.members(&group).is_empty());
}

#[test]
fn several_operations_in_one_request() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    rig.patch(&group, "add", "members", json!([{"value": ids[0]}]));
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": ids[1]}]},
        {"op": "remove", "path": "members", "value": [{"value": ids[0]}]},
        {"op": "replace", "path": "displayname", "value": "Service"},
    ]);
    assert_eq!(rig.operations(&group, operations).status, 204);
    assert_eq!(rig.members(&group), [ids[1].clone()]);
    assert_eq!(rig.get(&group).value()["displayName"], "Service");
}

#[test]
fn an_unknown_member_is_a_switch() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    let value = json!([{"value": ids[0]}, {"value": NOBODY}]);
    for (choice, status, members) in [
        (UnknownMember::BadRequest, 400, 0),
        (UnknownMember::NotFound, 404, 0),
        (UnknownMember::Ignored, 204, 1),
    ] {
        rig.netskope.switches_mut().unknown_member = choice;
        assert_eq!(rig.patch(&group, "add", "members", value.clone()).status, status);
        assert_eq!(rig.members(&group).len(), members, "{choice:?}");
    }
    rig.delete(&format!("{USERS}/{}", ids[1]));
    assert_eq!(rig.patch(&group, "remove", "members", json!([{"value": ids[1]}])).status, 204);
}

#[test]
fn removal_by_a_filter_in_the_path_is_a_switch() {
    let mut rig = empty();
    let (group, ids) = crowd(&mut rig);
    rig.patch(&group, "add", "members", json!([{"value": ids[0]}]));
    let path = format!("members[value eq \"{}\"]", ids[0]);
    let operations = json!([{"op": "remove", "path": path}]);
    assert_eq!(rig.operations(&group, operations.clone()).status, 400);
    rig.netskope.switches_mut().member_filter_path = true;
    assert_eq!(rig.operations(&group, operations).status, 204);
    assert!(rig.members(&group).is_empty());
    assert_eq!(rig.patch(&group, "add", &path, json!("x")).status, 400);
}

#[test]
fn five_thousand_members_fit_unless_there_is_a_limit() {
    let seed = simulator::netskope::Seed::Many { users: 5000 };
    let mut rig = super::support::rig(seed, simulator::netskope::Switches::default());
    let group = rig.new_group("Sales", &[]);
    let all: Vec<Value> = rig.netskope.users().iter().map(|user| json!({"value": user.id})).collect();
    for (most, status, members) in [(Some(1000), 400, 0), (Some(5000), 204, 5000), (None, 204, 5000)] {
        rig.netskope.switches_mut().max_members_per_patch = most;
        assert_eq!(rig.patch(&group, "add", "members", json!(all)).status, status);
        assert_eq!(rig.members(&group).len(), members);
    }
}

#[test]
fn those_whom_scim_does_not_show_are_no_members() {
    let mut rig = super::support::sample();
    let group = rig.new_group("Sales", &[]);
    let axel = rig.netskope.user_by_email("axel.import@example.com").unwrap().id;
    assert_eq!(rig.patch(&group, "add", "members", json!([{"value": axel}])).status, 400);
}
