//! Lists: paging, searching, filtering, sorting, partial answers.

use serde_json::json;
use simulator::sophos::Seed;
use simulator::sophos::switches::{Direction, DottedFields, Filters, Order, OutOfRange, SearchWords};

use super::support::{GROUPS, NOBODY, Rig, USERS, column, names, rig, sample};

fn users(rig: &mut Rig, query: &str) -> Vec<String> {
    names(&rig.get(&format!("{USERS}?{query}")))
}

#[test]
fn pages_cover_everything_once() {
    let mut rig = rig(Seed::Many { users: 230 });
    let first = rig.get(USERS).value();
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    assert_eq!(first["pages"], json!({"current": 1, "size": 50, "maxSize": 100}));
    let mut seen = Vec::new();
    for page in 1..=3 {
        seen.extend(column(&rig.get(&format!("{USERS}?page={page}&pageSize=100&sort=id")), "id"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 230);
    let totals = rig.get(&format!("{USERS}?pageSize=2&pageTotal=True")).value();
    assert_eq!(totals["pages"], json!({"current": 1, "size": 2, "total": 115, "items": 230, "maxSize": 100}));
    let past = rig.get(&format!("{USERS}?page=99")).value();
    assert_eq!(past, json!({"items": [], "pages": {"current": 99, "size": 50, "maxSize": 100}}));
}

#[test]
fn pages_out_of_range_are_a_switch() {
    let mut rig = rig(Seed::Many { users: 120 });
    let queries =
        ["page=0", "page=-1", "page=x", "pageSize=0", "pageSize=101", "pageSize=x", "pageTotal=maybe"];
    for query in queries {
        assert_eq!(rig.get(&format!("{USERS}?{query}")).status, 400, "{query}");
    }
    rig.sophos.switches_mut().page_out_of_range = OutOfRange::Clamp;
    let pages = |rig: &mut Rig, query: &str| rig.get(&format!("{USERS}?{query}")).value()["pages"].clone();
    assert_eq!(pages(&mut rig, "page=0")["current"], 1);
    assert_eq!(pages(&mut rig, "page=x")["current"], 1);
    assert_eq!(pages(&mut rig, "pageSize=0")["size"], 1);
    assert_eq!(pages(&mut rig, "pageSize=5000")["size"], 100);
    assert_eq!(pages(&mut rig, "pageSize=x")["size"], 50);
}

#[test]
fn search_looks_in_the_name_unless_told_otherwise() {
    let mut rig = sample();
    assert_eq!(users(&mut rig, "search=BEN+adl"), ["Ben Adler"]);
    assert_eq!(users(&mut rig, "search=ben%20adl"), ["Ben Adler"]);
    assert!(users(&mut rig, "search=ben.adler%40example.com").is_empty());
    assert_eq!(users(&mut rig, "search=ben.adler%40example.com&searchFields=email"), ["Ben Adler"]);
    assert_eq!(users(&mut rig, "search=KARL.GROSS&searchFields=email"), ["Karl Groß"]);
    assert_eq!(users(&mut rig, "search=m%C3%BCller"), ["Zoë Müller-Lüdenscheidt"]);
    assert_eq!(users(&mut rig, "search=%E5%B1%B1%E7%94%B0&searchFields=lastName"), ["太郎 山田"]);
    assert_eq!(users(&mut rig, "search=smith.robert&searchFields=email,exchangeLogin"), ["Robert Smith"]);
    assert_eq!(users(&mut rig, "search=EXAMPLE%5C"), ["EXAMPLE\\bjung", "EXAMPLE\\scanner"]);
    assert_eq!(rig.get(&format!("{USERS}?search=x&searchFields=id")).status, 400);
    assert_eq!(names(&rig.get(&format!("{GROUPS}?search=badge&searchFields=description"))), ["All Staff"]);
    assert!(names(&rig.get(&format!("{GROUPS}?search=badge"))).is_empty());
    assert_eq!(rig.get(&format!("{GROUPS}?search=x&searchFields=email")).status, 400);
}

#[test]
fn how_words_combine_is_a_switch() {
    let mut rig = sample();
    assert!(users(&mut rig, "search=adler+ben").is_empty());
    rig.sophos.switches_mut().search_words = SearchWords::All;
    assert_eq!(users(&mut rig, "search=adler+ben"), ["Ben Adler"]);
    rig.sophos.switches_mut().search_words = SearchWords::Any;
    assert!(users(&mut rig, "search=adler+ben").len() > 12);
}

#[test]
fn filters_narrow_and_combine() {
    let mut rig = sample();
    let (ben, axel) = (rig.user("ben.adler@example.com"), rig.user("axel.sync@example.com"));
    assert_eq!(users(&mut rig, &format!("ids={ben},{axel},{NOBODY}")), ["Ben Adler", "Axel Sync"]);
    assert_eq!(users(&mut rig, &format!("ids={ben}&ids={axel}")).len(), 2);
    assert_eq!(users(&mut rig, "sourceType=activeDirectory").len(), 6);
    assert_eq!(users(&mut rig, "sourceType=azureActiveDirectory").len(), 5);
    assert_eq!(users(&mut rig, "domain=example").len(), 6);
    let mixed = rig.group("Project Mixed");
    assert_eq!(users(&mut rig, &format!("groupId={mixed}")), ["Ben Adler", "Axel Sync"]);
    assert!(users(&mut rig, &format!("groupId={NOBODY}")).is_empty());
    assert_eq!(users(&mut rig, &format!("groupId={mixed}&sourceType=custom")), ["Ben Adler"]);
    let groups = names(&rig.get(&format!("{GROUPS}?userId={axel}")));
    assert_eq!(groups, ["Project Mixed", "Domain Users"]);
    assert_eq!(names(&rig.get(&format!("{GROUPS}?sourceType=azureActiveDirectory"))), ["Entra Sales"]);
    let of_user = format!("{USERS}/{axel}/groups?sourceType=custom&search=mix");
    assert_eq!(names(&rig.get(&of_user)), ["Project Mixed"]);
    for query in ["ids=x", "groupId=x", "sourceType=google"] {
        assert_eq!(rig.get(&format!("{USERS}?{query}")).status, 400, "{query}");
    }
    rig.sophos.switches_mut().filters = Filters::Any;
    assert_eq!(users(&mut rig, &format!("ids={ben}&sourceType=activeDirectory")).len(), 7);
    assert_eq!(users(&mut rig, "pageSize=100").len(), 100);
}

#[test]
fn the_ids_filter_has_a_limit() {
    let mut rig = sample();
    let ids = vec![NOBODY; 51].join(",");
    assert_eq!(rig.get(&format!("{USERS}?ids={ids}")).status, 400);
    rig.sophos.switches_mut().max_ids_filter = 51;
    assert_eq!(rig.get(&format!("{USERS}?ids={ids}")).status, 200);
}

#[test]
fn sorting() {
    let mut rig = sample();
    let query = "search=adler&sort=firstName:desc&pageSize=2";
    assert_eq!(users(&mut rig, query), ["Mia Adler", "Lars Adler"]);
    assert_eq!(users(&mut rig, "search=sync&sort=email&pageSize=1"), ["Alma Sync"]);
    let by_last = users(&mut rig, "search=dirk&sort=lastName:desc,firstName:asc&pageSize=1");
    assert_eq!(by_last, ["Dirk Jung"]);
    let newest = users(&mut rig, "sort=createdAt:desc&pageSize=1");
    assert_eq!(newest, ["Sales Mailbox"]);
    for query in ["sort=shoeSize", "sort=name:up"] {
        assert_eq!(rig.get(&format!("{USERS}?{query}")).status, 400);
    }
    assert_eq!(rig.get(&format!("{GROUPS}?sort=email")).status, 400);
    rig.sophos.switches_mut().sort_default = Direction::Desc;
    assert_eq!(users(&mut rig, "search=sync&sort=email&pageSize=1"), ["Emil Sync"]);
    assert_eq!(users(&mut rig, "search=sync&sort=email:asc&pageSize=1"), ["Alma Sync"]);
}

#[test]
fn the_order_without_sort_is_a_switch() {
    let mut rig = sample();
    assert_eq!(users(&mut rig, "pageSize=1"), ["Ben Adler"]);
    rig.sophos.switches_mut().default_order = Order::NewestFirst;
    assert_eq!(users(&mut rig, "pageSize=1"), ["Sales Mailbox"]);
    rig.sophos.switches_mut().default_order = Order::Id;
    let ids = column(&rig.get(USERS), "id");
    assert!(ids.is_sorted());
}

#[test]
fn partial_answers() {
    let mut rig = sample();
    let list = rig.get(&format!("{USERS}?fields=email&pageSize=1")).value();
    assert_eq!(list["items"][0].as_object().unwrap().len(), 2);
    let dotted = format!("{USERS}?fields=tenant.id,source.type&pageSize=1");
    let item = rig.get(&dotted).value()["items"][0].clone();
    assert_eq!(item["source"], json!({"type": "custom"}));
    let nested = format!("{USERS}?fields=groups.total&pageSize=1");
    assert!(rig.get(&nested).value()["items"][0]["groups"].get("items").is_some());
    rig.sophos.switches_mut().dotted_fields = DottedFields::Nested;
    assert_eq!(rig.get(&nested).value()["items"][0]["groups"], json!({"total": 3}));
}

#[test]
fn embedded_lists_are_cut_but_totals_are_true() {
    let mut rig = sample();
    let staff = format!("{GROUPS}/{}", rig.group("All Staff"));
    let group = rig.get(&staff).value();
    let total = group["users"]["total"].as_u64().unwrap();
    assert!(total > 100);
    assert_eq!(group["users"]["itemsCount"], 50);
    assert_eq!(group["users"]["items"].as_array().unwrap().len(), 50);
    rig.sophos.switches_mut().embedded_limit = 1;
    assert_eq!(rig.get(&staff).value()["users"]["itemsCount"], 1);
    let ben = rig.user("ben.adler@example.com");
    let groups = rig.get(&format!("{USERS}/{ben}")).value()["groups"].clone();
    assert_eq!((&groups["total"], &groups["itemsCount"]), (&json!(3), &json!(1)));
    let page = rig.get(&format!("{staff}/users?page=2&pageSize=100&pageTotal=true")).value();
    assert_eq!(page["items"].as_array().unwrap().len() as u64, total - 100);
}

#[test]
fn unknown_parameters_are_a_switch() {
    let mut rig = sample();
    let targets = [
        format!("{USERS}?view=full"),
        format!("{GROUPS}?ids=&pageFromKey=x"),
        format!("{USERS}/{}/groups?userId={NOBODY}", rig.user("ben.adler@example.com")),
        "/common/v1/admins?domain=x".to_owned(),
        "/common/v1/roles?page=1".to_owned(),
    ];
    for target in &targets {
        assert_eq!(rig.get(target).status, 200, "{target}");
    }
    rig.sophos.switches_mut().reject_unknown_params = true;
    for target in &targets {
        assert_eq!(rig.get(target).status, 400, "{target}");
    }
    assert_eq!(rig.get(&format!("{USERS}?page=1&sourceType=custom&fields=name")).status, 200);
}
