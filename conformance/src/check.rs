//! What a check is, and how one can end.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use crate::reply::Exchange;
use crate::session::Session;

/// How a check goes on: `Ok` is a pass, everything else stops it.
pub type Checked<T = ()> = Result<T, Stop>;

/// A check while it runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Checked> + 'a>>;

/// What a check does.
pub type Run = for<'a> fn(&'a Session) -> Running<'a>;

/// How much is demanded (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A violation is a failure.
    Must,
    /// A violation is a warning.
    Should,
    /// No RFC demands it, but clients count on it: otherwise is a warning.
    Usual,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Usual => "USUAL",
        })
    }
}

/// One check of the RFC profile.
#[derive(Clone, Copy)]
pub struct Check {
    /// `group/name`, unique.
    pub name: &'static str,
    /// Where it is written, as `RFC 7644 §3.3`.
    pub section: &'static str,
    /// How much it is demanded.
    pub level: Level,
    /// What is demanded, in one sentence.
    pub title: &'static str,
    /// Finds out.
    pub run: Run,
}

impl Check {
    /// A check of a MUST.
    #[must_use]
    pub const fn must(name: &'static str, section: &'static str, title: &'static str, run: Run) -> Self {
        Self { name, section, level: Level::Must, title, run }
    }

    /// A check of a SHOULD.
    #[must_use]
    pub const fn should(name: &'static str, section: &'static str, title: &'static str, run: Run) -> Self {
        Self { name, section, level: Level::Should, title, run }
    }

    /// A check of what clients count on.
    #[must_use]
    pub const fn usual(name: &'static str, section: &'static str, title: &'static str, run: Run) -> Self {
        Self { name, section, level: Level::Usual, title, run }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("section", &self.section)
            .finish_non_exhaustive()
    }
}

/// Why a check did not go through.
#[derive(Debug)]
pub enum Stop {
    /// The server did something else than expected.
    Wrong(Box<Wrong>),
    /// The server did something that is allowed, but that clients will stumble over: never more than a warning.
    Odd(Box<Wrong>),
    /// There is nothing to check, and why.
    Skip(String),
}

/// What was expected, and what came.
#[derive(Debug)]
pub struct Wrong {
    /// What should have happened.
    pub expected: String,
    /// What happened instead, if the exchange does not say it.
    pub found: String,
    /// The request and its answer; none if it is about what several say together.
    pub exchange: Option<Exchange>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As the RFC demands.
    Pass,
    /// Against a MUST.
    Fail,
    /// Against a SHOULD, or allowed and unusual.
    Warn,
    /// Not advertised, or can't be tried here.
    Skip,
}

impl Outcome {
    /// Every outcome, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Fail, Self::Warn, Self::Skip];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
        }
    }
}

/// Ends a check: the server offers no such thing.
///
/// # Errors
/// Always: a skip.
pub fn skip<T>(why: impl Into<String>) -> Checked<T> {
    Err(Stop::Skip(why.into()))
}
