//! Which requests a fault hits, and how often.

use serde::{Deserialize, Serialize};

use super::Fault;

/// One rule: which requests, how often, what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests; everything when left out.
    #[serde(rename = "match", default)]
    pub matching: Match,
    /// How many matching requests are hit; once when left out.
    #[serde(default)]
    pub times: Times,
    /// What happens to them.
    pub fault: Fault,
}

impl Rule {
    /// Hits every request once.
    #[must_use]
    pub fn once(fault: Fault) -> Self {
        Self { matching: Match::default(), times: Times::default(), fault }
    }

    /// Narrows the rule to a method and a part of the path.
    #[must_use]
    pub fn on(mut self, method: &str, path_contains: &str) -> Self {
        self.matching.method = Some(method.to_owned());
        self.matching.path_contains = Some(path_contains.to_owned());
        self
    }

    /// Sets how many requests are hit.
    #[must_use]
    pub fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    /// Lets this many matching requests through first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.matching.skip = skip;
        self
    }
}

/// Which requests a rule is for. What is left out matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Match {
    /// The method.
    pub method: Option<String>,
    /// The whole path without the host prefix; `*` stands for any text, also across slashes.
    pub path: Option<String>,
    /// A part of the path.
    pub path_contains: Option<String>,
    /// A part of the raw query.
    pub query_contains: Option<String>,
    /// How many matching requests go through unharmed first.
    pub skip: u32,
}

impl Match {
    pub(super) fn fits(&self, method: &str, path: &str, query: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|pattern| glob(pattern, path))
            && self.path_contains.as_ref().is_none_or(|part| path.contains(part))
            && self.query_contains.as_ref().is_none_or(|part| query.contains(part))
    }
}

/// How often a rule hits: a number, or `"forever"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// This many requests.
    Count(u32),
    /// Until the rule is removed.
    Always(Forever),
}

/// The word `forever`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Forever {
    /// Without end.
    Forever,
}

impl Times {
    /// Without end.
    pub const FOREVER: Self = Self::Always(Forever::Forever);
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|tail| {
            (0..=tail.len()).filter(|&cut| tail.is_char_boundary(cut)).any(|cut| glob(rest, &tail[cut..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(glob("/users/*", "/users/1/groups"));
        assert!(glob("*/groups", "/users/1/groups"));
        assert!(glob("/users/*/groups/*", "/users/1/groups/2"));
        assert!(!glob("/users/*/groups", "/users/1/groups/2"));
        assert!(glob("*", "/zürich"));
        assert!(!glob("/users", "/users/1"));
    }
}
