//! §3.5.2 on members: who may be one, where a strict client and people made elsewhere meet.

use serde_json::json;
use simulator::faults::{Fault, Rule};
use simulator::sophos::Seed;

use super::{patch_of, refused};
use crate::support::world::{client, group, person};
use crate::support::{Over, World};

const DEAD: &str = "00000000-0000-4000-8000-00000000dead";

fn strict(world: &World) -> World {
    let mut client = client("okta");
    client.profile = scim::profile::Profile::Strict;
    world.as_client(client)
}

async fn member_count(world: &World, path: &str) -> usize {
    world.get(path).await.body["members"].as_array().map_or(0, Vec::len)
}

/// People whom nobody wrote through us are known by their native ids.
#[tokio::test(start_paused = true)]
async fn people_made_elsewhere_can_be_members() {
    let world = strict(&World::sophos(Seed::Many { users: 3 }));
    let list = world.get("/Users").await.body;
    let native = list["Resources"][0]["id"].as_str().unwrap();
    let made = world.post("/Groups", group("Engineers", &[native])).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/Groups/{}", made.id());
    assert_eq!(member_count(&world, &path).await, 1);
    let other = list["Resources"][1]["id"].as_str().unwrap();
    let two = json!([{"op": "add", "path": "members", "value": [{"value": other}, {"value": DEAD}]}]);
    let reply = refused(&world, "PATCH", &path, patch_of(two), (400, "invalidValue")).await;
    let detail = reply.body["detail"].as_str().unwrap();
    assert!(detail.contains(DEAD) && !detail.contains(other), "{detail}");
    let one = json!([{"op": "add", "path": "members", "value": [{"value": other}]}]);
    assert_eq!(world.patch(&path, one).await.status, 200);
    assert_eq!(member_count(&world, &path).await, 2);
}

/// Deltas that wait together are carried out by whoever comes first, and judged one by one.
#[tokio::test(start_paused = true)]
async fn each_client_answers_for_its_own_wishes() {
    let tolerant = Over::Sophos.world();
    let strict = strict(&tolerant);
    let mut ids = Vec::new();
    for name in ["ada", "eve", "bob"] {
        ids.push(tolerant.post("/Users", person(name)).await.id());
    }
    let path = format!("/Groups/{}", tolerant.post("/Groups", group("Engineers", &[])).await.id());
    let slow = Fault::DelayMs { ms: 2000 };
    tolerant.sim().add_fault(Rule::once(slow).on("POST", "/users"));
    let add = |members: &[&str]| {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        json!([{"op": "add", "path": "members", "value": members}])
    };
    tolerant.calls();
    let (first, strictly, tolerantly) = tokio::join!(
        tolerant.patch(&path, add(&[&ids[0]])),
        async {
            strict.wait(1).await;
            strict.patch(&path, add(&[&ids[1]])).await
        },
        async {
            tolerant.wait(1).await;
            tolerant.patch(&path, add(&[&ids[2], DEAD, "no id at all"])).await
        },
    );
    for reply in [first, strictly, tolerantly] {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let writes = tolerant.calls().into_iter().filter(|call| call.starts_with("POST")).count();
    assert!((2..=3).contains(&writes), "{writes}: two waited together");
    assert_eq!(member_count(&tolerant, &path).await, 3);
}
