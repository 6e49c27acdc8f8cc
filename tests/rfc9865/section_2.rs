//! §2, query parameters and attributes; §2.1, errors; §2.2, sorting.

use std::collections::BTreeSet;
use std::time::Duration;

use rstest::rstest;
use scim_facade::facade::{Client, Right, Rights};

use super::{crowd, names, next, refused};
use crate::support::world::client;
use crate::support::{Over, World};

const OVERS: [Over; 3] = [Over::Memory, Over::Sophos, Over::SophosQuarantines];

/// The first page is asked for with an empty cursor; every page but the last has `nextCursor`, and the last has none.
#[tokio::test(start_paused = true)]
async fn every_page_but_the_last_has_a_cursor() {
    for over in OVERS {
        let world = crowd(over, 5).await;
        let (mut seen, mut cursor, mut pages) = (BTreeSet::new(), String::new(), 0);
        loop {
            let page = world.get(&format!("/Users?count=2&cursor={cursor}")).await;
            assert_eq!((page.status, page.body["totalResults"].as_u64()), (200, Some(5)), "{page:?}");
            assert!(page.body.get("startIndex").is_none() && page.body.get("previousCursor").is_none());
            seen.extend(names(&page.body));
            pages += 1;
            if page.body.get("nextCursor").is_none() {
                break;
            }
            cursor = next(&page);
            // Only unreserved characters (RFC 3986 §2.3).
            assert!(cursor.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~".contains(&c)), "{cursor}");
        }
        assert_eq!((seen.len(), pages), (5, 3), "{over:?}");
        let all = world.get("/Users?cursor=").await;
        assert_eq!((names(&all.body).len(), all.body.get("nextCursor")), (5, None));
    }
}

/// The index stays the default: who asks for no cursor gets none.
#[tokio::test(start_paused = true)]
async fn pages_by_index_have_no_cursor() {
    let world = crowd(Over::Memory, 3).await;
    for query in ["count=1", "startIndex=1&count=1", "filter=title+pr&count=1", "sortBy=title&count=1"] {
        let page = world.get(&format!("/Users?{query}")).await;
        assert_eq!(
            (page.body.get("nextCursor"), page.body["startIndex"].as_u64()),
            (None, Some(1)),
            "{query}"
        );
    }
}

/// 0 asks for the total alone, and so does a negative number.
#[rstest]
#[case("count=0&cursor=")]
#[case("count=-1&cursor=")]
#[case("count=0&cursor=&filter=title+pr")]
#[tokio::test(start_paused = true)]
async fn a_count_of_zero_is_the_total_alone(#[case] query: &str) {
    let world = crowd(Over::Sophos, 3).await;
    let page = world.get(&format!("/Users?{query}")).await;
    assert_eq!((page.status, page.body["totalResults"].as_u64()), (200, Some(3)), "{page:?}");
    assert_eq!((names(&page.body).len(), page.body.get("nextCursor")), (0, None));
}

/// §2.1.
#[tokio::test(start_paused = true)]
async fn a_count_that_changes_or_is_too_large_is_refused() {
    let world = crowd(Over::Memory, 5).await;
    let cursor = next(&world.get("/Users?count=2&cursor=").await);
    for count in ["3", "1", "0", "-1", "1000"] {
        refused(&world.get(&format!("/Users?count={count}&cursor={cursor}")).await, "invalidCount");
    }
    refused(&world.get("/Users?count=1001&cursor=").await, "invalidCount");
    // Left out, it is what it was.
    let page = world.get(&format!("/Users?cursor={cursor}")).await;
    assert_eq!((page.status, names(&page.body).len()), (200, 2), "{page:?}");
}

/// §2.1, §5: a cursor is of one query of one client, and can't be made up.
#[tokio::test(start_paused = true)]
async fn another_cursor_is_invalid() {
    for list in ["/Users?count=2", "/Users?count=2&filter=title+pr", "/Users?count=2&sortBy=title"] {
        let world = crowd(Over::Memory, 5).await;
        let cursor = next(&world.get(&format!("{list}&cursor=")).await);
        assert_eq!(world.get(&format!("{list}&cursor={cursor}")).await.status, 200);
        for other in [
            "/Groups?count=2",
            "/Users?count=2&filter=userName+pr",
            "/Users?count=2&filter=title+pr&sortBy=title",
            "/Users?count=2&sortBy=userName",
            "/Users?count=2&sortBy=title&sortOrder=descending",
        ] {
            refused(&world.get(&format!("{other}&cursor={cursor}")).await, "invalidCursor");
        }
        let stranger = world.as_client(client("entra"));
        refused(&stranger.get(&format!("{list}&cursor={cursor}")).await, "invalidCursor");
        for forged in [&cursor[1..], "x", "VZUTiyhEQJ94IR", &format!("{cursor}AAAA")] {
            refused(&world.get(&format!("{list}&cursor={forged}")).await, "invalidCursor");
        }
    }
}

/// §2.1: after its lifetime, whatever that is.
#[rstest]
#[case(3600)]
#[case(60)]
#[tokio::test(start_paused = true)]
async fn an_old_cursor_has_expired(#[case] lifetime: u64) {
    let world = crowd(Over::Sophos, 3).await;
    let world = world.set(|settings| settings.limits.cursor_lifetime = Duration::from_secs(lifetime));
    let cursor = next(&world.get("/Users?count=1&cursor=").await);
    world.wait(lifetime - 1).await;
    let page = world.get(&format!("/Users?cursor={cursor}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    world.wait(2).await;
    refused(&world.get(&format!("/Users?cursor={cursor}")).await, "expiredCursor");
    // Each page is good for so long.
    assert_eq!(world.get(&format!("/Users?cursor={}", next(&page))).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_index_and_a_cursor_exclude_each_other() {
    let world = World::sophos(simulator::sophos::Seed::Empty);
    refused(&world.get("/Users?startIndex=1&cursor=").await, "invalidValue");
}

/// What is shown is the client's to choose anew for each page.
#[tokio::test(start_paused = true)]
async fn attributes_may_change_from_page_to_page() {
    let world = crowd(Over::Sophos, 3).await;
    let cursor = next(&world.get("/Users?count=1&cursor=&attributes=id").await);
    let page = world.get(&format!("/Users?cursor={cursor}&excludedAttributes=title")).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body["Resources"][0]["userName"].is_string());
    assert!(page.body["Resources"][0].get("title").is_none());
}

/// No server remembers a cursor: another process over the same store reads it.
#[tokio::test(start_paused = true)]
async fn any_replica_can_go_on() {
    for over in OVERS {
        let world = crowd(over, 3).await;
        let first = world.get("/Users?count=2&cursor=").await;
        let other = world.as_client(world.client.clone()).set(|_| {});
        let rest = other.get(&format!("/Users?count=2&cursor={}", next(&first))).await;
        assert_eq!((rest.status, rest.body.get("nextCursor")), (200, None), "{rest:?}");
        let both = names(&first.body).into_iter().chain(names(&rest.body));
        assert_eq!(both.collect::<BTreeSet<_>>().len(), 3);
    }
}

/// §5: a cursor grants nothing.
#[tokio::test(start_paused = true)]
async fn every_page_is_authorised() {
    let world = crowd(Over::Memory, 3).await;
    let cursor = next(&world.get("/Users?count=1&cursor=").await);
    let blind = Client { rights: Rights::of([Right::Create]), ..world.client.clone() };
    assert_eq!(world.as_client(blind).get(&format!("/Users?cursor={cursor}")).await.status, 403);
}

/// §2.2: sorted pages are sorted as a whole, also where people change places meanwhile.
#[tokio::test(start_paused = true)]
async fn sorted_pages_go_on_where_they_ended() {
    let world = crowd(Over::Sophos, 6).await;
    let first = world.get("/Users?sortBy=userName&count=2&cursor=").await;
    assert_eq!(names(&first.body), ["p0@example.com", "p1@example.com"]);
    let last = first.body["Resources"][1]["id"].as_str().unwrap();
    // The last one shown moves to the end: nobody between is skipped.
    let renamed = serde_json::json!([{"op": "replace", "path": "userName", "value": "z@example.com"}]);
    assert_eq!(world.patch(&format!("/Users/{last}"), renamed).await.status, 200);
    let second = world.get(&format!("/Users?sortBy=userName&cursor={}", next(&first))).await;
    assert_eq!(names(&second.body), ["p2@example.com", "p3@example.com"]);
}
