//! References to resources that the same request makes (RFC 7644 §3.7.2).

use std::collections::HashMap;

use serde_json::Value;

use super::REFERENCE;
use super::request::{Operation, Subject, Wish};
use crate::error::{Result, ScimError};
use crate::path::excerpt;

/// What has become of the operations that others can refer to, by their `bulkId`.
#[derive(Clone, Debug, PartialEq)]
pub struct References(HashMap<String, Fate>);

#[derive(Clone, Debug, PartialEq)]
enum Fate {
    /// It was not carried out yet.
    Waits,
    /// It made the resource with this id.
    Made(String),
    /// It failed.
    Failed(ScimError),
}

impl References {
    /// The references of a request of which nothing was carried out yet.
    #[must_use]
    pub fn of(operations: &[Operation]) -> Self {
        let made = operations.iter().filter_map(Operation::makes);
        Self(made.map(|bulk_id| (bulk_id.to_owned(), Fate::Waits)).collect())
    }

    /// Notes how an operation ended: with the id of what it made or changed, or with an error.
    pub fn settle(&mut self, operation: &Operation, outcome: std::result::Result<&str, &ScimError>) {
        let Some(bulk_id) = operation.makes() else { return };
        let fate = match outcome {
            Ok(id) => Fate::Made(id.to_owned()),
            Err(error) => Fate::Failed(error.clone()),
        };
        self.0.insert(bulk_id.to_owned(), fate);
    }

    /// Puts ids where references stood, in the path and in the values of the data.
    ///
    /// # Errors
    /// `invalidValue` for a reference to nothing; 409 for one to an operation that failed or that waits for this one in turn (RFC
    /// 7644 §3.7.1), or what that operation answered if a retry can cure it.
    pub fn resolve(&self, wish: Wish) -> Result<Wish<String>> {
        let Wish { endpoint, action, conditions, mut data } = wish;
        let action = action.named(|subject| self.subject(&subject))?;
        self.resolve_in(&mut data)?;
        Ok(Wish { endpoint, action, conditions, data })
    }

    /// The id of the resource that a path names.
    ///
    /// # Errors
    /// As [`References::resolve`].
    pub fn subject(&self, subject: &Subject) -> Result<String> {
        match subject {
            Subject::Id(id) => Ok(id.clone()),
            Subject::Made(bulk_id) => self.id(bulk_id).map(str::to_owned),
        }
    }

    fn resolve_in(&self, value: &mut Value) -> Result<()> {
        match value {
            Value::String(text) => {
                if let Some(bulk_id) = text.strip_prefix(REFERENCE) {
                    *text = self.id(bulk_id)?.to_owned();
                }
                Ok(())
            }
            Value::Array(list) => list.iter_mut().try_for_each(|value| self.resolve_in(value)),
            Value::Object(map) => map.values_mut().try_for_each(|value| self.resolve_in(value)),
            _ => Ok(()),
        }
    }

    fn id(&self, bulk_id: &str) -> Result<&str> {
        let name = excerpt(bulk_id);
        match self.0.get(bulk_id) {
            Some(Fate::Made(id)) => Ok(id),
            // Whoever sends the request again has this one carried out, too.
            Some(Fate::Failed(ScimError { status, retry_after: Some(seconds), .. })) => {
                let detail = format!("This operation waits for the one with the bulkId '{name}'.");
                Err(ScimError::transient(*status, *seconds, detail))
            }
            Some(Fate::Failed(_)) => {
                Err(ScimError::new(409, format!("The operation with the bulkId '{name}' failed")))
            }
            Some(Fate::Waits) => Err(ScimError::new(
                409,
                format!("This operation and the one with the bulkId '{name}' wait for each other"),
            )),
            None => Err(ScimError::invalid_value(format!("No POST of this request has the bulkId '{name}'"))),
        }
    }
}

/// The `bulkId`s to which an operation refers.
pub(super) fn named_by(wish: &Wish) -> Vec<&str> {
    let mut named = Vec::new();
    if let Some(Subject::Made(bulk_id)) = wish.action.subject() {
        named.push(bulk_id.as_str());
    }
    named_in(&wish.data, &mut named);
    named
}

fn named_in<'v>(value: &'v Value, named: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => named.extend(text.strip_prefix(REFERENCE)),
        Value::Array(list) => list.iter().for_each(|value| named_in(value, named)),
        Value::Object(map) => map.values().for_each(|value| named_in(value, named)),
        _ => {}
    }
}
