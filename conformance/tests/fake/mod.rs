//! A small SCIM server that conforms, and misbehaves on demand.

mod bulk;
mod discovery;
mod filter;
mod http;
mod list;
mod patch;
mod store;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

pub use http::{Answer, Question};
use store::Store;

pub const TOKEN: &str = "a-token-for-tests";

/// What is wrong with an answer: the question and the answer to be changed.
pub type Twist = fn(&Question, &mut Answer);

/// What the fake does otherwise than it should.
#[derive(Clone, Copy, Debug, Default)]
pub struct Misbehaviour {
    /// A rule that it does not keep.
    pub forgets: &'static str,
    /// An answer that it spoils.
    pub twist: Option<Twist>,
    /// Which answer, counted from 0 after `arm`, is replaced by `instead`.
    pub spoils: Option<(usize, u16)>,
}

/// The server.
pub struct Fake {
    store: Store,
    bad: Misbehaviour,
    counted: Option<usize>,
}

/// A server that listens.
#[derive(Clone)]
pub struct Running {
    pub url: String,
    fake: Arc<Mutex<Fake>>,
}

impl Running {
    /// Starts one on a port that is free.
    pub async fn start(bad: Misbehaviour) -> Self {
        let fake = Arc::new(Mutex::new(Fake { store: Store::default(), bad, counted: None }));
        let url = http::serve(Arc::clone(&fake)).await;
        fake.lock().unwrap().store.base = url.clone();
        Self { url, fake }
    }

    /// Counts answers from now on.
    pub fn arm(&self, spoils: Option<(usize, u16)>) {
        let mut fake = self.fake.lock().unwrap();
        fake.counted = Some(0);
        fake.bad.spoils = spoils;
    }

    /// How many answers were given since `arm`; stops counting and spoiling.
    pub fn disarm(&self) -> usize {
        let mut fake = self.fake.lock().unwrap();
        fake.bad.spoils = None;
        fake.counted.take().unwrap_or_default()
    }

    /// How many resources it holds.
    pub fn holds(&self) -> usize {
        let fake = self.fake.lock().unwrap();
        fake.store.users.len() + fake.store.groups.len()
    }
}

impl Fake {
    fn answer(&mut self, question: &Question) -> Answer {
        let mut answer = self.right(question);
        if let Some(twist) = self.bad.twist {
            twist(question, &mut answer);
        }
        if let Some(counted) = &mut self.counted {
            if let Some((at, status)) = self.bad.spoils
                && at == *counted
            {
                answer = Answer::new(status, json!({}));
                answer.headers.clear();
            }
            *counted += 1;
        }
        answer
    }

    fn right(&mut self, question: &Question) -> Answer {
        self.store.forgets = self.bad.forgets;
        if question.header("authorization") != format!("Bearer {TOKEN}")
            && self.store.forgets != "authentication"
        {
            return store::error(401, "", "who are you?").with("www-authenticate", "Bearer");
        }
        if question.path.len() > 4_000 {
            return store::error(400, "", "too long");
        }
        self.routed(question).unwrap_or_else(|refused| refused)
    }

    fn routed(&mut self, question: &Question) -> Result<Answer, Answer> {
        let parts: Vec<&str> = question.path.trim_start_matches('/').split('/').collect();
        match (question.method.as_str(), parts.as_slice()) {
            ("GET", ["ServiceProviderConfig" | "ResourceTypes" | "Schemas", ..]) => {
                discovery::answer(question, &parts, &self.store)
            }
            ("POST", [".search"]) => list::search_root(&self.store, &question.json()?),
            ("POST", [kind @ ("Users" | "Groups"), ".search"]) => {
                list::search(&self.store, kind, &question.json()?)
            }
            ("POST", ["Bulk"]) => bulk::answer(&mut self.store, question),
            ("GET", [kind @ ("Users" | "Groups")]) => list::get(&self.store, kind, question),
            ("POST", [kind @ ("Users" | "Groups")]) => {
                let made = self.store.create(kind, &question.json()?)?;
                Ok(made.cut(question))
            }
            ("GET", [kind @ ("Users" | "Groups"), id]) => {
                Ok(self.store.get(kind, id, question)?.cut(question))
            }
            ("PUT", [kind @ ("Users" | "Groups"), id]) => {
                self.store.is_current(kind, id, question)?;
                self.store.replace(kind, id, &question.json()?)
            }
            ("PATCH", [kind @ ("Users" | "Groups"), id]) => {
                self.store.is_current(kind, id, question)?;
                self.store.patch(kind, id, &question.json()?)
            }
            ("DELETE", [kind @ ("Users" | "Groups"), id]) => {
                self.store.is_current(kind, id, question)?;
                self.store.delete(kind, id)
            }
            (_, ["Users" | "Groups" | "ServiceProviderConfig"]) => Err(store::error(405, "", "not here")),
            (_, ["Me"]) => Err(store::error(501, "", "not offered")),
            _ => Err(store::error(404, "", "no such endpoint")),
        }
    }
}

/// Looks a key up without regard to case.
pub fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
