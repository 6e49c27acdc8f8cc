//! Filters and pages.

use serde_json::json;

use super::bed::{Bed, ids, sorted};
use crate::support::world::{group, person};

battery!(
    by_user_name,
    by_every_key,
    by_attributes if KeepsAll,
    by_any_address if KeepsAll,
    combinations if KeepsAll,
    by_manager,
    groups_by_name_and_member,
    a_renamed_group_and_its_namesake,
    wrong_filters_are_told,
    totals_are_exact,
    pages_of_any_size_cover_all,
    inactive_people_come_last,
);

async fn three(bed: &Bed) -> Vec<String> {
    let mut made = Vec::new();
    for name in ["ada", "eve", "joe"] {
        made.push(bed.make("/Users", person(name)).await.id());
    }
    made
}

async fn by_user_name(bed: &Bed) {
    let people = three(bed).await;
    for filter in [
        "userName eq \"ada@example.com\"",
        "USERNAME EQ \"ADA@EXAMPLE.COM\"",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"Ada@example.com\"",
        "userName eq \"ada@example.com\" and active eq true",
        "active eq \"True\" and userName eq \"ada@example.com\"",
    ] {
        assert_eq!(bed.find("/Users", filter).await, [people[0].clone()], "{filter}");
    }
    for filter in ["userName eq \"ada@example\"", "userName eq \"\"", "userName eq \"nobody@example.com\""] {
        assert_eq!(bed.find("/Users", filter).await, Vec::<String>::new(), "{filter}");
    }
}

async fn by_every_key(bed: &Bed) {
    let people = three(bed).await;
    let native = bed.native_of(scim_facade::kernel::Kind::User, &people[0]).await;
    assert_eq!(bed.find("/Users", &format!("id eq \"{}\"", people[0])).await, [people[0].clone()]);
    if native != people[0] {
        assert_eq!(bed.find("/Users", &format!("id eq \"{native}\"")).await, Vec::<String>::new());
    }
    assert_eq!(bed.find("/Users", "externalId eq \"ext-eve\"").await, [people[1].clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"EXT-eve\"").await, Vec::<String>::new());
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    bed.patch(&format!("/Users/{}", people[0]), off).await;
    assert_eq!(bed.find("/Users", &format!("id eq \"{}\"", people[0])).await, [people[0].clone()]);
    assert_eq!(bed.find("/Users", "externalId eq \"ext-ada\"").await, [people[0].clone()]);
}

async fn by_any_address(bed: &Bed) {
    three(bed).await;
    let mut ann = person("ann");
    ann["emails"] = json!([{"value": "ann@example.com", "type": "work", "primary": true},
        {"value": "Ann@Home.example.com", "type": "home"}]);
    let ann = bed.make("/Users", ann).await.id();
    for filter in [
        "emails.value eq \"ann@home.example.com\"",
        "emails[type eq \"home\"].value eq \"ann@home.example.com\"",
        "emails eq \"ANN@example.com\"",
    ] {
        assert_eq!(bed.find("/Users", filter).await, [ann.clone()], "{filter}");
    }
    let wrong = "emails[type eq \"work\"].value eq \"ann@home.example.com\"";
    assert_eq!(bed.find("/Users", wrong).await, Vec::<String>::new());
}

async fn by_attributes(bed: &Bed) {
    let people = three(bed).await;
    let more = json!([{"op": "add", "path": "emails", "value": [{"value": "home@ada.example", "type": "home"}]},
        {"op": "replace", "path": "name.formatted", "value": "Dr. Ada"},
        {"op": "replace", "path": "title", "value": "Countess"}]);
    bed.patch(&format!("/Users/{}", people[0]), more).await;
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        for filter in [
            "emails.value eq \"ADA@example.com\"",
            "emails eq \"ada@example.com\"",
            "emails[type eq \"work\" and value eq \"ada@example.com\"]",
            "emails[type eq \"work\"].value eq \"ada@example.com\"",
            "displayName eq \"ADA example\"",
            "name.givenName eq \"ada\"",
            "title eq \"countess\"",
            "name.formatted eq \"dr. ada\"",
            "title sw \"COUNT\" and userName co \"@\"",
            "nickName pr or title ew \"ess\"",
        ] {
            assert_eq!(bed.find("/Users", filter).await, [people[0].clone()], "{filter}");
        }
    }
}

async fn combinations(bed: &Bed) {
    let people = three(bed).await;
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    bed.patch(&format!("/Users/{}", people[2]), off).await;
    let [ada, eve, joe] = [people[0].as_str(), people[1].as_str(), people[2].as_str()];
    for (filter, wanted) in [
        ("active eq false", vec![joe]),
        ("not (active eq true)", vec![joe]),
        ("active ne true", vec![joe]),
        ("not(userName eq \"ada@example.com\")", vec![eve, joe]),
        ("userName eq \"ada@example.com\" or userName eq \"joe@example.com\"", vec![ada, joe]),
        ("(userName sw \"a\" or userName sw \"j\") and active eq true", vec![ada]),
        ("userName sw \"e\" or userName sw \"j\" and active eq true", vec![eve]),
        ("not (userName sw \"e\" or active eq false)", vec![ada]),
        ("userName pr", vec![ada, eve, joe]),
        ("nickName pr", vec![]),
        ("meta.created gt \"2020-01-01T00:00:00Z\"", vec![ada, eve, joe]),
    ] {
        assert_eq!(bed.find("/Users", filter).await, sorted(&wanted), "{filter}");
    }
}

async fn by_manager(bed: &Bed) {
    let people = three(bed).await;
    let manager = format!("{}:manager", super::bed::ENTERPRISE);
    let managed = json!([{"op": "add", "path": manager, "value": people[1]}]);
    bed.patch(&format!("/Users/{}", people[0]), managed).await;
    for filter in [format!("manager eq \"{}\"", people[1]), format!("{manager}.value eq \"{}\"", people[1])] {
        assert_eq!(bed.find("/Users", &filter).await, [people[0].clone()], "{filter}");
    }
    // What Entra asks before it sets a manager.
    let both = format!("id eq \"{}\" and manager eq \"{}\"", people[0], people[1]);
    assert_eq!(bed.find("/Users", &both).await, [people[0].clone()]);
    let other = format!("id eq \"{}\" and manager eq \"{}\"", people[2], people[1]);
    assert_eq!(bed.find("/Users", &other).await, Vec::<String>::new());
}

async fn groups_by_name_and_member(bed: &Bed) {
    let people = three(bed).await;
    let staff = bed.make("/Groups", group("Staff", &[&people[0], &people[1]])).await.id();
    let crew = bed.make("/Groups", group("Crew", &[&people[0]])).await.id();
    for (filter, wanted) in [
        ("displayName eq \"STAFF\"".to_owned(), vec![staff.as_str()]),
        ("displayName eq \"Sta\"".to_owned(), vec![]),
        ("displayName sw \"sta\"".to_owned(), vec![&staff]),
        (format!("members eq \"{}\"", people[0]), vec![&staff, &crew]),
        (format!("members.value eq \"{}\"", people[1]), vec![&staff]),
        (format!("members[value eq \"{}\"]", people[1]), vec![&staff]),
        (format!("id eq \"{staff}\" and members eq \"{}\"", people[1]), vec![&staff]),
        (format!("id eq \"{crew}\" and members eq \"{}\"", people[1]), vec![]),
        (format!("members eq \"{}\"", people[2]), vec![]),
        ("members eq \"nobody\"".to_owned(), vec![]),
    ] {
        assert_eq!(bed.find("/Groups", &filter).await, sorted(&wanted), "{filter}");
    }
}

async fn a_renamed_group_and_its_namesake(bed: &Bed) {
    use scim_facade::kernel::Kind;
    let staff = bed.make("/Groups", group("Staff", &[])).await.id();
    bed.settle_down().await;
    bed.console_renames(Kind::Group, &bed.native_of(Kind::Group, &staff).await, "Crew");
    assert_eq!(bed.find("/Groups", "displayName eq \"crew\"").await, [staff.clone()]);
    let namesake = bed.console_makes_group("Staff").await;
    assert_eq!(bed.find("/Groups", "displayName eq \"staff\"").await, [namesake]);
}

async fn wrong_filters_are_told(bed: &Bed) {
    three(bed).await;
    for filter in [
        "nosuch%20eq%20%22x%22",
        "userName%20eq",
        "userName%20is%20%22x%22",
        "(userName%20pr",
        "emails%5Bnosuch%20eq%20%22x%22%5D",
        "active%20gt%20true",
    ] {
        let told = bed.get(&format!("/Users?filter={filter}")).await;
        assert_eq!((told.status, &told.body["scimType"]), (400, &json!("invalidFilter")), "{filter}");
    }
}

async fn totals_are_exact(bed: &Bed) {
    assert_eq!(bed.get("/Users").await.body["totalResults"], 0);
    assert_eq!(bed.get("/Users").await.body["Resources"], json!([]));
    let people = three(bed).await;
    for (query, start, page) in [
        ("", 1, 3),
        ("startIndex=1&count=2", 1, 2),
        ("startIndex=3&count=2", 3, 1),
        ("startIndex=4&count=2", 4, 0),
        ("startIndex=1000", 1000, 0),
        ("startIndex=0", 1, 3),
        ("startIndex=-5&count=1", 1, 1),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
        ("filter=userName%20pr&startIndex=2&count=1", 2, 1),
        ("filter=userName%20pr&startIndex=9", 9, 0),
        ("filter=userName%20pr&count=0", 1, 0),
    ] {
        for settled in [false, true] {
            if settled {
                bed.settle_down().await;
            }
            let list = bed.get(&format!("/Users?{query}")).await;
            assert_eq!(list.body["totalResults"], 3, "{query}: {list:?}");
            assert_eq!(list.body["startIndex"], start, "{query}");
            assert_eq!((ids(&list).len(), &list.body["itemsPerPage"]), (page, &json!(page)), "{query}");
        }
    }
    bed.delete(&format!("/Users/{}", people[0])).await;
    assert_eq!(bed.get("/Users").await.body["totalResults"], 2);
}

/// Walks all pages and gives the ids in order.
async fn walk(bed: &Bed, count: usize) -> Vec<String> {
    let (mut seen, mut start) = (Vec::new(), 1);
    loop {
        let page = bed.get(&format!("/Users?startIndex={start}&count={count}")).await;
        let rows = ids(&page);
        start += rows.len();
        let total = usize::try_from(page.body["totalResults"].as_u64().unwrap()).unwrap();
        let full = rows.len() == count;
        seen.extend(rows);
        assert!(full || seen.len() == total, "a short page that is not the last: {page:?}");
        if seen.len() >= total {
            return seen;
        }
    }
}

async fn pages_of_any_size_cover_all(bed: &Bed) {
    let mut people = Vec::new();
    for number in 0..23 {
        people.push(bed.make("/Users", person(&format!("p{number:02}"))).await.id());
    }
    for id in &people[..4] {
        let off = json!([{"op": "replace", "value": {"active": false}}]);
        bed.patch(&format!("/Users/{id}"), off).await;
    }
    people.push(bed.make("/Users", bed.plain_person()).await.id());
    people.sort();
    bed.settle_down().await;
    let whole = walk(bed, 1000).await;
    let mut all = whole.clone();
    all.sort();
    assert_eq!(all, people);
    for count in [1, 2, 3, 5, 7, 10, 20, 23, 24, 25] {
        assert_eq!(walk(bed, count).await, whole, "pages of {count}");
    }
}

async fn inactive_people_come_last(bed: &Bed) {
    let people = three(bed).await;
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    bed.patch(&format!("/Users/{}", people[0]), off).await;
    bed.settle_down().await;
    let list = bed.get("/Users").await;
    assert_eq!(list.body["totalResults"], 3);
    let last = ids(&list).pop().unwrap();
    assert_eq!(
        last == people[0],
        bed.parks() || bed.hides(),
        "parked people follow those who are there natively"
    );
}
