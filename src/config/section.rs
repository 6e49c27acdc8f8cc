//! One table of the text: values are taken out by key and type, and what is left at the end is unknown.
//!
//! serde's `deny_unknown_fields` stops at the first fault; this finds them all.

use std::str::FromStr;
use std::time::Duration;

use toml::{Table, Value};

use super::duration;
use super::problem::Problems;

/// A table and its dotted name.
#[derive(Debug)]
pub(super) struct Section {
    path: String,
    table: Table,
}

impl Section {
    /// The whole text.
    pub(super) fn root(table: Table) -> Self {
        Self { path: String::new(), table }
    }

    /// A key of this table with its dotted name.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The dotted name of this table.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The names of the tables and values in here.
    pub(super) fn names(&self) -> Vec<String> {
        self.table.keys().cloned().collect()
    }

    /// Takes any value.
    pub(super) fn value(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    /// Takes a table; an empty one if there is none.
    pub(super) fn section(&mut self, key: &str, problems: &mut Problems) -> Section {
        let path = self.key(key);
        match self.value(key) {
            Some(Value::Table(table)) => Self { path, table },
            None => Self { path, table: Table::new() },
            Some(_) => {
                problems.add(&path, format!("must be a table: write [{path}]"));
                Self { path, table: Table::new() }
            }
        }
    }

    /// Takes a string.
    pub(super) fn string(&mut self, key: &str, problems: &mut Problems) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text),
            other => {
                problems.add(self.key(key), format!("must be a string in quotes, not {}", kind(&other)));
                None
            }
        }
    }

    /// Takes `true` or `false`.
    pub(super) fn boolean(&mut self, key: &str, problems: &mut Problems) -> Option<bool> {
        match self.value(key)? {
            Value::Boolean(value) => Some(value),
            other => {
                problems.add(self.key(key), format!("must be true or false, not {}", kind(&other)));
                None
            }
        }
    }

    /// Takes a whole number within bounds.
    pub(super) fn number(&mut self, key: &str, from: u32, to: u32, problems: &mut Problems) -> Option<u32> {
        let value = self.value(key)?;
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (from..=to).contains(number));
        if number.is_none() {
            problems.add(self.key(key), format!("must be a whole number from {from} to {to}"));
        }
        number
    }

    /// Takes a duration within bounds: `"25s"`.
    pub(super) fn duration(
        &mut self,
        key: &str,
        from: &str,
        to: &str,
        problems: &mut Problems,
    ) -> Option<Duration> {
        let text = self.string(key, problems)?;
        let bounds = duration::parse(from).zip(duration::parse(to));
        let time =
            duration::parse(&text).filter(|time| bounds.is_none_or(|(from, to)| (from..=to).contains(time)));
        if time.is_none() {
            let advice = format!(
                "must be a duration from \"{from}\" to \"{to}\", written like \"500ms\", \"25s\", \"5m\""
            );
            problems.add(self.key(key), advice);
        }
        time
    }

    /// Takes something that is written as a string and has a form of its own.
    pub(super) fn parsed<T: FromStr>(
        &mut self,
        key: &str,
        advice: &str,
        problems: &mut Problems,
    ) -> Option<T> {
        let text = self.string(key, problems)?;
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            problems.add(self.key(key), advice);
        }
        parsed
    }

    /// Takes one of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &str,
        words: &[(&str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let text = self.string(key, problems)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            problems.add(self.key(key), format!("must be one of {}", known.join(", ")));
        }
        found
    }

    /// Takes one string or a list of strings.
    pub(super) fn strings(&mut self, key: &str, problems: &mut Problems) -> Option<Vec<String>> {
        let list = match self.value(key)? {
            Value::String(one) => return Some(vec![one]),
            Value::Array(list) => list,
            other => vec![other],
        };
        let strings: Option<Vec<String>> = list.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        if strings.is_none() {
            problems.add(self.key(key), "must be a string or a list of strings");
        }
        strings
    }

    /// Ends the reading: what is left is unknown. `known` are the keys that this table has, for the advice.
    pub(super) fn finish(self, known: &[&str], problems: &mut Problems) {
        for key in self.table.keys() {
            problems.add(self.key(key), format!("is not known here; known are {}", known.join(", ")));
        }
    }
}

/// What a value is, without saying what it holds.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}
