//! What is off in the faithful profiles.

use std::collections::BTreeSet;

use serde_json::json;
use simulator::http::Effect;
use simulator::netskope::{Seed, Switches};

use super::support::{GROUPS, USERS, empty, rig, with};

#[test]
fn links_can_lead_elsewhere() {
    let mut rig = with(|switches| switches.foreign_links = true);
    let id = rig.new_id("ann");
    let group = rig.new_group("Sales", &[&id]);
    let user = rig.get(&format!("{USERS}/{id}")).value();
    assert_eq!(user["meta"]["location"], format!("https://internal.example.com/scim/Users/{id}"));
    let member = rig.get(&format!("{group}?attributes=members")).value()["members"][0].clone();
    assert!(member["$ref"].as_str().unwrap().starts_with("https://internal.example.com/"));
}

#[test]
fn objects_can_have_keys_that_are_no_attributes() {
    let mut rig = with(|switches| switches.stray_keys = true);
    let (user, group) = (rig.new_user("ann"), rig.new_group("Sales", &[]));
    for path in [user, group] {
        assert!(rig.get(&path).value()["metadata"].is_object());
    }
    for path in [USERS, GROUPS] {
        assert!(rig.get(path).value()["Resources"][0]["metadata"].is_object());
    }
}

#[test]
fn pages_can_overlap_but_none_is_lost() {
    let mut rig = rig(Seed::Many { users: 25 }, Switches { duplicate_rows: true, ..Switches::default() });
    let pages: Vec<Vec<String>> =
        [1, 11, 21].map(|start| rig.names(&format!("startIndex={start}&count=10"))).to_vec();
    assert_eq!(pages[1][0], pages[0][9]);
    assert_eq!(pages[1].len(), 10);
    let all: BTreeSet<_> = pages.into_iter().flatten().collect();
    assert_eq!(all.len(), 25);
}

#[test]
fn an_unfiltered_list_can_end_with_junk() {
    let mut rig = with(|switches| switches.junk_rows = true);
    rig.new_user("ann");
    let list = rig.get(USERS).value();
    assert_eq!(list["totalResults"], 1);
    assert_eq!(list["Resources"][1], json!({"displayName": "default"}));
    let list = rig.get(&format!("{USERS}?filter=userName%20eq%20ann@example.com")).value();
    assert_eq!(list["Resources"].as_array().unwrap().len(), 1);
}

#[test]
fn a_read_can_answer_with_somebody_else() {
    let mut rig = empty();
    let (ann, _) = (rig.new_user("ann"), rig.new_user("bea"));
    let (sales, _) = (rig.new_group("Sales", &[]), rig.new_group("Staff", &[]));
    rig.netskope.switches_mut().wrong_id = true;
    assert_eq!(rig.get(&ann).value()["userName"], "bea@example.com");
    assert_eq!(rig.get(&sales).value()["displayName"], "Staff");
}

#[test]
fn every_so_many_requests_one_fails_in_another_way() {
    let mut rig = with(|switches| switches.fault_every = Some(3));
    let mut bad = Vec::new();
    for number in 1..=27 {
        let response = rig.get(USERS);
        let fine =
            rig.effect == Effect::Send && response.status == 200 && response.value()["schemas"].is_array();
        assert_eq!(fine, number % 3 != 0, "request {number}");
        if !fine {
            bad.push((response.status, rig.effect.answers()));
        }
    }
    let distinct: BTreeSet<_> = bad.iter().collect();
    assert!(bad.len() == 9 && distinct.len() >= 5, "{bad:?}");
    rig.netskope.switches_mut().fault_every = None;
    assert!((0..20).all(|_| rig.get(USERS).status == 200));
}
