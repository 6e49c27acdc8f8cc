//! Deltas that wait for one group are carried out together, and each sender learns of its own.

use std::sync::Arc;
use std::time::Duration;

use scim::profile::Profile;
use scim_facade::facade::GroupScope;
use serde_json::{Value, json};
use simulator::faults::{Fault, Rule};
use simulator::sophos::{Event, Seed};

use super::crash::Rig;
use super::kinds::happens;
use crate::support::World;
use crate::support::world::{Reply, client, group};

/// A group that is busy for two seconds, and 60 people.
async fn busy(profile: Profile) -> (Arc<World>, String, Vec<String>) {
    let rig = Rig::new(Seed::Many { users: 60 });
    let people: Vec<String> = rig.world.sim().users().into_iter().map(|user| user.id).collect();
    let everybody: Vec<&str> = people.iter().skip(21).map(String::as_str).collect();
    let team = rig.world.post("/Groups", group("Team", &everybody)).await.id();
    rig.world.wait(10).await;
    rig.world.sim().add_fault(Rule::once(Fault::DelayMs { ms: 2_000 }).on("POST", "/user-groups/"));
    rig.world.calls();
    let mut as_asked = client("okta");
    as_asked.profile = profile;
    (Arc::new(rig.world.as_client(as_asked)), format!("/Groups/{team}"), people)
}

fn add(id: &str) -> Value {
    json!([{"op": "add", "path": "members", "value": [{"value": id}]}])
}

/// The first occupies the lane; the others come while it is at it.
async fn all_add(world: &Arc<World>, path: &str, ids: &[String]) -> Vec<Reply> {
    let mut tasks = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let (world, path, id) = (world.clone(), path.to_owned(), id.clone());
        tasks.push(tokio::spawn(async move { world.patch(&path, add(&id)).await }));
        world_moves(&tasks, number).await;
    }
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.unwrap());
    }
    replies
}

async fn world_moves<T>(_: &[T], _: usize) {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn adds(world: &World) -> usize {
    world.calls().iter().filter(|call| call.starts_with("POST")).count()
}

#[tokio::test(start_paused = true)]
async fn twenty_that_wait_together_cost_one_call() {
    let (world, path, people) = busy(Profile::Tolerant).await;
    let replies = all_add(&world, &path, &people[..21]).await;
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 204)), "{replies:?}");
    assert_eq!(adds(&world), 2, "the first, and twenty together");
    let native = world.sim().group_by_name("Team").unwrap().id;
    assert_eq!(world.sim().members_of(&native).len(), 60);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_member_concerns_only_its_sender() {
    for profile in [Profile::Tolerant, Profile::Strict] {
        let (world, path, people) = busy(profile).await;
        // Deleted behind our back: only the product knows.
        happens(&world, Event::ConsoleDeletesUser { user: people[7].clone() });
        let mut ids = people[..21].to_vec();
        ids[3] = "who-is-that".to_owned();
        let replies = all_add(&world, &path, &ids).await;
        for (number, reply) in replies.iter().enumerate() {
            let is_bad = profile == Profile::Strict && [3, 7].contains(&number);
            let wanted: &[u16] = if is_bad { &[400] } else { &[200, 204] };
            assert!(wanted.contains(&reply.status), "{profile:?} {number}: {reply:?}");
        }
        let native = world.sim().group_by_name("Team").unwrap().id;
        assert_eq!(world.sim().members_of(&native).len(), 58, "{profile:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_strict_client_does_not_judge_a_tolerant_one() {
    let (tolerant, path, people) = busy(Profile::Tolerant).await;
    let mut strictly = client("entra");
    strictly.profile = Profile::Strict;
    strictly.groups = GroupScope::All;
    let strict = tolerant.as_client(strictly);
    let (first, carrier, other) = tokio::join!(
        tolerant.patch(&path, add(&people[0])),
        async {
            tolerant.clock.sleep(Duration::from_millis(100)).await;
            strict.patch(&path, add(&people[1])).await
        },
        async {
            tolerant.clock.sleep(Duration::from_millis(200)).await;
            let both = json!([{"op": "add", "path": "members", "value": [{"value": people[2]}, {"value": "who-is-that"}]}]);
            tolerant.patch(&path, both).await
        },
    );
    for reply in [first, carrier, other] {
        assert!(matches!(reply.status, 200 | 204), "{reply:?}");
    }
    let native = tolerant.sim().group_by_name("Team").unwrap().id;
    assert_eq!(tolerant.sim().members_of(&native).len(), 42);
}
