//! Reading the query.

use indexmap::IndexSet;
use serde_json::{Map, Value, json};

use super::errors::Refusal;
use super::switches::{DottedFields, OutOfRange, Switches};
use crate::text::{pairs, uuid};

const DEFAULT_PAGE_SIZE: usize = 50;
const MAX_PAGE_SIZE: usize = 100;

/// The parameters as sent.
pub(crate) struct Query<'a> {
    pairs: Vec<(String, String)>,
    rules: &'a Switches,
}

impl<'a> Query<'a> {
    pub fn new(raw: Option<&str>, rules: &'a Switches) -> Self {
        Self { pairs: pairs(raw.unwrap_or_default()), rules }
    }

    fn bad<T>(&self, why: &'static str) -> Result<T, Refusal> {
        Err(Refusal::new(self.rules.bad_request_status, why))
    }

    /// Refuses unknown parameters, if that is how it is.
    pub fn known(&self, names: &[&str]) -> Result<(), Refusal> {
        let unknown = self.pairs.iter().any(|(name, _)| !names.contains(&name.as_str()));
        if unknown && self.rules.reject_unknown_params {
            return self.bad("the query has an unknown parameter");
        }
        Ok(())
    }

    /// A parameter with something in it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A list: separated by commas, the parameter repeated, or both.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let values = self.pairs.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect()
    }

    /// A boolean in any case; false when left out.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => self.bad("a parameter is not a boolean"),
        }
    }

    /// One of the given words.
    pub fn choice(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.text(name) {
            Some(text) if !words.contains(&text) => self.bad("a parameter has an unknown value"),
            value => Ok(value),
        }
    }

    /// One id.
    pub fn id(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.text(name).map(uuid) {
            None => Ok(None),
            Some(Some(id)) => Ok(Some(id)),
            Some(None) => self.bad("an id is not a UUID"),
        }
    }

    /// Ids, without repetitions, at most so many.
    pub fn ids(&self, name: &str, most: usize) -> Result<Vec<String>, Refusal> {
        let list = self.list(name);
        if list.len() > most {
            return Err(Refusal::new(self.rules.too_many_ids_status, "too many ids"));
        }
        let ids: Option<IndexSet<String>> = list.into_iter().map(uuid).collect();
        match ids {
            Some(ids) => Ok(ids.into_iter().collect()),
            None => self.bad("an id is not a UUID"),
        }
    }

    /// The ids to remove in bulk: at least one.
    pub fn target_ids(&self) -> Result<Vec<String>, Refusal> {
        self.known(&["ids"])?;
        let ids = self.ids("ids", self.rules.max_ids_remove)?;
        if ids.is_empty() { self.bad("the list of ids is missing or empty") } else { Ok(ids) }
    }

    /// Which page is asked for.
    pub fn page(&self) -> Result<Page, Refusal> {
        Ok(Page {
            number: self.number("page", 1, usize::MAX)?,
            size: self.number("pageSize", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)?,
            totals: self.boolean("pageTotal")?.unwrap_or(false),
        })
    }

    fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, Refusal> {
        let clamp = self.rules.page_out_of_range == OutOfRange::Clamp;
        match self.text(name).map(str::parse::<i64>) {
            None => Ok(default),
            Some(Ok(number)) => match usize::try_from(number) {
                Ok(number) if (1..=most).contains(&number) => Ok(number),
                Ok(number) if clamp => Ok(number.clamp(1, most)),
                Err(_) if clamp => Ok(1),
                _ => self.bad("a number is out of range"),
            },
            Some(Err(_)) if clamp => Ok(default),
            Some(Err(_)) => self.bad("a parameter is not a number"),
        }
    }

    /// Which fields are asked for.
    pub fn fields(&self) -> Fields {
        Fields {
            names: self.list("fields").into_iter().map(str::to_owned).collect(),
            nested: self.rules.dotted_fields == DottedFields::Nested,
        }
    }
}

/// A page number and size.
pub(crate) struct Page {
    number: usize,
    size: usize,
    totals: bool,
}

impl Page {
    /// The items of this page. A page past the end is empty.
    pub fn cut<'i, T>(&self, items: &'i [T]) -> &'i [T] {
        let start = (self.number - 1).saturating_mul(self.size).min(items.len());
        let end = start.saturating_add(self.size).min(items.len());
        &items[start..end]
    }

    /// The `pages` object. Totals are counted only on request.
    pub fn describe(&self, items: usize) -> Value {
        let mut pages = json!({"current": self.number, "size": self.size});
        if self.totals {
            pages["total"] = items.div_ceil(self.size).into();
            pages["items"] = items.into();
        }
        pages["maxSize"] = MAX_PAGE_SIZE.into();
        pages
    }
}

/// A partial answer: the `id` and what is asked for. Unknown names ask for nothing.
pub(crate) struct Fields {
    names: Vec<String>,
    nested: bool,
}

impl Fields {
    pub fn of(&self, full: Value) -> Value {
        let Value::Object(full) = full else { return full };
        if self.names.is_empty() {
            return Value::Object(full);
        }
        let kept =
            full.into_iter().filter_map(|(key, value)| self.part(&key, value).map(|value| (key, value)));
        Value::Object(kept.collect::<Map<_, _>>())
    }

    fn part(&self, key: &str, value: Value) -> Option<Value> {
        let whole = |name: &String| name == key || (!self.nested && name.split('.').next() == Some(key));
        if key == "id" || self.names.iter().any(whole) {
            return Some(value);
        }
        let inner: Vec<String> = self
            .names
            .iter()
            .filter_map(|name| name.strip_prefix(key)?.strip_prefix('.'))
            .map(str::to_owned)
            .collect();
        match value {
            Value::Object(_) if !inner.is_empty() => Some(Self { names: inner, nested: true }.of(value)),
            _ => None,
        }
    }
}
