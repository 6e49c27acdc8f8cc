//! What losing access and getting it back costs.

use serde_json::{Value, json};
use simulator::sophos::{Event, Seed};

use super::spent;
use crate::support::World;
use crate::support::world::{group, person};

fn switch(active: bool) -> Value {
    json!([{"op": "replace", "value": {"active": active}}])
}

fn in_order(list: &Value) -> Vec<String> {
    let mut texts: Vec<String> = list.as_array().into_iter().flatten().map(Value::to_string).collect();
    texts.sort();
    texts
}

/// A person in so many groups, in a world whose calls so far are forgotten.
async fn member_of(count: usize) -> (World, String) {
    let world = World::sophos(Seed::Empty);
    let id = world.post("/Users", person("ada")).await.id();
    for number in 0..count {
        let made = world.post("/Groups", group(&format!("G{number:03}"), &[&id])).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    world.calls();
    (world, id)
}

#[tokio::test(start_paused = true)]
async fn parking_is_a_look_at_the_person_and_at_the_admins_and_one_write() {
    for (groups, park, back) in [
        (0, vec!["GET /users/", "GET /admins?", "DELETE /users/"], 2),
        (2, vec!["GET /users/", "GET /admins?", "DELETE /users/"], 2),
        (50, vec!["GET /users/", "GET /admins?", "DELETE /users/"], 2),
        (100, vec!["GET /users/", "GET /groups?", "GET /admins?", "DELETE /users/"], 2),
    ] {
        let (world, id) = member_of(groups).await;
        let user = format!("/Users/{id}");
        let off = world.patch(&user, switch(false)).await;
        assert_eq!((off.status, &off.body["active"]), (200, &json!(false)), "{off:?}");
        spent(&world, &park);
        assert!(world.sim().user_by_email("ada@example.com").is_none());

        let on = world.patch(&user, switch(true)).await;
        assert_eq!((on.status, &on.body["active"]), (200, &json!(true)), "{on:?}");
        let shown = on.body["groups"].as_array().map_or(0, Vec::len);
        assert_eq!((on.id(), shown), (id, groups));
        spent(&world, &["GET search=", "POST /users"][..back]);
        let native = world.sim().user_by_email("ada@example.com").unwrap();
        for number in 0..groups {
            assert_eq!(world.sim_members(&format!("G{number:03}")), std::slice::from_ref(&native.id));
        }
        let read = world.get(&user).await;
        assert_eq!(in_order(&on.body["groups"]), in_order(&read.body["groups"]), "as a read shows it");
    }
}

#[tokio::test(start_paused = true)]
async fn an_admin_costs_one_call_more() {
    let (world, id) = member_of(1).await;
    let native = world.sim().user_by_email("ada@example.com").unwrap().id;
    let promoted = Event::ConsolePromotes { user: native, role: "Admin".to_owned() };
    world.sim().event(world.clock.now().0, promoted).unwrap();
    assert_eq!(world.patch(&format!("/Users/{id}"), switch(false)).await.status, 200);
    spent(&world, &["GET /users/", "GET /admins?", "DELETE /admins/", "DELETE /users/"]);
}

#[tokio::test(start_paused = true)]
async fn quarantine_and_the_way_out() {
    for groups in [0, 2, 50] {
        let (world, id) = member_of(groups).await;
        let world = world.quarantining().await;
        let user = format!("/Users/{id}");
        world.calls();
        assert_eq!(world.patch(&user, switch(false)).await.status, 200);
        let leave = ["DELETE /groups?ids="];
        let (looks, held) = (["GET /users/", "GET /admins?"], ["POST /groups"]);
        let left = &leave[..usize::from(groups > 0)];
        spent(&world, &[&looks[..], &held, left, &["GET /users/"]].concat());
        assert_eq!(world.patch(&user, switch(true)).await.status, 200);
        let given = &held[..usize::from(groups > 0)];
        spent(&world, &[&["GET /users/"], given, &leave, &["GET /users/"]].concat());
    }
}

#[tokio::test(start_paused = true)]
async fn writes_to_a_parked_person_are_no_call() {
    let (world, id) = member_of(3).await;
    let user = format!("/Users/{id}");
    let crew = format!("/Groups/{}", world.post("/Groups", group("Crew", &[])).await.id());
    world.patch(&user, switch(false)).await;
    world.calls();
    let title = json!([{"op": "replace", "path": "displayName", "value": "Countess"}]);
    assert_eq!(world.patch(&user, title).await.body["displayName"], "Countess");
    let mut put = person("ada");
    put["active"] = json!(false);
    assert_eq!(world.put(&user, put).await.status, 200);
    assert_eq!(world.patch(&user, switch(false)).await.status, 200);
    assert_eq!(world.get(&user).await.status, 200);
    spent(&world, &[]);
    let joined = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(world.patch(&crew, joined).await.status, 200);
    assert!(world.calls().iter().all(|call| call.starts_with("GET /common/v1/directory/user-groups/")));
    assert_eq!(world.delete(&user).await.status, 204);
    spent(&world, &[]);
}
