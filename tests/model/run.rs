//! Drives a schedule against a world in virtual time, and compares with the machine after every step.

use scim_facade::facade::{Client as Connection, GroupScope};
use scim_facade::kernel::{Kind, ScimId};
use scim_facade::store::{Action, AuditRow, State};
use serde_json::json;

use super::ask::{kind, shown_as};
use super::facts::{Asked, Client, Fact, Outcome, Who};
use super::machine::Machine;
use super::schedule::{Console, Step, Wish};
use super::terms::{self, PARK_AFTER, Terms};
use crate::fault::crash::Rig;
use crate::fault::truth::open_ends;
use crate::support::World;
use crate::support::world::{Reply, client};

/// The two identity providers.
const CLIENTS: [&str; 2] = ["okta", "entra"];
/// One request never leaves more rows in the audit.
const AT_ONCE: u64 = 200;

/// What happened in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub schedules: usize,
    pub steps: usize,
    pub requests: usize,
    pub crashes: usize,
    pub faults: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.steps += other.steps;
        self.requests += other.requests;
        self.crashes += other.crashes;
        self.faults += other.faults;
    }
}

pub struct Run {
    terms: Terms,
    rig: Rig,
    pub machine: Machine,
    /// Nothing has gone wrong since all was settled: there is nothing that a retry could cure.
    pub calm: bool,
    /// The vendor's lists are late.
    pub lags: bool,
    pub counts: Counts,
}

/// Runs a schedule to its end; gives the first disagreement.
pub fn run(terms: Terms, steps: &[Step]) -> Result<Counts, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let rig = Rig::of(|store, gate| terms.world(store, gate));
        rig.world.backend.prepare(&rig.world.ctx()).await.unwrap();
        let counts = Counts { schedules: 1, ..Counts::default() };
        let mut run = Run { terms, rig, machine: Machine::default(), calm: true, lags: false, counts };
        for step in steps.iter().chain([&Step::Quiet]) {
            run.counts.steps += 1;
            run.step(*step).await.map_err(|why| format!("{step:?}: {why}"))?;
            run.look(run.counts.steps % 2).await.map_err(|why| format!("after {step:?}: {why}"))?;
        }
        Ok(run.counts)
    })
}

impl Run {
    pub fn world(&self) -> &World {
        &self.rig.world
    }

    /// The world as a client sees it.
    pub fn of(&self, by: Client) -> World {
        self.world().as_client(entitled(CLIENTS[by]))
    }

    async fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Ask { by, wish, again } => self.ask(by, wish, again).await,
            Step::Both(one, other) => self.both(one, other).await,
            Step::Crash { by, wish, at } => self.crash(by, wish, at.into()).await,
            Step::Search { by, what } => self.search(by, what).await,
            Step::Fault(fault) => {
                terms::go_wrong(self.world(), fault);
                self.calm = false;
                Ok(())
            }
            Step::Lag(lags) => {
                self.lags = lags;
                if let Some(sim) = &self.world().sim {
                    sim.lock().unwrap().switches_mut().list_lag_ms = if lags { 4000 } else { 0 };
                }
                Ok(())
            }
            Step::Console(console) => {
                self.console(console).await;
                Ok(())
            }
            Step::Wait(seconds) => {
                self.world().wait(seconds.into()).await;
                Ok(())
            }
            Step::Settle => {
                self.world().settle().await;
                Ok(())
            }
            Step::Quiet => self.quiet().await,
        }
    }

    async fn ask(&mut self, by: Client, wish: Wish, again: u8) -> Result<(), String> {
        let Some(request) = self.request(by, wish).await? else { return Ok(()) };
        for _ in 0..=again {
            let world = self.of(by);
            let since = self.audited().await;
            let reply = world.send(request.method, &request.path, request.body.clone()).await;
            let outcome = self.judge(&request.asked, &reply, &since).await?;
            if !matches!(outcome, Outcome::Unsure) {
                break;
            }
            world.wait(reply.retry_after.unwrap_or(10).into()).await;
        }
        Ok(())
    }

    async fn both(&mut self, one: Wish, other: Wish) -> Result<(), String> {
        let (Some(a), Some(b)) = (self.request(0, one).await?, self.request(1, other).await?) else {
            return Ok(());
        };
        // One that makes what the other changes would make somebody else, or not, as chance has it.
        if a.asked.who == b.asked.who && a.asked.makes != b.asked.makes {
            return Ok(());
        }
        let since = self.audited().await;
        let (of_a, of_b) = (self.of(0), self.of(1));
        let (to_a, to_b) = tokio::join!(
            of_a.send(a.method, &a.path, a.body.clone()),
            of_b.send(b.method, &b.path, b.body.clone())
        );
        self.counts.requests += 2;
        let (out_a, out_b) = (outcome(&to_a)?, outcome(&to_b)?);
        let (ends_a, ends_b) =
            (self.journalled(&a.asked, &since).await, self.journalled(&b.asked, &since).await);
        self.calm &= !matches!(out_a, Outcome::Unsure) && !matches!(out_b, Outcome::Unsure);
        let told = format!("{to_a:?} {to_b:?}");
        let judged = self.machine.both((&a.asked, &out_a, &ends_a), (&b.asked, &out_b, &ends_b));
        judged.map_err(|why| format!("{why}: {told}"))
    }

    async fn crash(&mut self, by: Client, wish: Wish, at: usize) -> Result<(), String> {
        let Some(request) = self.request(by, wish).await? else { return Ok(()) };
        let since = self.audited().await;
        let world = self.of(by);
        let sent = world.send(request.method, &request.path, request.body.clone());
        match self.rig.run(Some(self.rig.boundaries().len() + at), sent).await {
            Some(reply) => self.judge(&request.asked, &reply, &since).await.map(drop),
            None => {
                self.counts.crashes += 1;
                self.calm = false;
                let terms = self.terms;
                self.rig = self.rig.again(|dead, store, gate| terms.next(dead, store, gate));
                let journalled = self.journalled(&request.asked, &since).await;
                self.machine.answered(&request.asked, &Outcome::Unsure, &journalled)
            }
        }
    }

    async fn judge(
        &mut self,
        asked: &Asked,
        reply: &Reply,
        since: &Option<AuditRow>,
    ) -> Result<Outcome, String> {
        self.counts.requests += 1;
        let outcome = outcome(reply)?;
        let journalled = self.journalled(asked, since).await;
        if matches!(outcome, Outcome::Unsure) {
            if self.calm {
                return Err(format!("nothing is wrong, and yet: {reply:?}"));
            }
            self.calm = false;
        }
        let judged = self.machine.answered(asked, &outcome, &journalled);
        judged.map_err(|why| format!("{why}: {reply:?}"))?;
        if matches!(outcome, Outcome::Done(_)) && reply.body.is_object() {
            // A group whose size nobody knows is answered without the members.
            let seen = match asked.who.is_person() || reply.body.get("members").is_some() {
                true => self.see(asked.who, asked.by, &reply.body),
                false => self.machine.see_attributes(asked.who, asked.by, &reply.body),
            };
            seen.map_err(|why| format!("{why}: {reply:?}"))?;
        }
        Ok(outcome)
    }

    /// The last row of the audit.
    async fn audited(&self) -> Option<AuditRow> {
        let world = self.world();
        world.store.audit(&world.target, 1).await.unwrap().pop()
    }

    /// The ends of access that a request wishes and that the journal has had since.
    async fn journalled(&self, asked: &Asked, since: &Option<AuditRow>) -> Vec<Fact> {
        if asked.makes {
            return Vec::new();
        }
        let world = self.world();
        let mut rows = world.store.audit(&world.target, AT_ONCE).await.unwrap();
        rows.truncate(rows.iter().position(|row| Some(row) == since.as_ref()).unwrap_or(rows.len()));
        let has = |who: Who, actions: &[&str], of: Option<&str>| {
            let Some(id) = self.machine.ids.get(&who) else { return false };
            rows.iter().any(|row| {
                row.scim_id.as_str() == id
                    && row.client.as_str() == CLIENTS[asked.by]
                    && actions.contains(&row.action.as_str())
                    && matches!(row.outcome.as_str(), "begun" | "done")
                    && of.is_none_or(|of| row.what.iter().any(|what| what == of))
            })
        };
        let open = match self.machine.ids.get(&asked.who) {
            Some(id) => world
                .store
                .open_intents(&world.target, kind(asked.who), &ScimId::new(id.as_str()))
                .await
                .unwrap(),
            None => Vec::new(),
        };
        let ends_life = open.iter().any(|intent| intent.action == Action::Delete);
        let ends = asked.wishes.iter().filter(|(_, value)| *value == json!(false)).map(|(fact, _)| *fact);
        ends.filter(|fact| match fact {
            Fact::There(who) => ends_life || has(*who, &["delete"], None),
            Fact::Is(who, _) => has(*who, &["deactivate"], None),
            Fact::Member(group, person) => {
                let person = self.machine.ids.get(&Who::Person(*person));
                person.is_some_and(|id| has(Who::Group(*group), &["member_out", "member_in"], Some(id)))
            }
            Fact::Called(..) => false,
        })
        .collect()
    }

    async fn console(&mut self, console: Console) {
        let who = match console {
            Console::Deletes(person) | Console::Shows(person, _) | Console::DeviceLogin(person) => {
                Who::Person(person)
            }
            Console::DeletesGroup(group) | Console::TakesOut(group, _) => Who::Group(group),
        };
        let world = self.of(0);
        // What is done to somebody about whom something is open, or to whom somebody wrote a moment ago, has no one outcome.
        world.wait(terms::LAG.as_secs()).await;
        let Some(native) = self.settled(who).await else { return };
        let active = self.machine.is(Fact::Is(who, "active"), &json!(true));
        match console {
            Console::Deletes(_) if active => {
                terms::vanish(&world, Kind::User, &native);
                self.machine.vanishes(who);
            }
            Console::Shows(_, shown) if active => {
                terms::rename(&world, &native, &shown_as(shown));
                self.machine.drifts(who, json!(shown_as(shown)));
            }
            Console::DeletesGroup(_) => {
                terms::vanish(&world, Kind::Group, &native);
                self.machine.vanishes(who);
            }
            Console::DeviceLogin(_) if native.is_empty() => {
                let name = self.machine.options(who.key())[0].as_str().unwrap().to_owned();
                if self.machine.strangers.insert(name.clone()) {
                    terms::log_in(&world, &name).await;
                }
            }
            _ => {}
        }
        world.wait(terms::LAG.as_secs()).await;
    }

    /// The native id of somebody about whom nothing is open; empty for a parked person.
    async fn settled(&self, who: Who) -> Option<String> {
        let world = self.world();
        let id = self
            .machine
            .ids
            .get(&who)
            .filter(|_| self.machine.is_there(who) && self.machine.is_certain(who))?;
        let id = ScimId::new(id.as_str());
        let open = world.store.open_intents(&world.target, kind(who), &id).await.unwrap();
        let shadow = world.store.shadow(&world.target, kind(who), &id).await.unwrap()?;
        let rests = open.is_empty() && matches!(shadow.state, State::Live | State::Parked);
        rests.then(|| shadow.native.clone().map_or(String::new(), |at| at.id))
    }

    /// Counts what has gone wrong since the last look, which orders the rest anew.
    pub fn count_faults(&mut self) {
        self.counts.faults += usize::try_from(terms::hits(self.world())).unwrap();
    }

    /// Nothing goes wrong until everything is settled. Then everything is compared, natively too.
    async fn quiet(&mut self) -> Result<(), String> {
        self.count_faults();
        terms::go_right(self.world()).await;
        self.lags = false;
        // Whoever is in quarantine only now is parked in the last round.
        for seconds in [700, 6, PARK_AFTER.as_secs() + 1] {
            self.world().wait(seconds).await;
            self.world().settle().await;
        }
        if let Some(open) = open_ends(self.world()).await {
            return Err(format!("not at rest: {open}"));
        }
        self.machine.quiet = true;
        for by in 0..2 {
            self.look(by).await?;
        }
        self.natively().await?;
        self.machine.rest();
        self.calm = true;
        Ok(())
    }
}

fn outcome(reply: &Reply) -> Result<Outcome, String> {
    match reply.status {
        200 | 201 | 204 => Ok(Outcome::Done(reply.body["id"].as_str().map(str::to_owned))),
        429 if reply.retry_after.is_none() => Err(format!("no Retry-After: {reply:?}")),
        429 | 502 => Ok(Outcome::Unsure),
        status @ (400 | 403 | 404 | 409) => Ok(Outcome::Refused(status)),
        _ => Err(format!("no answer for a write: {reply:?}")),
    }
}

/// A client that may do everything but take over: what ends belongs to whoever ends it.
fn entitled(name: &str) -> Connection {
    Connection { groups: GroupScope::All, ..client(name) }
}
