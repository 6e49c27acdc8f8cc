//! What a large change costs the store: the plan once, then a chunk for each chunk.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scim_facade::store::hooked::{CommitHook, Hooked};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Op, Store};
use simulator::sophos::Seed;

use crate::support::World;
use crate::support::insist::replace;
use crate::support::world::group;

/// How large each commit was, as it is written.
#[derive(Default)]
struct Weigh(Mutex<Vec<(usize, usize)>>);

#[async_trait]
impl CommitHook for Weigh {
    async fn after(&self, tx: &[Op]) {
        self.0.lock().unwrap().push((tx.len(), format!("{tx:?}").len()));
    }
}

#[tokio::test(start_paused = true)]
async fn finishing_a_chunk_costs_the_chunk_whatever_the_size_of_the_group() {
    let mut heaviest = Vec::new();
    for size in [400, 2000] {
        let weigh = Arc::new(Weigh::default());
        let store: Arc<dyn Store> = Arc::new(Hooked::new(Arc::new(MemoryStore::new()), weigh.clone()));
        let world = World::sophos_with(Seed::Many { users: 2 * size }, store, None);
        let people: Vec<String> = world.sim().users().into_iter().map(|user| user.id).collect();
        let path = format!("/Groups/{}", world.post("/Groups", group("Team", &[])).await.id());
        assert_eq!(world.insist("PATCH", &path, &replace(&people[..size])).await.0.status, 204);
        world.wait(10).await;
        weigh.0.lock().unwrap().clear();
        let (reply, _) = world.insist("PATCH", &path, &replace(&people[size..])).await;
        assert_eq!(reply.status, 204, "{reply:?}");
        let commits = weigh.0.lock().unwrap().clone();
        // Begun, a commit for each chunk, ended, answered.
        assert_eq!(commits.len(), 1 + size / 50 + size / 100 + 2);
        let chunks = &commits[1..];
        assert!(chunks.iter().all(|(ops, _)| *ops <= 100 + 3), "{chunks:?}");
        heaviest.push(chunks.iter().map(|(_, weight)| *weight).max().unwrap());
    }
    assert!(heaviest[1] * 10 < heaviest[0] * 11, "{heaviest:?}");
}
