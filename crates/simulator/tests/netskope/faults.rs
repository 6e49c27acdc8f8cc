//! Faults in the vendor's own words, and what the journal says.

use serde_json::json;
use simulator::faults::{Fault, Rule};

use super::support::{NOBODY, Rig, USERS, empty, keys, person};

/// Tries to create someone under a fault; gives the answer's status and whether they are there.
fn create_under(fault: Fault) -> (Rig, simulator::http::Response, bool) {
    let mut rig = empty();
    rig.netskope.add_fault(Rule::once(fault).on("POST", "/Users"));
    let response = rig.post(USERS, person("ann"));
    let there = rig.netskope.user_by_email("ann@example.com").is_some();
    assert_eq!(rig.netskope.journal().last().unwrap().applied, there);
    (rig, response, there)
}

#[test]
fn statuses_come_in_the_format_of_who_says_them() {
    for (code, keys_of) in [
        (400, vec!["status", "description", "schemas"]),
        (401, vec!["message"]),
        (403, vec!["message"]),
        (404, vec!["message"]),
        (409, vec!["status", "description", "schemas"]),
        (500, vec!["message"]),
        (501, vec!["status", "schemas", "detail"]),
        (503, vec!["message"]),
    ] {
        let (_, response, there) = create_under(Fault::Status { code, applied: false });
        assert_eq!((response.status, there), (code, false));
        assert_eq!(keys(&response.value()), keys_of, "{code}");
    }
    let (_, response, there) = create_under(Fault::Status { code: 501, applied: true });
    assert_eq!((response.status, there), (501, true));
}

#[test]
fn too_many_has_the_gateways_message() {
    let (_, response, there) = create_under(Fault::TooMany { retry_after: Some(3) });
    assert_eq!((response.status, response.get("retry-after"), there), (429, Some("3"), false));
    assert_eq!(response.value(), json!({"message": "API rate limit exceeded"}));
}

#[test]
fn a_truncated_answer_took_effect() {
    let (_, response, there) = create_under(Fault::Truncated);
    assert_eq!((response.status, there), (201, true));
    assert!(response.value().is_null() && !response.body.is_empty());
}

#[test]
fn an_error_can_come_as_ok() {
    for applied in [false, true] {
        let (_, response, there) = create_under(Fault::ErrorAsOk { applied });
        assert_eq!((response.status, there), (200, applied));
        assert_eq!(response.value()["status"], "error");
    }
}

#[test]
fn a_redirect_leads_away_and_nothing_is_done() {
    let location = "https://elsewhere.example.com/".to_owned();
    let (_, response, there) = create_under(Fault::Redirect { location: location.clone() });
    assert_eq!((response.status, response.get("location"), there), (302, Some(location.as_str()), false));
}

#[test]
fn an_answer_can_be_oversized_but_true() {
    let (_, response, there) = create_under(Fault::Oversized { bytes: 1 << 20 });
    assert_eq!((response.body.len(), there), (1 << 20, true));
    assert_eq!(response.value()["userName"], "ann@example.com");
}

#[test]
fn a_reset_after_the_commit_leaves_someone_behind() {
    let (mut rig, _, there) = create_under(Fault::ResetAfter);
    assert!(there && !rig.effect.answers());
    assert_eq!(rig.post(USERS, person("ann")).status, 409);
}

#[test]
fn an_expired_token_stays_expired() {
    let mut rig = empty();
    rig.netskope.add_fault(Rule::once(Fault::TokenExpired));
    assert_eq!((rig.get(USERS).status, rig.get(USERS).status), (403, 403));
    rig.token = "netskope-scim";
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn the_journal_tells_what_was_asked_but_no_token() {
    let mut rig = empty();
    rig.get(&format!("{USERS}?count=1"));
    rig.post(USERS, json!({}));
    rig.delete(&format!("{USERS}/{NOBODY}"));
    let journal = rig.netskope.journal();
    let seen: Vec<_> = journal
        .iter()
        .map(|entry| (entry.method.as_str(), entry.write, entry.applied, entry.status))
        .collect();
    let expected = [
        ("GET", false, true, Some(200)),
        ("POST", true, false, Some(400)),
        ("DELETE", true, false, Some(404)),
    ];
    assert_eq!(seen, expected);
    assert_eq!((journal[0].query.as_deref(), journal[0].path.as_str()), (Some("count=1"), USERS));
    assert_eq!(journal[1].why, Some("userName is required"));
    assert!(!serde_json::to_string(&journal).unwrap().contains("netskope-token"));
}
