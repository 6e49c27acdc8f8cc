//! What clients may do, and whose resources are whose (semantics: ownership).

use rstest::rstest;
use scim_facade::facade::{DeactivatePolicy, GroupScope, Right, Rights};
use scim_facade::kernel::{Kind, ScimId};
use serde_json::{Value, json};

use simulator::sophos::{Event, Group, User};

use super::{group_appears, happens, ids, other, refused, set, with_email, world};
use crate::support::World;
use crate::support::world::{client, group, person};

/// The same target as a client with exactly these rights sees it.
fn with(world: &World, rights: &[Right]) -> World {
    let mut limited = client("okta");
    limited.rights = Rights::of(rights.iter().copied());
    world.as_client(limited)
}

fn everything(world: &World) -> (Vec<User>, Vec<Group>) {
    let sim = world.sim();
    (sim.users(), sim.groups())
}

async fn owner(world: &World, id: &str) -> String {
    let shadow = world.store.shadow(&world.target, Kind::User, &ScimId::new(id)).await.unwrap().unwrap();
    shadow.owner.to_string()
}

#[rstest]
#[case::read(Right::Read, "GET", "/Users/<ada>", Value::Null)]
#[case::list(Right::Read, "GET", "/Users", Value::Null)]
#[case::create(Right::Create, "POST", "/Users", person("eve"))]
#[case::create_group(Right::Create, "POST", "/Groups", group("New", &[]))]
#[case::update(Right::Update, "PATCH", "/Users/<ada>", set("title", json!("x")))]
#[case::put(Right::Update, "PUT", "/Users/<ada>", person("ada"))]
#[case::group(Right::Update, "PATCH", "/Groups/<crew>", set("displayName", json!("x")))]
#[case::deactivate(Right::Deactivate, "PATCH", "/Users/<ada>", set("active", json!(false)))]
#[case::reactivate(Right::Reactivate, "PATCH", "/Users/<bob>", set("active", json!(true)))]
#[case::reactivate_by_post(Right::Reactivate, "POST", "/Users", person("bob"))]
#[case::delete(Right::Delete, "DELETE", "/Users/<ada>", Value::Null)]
#[case::delete_group(Right::Delete, "DELETE", "/Groups/<crew>", Value::Null)]
#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_is_403_and_changes_nothing(
    #[case] right: Right,
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
) {
    let world = world();
    let ada = world.post("/Users", person("ada")).await.id();
    let bob = world.post("/Users", person("bob")).await.id();
    world.patch(&format!("/Users/{bob}"), set("active", json!(false))).await;
    let crew = world.post("/Groups", group("Crew", &[&ada])).await.id();
    let path = path.replace("<ada>", &ada).replace("<bob>", &bob).replace("<crew>", &crew);
    let others: Vec<Right> = Right::ALL.into_iter().filter(|other| *other != right).collect();
    let limited = with(&world, &others);
    let before = everything(&world);
    let told = match (method, &body) {
        ("PATCH", _) => limited.patch(&path, body.clone()).await,
        (_, Value::Null) => limited.send(method, &path, None).await,
        _ => limited.send(method, &path, Some(body.clone())).await,
    };
    refused(&told, 403, None, "`allow`");
    refused(&told, 403, None, right.word());
    assert_eq!(everything(&world), before);
}

/// A security tool that ends access and nothing else.
#[tokio::test(start_paused = true)]
async fn the_right_to_deactivate_is_enough_to_deactivate() {
    let world = world();
    let (ada, eve) =
        (world.post("/Users", person("ada")).await.id(), world.post("/Users", person("eve")).await.id());
    let tool = with(&world, &[Right::Deactivate]);
    let off = tool.patch(&format!("/Users/{ada}"), set("active", json!(false))).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
    let more = json!([{"op": "replace", "value": {"active": false, "title": "Gone"}}]);
    refused(&tool.patch(&format!("/Users/{eve}"), more).await, 403, None, "deactivated");
    assert!(world.sim().users().is_empty(), "what comes along is no reason not to deactivate");
    assert_eq!(world.get(&format!("/Users/{eve}")).await.body["title"], "Engineer");
}

#[tokio::test(start_paused = true)]
async fn another_client_reads_matches_and_updates() {
    let world = world();
    let id = world.post("/Users", person("ada")).await.id();
    let entra = other(&world, "entra");
    assert_eq!(ids(&entra, "/Users", "userName eq \"ada@example.com\"").await, [id.clone()]);
    let path = format!("/Users/{id}");
    assert_eq!(entra.get(&path).await.body["externalId"], Value::Null, "each client sees its own");
    let named = json!([{"op": "replace", "value": {"externalId": "e-1", "title": "Countess"}}]);
    assert_eq!(entra.patch(&path, named).await.body["externalId"], "e-1");
    assert_eq!(world.get(&path).await.body["externalId"], "ext-ada");
    assert_eq!(world.get(&path).await.body["title"], "Countess");
    assert_eq!(ids(&entra, "/Users", "externalId eq \"e-1\"").await, [id.clone()]);
    assert_eq!(ids(&world, "/Users", "externalId eq \"e-1\"").await, Vec::<String>::new());
    assert_eq!(owner(&world, &id).await, "okta");
    refused(&entra.patch(&path, set("active", json!(false))).await, 403, None, "takeover");
    refused(&entra.delete(&path).await, 403, None, "takeover");
    assert_eq!(world.get(&path).await.body["active"], true);
}

#[tokio::test(start_paused = true)]
async fn a_takeover_changes_the_owner() {
    let world = world();
    let mut ids = Vec::new();
    for name in ["ada", "eve", "joe"] {
        ids.push(world.post("/Users", person(name)).await.id());
    }
    let mut taker = client("entra");
    taker.rights = Rights::of(Right::ALL);
    let taker = world.as_client(taker);
    let off = taker.patch(&format!("/Users/{}", ids[0]), set("active", json!(false))).await;
    assert_eq!((off.status, owner(&world, &ids[0]).await.as_str()), (200, "entra"), "{off:?}");
    let mut body = person("eve");
    body["externalId"] = json!("e-eve");
    let adopted = taker.post("/Users", body).await;
    assert_eq!((adopted.status, adopted.id()), (201, ids[1].clone()), "{adopted:?}");
    assert_eq!(
        (owner(&world, &ids[1]).await.as_str(), &adopted.body["externalId"]),
        ("entra", &json!("e-eve"))
    );
    assert_eq!(taker.delete(&format!("/Users/{}", ids[2])).await.status, 204);
    refused(&world.delete(&format!("/Users/{}", ids[1])).await, 403, None, "takeover");
    assert_eq!(world.sim().users().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_clients_groups_are_those_that_it_made_or_adopted() {
    let world = world();
    let ada = with_email(&world, "ada@example.com");
    let (native, adopted) = (group_appears(&world, "Native"), group_appears(&world, "Adopted"));
    happens(&world, Event::ConsoleAddsMember { group: native.clone(), user: ada.clone() });
    world.post("/Groups", group("Adopted", &[])).await;
    let made = world.post("/Groups", group("Made", &[])).await.id();
    let foreign = other(&world, "entra").post("/Groups", group("Foreign", &[])).await.id();
    let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    for (id, may) in [(&made, true), (&adopted, true), (&native, false), (&foreign, false)] {
        let path = format!("/Groups/{id}");
        assert_eq!(world.get(&path).await.status, 200, "everybody reads");
        for reply in [
            world.patch(&path, add.clone()).await,
            world.patch(&path, set("displayName", json!(format!("{id} renamed")))).await,
            world.put(&path, group(&format!("{id} put"), &[])).await,
        ] {
            match may {
                true => assert!(matches!(reply.status, 200 | 204), "{reply:?}"),
                false => refused(&reply, 403, None, "groups = \"all\""),
            }
        }
        if !may {
            refused(&world.delete(&path).await, 403, None, "groups = \"all\"");
        }
    }
    assert_eq!(world.sim().members_of(&native), [ada]);
    let mut all = client("okta");
    all.groups = GroupScope::All;
    let all = world.as_client(all);
    assert!(matches!(all.patch(&format!("/Groups/{foreign}"), add).await.status, 200 | 204));
    refused(&all.delete(&format!("/Groups/{foreign}")).await, 403, None, "takeover");
    assert_eq!(all.delete(&format!("/Groups/{native}")).await.status, 204);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_takes_nothing_over() {
    let world = world().set(|settings| settings.deactivate = DeactivatePolicy::Reject);
    let id = world.post("/Users", person("ada")).await.id();
    let mut taker = client("entra");
    taker.rights = Rights::of(Right::ALL);
    let path = format!("/Users/{id}");
    let off = world.as_client(taker).patch(&path, set("active", json!(false))).await;
    refused(&off, 400, Some("mutability"), "deactivate");
    assert_eq!(owner(&world, &id).await, "okta");
    assert_eq!(world.delete(&path).await.status, 204, "the owner can still end her access");
}
