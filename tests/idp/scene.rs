//! Transcripts as data: what one identity provider's client sends, and how it has to end.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One file of `transcripts/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub provider: String,
    pub scenes: Vec<Scene>,
}

/// One request. `<ada>`, `<grace>` and `<group>` in it stand for the ids that the server gave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    pub name: String,
    /// Where the request was found.
    pub source: String,
    pub fidelity: Fidelity,
    #[serde(default)]
    pub given: Given,
    /// `METHOD path?query`.
    pub request: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
    /// The statuses that the client accepts, in the tolerant profile.
    pub status: Vec<u16>,
    /// What a strict server answers, where that differs.
    pub strict: Option<u16>,
    /// What can be seen afterwards.
    pub then: Option<Then>,
    /// The resource of the request is not there afterwards.
    #[serde(default)]
    pub gone: bool,
    pub why: String,
}

/// How a request came to us.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// Traffic, with names and ids changed.
    Captured,
    /// From the vendor's documentation.
    Documented,
    /// Put together from source or prose.
    Rebuilt,
}

/// What the server holds before.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[serde(default)]
    pub people: Vec<String>,
    /// Those of them who have no access.
    #[serde(default)]
    pub inactive: Vec<String>,
    /// The members of the group Engineers; without this there is no group.
    pub members: Option<Vec<String>>,
}

/// What can be seen afterwards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    pub at: At,
    /// Places and the exact values there.
    #[serde(default)]
    pub equal: BTreeMap<String, Value>,
    /// Places where nothing is, or an empty value.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Exactly these are members.
    pub members: Option<Vec<String>>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum At {
    /// At the answer itself.
    Answer,
    Ada,
    Grace,
    Group,
}

impl At {
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Ada => "ada",
            Self::Grace => "grace",
            Self::Group => "group",
        }
    }
}

/// The value at a place: names and indices with slashes between, names in any case; `name=value` chooses the element
/// of a list in which that is so.
pub fn at<'a>(document: &'a Value, place: &str) -> Option<&'a Value> {
    place.split('/').try_fold(document, |here, step| match (here, step.split_once('=')) {
        (Value::Array(list), Some((name, value))) => {
            list.iter().find(|item| member(item, name).and_then(Value::as_str) == Some(value))
        }
        (Value::Array(list), None) => list.get(step.parse::<usize>().ok()?),
        (other, _) => member(other, step),
    })
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Whether there is nothing (RFC 7643 §2.5).
pub fn is_nothing(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(_) => false,
    }
}
