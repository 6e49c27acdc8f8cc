//! A server that conforms passes every check, and nothing stays behind.

use std::time::Duration;

use scim_conformance::check::Outcome;
use scim_conformance::checks;
use scim_conformance::client::{Client, Credential};
use scim_conformance::facts::Facts;
use scim_conformance::run::{self, Report, Task};
use scim_conformance::session::Session;

use crate::fake::{Misbehaviour, Running, TOKEN};

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
