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
    let plan = told.query.clone().unwrap();
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
async fn a_filter_that_is_refused_has_no_plan() {
    let world = World::sophos(Seed::Empty);
    let told = explained(&world, &("GET", "/Users?filter=userName is \"x\"".to_owned(), None)).await;
    assert_eq!((told.answer.status, told.answer.scim_type.as_deref()), (400, Some("invalidFilter")));
    assert_eq!((told.query, told.reads.len()), (None, 0));
}
