//! Whatever is explained: nothing changes, natively or in the store, and no value is told.

use serde_json::json;
use simulator::sophos::Seed;

use super::scene::{Ids, explained, patch, peopled, requests};
use crate::support::World;
use crate::support::over::Over;

#[tokio::test(start_paused = true)]
async fn no_explanation_changes_anything() {
    let quarantine = World::sophos(Seed::Empty).quarantining().await;
    for (over, world) in
        [("memory", Over::Memory.world()), ("sophos", Over::Sophos.world()), ("quarantine", quarantine)]
    {
        let ids = peopled(&world).await;
        for sent in requests(&ids) {
            let (before, audit) =
                (world.still().await, world.store.audit(&world.target, 1000).await.unwrap());
            let told = explained(&world, &sent).await;
            assert_eq!(world.still().await, before, "{over:?} {sent:?} {told:?}");
            let audited = world.store.audit(&world.target, 1000).await.unwrap();
            assert_eq!(audited, audit, "{over:?} {sent:?}");
        }
    }
}

/// The whole journal of the simulator, sign-ins included.
#[tokio::test(start_paused = true)]
async fn an_explained_deprovision_never_leaves() {
    let world = World::sophos(Seed::Empty);
    let Ids { ada, engineers, .. } = peopled(&world).await;
    world.sim().clear_journal();
    let off = patch(json!([{"op": "replace", "path": "active", "value": false}]));
    for sent in [
        ("PATCH", format!("/Users/{ada}"), off),
        ("DELETE", format!("/Users/{ada}"), None),
        ("DELETE", format!("/Groups/{engineers}"), None),
    ] {
        let told = explained(&world, &sent).await;
        assert!(!told.writes.is_empty() && told.answer.status < 300, "{told:?}");
    }
    let journal = world.sim().journal();
    assert!(!journal.is_empty());
    assert!(journal.iter().all(|entry| !entry.write), "{journal:?}");
    assert!(world.sim().user_by_email("ada@example.com").is_some());
    assert_eq!(world.sim_members("Engineers").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_value_is_told() {
    let world = World::sophos(Seed::Empty);
    let ids = peopled(&world).await;
    for sent in requests(&ids) {
        let told = explained(&world, &sent).await;
        let text = serde_json::to_string(&told).unwrap();
        for value in ["esame", "@", "Engineers", "Example", "Engineer\""] {
            assert!(!text.contains(value), "{value} in {text}");
        }
    }
}
