//! The tenant extension and its limits.

use serde_json::{Map, Value, json};
use simulator::netskope::TENANT_URN;
use simulator::netskope::switches::TenantOverLimit;

use super::support::{Rig, USERS, empty, person_and, text};

fn create(rig: &mut Rig, name: &str, attributes: &Value) -> Result<Value, u16> {
    let response = rig.post(USERS, person_and(name, json!({TENANT_URN: attributes})));
    if response.status != 201 {
        return Err(response.status);
    }
    let path = format!("{USERS}/{}", text(&response.value()["id"]));
    Ok(rig.get(&path).value()[TENANT_URN].clone())
}

fn numbered(count: usize) -> Value {
    Value::Object((0..count).map(|number| (format!("a{number}"), json!("x"))).collect::<Map<_, _>>())
}

#[test]
fn any_attribute_is_kept_within_the_limits() {
    let mut rig = empty();
    let most = json!({"k".repeat(32): "ü".repeat(64), "floor": 3, "blue": true, "none": null});
    let kept = create(&mut rig, "ann", &most).unwrap();
    assert_eq!(kept, json!({"k".repeat(32): "ü".repeat(64), "floor": 3, "blue": true}));
    assert_eq!(create(&mut rig, "bea", &numbered(15)).unwrap(), numbered(15));
}

#[test]
fn over_a_limit_is_400_with_a_description() {
    let mut rig = empty();
    for (number, attributes) in
        [numbered(16), json!({"k".repeat(33): "x"}), json!({"k": "x".repeat(65)})].iter().enumerate()
    {
        assert_eq!(create(&mut rig, &format!("ann{number}"), attributes), Err(400));
        assert!(rig.why().contains("tenant"));
    }
    assert!(rig.netskope.users().is_empty());
}

#[test]
fn the_limits_are_switches() {
    let mut rig = empty();
    rig.netskope.switches_mut().tenant_max_attributes = Some(5);
    assert_eq!(create(&mut rig, "ann", &numbered(6)), Err(400));
    rig.netskope.switches_mut().tenant_max_attributes = None;
    assert_eq!(create(&mut rig, "ann", &numbered(40)).unwrap(), numbered(40));
    rig.netskope.switches_mut().tenant_max_key = None;
    rig.netskope.switches_mut().tenant_max_value = None;
    let long = json!({"k".repeat(200): "x".repeat(2000)});
    assert_eq!(create(&mut rig, "bea", &long).unwrap(), long);
}

#[test]
fn what_happens_over_a_limit_is_a_switch() {
    let mut rig = empty();
    rig.netskope.switches_mut().tenant_over_limit = TenantOverLimit::Truncated;
    assert_eq!(create(&mut rig, "ann", &numbered(20)).unwrap(), numbered(15));
    let kept = create(&mut rig, "bea", &json!({"k".repeat(40): "x".repeat(100)})).unwrap();
    assert_eq!(kept, json!({"k".repeat(32): "x".repeat(64)}));
}

#[test]
fn a_patch_adds_changes_and_removes_within_the_limits() {
    let mut rig = empty();
    let path = rig.new_user("ann");
    let badge = format!("{TENANT_URN}:badge");
    assert_eq!(rig.patch(&path, "add", &badge, json!("blue")).status, 204);
    assert_eq!(rig.patch(&path, "replace", &badge, json!("x".repeat(65))).status, 400);
    assert_eq!(rig.get(&path).value()[TENANT_URN], json!({"badge": "blue"}));
    assert!(rig.get(&path).value()["schemas"].as_array().unwrap().contains(&json!(TENANT_URN)));
    assert_eq!(rig.operations(&path, json!([{"op": "remove", "path": badge}])).status, 204);
    assert!(rig.get(&path).value().get(TENANT_URN).is_none());
}
