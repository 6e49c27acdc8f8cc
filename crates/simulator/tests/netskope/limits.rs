//! Rate limits: four a second for each family of endpoints.

use serde_json::json;
use simulator::Simulator;
use simulator::http::Response;
use simulator::limiter::Limits;
use simulator::netskope::switches::RateScope;
use simulator::netskope::{Netskope, Options};

use super::support::{GROUPS, Rig, SECOND, USERS, empty};

fn limited() -> Rig {
    let mut rig = empty();
    rig.netskope = Netskope::new(Options { limits: true, ..Options::default() });
    rig
}

/// Requests that come at the same time.
fn at_once(rig: &mut Rig, path: &str, count: usize) -> Vec<Response> {
    let request = rig.request("GET", path);
    (0..count).map(|_| rig.netskope.handle(rig.now, &request).0).collect()
}

fn statuses(rig: &mut Rig, path: &str, count: usize) -> Vec<u16> {
    at_once(rig, path, count).iter().map(|response| response.status).collect()
}

#[test]
fn four_at_once_and_four_a_second() {
    let mut rig = limited();
    assert_eq!(statuses(&mut rig, USERS, 5), [200, 200, 200, 200, 429]);
    rig.now += SECOND / 4;
    assert_eq!(statuses(&mut rig, USERS, 2), [200, 429]);
    rig.now += 10 * SECOND;
    assert_eq!(statuses(&mut rig, USERS, 5), [200, 200, 200, 200, 429]);
}

#[test]
fn the_headers_tell_what_is_left() {
    let mut rig = limited();
    let responses = at_once(&mut rig, USERS, 5);
    let first = &responses[0];
    assert_eq!(first.get("ratelimit-limit"), Some("4"));
    assert_eq!((first.get("ratelimit-remaining"), first.get("ratelimit-reset")), (Some("3"), Some("1")));
    assert_eq!(first.get("retry-after"), None);
    let last = &responses[4];
    assert_eq!((last.get("ratelimit-remaining"), last.get("retry-after")), (Some("0"), Some("1")));
    assert_eq!(last.value(), json!({"message": "API rate limit exceeded"}));
}

#[test]
fn the_headers_are_switches() {
    let mut rig = limited();
    rig.netskope.switches_mut().retry_after = false;
    let last = at_once(&mut rig, USERS, 5).pop().unwrap();
    assert_eq!((last.status, last.get("retry-after"), last.get("ratelimit-reset")), (429, None, Some("1")));
    rig.netskope.switches_mut().rate_headers = false;
    assert_eq!(at_once(&mut rig, USERS, 1)[0].get("ratelimit-reset"), None);
}

#[test]
fn what_shares_a_limit_is_a_switch() {
    let mut rig = limited();
    assert_eq!(statuses(&mut rig, USERS, 5).pop(), Some(429));
    assert_eq!(statuses(&mut rig, GROUPS, 4), [200; 4]);
    rig.netskope.switches_mut().rate_scope = RateScope::Shared;
    assert_eq!(statuses(&mut rig, USERS, 4), [200; 4]);
    assert_eq!(statuses(&mut rig, GROUPS, 1), [429]);
    rig.token = "netskope-scim";
    assert_eq!(statuses(&mut rig, GROUPS, 1), [200]);
}

#[test]
fn a_refused_request_has_no_effect_and_limits_are_off_unless_asked_for() {
    let mut rig = limited();
    rig.netskope.set_limits(Limits { enabled: true, per_minute: 1, burst: 0, per_day: 10 });
    let people = rig.netskope.users().len();
    assert_eq!(rig.post(USERS, super::support::person("ann")).status, 429);
    assert_eq!(rig.netskope.users().len(), people);
    let mut rig = empty();
    let responses = at_once(&mut rig, USERS, 100);
    assert!(responses.iter().all(|response| response.status == 200));
    assert_eq!(responses[0].get("ratelimit-limit"), None);
}
