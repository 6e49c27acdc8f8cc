//! A simulated Sophos Central, a store, and a program that serves them, which can end and come again.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use scim_facade::kernel::{TargetName, Timestamp};
use scim_facade::store::sqlite::SqliteStore;
use scim_facade::store::{Intent, Store};
use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::shell;
use simulator::sophos::{Options, Seed, Sophos};

use super::http::{Call, Reply, TOKEN_HASH, once, patiently};
use super::program::{Folder, Program, until};
use crate::support::world::{group, person};

pub struct Scene {
    pub folder: Folder,
    pub config: String,
    /// Whether the people and the group were written through the facade.
    pub written: bool,
    sim: Arc<Mutex<Sophos>>,
    _server: shell::Server,
    /// SCIM ids of what is there from the start: ada and eve are the engineers, bob is not.
    pub ada: String,
    pub eve: String,
    pub bob: String,
    pub engineers: String,
}

/// A program that serves.
pub struct Serving {
    pub program: Program,
    pub at: SocketAddr,
}

impl Scene {
    /// Without people, and without a program.
    pub async fn empty() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = Options { public_base: url.clone(), seed: Seed::Empty, ..Options::default() };
        let sim = Arc::new(Mutex::new(Sophos::new(options)));
        let shared: shell::Shared = sim.clone();
        let server = shell::serve(listener, shared, shell::system_clock).await.unwrap();
        let folder = Folder::make();
        let config = folder.write("config.toml", &configuration(&url, &folder.file("store.db")));
        let none = String::new;
        let (ada, eve, bob, engineers) = (none(), none(), none(), none());
        Self { folder, config, written: true, sim, _server: server, ada, eve, bob, engineers }
    }

    /// With ada, eve and bob and their group.
    pub async fn peopled() -> (Self, Serving) {
        let mut scene = Self::empty().await;
        let serving = scene.serve(None).await;
        scene.ada = serving.post("/Users", person("ada")).await.id();
        scene.eve = serving.post("/Users", person("eve")).await.id();
        scene.bob = serving.post("/Users", person("bob")).await.id();
        let group = group("Engineers", &[&scene.ada, &scene.eve]);
        scene.engineers = serving.post("/Groups", group).await.id();
        (scene, serving)
    }

    /// With the same people and group, whom nobody has written through the facade: their SCIM ids are their native ids.
    pub async fn unwritten() -> (Self, Serving) {
        let mut scene = Self::empty().await;
        scene.written = false;
        for name in ["ada", "eve", "bob"] {
            let user = json!({"kind": "consoleCreatesUser", "name": format!("{name} Example"), "email": format!("{name}@example.com")});
            let made = scene.happens(user);
            match name {
                "ada" => scene.ada = made,
                "eve" => scene.eve = made,
                _ => scene.bob = made,
            }
        }
        scene.engineers = scene.happens(json!({"kind": "consoleCreatesGroup", "name": "Engineers"}));
        for user in [&scene.ada, &scene.eve] {
            let member = json!({"kind": "consoleAddsMember", "group": scene.engineers, "user": user});
            scene.happens(member);
        }
        let serving = scene.serve(None).await;
        (scene, serving)
    }

    /// Something happens natively, without the facade.
    pub fn happens(&self, event: serde_json::Value) -> String {
        self.sim().event(shell::system_clock(), serde_json::from_value(event).unwrap()).unwrap()
    }

    /// Starts a program on the store and waits until it is ready.
    pub async fn serve(&self, failpoint: Option<&str>) -> Serving {
        let mut program = Program::start(&["serve", "--config", &self.config], failpoint);
        let base = program.says("serving").await["base"].as_str().unwrap().to_owned();
        let at = base.strip_prefix("http://").unwrap().parse().unwrap();
        let ready = once(at, &Call::new("GET", "/health/ready", None)).await;
        assert_eq!(ready.status, 200);
        Serving { program, at }
    }

    pub fn sim(&self) -> MutexGuard<'_, Sophos> {
        self.sim.lock().unwrap()
    }

    /// From now on every native write is answered so much later.
    pub fn slow_writes(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap();
        for method in ["POST", "PATCH", "DELETE"] {
            let rule = Rule::once(Fault::DelayMs { ms }).on(method, "/directory/");
            self.sim().add_fault(rule.times(Times::FOREVER));
        }
    }

    /// Waits until a slow native write is under way.
    pub async fn write_under_way(&self) {
        until("a native write", || self.sim().faults().iter().any(|rule| rule.hits > 0).then_some(())).await;
    }

    /// How many people there are natively with this address.
    pub fn natives(&self, name: &str) -> usize {
        let email = format!("{name}@example.com");
        self.sim().users().iter().filter(|user| user.email.as_deref() == Some(&email)).count()
    }

    /// The names before the @ of the native engineers; `None` if there is no such group.
    pub fn native_engineers(&self) -> Option<Vec<String>> {
        let sim = self.sim();
        let members = sim.members_of(&sim.group_by_name("Engineers")?.id);
        let name = |id: &String| {
            let email = sim.users().into_iter().find(|user| user.id == *id)?.email?;
            Some(email.split('@').next()?.to_owned())
        };
        let mut names: Vec<String> = members.iter().filter_map(name).collect();
        names.sort();
        Some(names)
    }

    /// What a program that has ended left open in the store.
    pub async fn left_open(&self) -> Vec<Intent> {
        let store = SqliteStore::open(self.folder.file("store.db").as_ref()).await.unwrap();
        let target = TargetName::parse("sophos").unwrap();
        let open = store.due_intents(&target, Timestamp(i64::MAX), 100).await.unwrap();
        store.close().await;
        open
    }
}

impl Serving {
    pub async fn call(&self, call: &Call) -> Reply {
        patiently(self.at, call).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(&Call::new("GET", path, None)).await
    }

    /// A POST that has to work.
    pub async fn post(&self, path: &str, body: serde_json::Value) -> Reply {
        let reply = self.call(&Call::new("POST", path, Some(body))).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply
    }

    /// The people with this userName.
    pub async fn look_up(&self, name: &str) -> Vec<serde_json::Value> {
        let found = self.get(&format!("/Users?filter=userName+eq+%22{name}%40example.com%22")).await;
        assert_eq!(found.status, 200, "{found:?}");
        let people = found.body["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(found.body["totalResults"], json!(people.len()));
        people
    }

    /// SIGTERM; the program has to end well and soon.
    pub async fn stop(self) {
        self.program.terminate();
        assert_eq!(self.program.ended().await.code(), Some(0));
    }
}

/// A configuration for a simulator at `url` and a store at `path`.
pub fn configuration(url: &str, path: &str) -> String {
    format!(
        r#"
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
drain = "0s"
workers = 1
[log]
format = "json"
level = "debug"
[store]
path = "{path}"
[clients.idp]
token_sha256 = "{TOKEN_HASH}"
targets = ["sophos"]
groups = "all"
[targets.sophos]
backend = "sophos"
client_id = "sophos-client"
client_secret = "sophos-secret"
id_url = "{url}/id"
global_url = "{url}/global"
deactivate = "park"
"#
    )
}
