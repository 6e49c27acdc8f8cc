//! Decisions on what the RFC leaves open (`docs/ambiguities.md`), in both profiles, where no other test looks at both.

use std::collections::BTreeMap;

use rstest::rstest;
use scim::profile::Profile;
use scim_facade::facade::{PatchResponse, Transient};
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule, Times};
use simulator::sophos::Seed;

use super::{is_error, refused};
use crate::support::world::{client, group, person};
use crate::support::{Over, World};

/// The same world for either reader.
fn both(over: Over) -> [World; 2] {
    [over.world(), over.strict()]
}

async fn ada(world: &World) -> String {
    let made = world.post("/Users", person("ada")).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("/Users/{}", made.id())
}

fn replace(path: &str, value: Value) -> Value {
    json!([{"op": "replace", "path": path, "value": value}])
}

async fn over_http(world: &World, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
    let reply = world.http(method, path, &BTreeMap::new(), body.map(str::to_owned)).await;
    (reply.status, reply.json())
}

/// Point 6: what the backend can't look up is evaluated here, within a bound.
#[tokio::test(start_paused = true)]
async fn a_search_that_would_read_too_much_is_refused() {
    for profile in [Profile::Tolerant, Profile::Strict] {
        let world = World::sophos(Seed::Many { users: 30 }).set(|settings| settings.scan_limit = 29);
        let world = world.as_client(scim_facade::facade::Client { profile, ..client("okta") });
        refused(&world, "GET", "/Users?filter=title%20pr", None, (400, "tooMany")).await;
        let world = world.set(|settings| settings.scan_limit = 30);
        assert_eq!(world.get("/Users?filter=title%20pr").await.status, 200);
    }
}

/// Point 14: what is so already is a success, and no change.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_so_already_changes_nothing(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let user = ada(&world).await;
        let id = user.trim_start_matches("/Users/");
        let team = format!("/Groups/{}", world.post("/Groups", group("Engineers", &[id])).await.id());
        world.wait(60).await;
        let read = world.get(&user).await.body;
        // Whether a group changed thereby is not known without a call, so nothing is said of its version.
        let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
        assert_eq!(world.patch(&team, add).await.status, 200);
        let absent = json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}]);
        assert_eq!(world.patch(&team, absent).await.status, 200);
        assert_eq!(world.patch(&user, json!([{"op": "remove", "path": "nickName"}])).await.status, 200);
        assert_eq!(world.patch(&user, replace("title", read["title"].clone())).await.status, 200);
        assert_eq!(world.get(&user).await.body, read);
        assert_eq!(world.get(&team).await.body["members"].as_array().map(Vec::len), Some(1));
    }
}

/// Point 16: with a body unless the client wants none; always with one if it chooses attributes.
#[rstest]
#[case(PatchResponse::Auto, 200)]
#[case(PatchResponse::Body, 200)]
#[case(PatchResponse::NoContent, 204)]
#[tokio::test(start_paused = true)]
async fn a_patch_is_answered_as_the_client_wants(#[case] patch_response: PatchResponse, #[case] status: u16) {
    for profile in [Profile::Tolerant, Profile::Strict] {
        let world = Over::Memory.world();
        let world =
            world.as_client(scim_facade::facade::Client { profile, patch_response, ..client("okta") });
        let user = ada(&world).await;
        let reply = world.patch(&user, replace("title", json!("Countess"))).await;
        assert_eq!((reply.status, reply.body.is_null()), (status, status == 204));
        let chosen = world.patch(&format!("{user}?attributes=title"), replace("title", json!("x"))).await;
        assert_eq!((chosen.status, &chosen.body["title"]), (200, &json!("x")));
    }
}

/// Point 17: a PUT clears what it leaves out, but for access, members and the client's own name.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_put_clears_what_it_leaves_out(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let user = ada(&world).await;
        world.patch(&user, replace("active", json!(false))).await;
        let mut body = person("ada");
        body.as_object_mut().unwrap().retain(|name, _| !matches!(&**name, "title" | "active" | "externalId"));
        let put = world.put(&user, body).await.body;
        assert_eq!((put.get("title"), &put["active"]), (None, &json!(false)));
        assert_eq!(put["externalId"], "ext-ada");
        let id = user.trim_start_matches("/Users/");
        let team = format!("/Groups/{}", world.post("/Groups", group("Engineers", &[id])).await.id());
        let mut body = group("Analysts", &[]);
        body.as_object_mut().unwrap().shift_remove("members");
        assert_eq!(world.put(&team, body).await.body["members"][0]["value"], id);
    }
}

/// Point 20: a password is taken and dropped.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_password_is_taken_and_dropped(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let mut body = person("ada");
        body["password"] = json!("correct horse");
        let made = world.post("/Users", body.clone()).await;
        assert_eq!(made.status, 201, "{made:?}");
        let user = format!("/Users/{}", made.id());
        assert_eq!(world.put(&user, body).await.status, 200);
        assert!(world.patch(&user, replace("password", json!("battery staple"))).await.status < 300);
        let everything = format!("{:?} {:?}", world.still().await, world.get(&user).await);
        assert!(!everything.contains("correct horse") && !everything.contains("battery staple"));
    }
}

/// Point 21: names are unique whatever their case.
#[rstest]
#[tokio::test(start_paused = true)]
async fn names_are_unique(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        ada(&world).await;
        let mut second = person("eve");
        second["userName"] = json!("ADA@Example.com");
        refused(&world, "POST", "/Users", Some(second), (409, "uniqueness")).await;
        assert_eq!(world.post("/Groups", group("Engineers", &[])).await.status, 201);
        refused(&world, "POST", "/Groups", Some(group("ENGINEERS", &[])), (409, "uniqueness")).await;
    }
}

/// Point 22: who is made again after they left is the same person.
#[rstest]
#[tokio::test(start_paused = true)]
async fn who_is_made_again_returns(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let user = ada(&world).await;
        world.patch(&user, replace("active", json!(false))).await;
        let again = world.post("/Users", person("ada")).await;
        assert_eq!((again.status, &again.body["active"]), (201, &json!(true)), "{again:?}");
        assert_eq!(format!("/Users/{}", again.id()), user);
        // Whoever is active is met with a refusal.
        refused(&world, "POST", "/Users", Some(person("ada")), (409, "uniqueness")).await;
    }
}

/// Points 23 and 38: a create of unknown outcome is answered as the client retries, and the retry makes nobody twice.
#[tokio::test(start_paused = true)]
async fn a_create_of_unknown_outcome_is_retried_and_made_once() {
    for (profile, transient, status) in
        [(Profile::Tolerant, Transient::TooManyRequests, 429), (Profile::Strict, Transient::Unavailable, 503)]
    {
        let world = World::sophos(Seed::Empty);
        let world = world.as_client(scim_facade::facade::Client { profile, transient, ..client("okta") });
        world.sim().add_fault(Rule::once(Fault::Hang { applied: true }).on("POST", "/users"));
        let down = Fault::Status { code: 503, applied: false };
        world.sim().add_fault(Rule::once(down).on("GET", "/users").skip(1).times(Times::FOREVER));
        let mut reply = world.post("/Users", person("ada")).await;
        let mut waits = 0;
        world.sim().clear_faults();
        while reply.status == status {
            waits += 1;
            world.wait(u64::from(reply.retry_after.expect("Retry-After"))).await;
            reply = world.post("/Users", person("ada")).await;
        }
        assert_eq!(reply.status, 201, "{reply:?}");
        assert!((1..10).contains(&waits), "{waits} waits");
        assert_eq!(world.sim().users().len(), 1);
    }
}

/// Points 24 and 25: what is deleted is gone, its name is free, and a second DELETE finds nothing.
#[rstest]
#[tokio::test(start_paused = true)]
async fn what_is_deleted_is_gone(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let user = ada(&world).await;
        assert_eq!(world.delete(&user).await.status, 204);
        refused(&world, "GET", &user, None, (404, "")).await;
        refused(&world, "DELETE", &user, None, (404, "")).await;
        assert_ne!(ada(&world).await, user);
    }
}

/// Points 26 and 27: a person shows their groups, a member its type, though nobody said so; a list shows no members, and may
/// leave them out of one group.
#[rstest]
#[tokio::test(start_paused = true)]
async fn groups_and_members_show_each_other(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let user = ada(&world).await;
        let id = user.trim_start_matches("/Users/");
        let team = world.post("/Groups", group("Engineers", &[id])).await;
        let at = format!("/Groups/{}", team.id());
        assert_eq!(world.get(&user).await.body["groups"][0]["value"], team.id());
        let member = &world.get(&at).await.body["members"][0];
        assert_eq!((&member["value"], &member["type"]), (&json!(id), &json!("User")));
        assert_eq!(world.get("/Groups").await.body["Resources"][0].get("members"), None);
        let without = world.get(&format!("{at}?excludedAttributes=members")).await.body;
        assert_eq!((without.get("members"), &without["displayName"]), (None, &json!("Engineers")));
        let nested = group("Outer", &[&team.id()]);
        refused(&world, "POST", "/Groups", Some(nested), (400, "invalidValue")).await;
    }
}

/// Points 30 and 31: pages begin where the client says, and the total counts everybody.
#[rstest]
#[tokio::test(start_paused = true)]
async fn pages_begin_anywhere_and_count_everybody(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        for name in ["ada", "bob", "cyd", "dan", "eve"] {
            assert_eq!(world.post("/Users", person(name)).await.status, 201);
        }
        let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
        let ids = async |query: &str| {
            let list = world.get(&format!("/Users{query}")).await.body;
            assert_eq!(list["totalResults"], 5, "{query}");
            list["Resources"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
        };
        let all = ids("").await;
        assert_eq!(ids("?startIndex=2&count=3").await, all[1..4]);
        assert_eq!(ids("?startIndex=4&count=3").await, all[3..]);
    }
}

/// Points 32, 33 and 44, and a password in a filter: requests that say two things, or none that can be read.
#[tokio::test(start_paused = true)]
async fn what_contradicts_itself_is_refused() {
    for world in both(Over::Memory) {
        for (method, path, body, error) in [
            ("GET", "/Users?startIndex=2&cursor=x", None, (400, "invalidValue")),
            ("GET", "/Users?attributes=id&excludedAttributes=title", None, (400, "invalidValue")),
            ("GET", "/ServiceProviderConfig?filter=id%20pr", None, (403, "")),
            ("GET", "/ResourceTypes?filter=id%20pr", None, (403, "")),
            ("GET", "/Schemas?filter=id%20pr", None, (403, "")),
            ("GET", "/Users?filter=password%20eq%20%22x%22", None, (400, "invalidFilter")),
            ("POST", "/Users", Some("\u{feff}{\"userName\":\"ada\"}"), (400, "invalidSyntax")),
            ("POST", "/Users", Some(r#"{"userName":"ada","USERNAME":"eve"}"#), (400, "invalidSyntax")),
            (
                "POST",
                "/Users",
                Some(&format!("{}1{}", "[".repeat(60), "]".repeat(60))),
                (400, "invalidSyntax"),
            ),
        ] {
            let (status, body) = over_http(&world, method, path, body).await;
            let reply = crate::support::world::Reply { status, body, retry_after: None };
            assert!(is_error(&reply, error.0, error.1), "{method} {path}: {reply:?}");
        }
    }
}

/// Points 34 and 35: nothing is told to strangers, discovery included; what belongs elsewhere is like what never was.
#[tokio::test(start_paused = true)]
async fn strangers_and_foreign_ids_learn_nothing() {
    for world in both(Over::Memory) {
        let stranger = BTreeMap::from([("Authorization".to_owned(), "Bearer nobody".to_owned())]);
        for path in ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Users/1"] {
            assert_eq!(world.http("GET", path, &stranger, None).await.status, 401, "{path}");
        }
        let foreign = ada(&Over::Sophos.world()).await;
        let (theirs, unknown) = (world.get(&foreign).await, world.get("/Users/unknown").await);
        assert_eq!((theirs.status, unknown.status), (404, 404));
        let told = |body: &Value, id: &str| body.to_string().replace(id, "ID");
        assert_eq!(told(&theirs.body, foreign.trim_start_matches("/Users/")), told(&unknown.body, "unknown"));
    }
}

/// Point 34: where its operator says so, discovery is open to whoever shows no credential, and nothing else is.
#[tokio::test(start_paused = true)]
async fn discovery_is_open_where_its_operator_says_so() {
    let none = BTreeMap::new();
    let wrong = BTreeMap::from([("authorization".to_owned(), "Bearer nobody".to_owned())]);
    for world in both(Over::Memory) {
        let user = "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User";
        for path in ["/ServiceProviderConfig", "/Schemas", user, "/ResourceTypes", "/ResourceTypes/User/"] {
            let known = world.http("GET", path, &none, None).await;
            let reply = world.opened("GET", path, &none).await;
            assert_eq!((reply.status, &reply.text), (200, &known.text), "{path}");
            assert_eq!(world.opened("HEAD", path, &none).await.status, 200, "{path}");
            assert_eq!(world.opened("GET", &format!("{path}?filter=id+pr"), &none).await.status, 403);
            assert_eq!(world.opened("GET", path, &wrong).await.status, 401, "{path}");
            assert_eq!(world.opened("POST", path, &none).await.status, 401, "{path}");
        }
        for path in ["/Users", "/Users/1", "/Users?/Schemas", "/Me", "/Schema", "/Schemas/../Users", "/Bulk"]
        {
            let reply = world.opened("GET", path, &none).await;
            assert!(
                [401, 404].contains(&reply.status) && !reply.text.contains("Resources"),
                "{path}: {reply:?}"
            );
        }
        assert_eq!(world.opened("GET", "/Users", &none).await.status, 401);
    }
}

/// Point 45: where roles are nothing native, they are the client's own words.
#[rstest]
#[tokio::test(start_paused = true)]
async fn roles_come_back_as_they_were_written(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in both(over) {
        let mut body = person("ada");
        body["roles"] = json!([{"value": "any word", "type": "x", "primary": true}]);
        let made = world.post("/Users", body.clone()).await;
        assert_eq!((made.status, &made.body["roles"]), (201, &body["roles"]), "{made:?}");
        let mut body = person("eve");
        body["roles"] = json!([]);
        assert_eq!(world.post("/Users", body).await.status, 201);
    }
}
