//! Rate limits on real requests.

use serde_json::json;
use simulator::http::Request;
use simulator::limiter::Limits;

use super::support::{Rig, SECOND, USERS, empty, token_request};

fn tight(burst: u32) -> Rig {
    let mut rig = empty();
    rig.sophos.set_limits(Limits { enabled: true, per_minute: 1, burst, per_day: 1000 });
    rig
}

fn whoami(rig: &mut Rig) -> u16 {
    let request = Request::new("GET", "/global/whoami/v1");
    rig.raw(&request.header("authorization", &format!("Bearer {}", rig.token))).status
}

#[test]
fn over_the_limit_is_429_in_the_usual_shape() {
    let mut rig = tight(2);
    assert_eq!((rig.get(USERS).status, rig.get(USERS).status), (200, 200));
    let response = rig.get(USERS);
    assert_eq!((response.status, response.get("retry-after")), (429, None));
    assert_eq!(response.value()["error"], "tooManyRequests");
    rig.sophos.switches_mut().retry_after = Some(30);
    assert_eq!(rig.post(USERS, json!({})).get("retry-after"), Some("30"));
    rig.now += 60 * SECOND;
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn each_credential_has_its_own() {
    let mut rig = tight(1);
    assert_eq!((rig.get(USERS).status, rig.get(USERS).status), (200, 429));
    rig.become_client("sophos-readonly");
    assert_eq!(rig.get(USERS).status, 200);
    rig.become_client("sophos-client");
    assert_eq!(rig.get(USERS).status, 429);
}

#[test]
fn an_unknown_token_is_401_not_429() {
    let mut rig = tight(0);
    assert_eq!(rig.get(USERS).status, 429);
    rig.token = "old".to_owned();
    assert_eq!(rig.get(USERS).status, 401);
}

#[test]
fn whether_whoami_and_token_count_are_switches() {
    let mut rig = tight(1);
    assert_eq!((whoami(&mut rig), whoami(&mut rig)), (200, 429));
    rig.sophos.switches_mut().count_whoami = false;
    assert_eq!(whoami(&mut rig), 200);
    let request = token_request("sophos-client", "sophos-secret");
    assert_eq!(rig.raw(&request).status, 200);
    rig.sophos.switches_mut().count_token = true;
    assert_eq!(rig.raw(&request).status, 429);
}

#[test]
fn limits_are_off_unless_asked_for() {
    let mut rig = empty();
    assert!((0..400).all(|_| rig.get(USERS).status == 200));
}
