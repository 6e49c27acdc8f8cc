//! A crash at every boundary of creating, deactivating, giving back, removing, and of changes of members: what an identity
//! provider sends again, and what settles by itself, ends as it should.

use rstest::rstest;
use serde_json::{Value, json};
use simulator::netskope::{Profile, Switches};

use crate::fault::crash::{Rig, Settling};
use crate::support::World;
use crate::support::world::{Reply, group, person};

/// A write, over a world with ada and eve, and Staff with ada in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Create,
    Update,
    Rename,
    Deactivate,
    Reactivate,
    Delete,
    CreateGroup,
    RenameGroup,
    DeleteGroup,
    Join,
    Leave,
    Replace,
}

/// The simulated server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Live,
    /// Nobody sees whoever is inactive.
    Hides,
    /// The server shows everybody, and the facade remembers nothing: `shadow = "off"`.
    Off,
}

struct Scene {
    rig: Rig,
    ada: String,
    eve: String,
    staff: String,
}

impl Scene {
    async fn set(wish: Wish, server: Server) -> Self {
        let visible = server != Server::Hides;
        let switches = Switches { inactive_visible: visible, ..Profile::Live2026.switches() };
        let rig = match server {
            Server::Live | Server::Hides => {
                Rig::of(|store, gate| World::netskope_with(switches, store, Some(gate)))
            }
            Server::Off => {
                let first = World::netskope_without_shadows(switches);
                let (sim, tools) =
                    (first.netskope.clone().unwrap(), (first.clock.clone(), first.ids.clone()));
                let (store, _) = World::passing(&first.clock);
                Rig::on(store, |store, gate| World::netskope_passing(sim, store, tools, Some(gate)))
            }
        };
        let world = &rig.world;
        let ada = world.post("/Users", person("ada")).await.id();
        let eve = world.post("/Users", person("eve")).await.id();
        let staff = world.post("/Groups", group("Staff", &[&ada])).await.id();
        if wish == Wish::Reactivate {
            assert_eq!(world.patch(&format!("/Users/{ada}"), active(false)).await.status, 200);
        }
        world.wait(6).await;
        Self { rig, ada, eve, staff }
    }

    /// A new process after a crash; one that remembers nothing begins with nothing.
    fn reborn(&mut self, server: Server) -> World {
        if server != Server::Off {
            return self.rig.reborn();
        }
        let dead = &self.rig.world;
        let (store, _) = World::passing(&dead.clock);
        let tools = (dead.clock.clone(), dead.ids.clone());
        World::netskope_passing(dead.netskope.clone().unwrap(), store, tools, None)
    }

    async fn send(&self, wish: Wish, world: &World) -> Reply {
        let (ada, staff) = (format!("/Users/{}", self.ada), format!("/Groups/{}", self.staff));
        let replace = |path: &str, value: Value| json!([{"op": "replace", "path": path, "value": value}]);
        match wish {
            Wish::Create => world.post("/Users", person("joe")).await,
            Wish::Update => world.patch(&ada, replace("title", json!("Countess"))).await,
            Wish::Rename => world.patch(&ada, replace("userName", json!("countess@example.com"))).await,
            Wish::Deactivate => world.patch(&ada, active(false)).await,
            Wish::Reactivate => world.patch(&ada, active(true)).await,
            Wish::Delete => world.delete(&ada).await,
            Wish::CreateGroup => world.post("/Groups", group("Crew", &[&self.eve])).await,
            Wish::RenameGroup => world.patch(&staff, replace("displayName", json!("Crew"))).await,
            Wish::DeleteGroup => world.delete(&staff).await,
            Wish::Join => {
                world
                    .patch(&staff, json!([{"op": "add", "path": "members", "value": [{"value": self.eve}]}]))
                    .await
            }
            Wish::Leave => {
                let path = format!("members[value eq \"{}\"]", self.ada);
                world.patch(&staff, json!([{"op": "remove", "path": path}])).await
            }
            Wish::Replace => world.patch(&staff, replace("members", json!([{"value": self.eve}]))).await,
        }
    }

    /// Sends the same again until the answer is final: done, or known to be done.
    async fn insist(&self, wish: Wish, world: &World, whose: &str) {
        for _ in 0..20 {
            let reply = self.send(wish, world).await;
            match reply.status {
                429 => world.wait(u64::from(reply.retry_after.expect("Retry-After"))).await,
                200 | 201 | 204 => return,
                409 if matches!(wish, Wish::Create | Wish::CreateGroup) => return,
                404 if matches!(wish, Wish::Delete | Wish::DeleteGroup) => return,
                _ => panic!("{whose}: {reply:?}"),
            }
        }
        panic!("{whose}: never ends");
    }

    /// The world after the wish, natively and in SCIM.
    async fn is_true(&self, wish: Wish, world: &World, whose: &str) {
        let hides = !world.netskope_sim().switches().inactive_visible;
        let people = |name: &str| {
            let sim = world.netskope_sim();
            let living = sim.users().into_iter().filter(|user| !user.deleted);
            let of = living.filter(|user| user.email == format!("{name}@example.com"));
            of.map(|user| user.active).collect::<Vec<bool>>()
        };
        let ada = match wish {
            Wish::Deactivate => vec![false],
            Wish::Delete => vec![],
            _ => vec![true],
        };
        assert_eq!(people("ada"), ada, "{whose}: ada");
        assert_eq!(people("joe").len(), usize::from(wish == Wish::Create), "{whose}: joe");
        let total = world.get("/Users?count=0").await.body["totalResults"].clone();
        let wanted = 2 + usize::from(wish == Wish::Create) - usize::from(wish == Wish::Delete);
        assert_eq!(total, json!(wanted), "{whose}: people listed");
        let read = world.get(&format!("/Users/{}", self.ada)).await;
        match wish {
            Wish::Delete => assert_eq!(read.status, 404, "{whose}"),
            _ => {
                assert_eq!(read.body["active"], json!(wish != Wish::Deactivate), "{whose}: {read:?}");
                let title = if wish == Wish::Update { "Countess" } else { "Engineer" };
                assert_eq!(read.body["title"], json!(title), "{whose}");
                let name = if wish == Wish::Rename { "countess@example.com" } else { "ada@example.com" };
                assert_eq!(read.body["userName"], json!(name), "{whose}");
            }
        }
        self.groups_are_true(wish, world, hides, whose).await;
        let open = world.store.due_intents(&world.target, scim_facade::kernel::Timestamp(i64::MAX), 99).await;
        assert_eq!(open.unwrap().len(), 0, "{whose}: nothing stays open");
    }

    async fn groups_are_true(&self, wish: Wish, world: &World, hides: bool, whose: &str) {
        let name = if wish == Wish::RenameGroup { "Crew" } else { "Staff" };
        let staff = world.netskope_sim().group_by_name(name);
        assert_eq!(staff.is_some(), wish != Wish::DeleteGroup, "{whose}: {name}");
        let crew = world.netskope_sim().groups().iter().filter(|one| one.display_name == "Crew").count();
        assert_eq!(crew, usize::from(matches!(wish, Wish::CreateGroup | Wish::RenameGroup)), "{whose}: Crew");
        let Some(staff) = staff else { return };
        let read = world.get(&format!("/Groups/{}", self.staff)).await;
        let members = read.body["members"].as_array().cloned().unwrap_or_default();
        let mut shown: Vec<&str> = members.iter().map(|member| member["value"].as_str().unwrap()).collect();
        shown.sort_unstable();
        let mut wanted: Vec<&str> = match wish {
            Wish::Leave | Wish::Delete => vec![],
            Wish::Deactivate if hides => vec![],
            Wish::Join => vec![&self.ada, &self.eve],
            Wish::Replace => vec![&self.eve],
            _ => vec![&self.ada],
        };
        wanted.sort_unstable();
        assert_eq!(shown, wanted, "{whose}: members of {}", staff.display_name);
    }
}

fn active(value: bool) -> Value {
    json!([{"op": "replace", "path": "active", "value": value}])
}

/// Settlement as after a start, and once more when reads have caught up.
async fn settle(world: &World) {
    world.settle().await;
    world.wait(61).await;
    world.settle().await;
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals(
    #[values(
        Wish::Create,
        Wish::Update,
        Wish::Rename,
        Wish::Deactivate,
        Wish::Reactivate,
        Wish::Delete,
        Wish::CreateGroup,
        Wish::RenameGroup,
        Wish::DeleteGroup,
        Wish::Join,
        Wish::Leave,
        Wish::Replace
    )]
    wish: Wish,
    #[values(Server::Live, Server::Hides, Server::Off)] server: Server,
) {
    let calm = Scene::set(wish, server).await;
    let reply = calm.rig.run(None, calm.send(wish, &calm.rig.world)).await.expect("nothing stops it");
    assert!(matches!(reply.status, 200 | 201 | 204), "{wish:?}: {reply:?}");
    calm.is_true(wish, &calm.rig.world, &format!("{wish:?} undisturbed")).await;
    for stop_at in 0..calm.rig.boundaries().len() {
        for settles_first in [true, false] {
            let mut scene = Scene::set(wish, server).await;
            let died = scene.rig.run(Some(stop_at), scene.send(wish, &scene.rig.world)).await.is_none();
            let at = scene.rig.boundaries().pop().unwrap_or_default();
            let whose = format!("{wish:?} stopped {at} (#{stop_at}), settles first: {settles_first}");
            assert!(died, "{whose}: it did not stop");
            let world = scene.reborn(server);
            if settles_first {
                settle(&world).await;
                scene.insist(wish, &world, &whose).await;
            } else {
                let _settling = Settling::of(&world);
                scene.insist(wish, &world, &whose).await;
                world.wait(61).await;
            }
            settle(&world).await;
            scene.is_true(wish, &world, &whose).await;
        }
    }
}

/// Access that was taken away once stays so without anybody asking again, wherever the process died after it was recorded.
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_recorded_end_of_access_ends_by_itself(
    #[values(Wish::Deactivate, Wish::Delete, Wish::Leave)] wish: Wish,
    #[values(Server::Live, Server::Hides)] server: Server,
) {
    let calm = Scene::set(wish, server).await;
    calm.rig.run(None, calm.send(wish, &calm.rig.world)).await.expect("nothing stops it");
    let boundaries = calm.rig.boundaries();
    let recorded = boundaries.iter().position(|name| name.starts_with("after a commit")).expect("a commit");
    for stop_at in recorded..boundaries.len() {
        let mut scene = Scene::set(wish, server).await;
        assert!(scene.rig.run(Some(stop_at), scene.send(wish, &scene.rig.world)).await.is_none());
        let world = scene.reborn(server);
        settle(&world).await;
        scene.is_true(wish, &world, &format!("{wish:?} stopped #{stop_at}, nobody asks again")).await;
    }
}
