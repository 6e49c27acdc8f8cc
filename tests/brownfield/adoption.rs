//! What a POST does that meets somebody (semantics: `on_existing`, `match_on`).

use rstest::rstest;
use scim_facade::facade::OnExisting;
use serde_json::json;
use simulator::sophos::Event;

use super::{Stranger, appears, found, group_appears, happens, ids, other, refused, set, with_email, world};
use crate::support::world::{group, person};

#[tokio::test(start_paused = true)]
async fn an_adopted_person_keeps_what_nobody_mentions() {
    let world = world();
    let ada = Stranger {
        name: "Ada of the console",
        email: Some("ada@example.com"),
        login: Some("EXAMPLE\\ada"),
        source: None,
    };
    let native = appears(&world, ada);
    let crew = group_appears(&world, "Crew");
    happens(&world, Event::ConsoleAddsMember { group: crew.clone(), user: native.clone() });
    let made = world.post("/Users", person("ada")).await;
    assert_eq!((made.status, made.id()), (201, native.clone()), "the id that lists showed: {made:?}");
    assert_eq!(made.body["groups"][0]["value"], json!(crew), "memberships stay");
    let user = world.sim().user_by_email("ada@example.com").unwrap();
    assert_eq!((user.name.as_str(), user.first_name.as_deref()), ("ada Example", Some("ada")));
    assert_eq!(user.exchange_login.as_deref(), Some("EXAMPLE\\ada"), "devices know her by it");
    assert_eq!(world.sim().users().len(), 1);
    world.wait(10).await;
    assert_eq!(world.get(&format!("/Users/{native}")).await.body["title"], "Engineer");
    assert_eq!(ids(&world, "/Users", "externalId eq \"ext-ada\"").await, [native]);
}

#[tokio::test(start_paused = true)]
async fn an_adoption_costs_two_look_ups_a_read_and_a_change() {
    let world = world();
    with_email(&world, "ada@example.com");
    world.calls();
    world.post("/Users", person("ada")).await;
    let calls = world.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.split(' ').next().unwrap()).collect();
    // By name, then whether it is an administrator.
    assert_eq!(methods, ["GET", "GET", "GET", "PATCH"], "{calls:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_person_is_met_by_the_mail_that_the_post_says() {
    let world = world();
    let native = with_email(&world, "ada.king@example.com");
    let mut body = person("ada");
    body["emails"][0]["value"] = json!("Ada.King@example.com");
    let made = world.post("/Users", body).await;
    assert_eq!((made.status, made.id()), (201, native));
    assert_eq!(made.body["userName"], "ada@example.com");
}

#[tokio::test(start_paused = true)]
async fn a_person_without_mail_is_met_by_login() {
    let world = world();
    let login = Stranger { name: "Ada", login: Some("EXAMPLE\\ada"), ..Stranger::default() };
    let native = appears(&world, login);
    let made = world.post("/Users", json!({"userName": "example\\ADA", "displayName": "Ada"})).await;
    assert_eq!((made.status, made.id()), (201, native));
}

#[tokio::test(start_paused = true)]
async fn one_person_met_by_both_names_is_one() {
    let world = world();
    let both = Stranger {
        name: "Ada",
        email: Some("ada.king@example.com"),
        login: Some("ada@example.com"),
        source: None,
    };
    let native = appears(&world, both);
    let mut body = person("ada");
    body["emails"][0]["value"] = json!("ada.king@example.com");
    let made = world.post("/Users", body).await;
    assert_eq!((made.status, made.id()), (201, native));
}

#[tokio::test(start_paused = true)]
async fn an_inactive_one_is_adopted_and_deactivated() {
    let world = world();
    let native = with_email(&world, "ada@example.com");
    let crew = group_appears(&world, "Crew");
    happens(&world, Event::ConsoleAddsMember { group: crew.clone(), user: native.clone() });
    let mut body = person("ada");
    body["active"] = json!(false);
    let made = world.post("/Users", body).await;
    assert_eq!((made.status, made.id(), &made.body["active"]), (201, native.clone(), &json!(false)));
    assert_eq!(made.body["title"], "Engineer");
    assert!(world.sim().users().is_empty());
    let back = world.patch(&format!("/Users/{native}"), set("active", json!(true))).await;
    assert_eq!(back.body["groups"][0]["value"], json!(crew), "memberships come back: {back:?}");
}

#[tokio::test(start_paused = true)]
async fn ones_own_person_returns() {
    let world = world();
    let id = world.post("/Users", person("ada")).await.id();
    let crew = world.post("/Groups", group("Crew", &[&id])).await.id();
    world.patch(&format!("/Users/{id}"), set("active", json!(false))).await;
    let mut stranger = person("ada");
    stranger["externalId"] = json!("somebody-else");
    refused(&world.post("/Users", stranger).await, 409, Some("uniqueness"), "inactive");
    let mut body = person("ada");
    body["title"] = json!("Countess");
    let back = world.post("/Users", body).await;
    assert_eq!((back.status, back.id(), &back.body["active"]), (201, id, &json!(true)), "{back:?}");
    assert_eq!((&back.body["title"], &back.body["groups"][0]["value"]), (&json!("Countess"), &json!(crew)));
    refused(&world.post("/Users", person("ada")).await, 409, Some("uniqueness"), "exists");
}

#[tokio::test(start_paused = true)]
async fn who_can_not_be_adopted_is_409_with_the_reason() {
    let world = world();
    let synced = Stranger {
        name: "Ada",
        email: Some("ada@example.com"),
        source: Some("activeDirectory"),
        login: None,
    };
    let native = appears(&world, synced);
    refused(&world.post("/Users", person("ada")).await, 409, Some("uniqueness"), "Active Directory");
    assert_eq!(ids(&world, "/Users", "userName eq \"ada@example.com\"").await, [native]);
    with_email(&world, "eve@example.com");
    let second = Stranger { name: "Eve", login: Some("eve@example.com"), ..Stranger::default() };
    appears(&world, second);
    refused(&world.post("/Users", person("eve")).await, 409, Some("uniqueness"), "has 2");
    let id = world.post("/Users", person("joe")).await.id();
    refused(&other(&world, "entra").post("/Users", person("joe")).await, 409, Some("uniqueness"), "takeover");
    refused(&world.post("/Users", person("joe")).await, 409, Some("uniqueness"), &id);
    assert_eq!(world.sim().users().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn on_existing_conflict_adopts_nobody() {
    let world = world().set(|settings| settings.on_existing = OnExisting::Conflict);
    with_email(&world, "ada@example.com");
    group_appears(&world, "Crew");
    refused(&world.post("/Users", person("ada")).await, 409, Some("uniqueness"), "on_existing");
    refused(&world.post("/Groups", group("Crew", &[])).await, 409, Some("uniqueness"), "on_existing");
    assert_eq!(world.sim().users().len(), 1);
    assert_eq!(world.sim().groups().len(), 1);
}

/// The fields that an operator names are those that a userName is compared with.
#[rstest]
#[case::mail("email", [1, 0])]
#[case::login("exchangeLogin", [0, 1])]
#[tokio::test(start_paused = true)]
async fn match_on_says_what_a_name_is_compared_with(#[case] field: &str, #[case] finds: [usize; 2]) {
    let world = world().set(|settings| settings.match_on = Some(vec![field.to_owned()]));
    let both =
        Stranger { name: "Ada", email: Some("ada@example.com"), login: Some("EXAMPLE\\ada"), source: None };
    appears(&world, both);
    for (name, hits) in ["ada@example.com", "EXAMPLE\\\\ada"].into_iter().zip(finds) {
        assert_eq!(ids(&world, "/Users", &format!("userName eq \"{name}\"")).await.len(), hits, "{name}");
    }
    assert_eq!(world.post("/Users", person("ada")).await.status, 201, "the mail is compared anyway");
    assert_eq!(world.sim().users().len(), 1);
}

/// Past the limit of a look-up a filter is refused, a POST goes on, and the vendor's refusal decides.
#[tokio::test(start_paused = true)]
async fn past_the_limit_the_vendor_decides() {
    let world = world();
    for number in 0..301 {
        with_email(&world, &format!("x{number}-ada@example.com"));
    }
    let filter = "userName eq \"ada@example.com\"";
    refused(&found(&world, "/Users", filter).await, 400, Some("tooMany"), "300");
    assert_eq!(world.post("/Users", person("ada")).await.status, 201, "nobody has the name");
    with_email(&world, "eve@example.com");
    for number in 0..301 {
        with_email(&world, &format!("x{number}-eve@example.com"));
    }
    refused(&world.post("/Users", person("eve")).await, 409, Some("uniqueness"), "another");
}

#[tokio::test(start_paused = true)]
async fn a_group_is_adopted_with_its_members() {
    let world = world();
    let (ada, eve) = (with_email(&world, "ada@example.com"), with_email(&world, "eve@example.com"));
    let crew = group_appears(&world, "Crew");
    happens(&world, Event::ConsoleAddsMember { group: crew.clone(), user: ada.clone() });
    let mut body = group("crew", &[&eve]);
    body["externalId"] = json!("g1");
    let made = world.post("/Groups", body).await;
    assert_eq!((made.status, made.id()), (201, crew.clone()), "{made:?}");
    let mut members = world.sim().members_of(&crew);
    members.sort();
    let mut both = vec![ada, eve];
    both.sort();
    assert_eq!(members, both, "an adoption takes no access away");
    assert_eq!(ids(&world, "/Groups", "externalId eq \"g1\"").await, [crew.clone()]);
    // It is the client's own now.
    let renamed = world.patch(&format!("/Groups/{crew}"), set("displayName", json!("Band"))).await;
    assert!(matches!(renamed.status, 200 | 204), "{renamed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_synced_group_is_not_adopted() {
    let world = world();
    let crew = group_appears(&world, "Crew");
    let source_type = "azureActiveDirectory".to_owned();
    happens(&world, Event::SyncTakesGroup { group: crew, source_type, domain: None });
    refused(&world.post("/Groups", group("Crew", &[])).await, 409, Some("uniqueness"), "Microsoft Entra ID");
}

#[tokio::test(start_paused = true)]
async fn two_posts_for_one_stranger_make_nobody_new() {
    let world = world();
    let native = with_email(&world, "ada@example.com");
    let mut by_login = person("ada");
    by_login["userName"] = json!("EXAMPLE\\ada");
    let (one, two) = tokio::join!(world.post("/Users", person("ada")), world.post("/Users", by_login));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{one:?} {two:?}");
    assert_eq!(world.sim().users().len(), 1);
    assert_eq!(world.get(&format!("/Users/{native}")).await.status, 200);
}

/// Nothing is made natively of somebody who begins inactive: no refusal would tell that the person is there.
#[tokio::test(start_paused = true)]
async fn an_inactive_one_is_looked_for_whatever_names_are_compared() {
    let world = world().set(|settings| settings.match_on = Some(vec!["email".to_owned()]));
    let native = with_email(&world, "ada@example.com");
    let mut body = person("ada");
    body["active"] = json!(false);
    let made = world.post("/Users", body).await;
    assert_eq!((made.status, made.id(), &made.body["active"]), (201, native, &json!(false)), "{made:?}");
    assert!(world.sim().users().is_empty(), "her access has ended");
}

#[tokio::test(start_paused = true)]
async fn a_group_is_adopted_with_many_members() {
    let world = world();
    let native = group_appears(&world, "Crew");
    let mut people = Vec::new();
    for number in 0..101 {
        people.push(world.post("/Users", person(&format!("p{number}"))).await.id());
    }
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let mut body = group("Crew", &people);
    body["externalId"] = json!("ext-crew");
    let made = world.post("/Groups", body).await;
    assert_eq!((made.status, made.id()), (201, native.clone()), "{made:?}");
    assert_eq!(world.sim_members("Crew").len(), 101);
    assert_eq!(ids(&world, "/Groups", "externalId eq \"ext-crew\"").await, [native]);
}
