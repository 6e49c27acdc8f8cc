//! One call after the gateway's checks.

use serde_json::{Map, Value};

use super::directory::{Change, Directory, Store};
use super::errors::Refusal;
use super::model::{Group, User};
use super::query::Query;
use super::render::Renderer;
use super::switches::Switches;
use crate::ids::Ids;

/// An answer that is not a refusal.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    /// Nothing: an empty body.
    pub body: Option<Value>,
}

pub(crate) type Outcome = Result<Answer, Refusal>;

/// An answer with a body.
pub(crate) fn answer(status: u16, body: Value) -> Outcome {
    Ok(Answer { status, body: Some(body) })
}

/// 204.
pub(crate) fn no_content() -> Outcome {
    Ok(Answer { status: 204, body: None })
}

/// All that a route needs.
pub(crate) struct Call<'a> {
    pub now: i64,
    pub rules: &'a Switches,
    pub store: &'a mut Store,
    pub ids: &'a mut Ids,
    pub query: Query,
    pub body: &'a [u8],
    /// Counts requests, for orders that are never the same.
    pub turn: u64,
}

impl Call<'_> {
    /// The directory as it is, for checks and changes.
    pub fn directory(&self) -> &Directory {
        self.store.current()
    }

    pub fn apply(&mut self, change: Change) {
        self.store.apply(self.now, change);
    }

    /// Writes down what reads see.
    pub fn renderer(&self) -> Renderer<'_> {
        Renderer { directory: self.store.listed(), rules: self.rules }
    }

    /// Writes down what is, for answers to writes.
    pub fn fresh(&self) -> Renderer<'_> {
        Renderer { directory: self.store.current(), rules: self.rules }
    }

    /// What an unknown id is answered with.
    pub fn unknown_id(&self) -> Refusal {
        Refusal::new(self.rules.unknown_id_status, "the resource was not found")
    }

    /// A person to be changed.
    pub fn user(&self, id: &str) -> Result<&User, Refusal> {
        self.directory().user(id).filter(|user| self.visible(user)).ok_or_else(|| self.unknown_id())
    }

    /// A group to be changed.
    pub fn group(&self, id: &str) -> Result<&Group, Refusal> {
        self.directory().group(id).ok_or_else(|| self.unknown_id())
    }

    pub fn visible(&self, user: &User) -> bool {
        user.active || self.rules.inactive_visible
    }

    pub fn duplicate(&self, why: &'static str) -> Refusal {
        Refusal::new(self.rules.duplicate_status, why)
    }

    /// The answer to a deletion.
    pub fn deleted(&self) -> Outcome {
        Ok(Answer { status: self.rules.delete_status, body: None })
    }

    /// The body as a JSON object.
    pub fn object(&self) -> Result<Map<String, Value>, Refusal> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(Refusal::new(self.rules.bad_body_status, "the body is not a JSON object")),
        }
    }
}
