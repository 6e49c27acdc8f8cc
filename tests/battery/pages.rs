//! Sorted lists, and pages by cursor (RFC 9865), on every backend.

use std::collections::BTreeSet;

use serde_json::json;

use super::bed::{Bed, ids};
use crate::support::world::{group, person};

battery!(
    lists_are_sorted,
    sorted_pages_show_everyone_once,
    cursors_show_everyone_once,
    cursors_of_a_query_show_every_match_once,
    groups_by_cursor,
    people_who_come_and_go_move_nobody,
    people_by_group if InactiveMembers,
    alternatives_are_found,
);

async fn crowd(bed: &Bed, size: usize) -> Vec<String> {
    let mut people = Vec::new();
    for number in 0..size {
        people.push(bed.make("/Users", person(&format!("p{number:02}"))).await.id());
    }
    people
}

async fn deactivate(bed: &Bed, id: &str) {
    let off = json!([{"op": "replace", "value": {"active": false}}]);
    assert!(bed.patch(&format!("/Users/{id}"), off).await.status < 300);
}

/// One page by cursor: the ids, and the next cursor.
async fn page(bed: &Bed, list: &str, count: usize, cursor: &str) -> (Vec<String>, Option<String>) {
    let page = bed.get(&format!("{list}count={count}&cursor={cursor}")).await;
    assert_eq!((page.status, page.body.get("startIndex")), (200, None), "{page:?}");
    let rows = ids(&page);
    assert!(rows.len() <= count && page.body["itemsPerPage"] == rows.len(), "{page:?}");
    (rows, page.body.get("nextCursor").map(|next| next.as_str().unwrap().to_owned()))
}

/// All pages by cursor.
async fn walk(bed: &Bed, list: &str, count: usize) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (rows, next) = page(bed, list, count, &cursor).await;
        assert!(next.is_none() || next.as_ref() != Some(&cursor), "the walk does not move");
        seen.extend(rows);
        let Some(next) = next else { return seen };
        cursor = next;
    }
}

fn set(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}

async fn lists_are_sorted(bed: &Bed) {
    let mut made = Vec::new();
    for (name, title) in [("joe", Some("b")), ("ada", Some("C")), ("eve", Some("a")), ("bob", None)] {
        let mut person = person(name);
        match title {
            Some(title) => person["title"] = json!(title),
            None => drop(person.as_object_mut().unwrap().shift_remove("title")),
        }
        person["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
            json!({ "department": format!("{name}'s") });
        made.push(bed.make("/Users", person).await.id());
    }
    let [joe, ada, eve, bob] = &made[..] else { panic!() };
    deactivate(bed, eve).await;
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        for (sort, wanted) in [
            ("sortBy=userName", [ada, bob, eve, joe]),
            ("sortBy=USERNAME&sortOrder=descending", [joe, eve, bob, ada]),
            ("sortBy=emails.value&sortOrder=ascending", [ada, bob, eve, joe]),
            ("sortBy=name.givenName", [ada, bob, eve, joe]),
            ("sortBy=externalId&sortOrder=descending", [joe, eve, bob, ada]),
            ("sortBy=title", [eve, joe, ada, bob]),
            ("sortBy=title&sortOrder=descending", [bob, ada, joe, eve]),
            (
                "sortBy=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                [ada, bob, eve, joe],
            ),
        ] {
            let list = bed.get(&format!("/Users?{sort}")).await;
            assert_eq!(ids(&list).iter().collect::<Vec<_>>(), wanted, "{sort}: {list:?}");
            assert_eq!(list.body["totalResults"], 4);
        }
        let found = bed.get("/Users?filter=active+eq+true&sortBy=title&startIndex=2&count=1").await;
        assert_eq!((ids(&found), &found.body["totalResults"]), (vec![ada.clone()], &json!(3)), "{found:?}");
        let first = bed.get("/Users?sortBy=active&count=1").await;
        assert_eq!(ids(&first), [eve.clone()], "false comes first: {first:?}");
    }
}

/// Equal values are in the order of ids, so that pages don't overlap.
async fn sorted_pages_show_everyone_once(bed: &Bed) {
    let people = crowd(bed, 7).await;
    deactivate(bed, &people[3]).await;
    bed.settle_down().await;
    for count in [1, 2, 3, 7, 8] {
        for order in ["ascending", "descending"] {
            let mut seen = Vec::new();
            for start in (1..=7).step_by(count) {
                let path = format!("/Users?sortBy=title&sortOrder={order}&startIndex={start}&count={count}");
                seen.extend(ids(&bed.get(&path).await));
            }
            assert_eq!(seen, set(&people), "{order} {count}");
        }
    }
}

async fn cursors_show_everyone_once(bed: &Bed) {
    let mut people = crowd(bed, 11).await;
    for id in &people[..3] {
        deactivate(bed, id).await;
    }
    people.push(bed.make("/Users", bed.plain_person()).await.id());
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        for count in [1, 2, 3, 5, 11, 12, 13, 1000] {
            let seen = walk(bed, "/Users?", count).await;
            assert_eq!(set(&seen), set(&people), "pages of {count}, settled: {settled}");
            let by_index = ids(&bed.get("/Users").await);
            match bed.has_its_own_order() {
                true => assert_eq!(set(&seen), set(&by_index), "the people of pages by index"),
                false if settled => assert_eq!(seen, by_index, "the order of pages by index"),
                false => {}
            }
        }
    }
    let total = bed.get("/Users?cursor=&count=1").await;
    assert_eq!(total.body["totalResults"], 12, "{total:?}");
}

async fn cursors_of_a_query_show_every_match_once(bed: &Bed) {
    let people = crowd(bed, 7).await;
    deactivate(bed, &people[2]).await;
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        for count in [1, 2, 3, 7, 8] {
            for list in ["/Users?filter=title+pr&", "/Users?filter=userName+sw+%22p%22&sortBy=title&"] {
                assert_eq!(set(&walk(bed, list, count).await), set(&people), "{list} {count}");
            }
            assert_eq!(walk(bed, "/Users?sortBy=userName&", count).await, people, "{count}");
            let mut back = walk(bed, "/Users?sortBy=userName&sortOrder=descending&", count).await;
            back.reverse();
            assert_eq!(back, people, "{count}");
        }
    }
}

async fn groups_by_cursor(bed: &Bed) {
    let mut groups = Vec::new();
    for number in 0..7 {
        groups.push(bed.make("/Groups", group(&format!("g{number}"), &[])).await.id());
    }
    for settled in [false, true] {
        if settled {
            bed.settle_down().await;
        }
        for count in [1, 2, 3, 6, 7, 8] {
            assert_eq!(set(&walk(bed, "/Groups?", count).await), set(&groups), "{count}, settled: {settled}");
        }
    }
}

/// Between two pages one is deleted who was shown, one who was not, and one is made.
async fn people_who_come_and_go_move_nobody(bed: &Bed) {
    for (run, list) in
        ["/Users?", "/Users?filter=userName+pr&", "/Users?sortBy=userName&sortOrder=descending&"]
            .iter()
            .enumerate()
    {
        for count in [1, 2, 3] {
            let mut stay: BTreeSet<String> = BTreeSet::new();
            for number in 0..10 {
                let name = format!("r{run}c{count}n{number}");
                stay.insert(bed.make("/Users", person(&name)).await.id());
            }
            bed.settle_down().await;
            let (mut seen, mut cursor, mut step) = (Vec::new(), String::new(), 0);
            loop {
                let (rows, next) = page(bed, list, count, &cursor).await;
                seen.extend(rows);
                let Some(next) = next else { break };
                cursor = next;
                if step < 3 {
                    let shown = stay.iter().find(|id| seen.contains(id)).cloned();
                    let other = stay.iter().rev().find(|id| !seen.contains(id)).cloned();
                    for id in [shown, other].into_iter().flatten() {
                        assert_eq!(bed.delete(&format!("/Users/{id}")).await.status, 204);
                        stay.remove(&id);
                        seen.retain(|one| *one != id);
                    }
                    bed.make("/Users", person(&format!("r{run}c{count}s{step}"))).await;
                }
                step += 1;
            }
            for id in &stay {
                let times = seen.iter().filter(|one| *one == id).count();
                assert_eq!(times, 1, "{list} pages of {count}: {id} was shown {times} times");
            }
            bed.settle_down().await;
            for id in ids(&bed.get("/Users").await) {
                bed.delete(&format!("/Users/{id}")).await;
            }
        }
    }
}

async fn people_by_group(bed: &Bed) {
    let people = crowd(bed, 3).await;
    let staff = bed.make("/Groups", group("Staff", &[&people[0], &people[1]])).await.id();
    deactivate(bed, &people[1]).await;
    bed.settle_down().await;
    for (filter, wanted) in [
        (format!("groups.value eq \"{staff}\""), vec![0, 1]),
        (format!("groups eq \"{staff}\" and active eq true"), vec![0]),
        ("groups.display eq \"staff\"".to_owned(), vec![0, 1]),
        ("not (groups pr)".to_owned(), vec![2]),
        (format!("groups[value eq \"{staff}\" and type eq \"direct\"]"), vec![0, 1]),
    ] {
        let wanted: Vec<String> = wanted.into_iter().map(|one: usize| people[one].clone()).collect();
        assert_eq!(bed.find("/Users", &filter).await, set(&wanted), "{filter}");
    }
}

async fn alternatives_are_found(bed: &Bed) {
    let people = crowd(bed, 4).await;
    deactivate(bed, &people[1]).await;
    for (filter, wanted) in [
        ("userName eq \"P00@example.com\" or userName eq \"p01@example.com\"".to_owned(), vec![0, 1]),
        (
            format!("id eq \"{}\" or externalId eq \"ext-p02\" or userName eq \"nobody\"", people[0]),
            vec![0, 2],
        ),
        ("userName eq \"p00@example.com\" or userName eq \"P00@EXAMPLE.COM\"".to_owned(), vec![0]),
        (
            "active eq true and (externalId eq \"ext-p01\" or emails.value eq \"p03@example.com\")"
                .to_owned(),
            vec![3],
        ),
        ("externalId eq \"ext-p03\" or title eq \"Engineer\"".to_owned(), vec![0, 1, 2, 3]),
    ] {
        let wanted: Vec<String> = wanted.into_iter().map(|one: usize| people[one].clone()).collect();
        assert_eq!(bed.find("/Users", &filter).await, set(&wanted), "{filter}");
    }
}
