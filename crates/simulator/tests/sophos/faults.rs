//! Faults, and what the journal says about them.

use std::time::Duration;

use serde_json::json;
use simulator::faults::{Fault, Rule, Times};
use simulator::http::Effect;

use super::support::{GROUPS, Rig, USERS, empty, token_request};

/// Tries to create a user under a fault; gives the status seen and whether the user is there.
fn create_under(fault: Fault) -> (Rig, u16, bool) {
    let mut rig = empty();
    rig.sophos.add_fault(Rule::once(fault).on("POST", "/users"));
    let response = rig.post(USERS, json!({"name": "A", "email": "a@example.com"}));
    let there = rig.sophos.user_by_email("a@example.com").is_some();
    let entry = rig.sophos.journal().pop().unwrap();
    assert_eq!(entry.applied, there);
    assert!(entry.write && entry.fault.is_some());
    assert_eq!(entry.status, rig.effect.answers().then_some(response.status));
    assert_eq!(entry.body.unwrap()["email"], "a@example.com");
    (rig, response.status, there)
}

#[test]
fn too_many() {
    let mut rig = empty();
    rig.sophos.add_fault(Rule::once(Fault::TooMany { retry_after: Some(7) }));
    rig.sophos.add_fault(Rule::once(Fault::TooMany { retry_after: None }));
    let response = rig.get(USERS);
    assert_eq!((response.status, response.get("retry-after")), (429, Some("7")));
    assert_eq!(response.value()["error"], "tooManyRequests");
    let response = rig.get(USERS);
    assert_eq!((response.status, response.get("retry-after")), (429, None));
    assert_eq!(rig.get(USERS).status, 200);
    let (_, status, there) = create_under(Fault::TooMany { retry_after: None });
    assert_eq!((status, there), (429, false));
}

#[test]
fn statuses_applied_or_not() {
    let (_, status, there) = create_under(Fault::Status { code: 500, applied: true });
    assert_eq!((status, there), (500, true));
    let (_, status, there) = create_under(Fault::Status { code: 503, applied: false });
    assert_eq!((status, there), (503, false));
    let mut rig = empty();
    rig.sophos.add_fault(Rule::once(Fault::Status { code: 500, applied: false }));
    assert_eq!(rig.get(USERS).value()["message"], "Internal Server Error.");
    rig.sophos.add_fault(Rule::once(Fault::Status { code: 503, applied: false }).on("POST", "token"));
    let response = rig.raw(&token_request("sophos-client", "sophos-secret"));
    assert_eq!(response.status, 503);
    assert!(response.value()["errorCode"].is_string());
}

#[test]
fn resets_and_hangs() {
    for (fault, effect, applied) in [
        (Fault::ResetBefore, Effect::ResetBefore, false),
        (Fault::ResetAfter, Effect::ResetAfter, true),
        (Fault::Hang { applied: false }, Effect::HangBefore, false),
        (Fault::Hang { applied: true }, Effect::HangAfter, true),
    ] {
        let (rig, _, there) = create_under(fault);
        assert_eq!((&rig.effect, there), (&effect, applied));
        assert!(!rig.effect.answers());
    }
}

#[test]
fn bodies_that_are_no_json() {
    let (_, status, there) = create_under(Fault::EmptyBody { applied: true });
    assert_eq!((status, there), (201, true));
    let (_, status, there) = create_under(Fault::EmptyBody { applied: false });
    assert_eq!((status, there), (502, false));
    let (_, status, there) = create_under(Fault::Garbage { applied: true });
    assert_eq!((status, there), (502, true));
    let mut rig = empty();
    rig.sophos.add_fault(Rule::once(Fault::Garbage { applied: false }));
    let response = rig.get(USERS);
    assert_eq!(response.get("content-type"), Some("text/html"));
    assert!(response.value().is_null());
}

#[test]
fn delays() {
    let (rig, status, there) = create_under(Fault::DelayMs { ms: 250 });
    assert_eq!((status, there), (201, true));
    assert_eq!(rig.effect, Effect::Delay(Duration::from_millis(250)));
}

#[test]
fn an_expired_token_stays_expired() {
    let mut rig = empty();
    rig.sophos.add_fault(Rule::once(Fault::TokenExpired));
    assert_eq!(rig.get(USERS).status, 401);
    assert_eq!(rig.get(USERS).status, 401);
    rig.become_client("sophos-client");
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn rules_choose_their_requests() {
    let mut rig = empty();
    let five = Fault::Status { code: 500, applied: false };
    let mut rule = Rule::once(five).times(Times::Count(2)).skip(1);
    rule.matching.path = Some("/common/v1/directory/*".to_owned());
    rule.matching.query_contains = Some("searchFields=email".to_owned());
    rig.sophos.add_fault(rule);
    let search = format!("{USERS}?search=x&searchFields=email");
    assert_eq!(rig.get(GROUPS).status, 200);
    let statuses: Vec<u16> = (0..5).map(|_| rig.get(&search).status).collect();
    assert_eq!(statuses, [200, 500, 500, 200, 200]);
    assert_eq!(rig.sophos.faults()[0].hits, 2);
    rig.sophos.add_fault(Rule::once(Fault::ResetBefore).times(Times::FOREVER));
    rig.get(USERS);
    rig.sophos.clear_faults();
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn the_journal_tells_what_was_asked_but_no_secrets() {
    let mut rig = empty();
    rig.log_in("sophos-client");
    rig.get(&format!("{USERS}?search=x"));
    rig.post(USERS, json!({"name": ""}));
    let mut broken = rig.request("POST", USERS);
    broken.body = b"{oops".to_vec();
    rig.raw(&broken);
    let journal = rig.sophos.journal();
    let seen: Vec<_> =
        journal.iter().map(|entry| (entry.host.as_str(), entry.path.as_str(), entry.status)).collect();
    assert_eq!(
        seen,
        [
            ("id", "/api/v2/oauth2/token", Some(200)),
            ("eu01", USERS, Some(200)),
            ("eu01", USERS, Some(400)),
            ("eu01", USERS, Some(400)),
        ]
    );
    assert_eq!(journal[1].query.as_deref(), Some("search=x"));
    let flags: Vec<_> = journal.iter().map(|entry| (entry.write, entry.applied)).collect();
    assert_eq!(flags, [(false, true), (false, true), (true, false), (true, false)]);
    assert_eq!(journal[3].body, Some(json!("{oops")));
    assert_eq!(journal[2].why, Some("a required field is missing or blank"));
    assert!(journal.windows(2).all(|two| two[0].number + 1 == two[1].number));
    let all = serde_json::to_string(&journal).unwrap();
    assert!(!all.contains("sophos-secret") && !all.contains(&rig.token));
}
