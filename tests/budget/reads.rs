//! What questions cost.

use serde_json::json;
use simulator::sophos::Seed;

use super::{console_makes, people, spent};
use crate::support::World;
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn a_person_by_id_is_one_call() {
    let world = World::sophos(Seed::Empty);
    let id = world.post("/Users", person("ada")).await.id();
    world.post("/Groups", group("Staff", &[&id])).await;
    world.calls();
    let read = world.get(&format!("/Users/{id}")).await;
    assert_eq!(read.body["groups"][0]["display"], "Staff");
    spent(&world, &["GET /directory/users/"]);
    world.get(&format!("/Users/{id}?attributes=userName")).await;
    spent(&world, &["GET /directory/users/"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_by_name_is_one_call_per_hundred_substring_hits() {
    const FILTER: &str = "/Users?filter=userName%20eq%20%22ada@example.com%22";
    let world = World::sophos(Seed::Empty);
    assert_eq!(world.get(FILTER).await.body["totalResults"], 0);
    spent(&world, &["GET search="]);
    let mut made = 0;
    for (hits, calls) in [(1, 1), (100, 1), (101, 2), (200, 2), (201, 3), (300, 3)] {
        while made < hits {
            // The one that is meant comes last, so that no page before it is enough.
            let name = if made + 1 == hits { String::new() } else { format!("x{made}-") };
            console_makes(&world, "Ada", &format!("{name}ada@example.com"));
            made += 1;
        }
        let found = world.get(FILTER).await;
        assert_eq!((found.status, &found.body["totalResults"]), (200, &json!(1)), "{hits} hits: {found:?}");
        spent(&world, &vec!["GET search="; calls]);
        let ada = world.sim().user_by_email("ada@example.com").unwrap().id;
        let now = world.clock.now().0;
        let gone = simulator::sophos::Event::ConsoleDeletesUser { user: ada };
        world.sim().event(now, gone).unwrap();
        made -= 1;
    }
    for number in made..301 {
        console_makes(&world, "Ada", &format!("y{number}-ada@example.com"));
    }
    let told = world.get(FILTER).await;
    assert_eq!((told.status, &told.body["scimType"]), (400, &json!("tooMany")), "{told:?}");
    assert!(world.calls().len() <= 3);
}

#[tokio::test(start_paused = true)]
async fn a_known_person_by_name_is_one_call() {
    let world = World::sophos(Seed::Empty);
    world.post("/Users", person("ada")).await;
    world.calls();
    let found = world.get("/Users?filter=userName%20eq%20%22ADA@example.com%22").await;
    assert_eq!(found.body["totalResults"], 1);
    spent(&world, &["GET /directory/users/"]);
}

#[tokio::test(start_paused = true)]
async fn an_external_id_is_no_call_if_unknown_and_one_if_known() {
    let world = World::sophos(Seed::Empty);
    world.post("/Users", person("ada")).await;
    world.calls();
    assert_eq!(world.get("/Users?filter=externalId%20eq%20%22nobody%22").await.body["totalResults"], 0);
    spent(&world, &[]);
    assert_eq!(world.get("/Users?filter=externalId%20eq%20%22ext-ada%22").await.body["totalResults"], 1);
    spent(&world, &["GET /directory/users/"]);
    assert_eq!(world.get("/Groups?filter=externalId%20eq%20%22g%22").await.body["totalResults"], 0);
    spent(&world, &[]);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_hundred_is_one_call() {
    let (world, _) = people(250);
    for (query, rows) in [("", 100), ("?count=100", 100), ("?startIndex=101&count=100", 100), ("?count=0", 0)]
    {
        let page = world.get(&format!("/Users{query}")).await;
        assert_eq!(page.body["totalResults"], 250, "{query}");
        assert_eq!(page.body["Resources"].as_array().unwrap().len(), rows, "{query}");
        spent(&world, &["GET /directory/users?"]);
    }
    assert_eq!(world.get("/Groups?count=100").await.body["totalResults"], 25);
    spent(&world, &["GET /directory/user-groups?"]);
}

#[tokio::test(start_paused = true)]
async fn a_scan_is_bounded() {
    let (world, _) = people(2000);
    let all = world.get("/Users?filter=title%20pr%20or%20userName%20sw%20%22user000001%22").await;
    assert_eq!((all.status, &all.body["totalResults"]), (200, &json!(1)), "{all:?}");
    spent(&world, &["GET /directory/users?"; 20]);
    console_makes(&world, "One More", "one.more@example.com");
    let told = world.get("/Users?filter=title%20pr").await;
    assert_eq!((told.status, &told.body["scimType"]), (400, &json!("tooMany")), "{told:?}");
    assert!(world.calls().len() <= 20);
}

/// All are listed once, whatever the page; and every page of a walk is evaluated anew.
#[tokio::test(start_paused = true)]
async fn an_order_is_one_scan() {
    let (world, _) = people(250);
    for query in ["sortBy=userName&count=1", "sortBy=displayName&startIndex=200", "sortBy=userName&cursor="] {
        assert_eq!(world.get(&format!("/Users?{query}")).await.body["totalResults"], 250);
        spent(&world, &["GET /directory/users?"; 3]);
    }
    let one = "/Users?sortBy=userName&filter=userName%20eq%20%22user000001@example.com%22";
    assert_eq!(world.get(one).await.status, 200);
    spent(&world, &["GET search="]);
}

/// The first page is one call for each hundred. Each later one looks at the row before it, too: that costs no call more
/// where the page and that row are within one page of the product.
#[tokio::test(start_paused = true)]
async fn a_page_by_cursor_is_one_call_or_two() {
    let (world, _) = people(250);
    for (count, calls) in [(100, [1, 2, 2]), (50, [1, 1, 1]), (20, [1, 1, 1])] {
        let mut cursor = String::new();
        for calls in calls {
            let page = world.get(&format!("/Users?count={count}&cursor={cursor}")).await;
            assert_eq!(page.body["totalResults"], 250, "{page:?}");
            spent(&world, &vec!["GET /directory/users?"; calls]);
            cursor = page.body["nextCursor"].as_str().unwrap_or_default().to_owned();
        }
    }
}

/// Each alternative is a look-up of its own: nobody else is looked at.
#[tokio::test(start_paused = true)]
async fn alternatives_are_looked_up() {
    let (world, _) = people(250);
    let ada = world.post("/Users", person("ada")).await.id();
    world.calls();
    let either = "userName eq \"ada@example.com\" or userName eq \"user000001@example.com\"";
    assert_eq!(world.get(&format!("/Users?filter={either}")).await.status, 200);
    spent(&world, &["GET /directory/users/", "GET search="]);
    let either = format!("id eq \"{ada}\" or externalId eq \"nobody\"");
    assert_eq!(world.get(&format!("/Users?filter={either}")).await.body["totalResults"], 1);
    spent(&world, &["GET /directory/users/"]);
    assert_eq!(world.get("/Users?filter=title pr or id eq \"x\"").await.status, 200);
    spent(&world, &["GET /directory/users?"; 3]);
    // More of them are dearer than looking at all.
    let many: Vec<String> = (0..21).map(|number| format!("userName eq \"u{number}\"")).collect();
    assert_eq!(world.get(&format!("/Users?filter={}", many.join(" or "))).await.status, 200);
    spent(&world, &["GET /directory/users?"; 3]);
}

#[tokio::test(start_paused = true)]
async fn members_that_are_not_wanted_cost_nothing() {
    let (world, people) = people(120);
    let inside: Vec<&str> = people.iter().map(String::as_str).collect();
    let id = world.post("/Groups", group("Staff", &inside)).await.id();
    world.calls();
    world.get(&format!("/Groups/{id}?excludedAttributes=members")).await;
    spent(&world, &["GET /directory/user-groups/"]);
    world.get("/Groups?excludedAttributes=members").await;
    spent(&world, &["GET /directory/user-groups?"]);
    let found = "/Groups?filter=displayName%20eq%20%22Staff%22&excludedAttributes=members";
    assert_eq!(world.get(found).await.body["totalResults"], 1);
    spent(&world, &["GET /directory/user-groups/"]);
    let with = world.get(&format!("/Groups/{id}")).await;
    assert_eq!(with.body["members"].as_array().unwrap().len(), 120);
    spent(&world, &["GET /directory/user-groups/", "GET /users?", "GET /users?"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_found_by_login_is_found_so_after_a_change() {
    let world = World::sophos(Seed::Empty);
    let ada = simulator::sophos::Event::ConsoleCreatesUser {
        name: "Ada".to_owned(),
        first_name: None,
        last_name: None,
        email: Some("ada@example.com".to_owned()),
        exchange_login: Some("EXAMPLE\\ada".to_owned()),
        source_type: None,
    };
    let id = world.sim().event(world.clock.now().0, ada).unwrap();
    let by_login = "/Users?filter=userName eq \"example\\\\ADA\"";
    for title in ["Engineer", "Countess"] {
        let found = world.get(by_login).await;
        assert_eq!(found.body["totalResults"], 1, "{found:?}");
        assert_eq!(found.body["Resources"][0]["userName"], "EXAMPLE\\ada");
        let title = json!([{"op": "replace", "path": "title", "value": title}]);
        assert_eq!(world.patch(&format!("/Users/{id}"), title).await.status, 200);
    }
    world.calls();
    assert_eq!(world.get(by_login).await.body["totalResults"], 1);
    spent(&world, &["GET search="]);
    // From the moment a client writes a name it is the only one.
    let name = json!([{"op": "replace", "path": "userName", "value": "countess"}]);
    assert_eq!(world.patch(&format!("/Users/{id}"), name).await.status, 200);
    assert_eq!(world.get(by_login).await.body["totalResults"], 0);
    assert_eq!(world.get("/Users?filter=userName eq \"countess\"").await.body["totalResults"], 1);
}
