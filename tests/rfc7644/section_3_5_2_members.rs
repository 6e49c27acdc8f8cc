//! §3.5.2, changing groups.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{patch_of, refused};
use crate::support::world::{group, person};
use crate::support::{Over, World};

/// A group of ada and eve; bob is no member.
struct Team {
    world: World,
    group: String,
    ids: [String; 3],
}

async fn team(world: World) -> Team {
    let mut ids = Vec::new();
    for name in ["ada", "eve", "bob"] {
        ids.push(world.post("/Users", person(name)).await.id());
    }
    let made = world.post("/Groups", group("Engineers", &[&ids[0], &ids[1]])).await;
    assert_eq!(made.status, 201, "{made:?}");
    Team { group: format!("/Groups/{}", made.id()), world, ids: ids.try_into().unwrap() }
}

impl Team {
    async fn members(&self) -> BTreeSet<String> {
        let read = self.world.get(&self.group).await;
        let members = read.body["members"].as_array().cloned().unwrap_or_default();
        let value = |member: &Value| member["value"].as_str().unwrap().to_owned();
        members.iter().map(value).collect()
    }

    fn set(&self, who: &[usize]) -> BTreeSet<String> {
        who.iter().map(|at| self.ids[*at].clone()).collect()
    }

    /// Carries out operations; gives who is a member then.
    async fn after(&self, operations: Value) -> BTreeSet<String> {
        let reply = self.world.patch(&self.group, operations.clone()).await;
        assert!(matches!(reply.status, 200 | 204), "{operations}: {reply:?}");
        self.members().await
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn every_form(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let team = team(world).await;
        let [ada, eve, bob] = team.ids.clone();
        let by = |id: &str| format!("members[value eq \"{id}\"]");
        let add = |id: &str| json!({"op": "add", "path": "members", "value": [{"value": id}]});
        assert_eq!(team.after(json!([add(&bob)])).await, team.set(&[0, 1, 2]));
        assert_eq!(team.after(json!([{"op": "remove", "path": by(&ada)}])).await, team.set(&[1, 2]));
        assert_eq!(
            team.after(json!([add(&ada), {"op": "remove", "path": by(&bob)}])).await,
            team.set(&[0, 1])
        );
        assert_eq!(
            team.after(json!([add(&bob), {"op": "remove", "path": by(&bob)}])).await,
            team.set(&[0, 1])
        );
        let either = format!("members[value eq \"{ada}\" or value eq \"{bob}\"]");
        assert_eq!(team.after(json!([{"op": "remove", "path": either}])).await, team.set(&[1]));
        let all = json!([{"value": ada}, {"value": bob}]);
        assert_eq!(
            team.after(json!([{"op": "replace", "path": "members", "value": all}])).await,
            team.set(&[0, 2])
        );
        let rename = json!({"op": "replace", "path": "displayName", "value": "Analysts"});
        assert_eq!(
            team.after(json!([rename, {"op": "replace", "path": "members", "value": [{"value": eve}]}]))
                .await,
            team.set(&[1])
        );
        assert_eq!(team.world.get(&team.group).await.body["displayName"], "Analysts");
        assert_eq!(team.after(json!([{"op": "remove", "path": "members"}])).await, team.set(&[]));
        assert_eq!(
            team.after(json!([{"op": "replace", "path": "members", "value": []}])).await,
            team.set(&[])
        );
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_group_is_never_emptied_by_what_was_not_understood(
    #[values(Over::Memory, Over::Sophos)] over: Over,
) {
    let team = team(over.world()).await;
    for operation in [
        json!({"op": "remove", "path": "members", "value": "?"}),
        json!({"op": "remove", "path": "members", "value": [{"id": "x"}]}),
        json!({"op": "remove", "path": "members", "value": {"value": 7}}),
        json!({"op": "remove", "path": "members[value eq]"}),
        json!({"op": "remove", "path": "members[nonsense eq \"x\"]"}),
        json!({"op": "replace", "path": "members", "value": [{"id": "x"}]}),
        json!({"op": "replace", "path": "members", "value": [7]}),
        json!({"op": "replace", "value": {"members": [{"display": "x"}]}}),
    ] {
        let reply = team.world.patch(&team.group, json!([operation])).await;
        assert!(reply.status == 400 || reply.status < 300, "{operation}: {reply:?}");
        assert_eq!(team.members().await, team.set(&[0, 1]), "{operation}: {reply:?}");
    }
    let put = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Engineers", "members": [{"id": "x"}]});
    refused(&team.world, "PUT", &team.group, Some(put), (400, "invalidValue")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn re_adding_and_removing_again(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let team = team(over.world()).await;
    let [ada, _, bob] = team.ids.clone();
    let add = json!([{"op": "add", "path": "members", "value": [{"value": ada}]}]);
    assert_eq!(team.after(add).await, team.set(&[0, 1]));
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{bob}\"]")}]);
    assert_eq!(team.after(remove).await, team.set(&[0, 1]));
    let nobody = json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}]);
    let before = team.world.still().await;
    assert_eq!(team.after(nobody).await, team.set(&[0, 1]));
    let same =
        json!([{"op": "replace", "path": "members", "value": [{"value": ada}, {"value": team.ids[1]}]}]);
    assert_eq!(team.after(same).await, team.set(&[0, 1]));
    assert_eq!(team.world.still().await, before);
}

/// People without access are members all the same, and their membership is a thing of the facade.
#[rstest]
#[tokio::test(start_paused = true)]
async fn people_without_access(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let team = team(over.world()).await;
    let [ada, _, bob] = team.ids.clone();
    for id in [&ada, &bob] {
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        assert_eq!(team.world.patch(&format!("/Users/{id}"), off).await.status, 200);
    }
    assert_eq!(team.members().await, team.set(&[0, 1]));
    let add = |id: &str| json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    let version = async || team.world.get(&team.group).await.body["meta"]["version"].clone();
    if over == Over::Sophos {
        // That somebody parked is a member is known without a call.
        let before = version().await;
        assert_eq!(team.after(add(&ada)).await, team.set(&[0, 1]));
        let remove = json!([{"op": "remove", "path": format!("members[value eq \"{bob}\"]")}]);
        assert_eq!(team.after(remove).await, team.set(&[0, 1]));
        assert_eq!(version().await, before);
    }
    let before = version().await;
    assert_eq!(team.after(add(&bob)).await, team.set(&[0, 1, 2]));
    assert_ne!(version().await, before);
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{ada}\"]")}]);
    assert_eq!(team.after(remove).await, team.set(&[1, 2]));
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn unknown_members(#[values(Over::Memory, Over::Sophos)] over: Over) {
    let dead = "00000000-0000-4000-8000-00000000dead";
    let add = |team: &Team, unknown: &str| json!([{"op": "add", "path": "members", "value": [{"value": team.ids[2]}, {"value": unknown}]}]);
    for unknown in [dead, "no id at all"] {
        let tolerant = team(over.world()).await;
        let operations = add(&tolerant, unknown);
        assert_eq!(tolerant.after(operations).await, tolerant.set(&[0, 1, 2]));

        let strict = team(over.strict()).await;
        let reply = strict.world.patch(&strict.group, add(&strict, unknown)).await;
        assert!(super::is_error(&reply, 400, "invalidValue"), "{reply:?}");
        assert!(reply.body["detail"].as_str().unwrap().contains(unknown), "{reply:?}");
        assert_eq!(strict.members().await, strict.set(&[0, 1]), "{unknown}");
    }
    let strict = team(over.strict()).await;
    let wish = patch_of(add(&strict, "no id at all"));
    refused(&strict.world, "PATCH", &strict.group, wish, (400, "invalidValue")).await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn wrong_changes(#[values(Over::Memory, Over::Sophos)] over: Over) {
    for world in [over.world(), over.strict()] {
        let team = team(world).await;
        let other = team.world.post("/Groups", group("Other", &[])).await.id();
        let add = json!({"op": "add", "path": "members", "value": [{"value": team.ids[2]}]});
        for (wrong, error) in [
            (json!({"op": "replace", "path": "displayName", "value": "OTHER"}), (409, "uniqueness")),
            (json!({"op": "replace", "path": "displayName", "value": 7}), (400, "invalidValue")),
            (json!({"op": "replace", "path": "id", "value": "x"}), (400, "mutability")),
            (json!({"op": "add", "path": "members", "value": [{"value": other}]}), (400, "invalidValue")),
            (
                json!({"op": "add", "path": "members", "value": [{"value": "x", "type": "Group"}]}),
                (400, "invalidValue"),
            ),
            (json!({"op": "add", "path": "members", "value": {"members": 7}}), (400, "invalidValue")),
        ] {
            let body = patch_of(json!([add, wrong]));
            refused(&team.world, "PATCH", &team.group, body, error).await;
        }
        assert_eq!(team.members().await, team.set(&[0, 1]));
    }
}
