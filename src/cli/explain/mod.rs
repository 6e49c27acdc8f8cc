//! `explain`: one request through the whole house, over a backend and a store that can't be changed.

mod command;
mod decided;
mod destroyed;
mod kept;
mod masked;
mod print;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{Method, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use scim::limits::Limits;
use scim::query::ListQuery;
use scim::repairs::Repairs;
use scim::resource::parse_json;
use sha2::{Digest, Sha256};
use tokio_util::task::TaskTracker;

use super::failed::Failed;
use super::wiring::{self, Tools};
use crate::backend::dry_run::DryRun;
use crate::backend::{Backend, NativeQuery};
use crate::facade::{Client, Facade, QueryPlan, Settings, Target};
use crate::kernel::{Clock, Ctx, IdGen, Kind, Priority, TargetName};
use crate::outbound::ReadsMade;
use crate::store::Store;
use crate::store::overlay::Overlay;
use crate::telemetry::Telemetry;
use crate::web::{self, Clients, Credential, Gate, Inside, Web};

pub(super) use command::{Options, run};
pub use told::{Answer, Decided, Explanation, NativeRead, NativeWrite, Repair};

/// What has no place in a URI and people type all the same.
const TYPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^');

/// Who asks what of whom.
pub struct Subject {
    /// The target's name.
    pub target: TargetName,
    /// What its operator decided.
    pub settings: Settings,
    /// The vendor's: read from, never written to.
    pub backend: Arc<dyn Backend>,
    /// The quarantine group's name, if there is one.
    pub quarantine: Option<String>,
    /// What was read from it so far, where its transport notes that.
    pub made: ReadsMade,
    /// Read from, never written to.
    pub store: Arc<dyn Store>,
    /// Who asks.
    pub client: Arc<Client>,
    /// How long the client would wait.
    pub deadline: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids for what would be made.
    pub ids: Arc<dyn IdGen>,
}

/// The request.
pub struct Asked {
    /// Its method.
    pub method: Method,
    /// Its path below the target's base path, with its query.
    pub path: String,
    /// Its body.
    pub body: Option<Vec<u8>>,
}

impl Subject {
    fn tools(&self, telemetry: &Telemetry) -> Tools {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        Tools { clock, ids, telemetry: telemetry.clone(), ..Tools::default() }
    }

    /// A program that serves has found the quarantine group already: looking for it is no part of the request.
    async fn find_quarantine(&self, backend: &dyn Backend) {
        if self.quarantine.is_none() {
            return;
        }
        self.made.foresee(true);
        let ctx = Ctx::begun("explain", &self.target, &self.client.name, &*self.clock, self.deadline);
        let (ctx, nobody) = (ctx.at(Priority::Interactive), NativeQuery::Ids(Vec::new()));
        // If it fails, the request's own look fails, too, and is told.
        let _ = backend.search(&ctx, Kind::User, &nobody, 0, 1).await;
        self.made.foresee(false);
    }

    /// The web around the target, for the client alone, who has this token.
    fn web(&self, target: Arc<dyn Target>, token: &str, telemetry: &Telemetry) -> Web {
        let credential = Credential {
            client: Arc::clone(&self.client),
            tokens: vec![Sha256::digest(token).into()],
            targets: BTreeSet::from([self.target.clone()]),
            pace: None,
        };
        Web {
            targets: BTreeMap::from([(self.target.clone(), target)]),
            clients: Clients::new([credential]),
            deadline: self.deadline,
            limits: self.settings.limits,
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            telemetry: telemetry.clone(),
            gate: Gate::open(),
        }
    }
}

/// Explains a request.
///
/// # Errors
/// [`Failed`] if the path is no path, or the house can't be built.
pub async fn explain(subject: Subject, asked: Asked) -> Result<Explanation, Failed> {
    let path = uri(&subject.target, &asked.path)?;
    if path.path().trim_end_matches('/').ends_with("/Bulk") {
        return Err(Failed::misuse(
            "explain takes one request at a time: ask for each operation of a bulk request by itself",
        ));
    }
    let telemetry = Telemetry::listening();
    let dry = DryRun::new(Arc::clone(&subject.backend), Arc::clone(&subject.ids), subject.made.clone());
    let dry = Arc::new(dry);
    let backend = wiring::quarantined(dry.clone(), subject.quarantine.as_deref());
    subject.find_quarantine(&*backend).await;
    let store = Arc::new(Overlay::new(Arc::clone(&subject.store)));
    let (over, tools) = ((&subject.target, backend.clone()), subject.tools(&telemetry));
    let facade = wiring::facade(over, store.clone(), subject.settings.clone(), &tools, TaskTracker::new())?;
    let query = query_plan(&facade, (&subject.client, &subject.settings.limits), &asked, &path);
    // A token for this one request: nobody else can send one.
    let token = subject.ids.uuid().to_string();
    let web = Arc::new(subject.web(Arc::new(facade), &token, &telemetry));
    let request = format!("{} {}", asked.method, masked::masked_path(&asked.path));
    let words = masked::Words::of(&asked.path, asked.body.as_deref());
    let inside = Inside { method: asked.method, path, token, body: asked.body };
    let answered = web::answer(web, inside).await.map_err(|error| Failed::new(error.to_string()))?;
    let seen = told::Seen {
        request,
        target: subject.target,
        client: subject.client,
        answered: &answered,
        words,
        heard: telemetry.heard(),
        query,
        planned: dry.planned(),
        reads: subject.made.all(),
        sign_ins: subject.made.sign_ins(),
        written: store.written().await,
        backend: &*backend,
        settings: &subject.settings,
    };
    Ok(seen.told())
}

/// How a list or a search is answered, kind by kind; nothing for any other request, and for one that is refused anyway.
fn query_plan(
    facade: &Facade,
    (client, limits): (&Client, &Limits),
    asked: &Asked,
    path: &Uri,
) -> Vec<QueryPlan> {
    let read = || {
        let mut segments = path.path().rsplit('/').filter(|segment| !segment.is_empty());
        let mut last = segments.next()?;
        let is_search = last == ".search" && asked.method == Method::POST;
        if is_search {
            last = segments.next()?;
        }
        let query = match (&asked.method, &asked.body) {
            (&Method::GET, _) => ListQuery::parse(path.query().unwrap_or_default(), limits).ok()?,
            (_, Some(body)) if is_search => {
                let body = parse_json(body, limits).ok()?;
                ListQuery::from_search(body, client.profile, limits, &mut Repairs::new()).ok()?
            }
            _ => return None,
        };
        let kinds = match Kind::ALL.into_iter().find(|kind| kind.endpoint() == last) {
            Some(kind) => vec![kind],
            None if is_search => Kind::ALL.to_vec(),
            None => return None,
        };
        facade.query_plan(client.profile, &kinds, &query).ok()
    };
    read().unwrap_or_default()
}

/// The whole path of a request. The base path, and the address before it, may be left out.
fn uri(target: &TargetName, path: &str) -> Result<Uri, Failed> {
    let base = format!("/{target}/scim/v2");
    let below = path.find(&base).map_or(path, |at| &path[at + base.len()..]);
    let text = format!("{base}/{}", utf8_percent_encode(below.trim_start_matches('/'), TYPED));
    text.parse().map_err(|_| Failed::misuse("the path is no path: it has to look like /Users/ID"))
}
