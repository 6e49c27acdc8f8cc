//! Reading the JSON body of a write.

use indexmap::IndexSet;
use serde_json::{Map, Value};

use super::errors::Refusal;
use super::switches::{Clearing, NotClearing, Switches};
use crate::text::uuid;

/// The object in the body.
pub(crate) struct Body<'a> {
    fields: Map<String, Value>,
    rules: &'a Switches,
}

/// What a PATCH says about an optional field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Patch {
    Keep,
    Clear,
    Set(String),
}

impl Patch {
    /// Carries it out on the field.
    pub fn onto(self, field: &mut Option<String>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(text) => *field = Some(text),
        }
    }
}

impl<'a> Body<'a> {
    /// Takes the body apart. `known` are the fields that the vendor documents for it.
    pub fn read(bytes: &[u8], rules: &'a Switches, known: &[&str]) -> Result<Self, Refusal> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            return Err(Refusal::new(rules.bad_request_status, "the body is not a JSON object"));
        };
        if rules.reject_unknown_fields && fields.keys().any(|field| !known.contains(&field.as_str())) {
            return Err(Refusal::new(rules.bad_request_status, "the body has an unknown field"));
        }
        Ok(Self { fields, rules })
    }

    fn bad<T>(&self, why: &'static str) -> Result<T, Refusal> {
        Err(Refusal::new(self.rules.bad_request_status, why))
    }

    pub fn has_any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.fields.contains_key(*field))
    }

    pub fn field(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }

    /// An optional text; `null` is the same as leaving it out.
    pub fn text(&self, field: &str, longest: usize) -> Result<Option<String>, Refusal> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= longest => Ok(Some(text.clone())),
            Some(Value::String(_)) => self.bad("a text is too long"),
            Some(_) => self.bad("a field is not a string"),
        }
    }

    /// A text that must be there and not be blank.
    pub fn required(&self, field: &str, longest: usize) -> Result<String, Refusal> {
        match self.text(field, longest)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => self.bad("a required field is missing or blank"),
        }
    }

    /// A text that may be left out but not be blank or null.
    pub fn changed(&self, field: &str, longest: usize) -> Result<Option<String>, Refusal> {
        if self.fields.contains_key(field) { self.required(field, longest).map(Some) } else { Ok(None) }
    }

    /// What a PATCH says about an optional text.
    pub fn patch(&self, field: &str, longest: usize) -> Result<Patch, Refusal> {
        let Some(value) = self.fields.get(field) else {
            return Ok(Patch::Keep);
        };
        let clears = match self.rules.clearing {
            Clearing::Both => value.is_null() || value == "",
            Clearing::Empty => value == "",
            Clearing::Null => value.is_null(),
            Clearing::Neither => false,
        };
        if clears {
            return Ok(Patch::Clear);
        }
        if value.is_null() || value == "" {
            return match self.rules.not_clearing {
                NotClearing::Ignore => Ok(Patch::Keep),
                NotClearing::Reject => self.bad("a field can't be cleared like this"),
            };
        }
        Ok(self.text(field, longest)?.map_or(Patch::Keep, Patch::Set))
    }

    /// An e-mail address of a new user.
    pub fn email(&self, field: &str) -> Result<Option<String>, Refusal> {
        match self.text(field, self.rules.max_user_text)? {
            Some(text) if !is_email(&text) => self.bad("not an e-mail address"),
            email => Ok(email),
        }
    }

    /// An optional list of ids, without repetitions.
    pub fn ids(&self, field: &str) -> Result<Vec<String>, Refusal> {
        let list = match self.fields.get(field) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return self.bad("a field is not a list of ids"),
        };
        if list.len() > self.rules.max_ids_add {
            return Err(Refusal::new(self.rules.too_many_ids_status, "too many ids"));
        }
        let ids: Option<IndexSet<String>> = list.iter().map(|value| value.as_str().and_then(uuid)).collect();
        match ids {
            Some(ids) => Ok(ids.into_iter().collect()),
            None => self.bad("an id is not a UUID"),
        }
    }

    /// A list of ids that must not be empty.
    pub fn some_ids(&self, field: &str) -> Result<Vec<String>, Refusal> {
        let ids = self.ids(field)?;
        if ids.is_empty() { self.bad("the list of ids is missing or empty") } else { Ok(ids) }
    }
}

/// A plain check: something, an at sign, something, and no blanks.
pub(crate) fn is_email(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}
