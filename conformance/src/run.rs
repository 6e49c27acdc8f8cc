//! Plays checks one after the other, and tidies up.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use crate::check::{Check, Checked, Level, Outcome, Running, Stop, Wrong};
use crate::clock::Began;
use crate::reply::Exchange;
use crate::session::Session;
use crate::transcript::Story;

/// Something that can be played: a check of the RFCs, or a story of an identity provider.
#[derive(Clone, Debug)]
pub enum Task {
    /// A check of the RFC profile.
    Rfc(Check),
    /// What an identity provider sends.
    Story(Story),
}

/// How one task ended.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// `group/name`.
    pub name: String,
    /// Where it is written.
    pub section: String,
    /// How much it is demanded.
    pub level: Level,
    /// What is demanded.
    pub title: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was skipped, or what was found; empty for a pass.
    pub found: String,
    /// What should have happened; empty unless it did not.
    pub expected: String,
    /// The request and its answer.
    pub exchange: Option<Exchange>,
    /// How long it took.
    pub milliseconds: u64,
}

/// What a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The base address.
    pub url: String,
    /// Which checks were played.
    pub profile: String,
    /// What had to be assumed, and what could not be tidied up.
    pub notes: Vec<String>,
    /// Whether somebody stopped it before everything was played.
    pub stopped: bool,
    /// Everything that was played.
    pub findings: Vec<Finding>,
    /// How many requests were sent.
    pub requests: u32,
    /// How many of them were repetitions after a 429.
    pub retried: u32,
    /// How long it took.
    pub milliseconds: u64,
}

impl Report {
    /// How many ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings.iter().filter(|finding| finding.outcome == outcome).count()
    }
}

impl Task {
    /// `group/name`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Rfc(check) => check.name,
            Self::Story(story) => &story.name,
        }
    }

    /// Where it is written.
    #[must_use]
    pub fn section(&self) -> &str {
        match self {
            Self::Rfc(check) => check.section,
            Self::Story(story) => &story.source,
        }
    }

    /// What is demanded.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Rfc(check) => check.title,
            Self::Story(story) => &story.title,
        }
    }

    /// How much it is demanded. An identity provider that stumbles is a failure of its profile.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Rfc(check) => check.level,
            Self::Story(_) => Level::Must,
        }
    }

    /// Whether its name or its section has this text, without regard to case.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.name().to_lowercase().contains(&text) || self.section().to_lowercase().contains(&text)
    }

    fn run<'a>(&'a self, session: &'a Session) -> Running<'a> {
        match self {
            Self::Rfc(check) => (check.run)(session),
            Self::Story(story) => Box::pin(story.play(session)),
        }
    }
}

/// Ends when somebody wants the run to stop.
pub type Stopping = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Plays tasks until all are done or somebody stops it; then tidies up in either case.
pub async fn all(session: &Session, profile: &str, tasks: &[Task], mut stop: Stopping) -> Report {
    let began = Began::now();
    let mut findings = Vec::new();
    let mut notes = session.facts.notes.clone();
    let mut stopped = false;
    for task in tasks {
        let Some(finding) = one(session, task, &mut stop).await else {
            notes.push(format!("stopped before {}", task.name()));
            stopped = true;
            break;
        };
        findings.push(finding);
    }
    notes.extend(session.sweep().await.iter().map(|path| format!("could not be deleted: {path}")));
    Report {
        url: session.client.base().to_owned(),
        profile: profile.to_owned(),
        notes,
        stopped,
        findings,
        requests: session.client.requests(),
        retried: session.client.retried(),
        milliseconds: milliseconds(began),
    }
}

/// Plays one task and tidies up after it, also if it was stopped in its midst; then there is no finding.
async fn one(session: &Session, task: &Task, stop: &mut Stopping) -> Option<Finding> {
    let began = Began::now();
    let mark = session.mark();
    let ended = tokio::select! {
        ended = task.run(session) => Some(ended),
        () = stop => None,
    };
    session.tidy(mark).await;
    let (outcome, wrong) = judged(task.level(), ended?);
    Some(Finding {
        name: task.name().to_owned(),
        section: task.section().to_owned(),
        level: task.level(),
        title: task.title().to_owned(),
        outcome,
        found: wrong.found,
        expected: wrong.expected,
        exchange: wrong.exchange,
        milliseconds: milliseconds(began),
    })
}

/// What an end means for a level.
fn judged(level: Level, ended: Checked) -> (Outcome, Wrong) {
    let nothing = |found| Wrong { expected: String::new(), found, exchange: None };
    match ended {
        Ok(()) => (Outcome::Pass, nothing(String::new())),
        Err(Stop::Skip(why)) => (Outcome::Skip, nothing(why)),
        Err(Stop::Odd(wrong)) => (Outcome::Warn, *wrong),
        Err(Stop::Wrong(wrong)) => {
            let outcome = if level == Level::Must { Outcome::Fail } else { Outcome::Warn };
            (outcome, *wrong)
        }
    }
}

fn milliseconds(began: Began) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_says_what_a_violation_is() {
        let wrong = || Box::new(Wrong { expected: "x".to_owned(), found: String::new(), exchange: None });
        assert_eq!(judged(Level::Must, Err(Stop::Wrong(wrong()))).0, Outcome::Fail);
        assert_eq!(judged(Level::Should, Err(Stop::Wrong(wrong()))).0, Outcome::Warn);
        assert_eq!(judged(Level::Must, Err(Stop::Odd(wrong()))).0, Outcome::Warn);
        assert_eq!(judged(Level::Must, Err(Stop::Skip(String::new()))).0, Outcome::Skip);
        assert_eq!(judged(Level::Should, Ok(())).0, Outcome::Pass);
    }
}
