//! What was open when the copy was made: nothing that gives access is sent, and ends of access only where somebody is.

use std::sync::Arc;

use rstest::rstest;
use scim_facade::delivery::reconcile::{Fate, Finding};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::{Action, State};
use serde_json::json;
use simulator::sophos::Seed;

use super::scene::{
    DAY, Disk, LAG, active, edit, edited, finding, made, natives, plan, reconcile, refuse_writes, row, team,
    wishes,
};
use crate::fault::crash::Rig;
use crate::support::World;
use crate::support::world::person;

/// Ada and Bob at work in Staff, Kim parked.
struct Office {
    disk: Disk,
    ada: String,
    bob: String,
    kim: String,
    staff: String,
}

impl Office {
    async fn open() -> Self {
        let disk = Disk::new();
        let (ada, bob) = (made(&disk.world, "ada").await, made(&disk.world, "bob").await);
        let kim = made(&disk.world, "kim").await;
        let staff = team(&disk.world, "Staff", &[&ada, &bob]).await;
        edited(&disk.world, &kim, json!({"active": false})).await;
        disk.world.wait(LAG).await;
        Self { disk, ada, bob, kim, staff }
    }

    /// Copies the disk while natively nothing can be written; then all works again.
    fn copy(&self) -> Arc<MemoryStore> {
        self.disk.world.sim().clear_faults();
        self.disk.copy()
    }

    /// Copies the disk of processes that died at this boundary of bringing Kim back, and of making somebody new.
    async fn dies_wishing(&self, boundary: &str) -> Arc<MemoryStore> {
        let rig = Rig::over(&self.disk.world, self.disk.memory.clone());
        rig.dies_at(boundary, edit(&rig.world, &self.kim, json!({"active": true}))).await;
        let rig = Rig::over(&self.disk.world, self.disk.memory.clone());
        rig.dies_at(boundary, rig.world.post("/Users", person("new"))).await;
        self.disk.copy()
    }

    /// So many days later the copy comes back. The calls from then on are counted.
    async fn later(&mut self, days: u64, copy: &Arc<MemoryStore>) -> World {
        self.disk.world.wait(days * DAY).await;
        let world = self.disk.put_back(copy);
        world.calls();
        world
    }
}

/// The native writes since the last look.
fn writes(world: &World) -> Vec<String> {
    world.calls().into_iter().filter(|call| !call.starts_with("GET")).collect()
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn an_end_of_access_is_sent_again_to_whoever_is_still_there(#[values(1, 8)] days: u64) {
    let mut office = Office::open().await;
    refuse_writes(&office.disk.world);
    assert_eq!(edit(&office.disk.world, &office.ada, json!({"active": false})).await.status, 429);
    assert_eq!(office.disk.world.delete(&format!("/Users/{}", office.bob)).await.status, 429);
    let copy = office.copy();
    let world = office.later(days, &copy).await;
    let plan = reconcile(&world).await;
    let held = days > 7;
    assert_eq!(wishes(&plan, &office.ada), [(Action::Deactivate, held, Fate::Resent)]);
    assert_eq!(wishes(&plan, &office.bob), [(Action::Delete, held, Fate::Resent)]);
    assert_eq!((natives(&world, "ada"), natives(&world, "bob"), writes(&world).len()), (0, 0, 2));
    assert_eq!((active(&world, &office.ada).await, active(&world, &office.bob).await), (Some(false), None));
    edited(&world, &office.ada, json!({"active": true})).await;
    assert_eq!(world.sim_members("Staff").len(), 1, "she is back in her group");
}

#[tokio::test(start_paused = true)]
async fn an_end_of_access_that_happened_is_only_recorded() {
    let mut office = Office::open().await;
    refuse_writes(&office.disk.world);
    edit(&office.disk.world, &office.ada, json!({"active": false})).await;
    office.disk.world.delete(&format!("/Users/{}", office.bob)).await;
    let copy = office.copy();
    office.disk.world.settle().await;
    let world = office.later(1, &copy).await;
    let plan = reconcile(&world).await;
    for (id, action) in [(&office.ada, Action::Deactivate), (&office.bob, Action::Delete)] {
        assert_eq!(finding(&plan, id), Some(&Finding::Ended));
        assert_eq!(wishes(&plan, id), [(action, false, Fate::Dropped)]);
    }
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!((active(&world, &office.ada).await, active(&world, &office.bob).await), (Some(false), None));
}

/// She was deactivated, came back as another native object, and the copy still wants her out.
#[tokio::test(start_paused = true)]
async fn an_end_of_access_follows_the_person() {
    let mut office = Office::open().await;
    refuse_writes(&office.disk.world);
    edit(&office.disk.world, &office.ada, json!({"active": false})).await;
    let copy = office.copy();
    office.disk.world.settle().await;
    edited(&office.disk.world, &office.ada, json!({"active": true})).await;
    let late = team(&office.disk.world, "Late", &[&office.ada]).await;
    let world = office.later(8, &copy).await;
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &office.ada), Some(Finding::Back(_))), "{plan:#?}");
    assert_eq!(wishes(&plan, &office.ada), [(Action::Deactivate, true, Fate::Resent)]);
    assert_eq!((natives(&world, "ada"), writes(&world).len()), (0, 1));
    edited(&world, &office.ada, json!({"active": true})).await;
    assert_eq!((world.sim_members("Late").len(), world.sim_members("Staff").len()), (1, 2), "{late}");
}

/// Semantics: nobody who is gone natively is made again by what a copy wished, however young it is.
#[rstest]
#[tokio::test(start_paused = true)]
async fn nobody_is_made_by_a_copy(#[values(0, 8)] days: u64) {
    let mut office = Office::open().await;
    let copy = office.dies_wishing("before POST /eu01").await;
    let world = office.later(days, &copy).await;
    let plan = reconcile(&world).await;
    assert_eq!((finding(&plan, &office.kim), plan.items.len()), (Some(&Finding::Ended), 2));
    assert_eq!(wishes(&plan, &office.kim), [(Action::Activate, days > 7, Fate::Dropped)]);
    world.wait(DAY).await;
    world.settle().await;
    assert_eq!((natives(&world, "kim"), natives(&world, "new"), writes(&world)), (0, 0, Vec::new()));
    assert_eq!(active(&world, &office.kim).await, Some(false));
    // The name is free, and whoever is wished for now is made.
    assert_eq!(world.post("/Users", person("new")).await.status, 201);
    edited(&world, &office.kim, json!({"active": true})).await;
    assert_eq!((natives(&world, "kim"), natives(&world, "new")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn whoever_was_made_meanwhile_is_linked() {
    let mut office = Office::open().await;
    let copy = office.dies_wishing("after POST /eu01").await;
    let world = office.later(1, &copy).await;
    let plan = reconcile(&world).await;
    assert!(matches!(finding(&plan, &office.kim), Some(Finding::Linked(_))), "{plan:#?}");
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!(active(&world, &office.kim).await, Some(true));
    let found = world.get("/Users?filter=userName eq \"new@example.com\"").await.body;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["title"]), (&json!(1), &json!("Engineer")));
}

#[rstest]
#[case::young(1, Fate::Resent, 2)]
#[case::held(8, Fate::Dropped, 1)]
#[tokio::test(start_paused = true)]
async fn memberships_end_again_and_begin_only_if_the_wish_is_young(
    #[case] days: u64,
    #[case] begins: Fate,
    #[case] members: usize,
) {
    let mut office = Office::open().await;
    let joe = made(&office.disk.world, "joe").await;
    refuse_writes(&office.disk.world);
    let path = format!("/Groups/{}", office.staff);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": joe}]}]);
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", office.ada)}]);
    assert_eq!(office.disk.world.patch(&path, add).await.status, 429);
    assert_eq!(office.disk.world.patch(&path, remove).await.status, 429);
    let copy = office.copy();
    let world = office.later(days, &copy).await;
    let plan = reconcile(&world).await;
    let mut told = wishes(&plan, &office.staff);
    told.sort_by_key(|(action, ..)| action.as_str());
    assert_eq!(told, [(Action::MemberIn, days > 7, begins), (Action::MemberOut, days > 7, Fate::Resent)]);
    assert_eq!(world.sim_members("Staff").len(), members);
    assert!(!world.get(&path).await.body["members"].to_string().contains(&office.ada));
}

#[tokio::test(start_paused = true)]
async fn memberships_of_people_who_are_gone_are_dropped() {
    let mut office = Office::open().await;
    refuse_writes(&office.disk.world);
    let path = format!("/Groups/{}", office.staff);
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", office.ada)}]);
    office.disk.world.patch(&path, remove).await;
    let copy = office.copy();
    edited(&office.disk.world, &office.ada, json!({"active": false})).await;
    let world = office.later(1, &copy).await;
    let plan = reconcile(&world).await;
    assert_eq!(wishes(&plan, &office.staff), [(Action::MemberOut, false, Fate::Dropped)]);
    assert_eq!(writes(&world), Vec::<String>::new());
}

/// A change that was sent when the copy was made: whether it happened is looked at, and it is not sent again.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_change_is_looked_at(#[values(true, false)] happened: bool) {
    let mut world = World::sophos(Seed::Empty);
    let ada = made(&world, "ada").await;
    let disk = Arc::new(MemoryStore::new());
    // A process that dies right before or after the native call.
    let rig = Rig::over(&world, disk.clone());
    let id = made(&rig.world, "bob").await;
    let value = json!({"displayName": "Bob King", "userName": "king@example.com", "title": "Duke"});
    let boundary = if happened { "after PATCH" } else { "before PATCH" };
    rig.dies_at(boundary, edit(&rig.world, &id, value)).await;
    world.store = Arc::new(disk.restored_copy());
    let world = world.restarted();
    world.calls();
    let plan = reconcile(&world).await;
    assert_eq!(wishes(&plan, &id), [(Action::Update, false, Fate::LookedAt)]);
    assert_eq!(writes(&world), Vec::<String>::new());
    let shown = world.get(&format!("/Users/{id}")).await.body;
    let name = if happened { ("king@example.com", "Duke") } else { ("bob@example.com", "Engineer") };
    assert_eq!((&shown["userName"], &shown["title"]), (&json!(name.0), &json!(name.1)), "{shown}");
    assert_eq!(row(&world, &id).await.unwrap().state, State::Live);
    assert_eq!(plan.items.iter().filter(|item| item.scim_id.as_str() == ada).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_plan_changes_nothing() {
    let mut office = Office::open().await;
    refuse_writes(&office.disk.world);
    edit(&office.disk.world, &office.ada, json!({"active": false})).await;
    let copy = office.copy();
    let world = office.later(8, &copy).await;
    let before = world.still().await;
    let (one, other) = (plan(&world).await, plan(&world).await);
    assert_eq!(one.digest(), other.digest());
    assert_eq!((world.still().await, writes(&world)), (before, Vec::new()));
}
