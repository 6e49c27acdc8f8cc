//! How queries are answered: what the shadow knows, what the product is asked, what is left, and the bound.

use rstest::rstest;
use simulator::sophos::Seed;

use super::scene::{explained, peopled};
use crate::support::World;

#[rstest]
#[case("/Users?filter=userName eq \"x@example.com\"", "userName", "exchangeLogin", &["userName"], Some(300))]
#[case("/Users?filter=externalId eq \"x\"", "this client", "by id", &["externalId"], None)]
#[case("/Users?filter=emails.value eq \"x@example.com\"", "emails.value", "whose email", &["emails.value"], Some(300))]
#[case("/Users?filter=id eq \"x\" and title pr", "this id", "by id", &["id", "title"], None)]
#[case("/Users?filter=title co \"x\"", "without a native object", "all Users", &["title"], Some(2000))]
#[case("/Groups?filter=displayName eq \"x\"", "displayName", "whose name", &["displayName"], Some(300))]
#[case("/Groups?filter=members.value eq \"x\"", "parked", "groups of the person", &["members.value"], None)]
#[case("/Users?filter=userName eq \"x\" or id eq \"y\"", "2 look-ups", "by id", &["userName", "id"], Some(300))]
#[case("/Users?sortBy=title", "without a native object", "all Users", &[], Some(2000))]
#[case("/Groups", "without a native object", "the page of Groups", &[], None)]
#[tokio::test(start_paused = true)]
async fn a_query_is_planned(
    #[case] path: &str,
    #[case] shadow: &str,
    #[case] backend: &str,
    #[case] here: &[&str],
    #[case] bound: Option<u64>,
) {
    let world = World::sophos(Seed::Empty);
    peopled(&world).await;
    let told = explained(&world, &("GET", path.to_owned(), None)).await;
    let [plan] = told.query.as_slice() else { panic!("{told:?}") };
    assert!(plan.shadow.contains(shadow), "{plan:?}");
    assert!(plan.backend.contains(backend), "{plan:?}");
    assert_eq!(plan.bound, bound, "{plan:?}");
    for attribute in here {
        assert!(
            plan.here.iter().any(|name| name.starts_with(attribute.split('.').next().unwrap())),
            "{plan:?}"
        );
    }
    assert_eq!(plan.here.is_empty(), here.is_empty());
    assert_eq!(told.answer.status, 200, "{told:?}");
    assert!(told.decided.is_empty() && told.writes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn orders_and_pages_are_told() {
    let world = World::sophos(Seed::Empty);
    peopled(&world).await;
    for (query, sorted, page) in [
        ("", None, "by index"),
        ("?cursor=", None, "after the last native id"),
        ("?sortBy=name.givenName", Some("name"), "of all that match now"),
        ("?sortBy=title&cursor=", Some("title"), "after the last one in order"),
        ("?filter=title pr&cursor=", None, "after the last one in order"),
    ] {
        let told = explained(&world, &("GET", format!("/Users{query}"), None)).await;
        let [plan] = told.query.as_slice() else { panic!("{told:?}") };
        assert_eq!(plan.sorted_by.as_deref(), sorted, "{query}");
        assert!(plan.page.contains(page), "{query}: {plan:?}");
        assert_eq!(told.answer.status, 200, "{told:?}");
    }
}

/// A search is explained as the list that it is; at the root kind by kind.
#[tokio::test(start_paused = true)]
async fn a_search_is_explained() {
    let world = World::sophos(Seed::Empty);
    peopled(&world).await;
    let search = |filter: &str| {
        let urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
        Some(serde_json::json!({"schemas": [urn], "filter": filter}))
    };
    for (path, filter, wanted) in [
        ("/Users/.search", "userName eq \"sesame\"", vec!["Users"]),
        ("/Groups/.search", "displayName eq \"sesame\"", vec!["Groups"]),
        ("/.search", "displayName eq \"sesame\"", vec!["Users", "Groups"]),
        ("/.search", "userName eq \"sesame\"", vec!["Users"]),
        ("/.search", "nonsense eq \"sesame\"", vec![]),
    ] {
        let told = explained(&world, &("POST", path.to_owned(), search(filter))).await;
        let kinds: Vec<&str> = told.query.iter().map(|plan| plan.of).collect();
        assert_eq!(kinds, wanted, "{told:?}");
        assert_eq!(told.answer.status, if wanted.is_empty() { 400 } else { 200 }, "{told:?}");
        assert_eq!(told.request, format!("POST {path}"));
        assert!(told.decided.is_empty() && told.writes.is_empty());
        assert!(!serde_json::to_string(&told).unwrap().contains("sesame"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_is_refused_has_no_plan() {
    let world = World::sophos(Seed::Empty);
    let told = explained(&world, &("GET", "/Users?filter=userName is \"x\"".to_owned(), None)).await;
    assert_eq!((told.answer.status, told.answer.scim_type.as_deref()), (400, Some("invalidFilter")));
    assert_eq!((told.query.len(), told.reads.len()), (0, 0));
}
