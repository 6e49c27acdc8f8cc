//! A server that conforms passes every check, and nothing stays behind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use scim_conformance::check::Outcome;
use scim_conformance::checks;
use scim_conformance::client::Client;
use scim_conformance::credential::Credential;
use scim_conformance::facts::Facts;
use scim_conformance::run::{self, Report, Task};
use scim_conformance::session::Session;
use scim_conformance::transcript::stories;

use crate::fake::{Misbehaviour, Running, TOKEN, Twist};

pub async fn session(fake: &Running) -> Session {
    let credential = Credential { token: Some(TOKEN.to_owned().into()), ..Credential::default() };
    let client = Client::new(&fake.url, &credential, Duration::from_secs(20)).unwrap();
    let facts = Facts::read(&client).await.unwrap();
    Session::new(client, facts, "scimconf-test".to_owned())
}

pub async fn judge(fake: &Running, tasks: &[Task]) -> Report {
    run::all(&session(fake).await, "rfc", tasks, Box::pin(std::future::pending())).await
}

#[tokio::test]
async fn it_passes_everything_and_nothing_stays_behind() {
    let fake = Running::start(Misbehaviour::default()).await;
    let tasks: Vec<Task> = checks::all().into_iter().map(Task::Rfc).collect();
    let report = judge(&fake, &tasks).await;
    let other: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.outcome != Outcome::Pass)
        .map(|finding| {
            format!(
                "{} {:?}: {} | {} {:?}",
                finding.name, finding.outcome, finding.expected, finding.found, finding.exchange
            )
        })
        .collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
    assert_eq!(report.notes, Vec::<String>::new());
    assert_eq!(fake.holds(), 0);
}

#[tokio::test]
async fn a_run_that_is_stopped_leaves_nothing_behind() {
    let fake = Running::start(Misbehaviour::default()).await;
    let tasks: Vec<Task> = checks::all().into_iter().map(Task::Rfc).collect();
    let session = session(&fake).await;
    let stop = {
        let fake = fake.clone();
        Box::pin(async move {
            while fake.holds() < 3 {
                tokio::task::yield_now().await;
            }
        })
    };
    let report = run::all(&session, "rfc", &tasks, stop).await;
    assert!(report.findings.len() < tasks.len());
    assert!(report.notes.iter().any(|note| note.starts_with("stopped before")));
    assert_eq!(fake.holds(), 0);
}

/// What a server that follows the RFCs answers is enough for these providers' clients.
#[tokio::test]
async fn stories_are_played_step_by_step() {
    let stories = ["google", "ping", "sailpoint"].into_iter().flat_map(|provider| stories(provider).unwrap());
    let tasks: Vec<Task> = stories.filter(|story| story.name != "ping/groups").map(Task::Story).collect();
    let report = judge(&Running::start(Misbehaviour::default()).await, &tasks).await;
    let wrong: Vec<_> = report.findings.iter().filter(|finding| finding.outcome != Outcome::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(report.findings.len() > 5);
}

#[tokio::test]
async fn a_story_says_at_which_step_it_ended() {
    let tasks: Vec<Task> = stories("okta")
        .unwrap()
        .into_iter()
        .filter(|story| story.name == "okta/spec-test")
        .map(Task::Story)
        .collect();
    let bad = Misbehaviour { forgets: "uniqueness", ..Misbehaviour::default() };
    let report = judge(&Running::start(bad).await, &tasks).await;
    assert_eq!(report.findings[0].outcome, Outcome::Fail);
    assert!(report.findings[0].expected.starts_with("step 2: status 409"), "{:?}", report.findings[0]);
}

/// RFC 6585 §4.
#[tokio::test]
async fn a_request_that_met_429_is_sent_again() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let twist: Twist = |question, answer| {
        if question.path == "/Schemas" && ASKED.fetch_add(1, Ordering::Relaxed) == 1 {
            answer.status = 429;
            answer.headers.insert("retry-after".into(), "0".into());
        }
    };
    let fake = Running::start(Misbehaviour { twist: Some(twist), ..Misbehaviour::default() }).await;
    let tasks: Vec<Task> =
        checks::all().into_iter().filter(|check| check.name == "discovery/schemas").map(Task::Rfc).collect();
    let report = judge(&fake, &tasks).await;
    assert_eq!((report.findings[0].outcome, report.retried), (Outcome::Pass, 1));
}
