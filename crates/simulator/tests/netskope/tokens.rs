//! Tokens: headers, scopes, expiry.

use serde_json::json;
use simulator::http::Request;
use simulator::netskope::Event;
use simulator::netskope::switches::AuthSchemes;

use super::support::{GROUPS, Rig, SECOND, USERS, empty, person};

const DAY: i64 = 86_400 * SECOND;

fn native(rig: &mut Rig) -> u16 {
    rig.raw(&Request::new("GET", USERS).header("NETSKOPE-API-TOKEN", "netskope-token")).status
}

fn bearer(rig: &mut Rig) -> u16 {
    rig.raw(&Request::new("GET", USERS).header("Authorization", "bearer netskope-token")).status
}

#[test]
fn which_header_counts_is_a_switch() {
    let mut rig = empty();
    assert_eq!((native(&mut rig), bearer(&mut rig)), (200, 200));
    rig.netskope.switches_mut().auth_schemes = AuthSchemes::NativeOnly;
    assert_eq!((native(&mut rig), bearer(&mut rig)), (200, 403));
    rig.netskope.switches_mut().auth_schemes = AuthSchemes::BearerOnly;
    assert_eq!((native(&mut rig), bearer(&mut rig)), (403, 200));
}

#[test]
fn a_bad_token_is_a_message_and_its_status_a_switch() {
    let mut rig = empty();
    for token in ["nobody", "netskope-expired", ""] {
        rig.token = token;
        rig.netskope.switches_mut().auth_failure_status = 403;
        let response = rig.get(USERS);
        assert_eq!(response.status, 403, "{token}");
        assert_eq!(super::support::keys(&response.value()), ["message"]);
        rig.netskope.switches_mut().auth_failure_status = 401;
        assert_eq!(rig.get(USERS).status, 401, "{token}");
    }
    assert_eq!(rig.raw(&Request::new("GET", USERS)).status, 401);
}

#[test]
fn scopes_are_for_each_endpoint() {
    let mut rig = empty();
    let statuses = |rig: &mut Rig, token: &'static str| {
        rig.token = token;
        let users = (rig.get(USERS).status, rig.post(USERS, person(token)).status);
        let groups = (rig.get(GROUPS).status, rig.post(GROUPS, json!({"displayName": token})).status);
        let managed = rig.post("/api/v2/users/getusers", json!({"query": {}})).status;
        (users, groups, managed)
    };
    assert_eq!(statuses(&mut rig, "netskope-token"), ((200, 201), (200, 201), 200));
    assert_eq!(statuses(&mut rig, "netskope-scim"), ((200, 201), (200, 201), 403));
    assert_eq!(statuses(&mut rig, "netskope-readonly"), ((200, 403), (200, 403), 403));
    assert_eq!(statuses(&mut rig, "netskope-users-only"), ((200, 201), (403, 403), 403));
    assert_eq!(statuses(&mut rig, "netskope-groups-only"), ((403, 403), (200, 201), 403));
    assert_eq!(statuses(&mut rig, "netskope-elsewhere"), ((403, 403), (403, 403), 403));
    rig.netskope.switches_mut().no_scope_status = 401;
    assert_eq!(statuses(&mut rig, "netskope-readonly"), ((200, 401), (200, 401), 401));
}

#[test]
fn every_token_ends() {
    let mut rig = empty();
    assert_eq!(rig.get(USERS).status, 200);
    rig.now += 90 * DAY - 10 * SECOND;
    assert_eq!(rig.get(USERS).status, 200);
    rig.now += 10 * SECOND;
    assert_eq!(rig.get(USERS).status, 403);
}

#[test]
fn tokens_come_and_go_in_the_console() {
    let mut rig = empty();
    rig.happens(Event::TokenRevoked { token: "netskope-token".to_owned() });
    assert_eq!(rig.get(USERS).status, 403);
    rig.happens(Event::TokenIssued { token: "netskope-token".to_owned(), hours: 2 });
    assert_eq!(rig.get(USERS).status, 200);
    rig.now += 7200 * SECOND;
    assert_eq!(rig.get(USERS).status, 403);
    let again = Event::TokenRevoked { token: "nobody".to_owned() };
    assert!(rig.netskope.event(rig.now, again).is_err());
}
