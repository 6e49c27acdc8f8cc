//! An explanation, as it is told. Names of attributes and ids; no values.

use std::collections::BTreeMap;
use std::sync::Arc;

use scim::profile::Profile;
use serde::Serialize;
use serde_json::{Map, Value};

use super::decided::{self, native_write};
use super::destroyed::{self, Lost};
use super::kept;
use super::masked::Words;
use crate::backend::Backend;
use crate::backend::dry_run::Planned;
use crate::facade::{Client, QueryPlan, Settings};
use crate::kernel::TargetName;
use crate::outbound::ReadMade;
use crate::store::Op;
use crate::telemetry::Heard;
use crate::web::Answered;

/// What one request would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What was asked.
    pub request: String,
    /// Of which target.
    pub target: String,
    /// By which client.
    pub client: String,
    /// How strictly it is read.
    pub profile: &'static str,
    /// The repairs that the request needs.
    pub repairs: Vec<Repair>,
    /// How a list or a search is answered, kind by kind.
    pub query: Vec<QueryPlan>,
    /// How the request is understood, in the order in which it would be done.
    pub decided: Vec<Decided>,
    /// The native reads that were made.
    pub reads: Vec<NativeRead>,
    /// The native writes that would be made, in order.
    pub writes: Vec<NativeWrite>,
    /// How many native calls the request takes: its own reads, and the writes; signing in is not counted.
    pub calls: u64,
    /// How many calls signing in took just now; a program that serves has signed in already.
    pub sign_in_calls: u32,
    /// How many seconds the backend's limits would cost, if nobody else made a call.
    pub wait_seconds: u64,
    /// What is destroyed.
    pub destroyed: Vec<String>,
    /// The attributes that only the facade keeps.
    pub shadow_only: Vec<String>,
    /// The alarms that operators would get.
    pub alarms: Vec<String>,
    /// The answer.
    pub answer: Answer,
    /// What else has to be known.
    pub notes: Vec<String>,
}

/// A tolerance that the request needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Its name, as docs/quirks.md has it.
    pub name: &'static str,
    /// How often.
    pub count: u32,
}

/// One decided write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// `create`, `update`, `deactivate`, `activate`, `delete`, `member_in`, `member_out`.
    pub action: String,
    /// User or group.
    pub kind: &'static str,
    /// Whom it is about.
    pub id: String,
    /// Names of attributes, or ids of members.
    pub what: Vec<String>,
    /// `active` before and after.
    pub active: Option<(bool, bool)>,
    /// What it comes to: `done`, `pending`, `refused: <why>`, `begun` if it did not end.
    pub outcome: String,
    /// The native writes that it takes; none for what stays with the facade.
    pub calls: Vec<String>,
}

/// One native read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeRead {
    /// `GET` and the path; values of parameters that may be personal are left out.
    pub call: String,
    /// Only this explanation needed it, to foresee what the backend would refuse.
    pub foreseeing: bool,
}

/// One native write that would be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeWrite {
    /// The calls: method and path.
    pub calls: Vec<String>,
    /// The fields of the body, by name.
    pub fields: Vec<String>,
    /// Why the backend would refuse it.
    pub refused: Option<String>,
}

/// The answer that the client would get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Of an error, where it has one.
    pub scim_type: Option<String>,
    /// Of an error, without what the client wrote.
    pub detail: Option<String>,
    /// In how many seconds to come back.
    pub retry_after: Option<String>,
    /// The resource's id, or those of the page.
    pub ids: Vec<String>,
    /// How many match, for a list.
    pub total: Option<u64>,
    /// The names of the attributes in the answer.
    pub attributes: Vec<String>,
}

/// What was seen of the request's way through the house.
pub(super) struct Seen<'s> {
    pub request: String,
    pub target: TargetName,
    pub client: Arc<Client>,
    pub answered: &'s Answered,
    /// What the client wrote, to be left out.
    pub words: Words,
    pub heard: Vec<Heard>,
    pub query: Vec<QueryPlan>,
    pub planned: Vec<Planned>,
    pub reads: Vec<ReadMade>,
    pub sign_ins: u32,
    pub written: Vec<Op>,
    pub backend: &'s dyn Backend,
    pub settings: &'s Settings,
}

impl Seen<'_> {
    /// The explanation.
    pub fn told(self) -> Explanation {
        let lost = Lost { written: &self.written, backend: self.backend, settings: self.settings };
        let writes: Vec<NativeWrite> = self.planned.iter().map(native_write).collect();
        let own_reads = self.reads.iter().filter(|read| !read.foreseeing).count();
        let calls = (own_reads + writes.iter().map(|write| write.calls.len()).sum::<usize>()) as u64;
        let wait = self.backend.capabilities().rate.map(|rate| rate.wait(calls)).unwrap_or_default();
        let (repairs, alarms, notes) = sorted(&self.heard);
        Explanation {
            request: self.request,
            target: self.target.to_string(),
            client: self.client.name.to_string(),
            profile: match self.client.profile {
                Profile::Tolerant => "tolerant",
                Profile::Strict => "strict",
            },
            repairs,
            query: self.query,
            decided: decided::all(&self.written),
            destroyed: destroyed::all(&lost, &self.planned),
            shadow_only: kept::all(&self.written, self.backend),
            reads: self
                .reads
                .into_iter()
                .map(|read| NativeRead { call: format!("GET {}", read.path), foreseeing: read.foreseeing })
                .collect(),
            writes,
            calls,
            sign_in_calls: self.sign_ins,
            wait_seconds: wait.as_secs(),
            alarms,
            answer: answer(self.answered, &self.words),
            notes,
        }
    }
}

/// Repairs, alarms, and what else was heard.
fn sorted(heard: &[Heard]) -> (Vec<Repair>, Vec<String>, Vec<String>) {
    let mut repairs: BTreeMap<&'static str, u32> = BTreeMap::new();
    let (mut alarms, mut notes) = (Vec::new(), Vec::new());
    for one in heard {
        match one {
            Heard::Repair(name, count) => *repairs.entry(name).or_default() += count,
            Heard::Alarm(kind, what) => alarms.push(format!("{kind}: {what}")),
            Heard::UnknownMembers(count) => notes.push(format!("{count} unknown members would be left out.")),
            Heard::SyncedIgnored(count) => {
                notes.push(format!("{count} fields that a directory manages would be left out."));
            }
            Heard::Drift(field) => notes.push(format!("{field} is no longer what was written last.")),
        }
    }
    notes.dedup();
    (repairs.into_iter().map(|(name, count)| Repair { name, count }).collect(), alarms, notes)
}

fn answer(answered: &Answered, words: &Words) -> Answer {
    let body: Map<String, Value> = serde_json::from_slice(&answered.body).unwrap_or_default();
    let is_error = answered.status >= 400;
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|_| is_error);
    let resources = body.get("Resources").and_then(Value::as_array);
    let id = |of: &Value| of.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids = match resources {
        Some(page) => page.iter().filter_map(id).collect(),
        None => body.get("id").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
    };
    let attributes = match is_error || resources.is_some() {
        true => Vec::new(),
        false => body.keys().filter(|name| *name != "schemas").cloned().collect(),
    };
    let header = |wanted: &str| {
        answered.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    };
    Answer {
        status: answered.status,
        scim_type: text("scimType").map(str::to_owned),
        detail: text("detail").map(|detail| words.masked(detail)),
        retry_after: header("retry-after"),
        ids,
        total: body.get("totalResults").and_then(Value::as_u64),
        attributes,
    }
}
