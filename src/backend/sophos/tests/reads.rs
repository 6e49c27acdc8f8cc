use rstest::rstest;

use super::*;

const GROUPS: Want = Want { groups: true };

#[tokio::test(start_paused = true)]
async fn reading_one_is_one_call() {
    let world = world([ok(&person(1)), custom_group(), error(404)]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), GROUPS).await.unwrap().unwrap();
    assert_eq!(
        (read.attrs.get("email").and_then(|email| email.as_str()), read.groups),
        (Some("p1@x.test"), Some(vec![]))
    );
    assert!(world.sophos.get(&world.ctx, Kind::Group, &group(), GROUPS).await.unwrap().is_some());
    assert!(world.sophos.get(&world.ctx, Kind::User, &at(2), GROUPS).await.unwrap().is_none());
    assert_eq!(world.calls().len(), 3);
}

/// A gateway before Sophos does not know who is there.
#[rstest]
#[case("")]
#[case("<html>not found</html>")]
#[case(r#"{"message":"no route"}"#)]
#[tokio::test(start_paused = true)]
async fn only_sophos_says_that_nobody_is_there(#[case] body: &str) {
    let world = world([answer(404, body), answer(404, body)]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await;
    assert_eq!(refusal(read), (ErrorKind::Unusable, Sent::Rejected));
    let deleted = world.sophos.delete(&world.ctx, Kind::User, &at(1)).await;
    assert_eq!(refusal(deleted), (ErrorKind::Unusable, Sent::Rejected));
}

#[tokio::test(start_paused = true)]
async fn groups_that_are_not_all_embedded_are_read_where_they_are_wanted() {
    let partly = json!({"id": id(1), "groups": {"total": 101, "itemsCount": 1, "items": [{"id": GROUP, "name": "G"}]}});
    let groups = |from: usize, to: usize| (from..to).map(|n| json!({"id": id(n), "name": "G"}));
    let world =
        world([ok(&partly), ok(&partly), page(groups(0, 100), 100, 101), page(groups(100, 101), 100, 101)]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), Want::default()).await.unwrap().unwrap();
    assert_eq!(read.groups, None);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), GROUPS).await.unwrap().unwrap();
    assert_eq!(read.groups.unwrap().len(), 101);
    let list = format!("GET /users/{}/groups?sort=id%3Aasc&page=", id(1));
    assert_eq!(world.calls()[2..], [1, 2].map(|n| format!("{list}{n}&pageSize=100&pageTotal=true")));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_uuid_costs_no_call() {
    let world = world([]);
    for id in [
        "x",
        "",
        "../../admins",
        "00000000000000000000000000000001",
        "{00000000-0000-0000-0000-000000000001}",
    ] {
        let at = NativeRef::new(id);
        assert!(world.sophos.get(&world.ctx, Kind::User, &at, GROUPS).await.unwrap().is_none());
        assert_eq!(refusal(world.sophos.members(&world.ctx, &at, 0).await).0, ErrorKind::NotFound);
        let ids = NativeQuery::Ids(vec![id.to_owned()]);
        assert!(world.sophos.search(&world.ctx, Kind::User, &ids, 0, 9).await.unwrap().rows.is_empty());
        world.sophos.delete(&world.ctx, Kind::User, &at).await.unwrap();
        let change = Change { set: Attrs::from_iter([("name".to_owned(), json!("n"))]), clear: vec![] };
        let update = world.sophos.update(&world.ctx, Kind::User, &at, &change).await;
        assert_eq!(refusal(update), (ErrorKind::NotFound, Sent::No));
        assert!(world.sophos.plan(&Write::Delete(Kind::User, at)).is_empty());
    }
    assert!(world.script.seen().is_empty());
}

#[rstest]
#[case::one_page(0, 100, 100, &[1])]
#[case::small_page(0, 25, 25, &[1])]
#[case::aligned(100, 50, 50, &[3])]
#[case::unaligned_in_one_page(30, 50, 80, &[1])]
#[case::spanning(150, 100, 100, &[2, 3])]
#[case::large(0, 250, 100, &[1, 2, 3])]
#[case::past_the_end(500, 100, 100, &[6])]
#[case::count_only(0, 0, 1, &[1])]
#[case::up_to_the_end(200, 300, 100, &[3])]
#[tokio::test(start_paused = true)]
async fn a_slice_is_cut_out_of_pages(
    #[case] from: u64,
    #[case] limit: u64,
    #[case] size: u64,
    #[case] numbers: &[u64],
) {
    let all = 300_u64;
    let replies = numbers.iter().map(|number| {
        let start = (number - 1) * size;
        page((start..(start + size).min(all)).map(|n| person(usize::try_from(n).unwrap())), size, all)
    });
    let world = world(replies);
    let all_of = NativeQuery::All { having: None };
    let listing = world.sophos.search(&world.ctx, Kind::User, &all_of, from, limit).await.unwrap();
    let ids: Vec<_> = listing.rows.into_iter().map(|row| row.at.id).collect();
    let wanted: Vec<_> = (from..(from + limit).min(all)).map(|n| id(usize::try_from(n).unwrap())).collect();
    assert_eq!((ids, listing.total), (wanted, Total::Exact(all)));
    let calls =
        numbers.iter().map(|n| format!("GET /users?sort=id%3Aasc&page={n}&pageSize={size}&pageTotal=true"));
    assert_eq!(world.calls(), calls.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn totals_are_told_where_sophos_keeps_them_to_itself() {
    let short = json!({"items": [person(1)], "pages": {"current": 1, "size": 100}});
    let world = world([ok(&short), answer(200, r#"{"items":null}"#)]);
    let all = NativeQuery::All { having: None };
    let listing = world.sophos.search(&world.ctx, Kind::User, &all, 0, 100).await.unwrap();
    assert_eq!(listing.total, Total::Exact(1));
    let listing = world.sophos.search(&world.ctx, Kind::User, &all, 100, 100).await.unwrap();
    assert_eq!(listing.total, Total::AtLeast(100));
}

#[tokio::test(start_paused = true)]
async fn a_page_size_that_is_not_honoured_is_no_answer() {
    let world = world([page([person(1)], 50, 200)]);
    let all = NativeQuery::All { having: None };
    let listing = world.sophos.search(&world.ctx, Kind::User, &all, 0, 100).await;
    assert_eq!(refusal(listing), (ErrorKind::Unusable, Sent::Rejected));
}

#[tokio::test(start_paused = true)]
async fn people_with_an_email_are_searched_by_its_sign() {
    let world = world([page([person(1)], 100, 1)]);
    let having = NativeQuery::All { having: Some("email".to_owned()) };
    world.sophos.search(&world.ctx, Kind::User, &having, 0, 100).await.unwrap();
    let call = "GET /users?search=%40&searchFields=email&sort=id%3Aasc&page=1&pageSize=100&pageTotal=true";
    assert_eq!(world.calls(), [call]);
}

fn equals(value: &str) -> NativeQuery {
    NativeQuery::Equals {
        fields: vec!["email".to_owned(), "exchangeLogin".to_owned()],
        value: value.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_substring_search_is_compared_exactly() {
    let near = json!({"id": id(1), "email": "xann+a@x.test"});
    let by_mail = json!({"id": id(2), "email": "ANN+a@x.test"});
    let by_login = json!({"id": id(3), "email": "o@x.test", "exchangeLogin": "ann+A@x.test"});
    let world = world([page([near, by_mail, by_login], 100, 3)]);
    let listing = world.sophos.search(&world.ctx, Kind::User, &equals("ann+a@x.test"), 0, 300).await.unwrap();
    let ids: Vec<_> = listing.rows.into_iter().map(|row| row.at.id).collect();
    assert_eq!((ids, listing.total), (vec![id(2), id(3)], Total::Exact(2)));
    let search = "search=ann%2Ba%40x.test&searchFields=email,exchangeLogin";
    let call = format!("GET /users?{search}&sort=id%3Aasc&page=1&pageSize=100&pageTotal=true");
    assert_eq!(world.calls(), [call]);
}

#[rstest]
#[case::all_seen(300, 3, true)]
#[case::more_than_the_limit(301, 3, false)]
#[case::fewer(150, 2, true)]
#[tokio::test(start_paused = true)]
async fn a_search_looks_at_so_many_hits(#[case] hits: u64, #[case] pages: u64, #[case] exact: bool) {
    let replies = (0..pages).map(|number| {
        let rows =
            (number * 100..((number + 1) * 100).min(hits)).map(|n| person(usize::try_from(n).unwrap()));
        page(rows, 100, hits)
    });
    let world = world(replies);
    let listing = world.sophos.search(&world.ctx, Kind::User, &equals("p7@x.test"), 0, 300).await.unwrap();
    assert_eq!(listing.total, if exact { Total::Exact(1) } else { Total::AtLeast(1) });
    assert_eq!(world.calls().len() as u64, pages);
}

#[tokio::test(start_paused = true)]
async fn ids_are_asked_by_fifty() {
    let ids: Vec<String> = (0..120).map(id).chain([id(0), "x".to_owned()]).collect();
    let world =
        world([page([person(0), person(999)], 100, 2), page([], 100, 0), page([person(119)], 100, 1)]);
    let listing = world.sophos.search(&world.ctx, Kind::User, &NativeQuery::Ids(ids), 0, 200).await.unwrap();
    let found: Vec<_> = listing.rows.into_iter().map(|row| row.at.id).collect();
    assert_eq!((found, listing.total), (vec![id(0), id(119)], Total::Exact(2)));
    let counts: Vec<_> = world.calls().iter().map(|call| call.matches("00000000-0000").count()).collect();
    assert_eq!(counts, [50, 50, 20]);
}

#[tokio::test(start_paused = true)]
async fn members_come_by_pages() {
    let world = world([page((0..100).map(person), 100, 101), page([person(100)], 100, 101), error(404)]);
    let first = world.sophos.members(&world.ctx, &group(), 0).await.unwrap();
    assert_eq!(
        (first.members.len(), first.members[7].name.as_deref(), first.next),
        (100, Some("P 7"), Some(100))
    );
    let last = world.sophos.members(&world.ctx, &group(), 100).await.unwrap();
    assert_eq!((last.members.len(), last.next), (1, None));
    assert_eq!(refusal(world.sophos.members(&world.ctx, &group(), 0).await).0, ErrorKind::NotFound);
    let call = format!("GET /user-groups/{GROUP}/users?sort=id%3Aasc&page=2&pageSize=100&pageTotal=true");
    assert_eq!(world.calls()[1], call);
}

#[rstest]
#[case(answer(200, "<html>hush</html>"), ErrorKind::Unusable, Sent::Rejected)]
#[case(answer(200, ""), ErrorKind::Unusable, Sent::Rejected)]
#[case(error(400), ErrorKind::Invalid, Sent::Rejected)]
#[case(error(403), ErrorKind::Denied, Sent::Rejected)]
#[case(answer(302, ""), ErrorKind::Unusable, Sent::Rejected)]
#[tokio::test(start_paused = true)]
async fn a_failed_read_has_a_meaning(#[case] reply: Reply, #[case] kind: ErrorKind, #[case] sent: Sent) {
    let world = world([reply]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), GROUPS).await;
    assert_eq!(refusal(read), (kind, sent));
}

#[tokio::test(start_paused = true)]
async fn a_log_line_names_status_code_and_ids_only() {
    let world = world([error(403)]);
    let read = world.sophos.get(&world.ctx, Kind::User, &at(1), GROUPS).await;
    let log = read.unwrap_err().log;
    assert_eq!(log, "HTTP 403 error=resourceConflict correlationId=c-1 requestId=r-1");
}
