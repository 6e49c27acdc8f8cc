//! What is wrong with a configuration.

use std::fmt;

/// One thing that is wrong: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, dotted: `targets.sophos.deactivate`.
    pub key: String,
    /// What is wrong and what to do.
    pub advice: String,
}

impl Problem {
    /// The text is not TOML at all. The parser's message is used, its excerpt of the text is not: it may hold a secret.
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.lines().count().max(1));
        Self { key: format!("line {line}"), advice: format!("not TOML: {}", error.message()) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.advice)
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub(super) fn add(&mut self, key: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Problem { key: key.into(), advice: advice.into() });
    }

    /// The value, if nothing was wrong. A part that is missing without a problem noted would be a mistake of ours; it
    /// is told rather than hidden.
    pub(super) fn unless_any<T>(mut self, value: impl FnOnce() -> Option<T>) -> Result<T, Vec<Problem>> {
        if self.0.is_empty() {
            if let Some(value) = value() {
                return Ok(value);
            }
            self.add("(all)", "could not be read; please report this");
        }
        Err(self.0)
    }
}
