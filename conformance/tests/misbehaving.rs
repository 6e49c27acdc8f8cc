//! Servers that misbehave are caught: each in one way, and by the check that is for it.

use scim_conformance::check::{Outcome, Stop};
use scim_conformance::checks;
use scim_conformance::run::Task;
use serde_json::{Value, json};

use crate::conforming::{judge, session};
use crate::fake::{Answer, Misbehaviour, Question, Running, Twist};

async fn caught(check: &str, bad: Misbehaviour) {
    let tasks: Vec<Task> =
        checks::all().into_iter().filter(|found| found.name == check).map(Task::Rfc).collect();
    assert_eq!(tasks.len(), 1, "{check} is no check");
    let report = judge(&Running::start(bad).await, &tasks).await;
    let finding = &report.findings[0];
    assert!(matches!(finding.outcome, Outcome::Fail | Outcome::Warn), "{check} saw nothing: {finding:?}");
    assert!(!finding.expected.is_empty());
}

/// Rules that a server forgets, and the check that sees it.
const FORGOTTEN: &[(&str, &str)] = &[
    ("authentication", "auth/none"),
    ("authentication", "auth/wrong"),
    ("authentication", "auth/write"),
    ("uniqueness", "create/unique"),
    ("uniqueness", "create/unique-case"),
    ("uniqueness", "put/unique"),
    ("uniqueness", "patch/unique"),
    ("password", "create/password"),
    ("atomicity", "patch/atomic"),
    ("no-change", "patch/no-change"),
    ("if-match", "etag/put-stale"),
    ("if-match", "etag/patch-stale"),
    ("if-match", "etag/delete-stale"),
    ("delete", "delete/gone"),
    ("delete", "delete/name-free"),
    ("delete", "groups/delete"),
    ("filter-on-discovery", "discovery/filter-schemas"),
];

#[tokio::test]
async fn a_rule_that_is_forgotten_is_seen() {
    for (forgets, check) in FORGOTTEN {
        caught(check, Misbehaviour { forgets, ..Misbehaviour::default() }).await;
    }
}

/// Answers that a server spoils, and the check that sees it.
const SPOILT: &[(&str, Twist)] = &[
    ("http/media-type", plain_json),
    ("discovery/user-name", |_, answer| replace(&mut answer.body, "\"required\":true", "\"required\":false")),
    ("auth/body", |_, answer| {
        if answer.status == 401 {
            answer.body = json!("who are you?");
        }
    }),
    ("create/required-type", |_, answer| {
        if answer.status == 400 {
            answer.body["scimType"] = json!("invalidSyntax");
        }
    }),
    ("cursor/advertised", |_, answer| replace(&mut answer.body, "\"cursor\":true", "\"cursor\":\"yes\"")),
    ("discovery/media-type", plain_json),
    ("discovery/config-features", |_, answer| take(&mut answer.body, "sort")),
    ("auth/challenge", |_, answer| drop(answer.headers.remove("www-authenticate"))),
    ("create/status", |_, answer| {
        if answer.status == 201 {
            answer.status = 200;
        }
    }),
    ("create/location", |_, answer| drop(answer.headers.remove("location"))),
    ("create/meta", |_, answer| take(&mut answer.body, "meta")),
    ("create/schemas", |_, answer| take(&mut answer.body, "schemas")),
    ("create/echo", |_, answer| take(&mut answer.body, "displayName")),
    ("read/error-body", |_, answer| {
        if answer.status == 404 {
            answer.body["status"] = json!(404);
        }
    }),
    ("read/unknown", |_, answer| {
        if answer.status == 404 {
            answer.status = 400;
        }
    }),
    ("attributes/only", |question, answer| {
        if question.query.contains_key("attributes") {
            answer.body["emails"] = json!([]);
        }
    }),
    ("attributes/schemas", |_, answer| {
        if answer.body.get("meta").is_none() {
            take(&mut answer.body, "schemas");
        }
    }),
    ("put/status", |question, answer| {
        if question.method == "PUT" {
            answer.status = 204;
        }
    }),
    ("patch/remove-no-path", |_, answer| {
        if answer.status == 400 {
            answer.body["scimType"] = json!("other");
        }
    }),
    ("filter/eq", |_, answer| answer.body["Resources"] = json!([])),
    ("filter/syntax", |_, answer| {
        if answer.status == 400 {
            answer.body["scimType"] = json!("invalidValue");
        }
    }),
    ("sort/ascending", |_, answer| reverse(&mut answer.body["Resources"])),
    ("paging/total", |_, answer| {
        if answer.body["totalResults"] == 3 {
            answer.body["totalResults"] = json!(1);
        }
    }),
    ("paging/count", |_, answer| answer.body["itemsPerPage"] = json!(7)),
    ("cursor/walk", |_, answer| {
        if answer.body.get("nextCursor").is_some() {
            answer.body["nextCursor"] = json!("at-0");
        }
    }),
    ("cursor/characters", |_, answer| {
        if answer.body.get("nextCursor").is_some() {
            answer.body["nextCursor"] = json!("a+b/=");
        }
    }),
    ("cursor/invalid", |_, answer| {
        if answer.status == 400 {
            answer.body["scimType"] = json!("invalidValue");
        }
    }),
    ("members/add", |_, answer| take(&mut answer.body, "members")),
    ("groups/on-user", |_, answer| take(&mut answer.body, "groups")),
    ("extension/schemas", |_, answer| {
        if answer.body["meta"]["resourceType"] == "User" {
            answer.body["schemas"] = json!([scim_conformance::facts::USER]);
        }
    }),
    ("active/deactivate", |_, answer| {
        if answer.body["active"] == false {
            answer.body["active"] = json!("False");
        }
    }),
    ("delete/status", |question, answer| {
        if question.method == "DELETE" {
            answer.status = 200;
        }
    }),
    ("etag/header", |_, answer| drop(answer.headers.remove("etag"))),
    ("etag/not-modified", |_, answer| {
        if answer.status == 304 {
            answer.status = 200;
        }
    }),
    ("bulk/status", |_, answer| {
        if answer.body["Operations"].is_array() {
            answer.body["Operations"][0]["status"] = json!(201);
        }
    }),
    ("bulk/too-many", |_, answer| {
        if answer.status == 413 {
            answer.status = 400;
        }
    }),
    ("http/unknown-endpoint", |_, answer| {
        if answer.status == 404 {
            answer.body = json!("not found");
        }
    }),
    ("http/me", |question, answer| {
        if question.path == "/Me" {
            answer.status = 500;
        }
    }),
    ("security/injection", |_, answer| {
        if answer.body["totalResults"] == 0 {
            answer.body["totalResults"] = json!(5);
        }
    }),
    ("security/huge-id", |_, answer| {
        if answer.status == 400 {
            answer.status = 500;
        }
    }),
    ("security/error-tells-nothing", |_, answer| {
        if answer.status == 400 {
            answer.body["detail"] = json!("panicked at src/x.rs");
        }
    }),
];

#[tokio::test]
async fn an_answer_that_is_spoilt_is_seen() {
    for (check, twist) in SPOILT {
        caught(check, Misbehaviour { twist: Some(*twist), ..Misbehaviour::default() }).await;
    }
}

fn plain_json(_: &Question, answer: &mut Answer) {
    answer.headers.insert("content-type".into(), "application/json".into());
}

fn take(body: &mut Value, key: &str) {
    body.as_object_mut().map(|body| body.remove(key));
}

fn replace(body: &mut Value, old: &str, new: &str) {
    *body = serde_json::from_str(&body.to_string().replace(old, new)).unwrap();
}

fn reverse(value: &mut Value) {
    if let Some(all) = value.as_array_mut() {
        all.reverse();
    }
}

/// Whatever a check looks at: it sees if its last answer is a server error, or an empty success. The few that are
/// skipped then are in one of the tables above.
#[tokio::test]
async fn every_check_looks_at_its_last_answer() {
    let fake = Running::start(Misbehaviour::default()).await;
    let session = session(&fake).await;
    let mut blind = Vec::new();
    session.crowd().await.unwrap();
    let kept = session.mark();
    for check in checks::all() {
        fake.arm(None);
        (check.run)(&session).await.unwrap_or_else(|stop| panic!("{}: {stop:?}", check.name));
        let last = fake.disarm() - 1;
        session.tidy(kept).await;
        let mut seen = false;
        for status in [500, 200] {
            if seen {
                break;
            }
            fake.arm(Some((last, status)));
            seen = matches!((check.run)(&session).await, Err(Stop::Wrong(_) | Stop::Odd(_)));
            fake.disarm();
            session.tidy(kept).await;
        }
        let elsewhere = FORGOTTEN.iter().any(|(_, name)| *name == check.name)
            || SPOILT.iter().any(|(name, _)| *name == check.name);
        if !seen && !elsewhere {
            blind.push(check.name);
        }
    }
    assert!(blind.is_empty(), "blind: {blind:?}");
}
