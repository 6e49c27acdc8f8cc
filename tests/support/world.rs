//! One facade, its store and its backend, in virtual time. A crash forgets all tasks and keeps store and backend.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scim::patch::Patch;
use scim::profile::Profile;
use scim::query::{ListQuery, Projection};
use scim::repairs::Repairs;
use scim::resource::{Document, Required};
use scim_facade::backend::memory::{Memory, MemoryConfig};
use scim_facade::backend::netskope::{Netskope as NetskopeClient, NetskopeConfig, TokenHeader};
use scim_facade::backend::quarantine::Quarantine;
use scim_facade::backend::sophos::{Sophos as SophosClient, SophosConfig};
use scim_facade::backend::{Backend, Deactivate};
use scim_facade::delivery::{Delivery, Lanes};
use scim_facade::facade::{
    Client, Covered, DeactivatePolicy, Facade, GroupScope, OnExisting, PatchResponse, Request, Rights,
    Settings, Target, Transient, discovery,
};
use scim_facade::kernel::{
    ClientName, Clock, Ctx, IdGen, Kind, Priority, ScimId, SeededIds, TargetName, Timestamp, TokioClock,
};
use scim_facade::outbound::{Base, Jitter, SendPolicy};
use scim_facade::store::memory::MemoryStore;
use scim_facade::store::passing::{Auditor, Passing};
use scim_facade::store::{AuditRow, Store};
use scim_facade::telemetry::Telemetry;
use serde_json::Value;
use simulator::netskope::switches::AuthSchemes;
use simulator::netskope::{self, Netskope};
use simulator::sophos::{Options, Seed, Sophos, Switches};
use tokio_util::task::TaskTracker;

use super::transport::{Gate, InProcess};

pub const SIM: &str = "http://127.0.0.1:1";
pub const BASE: &str = "http://127.0.0.1:2/t/scim/v2";
/// 2026-11-22T00:00:00Z.
pub const START: Timestamp = Timestamp(1_795_305_600_000_000);

/// The name of the quarantine group.
pub const QUARANTINE: &str = "Quarantine";

/// A steady jitter: a wait is always its full length.
struct Steady;
impl Jitter for Steady {
    fn unit(&self) -> f64 {
        1.0
    }
}

/// What a client sees.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<u32>,
}

impl Reply {
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }
}

pub struct World {
    pub facade: Arc<Facade>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub sim: Option<Arc<Mutex<Sophos>>>,
    pub netskope: Option<Arc<Mutex<Netskope>>>,
    pub memory: Option<Arc<Memory>>,
    /// The backend as the facade has it.
    pub backend: Arc<dyn Backend>,
    /// The backend without the quarantine before it.
    raw: Arc<dyn Backend>,
    pub client: Client,
    pub target: TargetName,
    pub telemetry: Telemetry,
    pub ids: Arc<SeededIds>,
    pub settings: Settings,
    /// The audit, where the store hands it on.
    audited: Arc<Audited>,
    requests: AtomicU64,
}

/// The audit rows that a store handed on.
#[derive(Default)]
pub struct Audited(Mutex<Vec<AuditRow>>);

impl Auditor for Audited {
    fn audited(&self, row: &AuditRow) {
        self.0.lock().unwrap().push(row.clone());
    }
}

fn settings() -> Settings {
    Settings::new(BASE.to_owned(), DeactivatePolicy::Park)
}

pub fn client(name: &str) -> Client {
    Client {
        name: ClientName::parse(name).unwrap(),
        profile: Profile::Tolerant,
        transient: Transient::TooManyRequests,
        patch_response: PatchResponse::Auto,
        synced_write: None,
        rights: Rights::default(),
        groups: GroupScope::default(),
    }
}

impl World {
    /// A facade over the Sophos simulator.
    pub fn sophos(seed: Seed) -> Self {
        Self::sophos_with(seed, Arc::new(MemoryStore::new()), None)
    }

    pub fn sophos_with(seed: Seed, store: Arc<dyn Store>, gate: Option<Arc<dyn Gate>>) -> Self {
        let options = Options {
            public_base: SIM.to_owned(),
            seed,
            limits: false,
            switches: Switches::default(),
            id_seed: 7,
        };
        let sim = Arc::new(Mutex::new(Sophos::new(options)));
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        Self::over_sophos(sim, store, clock, Arc::new(SeededIds::new(99)), gate)
    }

    pub fn over_sophos(
        sim: Arc<Mutex<Sophos>>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let transport = InProcess { sim: sim.clone(), clock: clock.clone(), base: SIM.to_owned(), gate };
        let mut config = SophosConfig::new("sophos-client", "sophos-secret".to_owned().into());
        config.id = Base::parse(&format!("{SIM}/id")).unwrap();
        config.global = Base::parse(&format!("{SIM}/global")).unwrap();
        config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
        let backend =
            Arc::new(SophosClient::new(config, Arc::new(transport), clock.clone(), Arc::new(Steady)));
        let mut world = Self::assemble(backend, store, clock, ids, settings());
        world.sim = Some(sim);
        world
    }

    /// A facade over the Netskope simulator, with nobody in it.
    pub fn netskope(switches: netskope::Switches) -> Self {
        Self::netskope_with(switches, Arc::new(MemoryStore::new()), None)
    }

    pub fn netskope_with(
        switches: netskope::Switches,
        store: Arc<dyn Store>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let options = netskope::Options { seed: Seed::Empty, switches, id_seed: 7, limits: false };
        let sim = Arc::new(Mutex::new(Netskope::new(options)));
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        Self::over_netskope(sim, store, clock, Arc::new(SeededIds::new(99)), gate)
    }

    pub fn over_netskope(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let unhurried = |config: &mut NetskopeConfig| {
            config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() }
        };
        Self::tenant(sim, store, (clock, ids), gate, unhurried)
    }

    /// A facade over the Netskope simulator, with nobody in it, for a tenant that is configured in its own way.
    pub fn netskope_as(switches: netskope::Switches, change: impl FnOnce(&mut NetskopeConfig)) -> Self {
        let options = netskope::Options { seed: Seed::Empty, switches, id_seed: 7, limits: false };
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        let tools = (clock, Arc::new(SeededIds::new(99)));
        let sim = Arc::new(Mutex::new(Netskope::new(options)));
        Self::tenant(sim, Arc::new(MemoryStore::new()), tools, None, change)
    }

    /// The same, of which nothing is remembered: for a tenant that shows whom it has switched off.
    pub fn netskope_without_shadows(switches: netskope::Switches) -> Self {
        let options = netskope::Options { seed: Seed::Empty, switches, id_seed: 7, limits: false };
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        let (store, audited) = Self::passing(&clock);
        let sim = Arc::new(Mutex::new(Netskope::new(options)));
        let world = Self::netskope_passing(sim, store, (clock, Arc::new(SeededIds::new(99))), None);
        Self { audited, ..world }
    }

    /// The same over a simulator that is there.
    pub fn netskope_passing(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        tools: (Arc<dyn Clock>, Arc<SeededIds>),
        gate: Option<Arc<dyn Gate>>,
    ) -> Self {
        let shows = |config: &mut NetskopeConfig| {
            config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
            config.inactive_visible = true;
        };
        let world = Self::tenant(sim, store, tools, gate, shows);
        world.set(|settings| settings.on_existing = OnExisting::Conflict)
    }

    fn tenant(
        sim: Arc<Mutex<Netskope>>,
        store: Arc<dyn Store>,
        (clock, ids): (Arc<dyn Clock>, Arc<SeededIds>),
        gate: Option<Arc<dyn Gate>>,
        change: impl FnOnce(&mut NetskopeConfig),
    ) -> Self {
        let transport = InProcess { sim: sim.clone(), clock: clock.clone(), base: SIM.to_owned(), gate };
        let token = "netskope-token".to_owned().into();
        let mut config = NetskopeConfig::new(Base::parse(SIM).unwrap(), token).unwrap();
        if sim.lock().unwrap().switches().auth_schemes == AuthSchemes::NativeOnly {
            config.header = TokenHeader::Native;
        }
        config.policy = SendPolicy { concurrency: 1, ..SendPolicy::default() };
        change(&mut config);
        let backend =
            Arc::new(NetskopeClient::new(&config, Arc::new(transport), clock.clone(), Arc::new(Steady)));
        let mut world = Self::assemble(backend, store, clock, ids, settings());
        world.netskope = Some(sim);
        world
    }

    /// A facade over the reference backend.
    pub fn memory(deactivate: Deactivate) -> Self {
        let config = MemoryConfig {
            deactivate,
            delete_needs_empty: deactivate == Deactivate::Absent,
            ..MemoryConfig::default()
        };
        Self::memory_with(config)
    }

    pub fn memory_with(config: MemoryConfig) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        let backend = Arc::new(Memory::new(config, clock.clone()));
        let mut world = Self::assemble(
            backend.clone(),
            Arc::new(MemoryStore::new()),
            clock,
            Arc::new(SeededIds::new(99)),
            settings(),
        );
        world.memory = Some(backend);
        world
    }

    /// A facade over the reference backend that remembers nothing.
    pub fn memory_without_shadows(config: MemoryConfig) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(START));
        let memory = Arc::new(Memory::new(config, clock.clone()));
        let (store, audited) = Self::passing(&clock);
        let world = Self::remembering_nothing(memory.clone(), store, clock, Arc::new(SeededIds::new(99)));
        Self { memory: Some(memory), audited, ..world }
    }

    /// A store that remembers nothing, and where its audit goes.
    pub fn passing(clock: &Arc<dyn Clock>) -> (Arc<dyn Store>, Arc<Audited>) {
        let (target, audited) = (TargetName::parse("t").unwrap(), Arc::new(Audited::default()));
        let below = Arc::new(MemoryStore::new());
        (Arc::new(Passing::new(target, below, clock.clone(), audited.clone())), audited)
    }

    /// A facade over such a store.
    pub fn remembering_nothing(
        backend: Arc<dyn Backend>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
    ) -> Self {
        let settings = Settings { on_existing: OnExisting::Conflict, ..settings() };
        Self::assemble(backend, store, clock, ids, settings)
    }

    /// The whole audit, oldest first.
    pub async fn audit(&self) -> Vec<AuditRow> {
        if !self.store.keeps_shadows() {
            return self.audited.0.lock().unwrap().clone();
        }
        let mut rows = self.store.audit(&self.target, 100_000).await.unwrap();
        rows.reverse();
        rows
    }

    fn assemble(
        backend: Arc<dyn Backend>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<SeededIds>,
        settings: Settings,
    ) -> Self {
        let target = TargetName::parse("t").unwrap();
        let raw = backend;
        let backend: Arc<dyn Backend> = match settings.deactivate.quarantines() {
            true => Arc::new(Quarantine::new(raw.clone(), QUARANTINE)),
            false => raw.clone(),
        };
        let served = discovery(backend.capabilities(), &settings).unwrap();
        let telemetry = Telemetry::default();
        let delivery = Delivery {
            target: target.clone(),
            backend: backend.clone(),
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            telemetry: telemetry.clone(),
            lanes: Lanes::default(),
            policy: settings.policy,
        };
        let runtime = tokio::runtime::Handle::current();
        let facade = Facade::new(delivery, settings.clone(), served, runtime, TaskTracker::new());
        Self {
            facade: Arc::new(facade),
            store,
            clock,
            sim: None,
            netskope: None,
            memory: None,
            backend,
            raw,
            client: client("okta"),
            target,
            telemetry,
            ids,
            settings,
            audited: Arc::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// The native ids of the members of the simulator's group of this name.
    pub fn sim_members(&self, group: &str) -> Vec<String> {
        let sim = self.sim();
        sim.members_of(&sim.group_by_name(group).expect("a group of this name").id)
    }

    /// The same store and cloud, a new process with the same settings.
    pub fn restarted(&self) -> Self {
        let (store, clock, ids) = (self.store.clone(), self.clock.clone(), self.ids.clone());
        let world = match &self.netskope {
            Some(sim) => Self::over_netskope(sim.clone(), store, clock, ids, None),
            None => {
                let sim = self.sim.clone().expect("a world over a simulator");
                Self::over_sophos(sim, store, clock, ids, None)
            }
        };
        let world = world.set(|settings| settings.clone_from(&self.settings));
        Self { client: self.client.clone(), ..world }
    }

    /// The same world, in which a deactivation puts people into quarantine.
    pub async fn quarantining(self) -> Self {
        let world = self.set(|settings| settings.deactivate = DeactivatePolicy::Quarantine);
        world.backend.prepare(&world.ctx()).await.unwrap();
        world
    }

    /// The same world with other settings: a new facade, which has forgotten what is only in memory.
    pub fn set(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        change(&mut settings);
        let new = Self::assemble(self.raw, self.store, self.clock, self.ids, settings);
        let Self { sim, netskope, memory, client, audited, requests, .. } = self;
        Self { sim, netskope, memory, client, audited, requests, ..new }
    }

    /// The same store, cloud and facade, as another client sees them.
    pub fn as_client(&self, client: Client) -> Self {
        Self {
            facade: self.facade.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
            sim: self.sim.clone(),
            netskope: self.netskope.clone(),
            memory: self.memory.clone(),
            backend: self.backend.clone(),
            raw: self.raw.clone(),
            client,
            target: self.target.clone(),
            telemetry: self.telemetry.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            audited: self.audited.clone(),
            requests: AtomicU64::new(1_000_000),
        }
    }

    pub fn sim(&self) -> std::sync::MutexGuard<'_, Sophos> {
        self.sim.as_ref().expect("a world over the simulator").lock().unwrap()
    }

    pub fn netskope_sim(&self) -> std::sync::MutexGuard<'_, Netskope> {
        self.netskope.as_ref().expect("a world over Netskope's simulator").lock().unwrap()
    }

    /// The context of a request that begins now.
    pub fn ctx(&self) -> Ctx {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request = format!("r{number}-{}", self.ids.uuid());
        let time = Duration::from_secs(25);
        Ctx::begun(request, &self.target, &self.client.name, &*self.clock, time).at(Priority::Interactive)
    }

    fn request(&self, what: &str) -> Request {
        Request {
            ctx: self.ctx(),
            client: Arc::new(self.client.clone()),
            fingerprint: format!("{} {what}", self.client.name),
            conditions: Default::default(),
            is_part: false,
        }
    }

    /// Sends one request, as the web would.
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        match self.try_send(method, path, body).await {
            Ok(reply) => reply,
            Err(error) => Reply { status: error.status, body: error.body(), retry_after: error.retry_after },
        }
    }

    async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, scim::error::ScimError> {
        let limits = self.settings.limits;
        let mut repairs = Repairs::default();
        let profile = self.client.profile;
        let (path, raw) = path.split_once('?').unwrap_or((path, ""));
        let mut segments = path.trim_matches('/').splitn(2, '/');
        let kind = match segments.next() {
            Some("Users") => Kind::User,
            _ => Kind::Group,
        };
        let id = segments.next().map(ScimId::new);
        let rt = self.facade.resource_type(kind).clone();
        let query = ListQuery::parse(raw, &limits)?;
        let projection = Projection::parse(
            query.attributes.as_deref(),
            query.excluded_attributes.as_deref(),
            &rt,
            profile,
            &limits,
            &mut repairs,
        )?;
        let text = body.as_ref().map(Value::to_string).unwrap_or_default();
        let request = self.request(&format!("{method} {path}?{raw} {text}"));
        let ok = |status, answer: scim_facade::facade::Answer| {
            let status = if answer.body.is_none() { 204 } else { status };
            Reply { status, body: serde_json::json!(answer.body), retry_after: None }
        };
        let body = match text.is_empty() {
            true => Value::Null,
            false => scim::resource::parse_json(text.as_bytes(), &limits)?,
        };
        let mut read = |body| Document::parse(body, &rt, profile, &limits, Required::Check, &mut repairs);
        Ok(match (method, id) {
            ("GET", Some(id)) => ok(200, self.facade.get(request, kind, id, projection).await?),
            ("GET", None) => {
                let covered = vec![Covered { kind, projection }];
                let page = self.facade.list(request, covered, query).await?;
                let list = scim::list::ListResponse {
                    total: page.total,
                    start_index: page.start_index,
                    resources: page.resources,
                    next_cursor: page.next_cursor,
                };
                Reply { status: 200, body: serde_json::json!(list), retry_after: None }
            }
            ("POST", None) => {
                let body = read(body)?;
                ok(201, self.facade.create(request, kind, body, projection).await?)
            }
            ("PUT", Some(id)) => {
                let body = read(body)?;
                ok(200, self.facade.replace(request, kind, id, body, projection).await?)
            }
            ("PATCH", Some(id)) => {
                let patch = Patch::parse(body, &rt, profile, &limits, &mut repairs)?;
                ok(200, self.facade.patch(request, kind, id, patch, projection).await?)
            }
            ("DELETE", Some(id)) => {
                self.facade.delete(request, kind, id).await?;
                Reply { status: 204, body: Value::Null, retry_after: None }
            }
            _ => panic!("{method} {path}"),
        })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Reply {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None).await
    }

    /// One round of settlement with everything due.
    pub async fn settle(&self) {
        self.facade.settle(&ClientName::parse("facade").unwrap(), Timestamp(i64::MAX)).await;
    }

    pub async fn wait(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }

    /// The directory calls that the simulator saw since the last look, in order: `METHOD path`.
    pub fn calls(&self) -> Vec<String> {
        let mut sim = self.sim();
        let calls = sim.journal().into_iter().filter(|e| e.path.starts_with("/common/"));
        let calls = calls
            .map(|e| {
                format!("{} {}{}", e.method, e.path, e.query.map(|q| format!("?{q}")).unwrap_or_default())
            })
            .collect();
        sim.clear_journal();
        calls
    }
}

/// A person as Okta would send one.
pub fn person(name: &str) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": format!("{name}@example.com"),
        "externalId": format!("ext-{name}"),
        "name": {"givenName": name, "familyName": "Example"},
        "displayName": format!("{name} Example"),
        "emails": [{"value": format!("{name}@example.com"), "type": "work", "primary": true}],
        "title": "Engineer",
        "active": true,
    })
}

pub fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| serde_json::json!({"value": id})).collect();
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": members,
    })
}
