//! Pages, counters and the order of lists.

use std::collections::BTreeSet;

use serde_json::json;
use simulator::netskope::switches::{
    CountZero, EmptyList, IndexTypes, ItemsPerPage, ResourcesKey, RowOrder, StartIndex, TotalResults,
};
use simulator::netskope::{Seed, Switches};

use super::support::{GROUPS, Rig, USERS, empty, keys, person, rig, text};

fn many(users: usize) -> Rig {
    rig(Seed::Many { users }, Switches::default())
}

fn page(rig: &mut Rig, query: &str) -> serde_json::Value {
    let response = rig.get(&format!("{USERS}?{query}"));
    assert_eq!(response.status, 200, "{}", response.value());
    response.value()
}

#[test]
fn a_page_is_a_list_response() {
    let mut rig = many(250);
    let list = page(&mut rig, "");
    assert_eq!(keys(&list), ["schemas", "totalResults", "itemsPerPage", "startIndex", "Resources"]);
    let counters = (&list["totalResults"], &list["itemsPerPage"], &list["startIndex"]);
    assert_eq!(counters, (&json!(250), &json!(100), &json!(1)));
    let list = page(&mut rig, "startIndex=240&count=20");
    let counters = (&list["totalResults"], &list["itemsPerPage"], &list["startIndex"]);
    assert_eq!(counters, (&json!(250), &json!(11), &json!(240)));
    assert_eq!(list["Resources"][0]["userName"], "user000240@example.com");
}

#[test]
fn how_many_rows_come_is_a_switch() {
    let mut rig = many(250);
    assert_eq!(rig.names("count=1000").len(), 200);
    for (most, rows) in [(Some(50), 50), (None, 250)] {
        rig.netskope.switches_mut().max_count = most;
        assert_eq!(rig.names("count=1000").len(), rows);
    }
    for (default, rows) in [(Some(20), 20), (Some(100), 100), (None, 250)] {
        rig.netskope.switches_mut().default_count = default;
        assert_eq!(rig.names("").len(), rows);
    }
}

#[test]
fn a_count_of_zero_is_a_switch() {
    let mut rig = many(30);
    let list = page(&mut rig, "count=0");
    assert_eq!((&list["totalResults"], list.get("Resources")), (&json!(30), None));
    assert_eq!(page(&mut rig, "count=-5")["itemsPerPage"], 0);
    rig.netskope.switches_mut().count_zero = CountZero::DefaultPage;
    assert_eq!(rig.names("count=0").len(), 30);
    rig.netskope.switches_mut().count_zero = CountZero::Rejected;
    assert_eq!(rig.get(&format!("{USERS}?count=0")).status, 400);
}

#[test]
fn start_index_is_a_switch() {
    let mut rig = many(30);
    assert_eq!(rig.names("startIndex=11&count=10")[0], "user000011@example.com");
    assert_eq!(rig.names("startIndex=0&count=10")[0], "user000001@example.com");
    assert!(rig.names("startIndex=31").is_empty());
    rig.netskope.switches_mut().start_index = StartIndex::Ignored;
    assert_eq!(rig.names("startIndex=11&count=10")[0], "user000001@example.com");
    for query in ["startIndex=x", "count=x"] {
        assert_eq!(rig.get(&format!("{USERS}?{query}")).status, 400);
    }
}

#[test]
fn an_empty_list_is_a_switch() {
    let mut rig = empty();
    for (choice, rows) in [
        (EmptyList::OmitResources, None),
        (EmptyList::EmptyArray, Some(json!([]))),
        (EmptyList::Null, Some(json!(null))),
    ] {
        rig.netskope.switches_mut().empty_list = choice;
        for path in [USERS, GROUPS] {
            let list = rig.get(path).value();
            assert_eq!((list.get("Resources"), &list["totalResults"]), (rows.as_ref(), &json!(0)));
        }
    }
}

#[test]
fn the_key_of_the_rows_is_a_switch() {
    let mut rig = many(3);
    for (choice, key) in [
        (ResourcesKey::Resources, "Resources"),
        (ResourcesKey::LowerCase, "resources"),
        (ResourcesKey::Data, "data"),
    ] {
        rig.netskope.switches_mut().resources_key = choice;
        assert_eq!(page(&mut rig, "")[key].as_array().unwrap().len(), 3);
    }
}

#[test]
fn what_the_counters_say_is_a_switch() {
    let mut rig = many(30);
    rig.netskope.switches_mut().index_types = IndexTypes::Text;
    let list = page(&mut rig, "startIndex=25&count=10");
    let counters = (&list["totalResults"], &list["itemsPerPage"], &list["startIndex"]);
    assert_eq!(counters, (&json!("30"), &json!("6"), &json!("25")));
    rig.netskope.switches_mut().index_types = IndexTypes::Int;
    rig.netskope.switches_mut().items_per_page = ItemsPerPage::Requested;
    assert_eq!(page(&mut rig, "startIndex=25&count=10")["itemsPerPage"], 10);
    rig.netskope.switches_mut().total_results = TotalResults::PageLength;
    assert_eq!(page(&mut rig, "startIndex=25&count=10")["totalResults"], 6);
}

#[test]
fn the_order_is_a_switch() {
    let mut rig = many(30);
    assert_eq!(rig.names("count=1"), ["user000001@example.com"]);
    rig.netskope.switches_mut().row_order = RowOrder::Newest;
    assert_eq!(rig.names("count=1"), ["user000030@example.com"]);
    rig.netskope.switches_mut().row_order = RowOrder::Unstable;
    let firsts: BTreeSet<String> = (0..5).map(|_| rig.names("count=1").remove(0)).collect();
    assert_eq!(firsts.len(), 5);
}

#[test]
fn reads_can_lag_behind_writes() {
    let mut rig = empty();
    rig.netskope.switches_mut().read_lag_ms = 1500;
    rig.get(USERS);
    let path = rig.new_user("ann");
    assert_eq!((rig.get(&path).status, rig.get(&path).status), (404, 200));
    assert_eq!(rig.post(USERS, person("ann")).status, 409);
    rig.patch(&path, "replace", "active", json!(false));
    assert_eq!(rig.get(&path).value()["active"], true);
    assert_eq!(rig.get(&path).value()["active"], false);
}

#[test]
fn whether_lists_know_attributes_is_a_switch() {
    let mut rig = empty();
    let id = rig.new_id("ann");
    rig.new_group("G", &[&id]);
    let list = format!("{GROUPS}?attributes=members");
    assert_eq!(keys(&rig.get(&list).value()["Resources"][0]), ["id", "displayName"]);
    rig.netskope.switches_mut().list_honours_attributes = true;
    let row = rig.get(&list).value()["Resources"][0].clone();
    assert_eq!(text(&row["members"][0]["value"]), id);
}
