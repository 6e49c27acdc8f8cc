//! The checks and their order: in each case everything that would fail later fails too.

use serde_json::json;
use simulator::http::Request;
use simulator::sophos::Seed;
use simulator::sophos::switches::ErrorStyle;

use super::support::{ADMINS, GROUPS, NOBODY, ROLES, Rig, USERS, empty, rig_with, sample};

/// A write with a body that is not even JSON.
fn broken(rig: &Rig) -> Request {
    let mut request = rig.request("POST", &format!("{GROUPS}/{NOBODY}/users"));
    request.body = b"{".to_vec();
    request
}

fn without(mut request: Request, header: &str) -> Request {
    request.headers.retain(|(name, _)| name != header);
    request
}

#[test]
fn token_then_id_header_then_tenant_then_role_then_body_then_parent() {
    let mut rig = sample();
    let request = without(without(broken(&rig), "authorization"), "x-tenant-id");
    assert_eq!(rig.raw(&request).status, 401);
    assert_eq!(rig.why(), "no bearer token");
    let request = without(broken(&rig), "authorization").header("authorization", "Bearer old");
    assert_eq!(rig.raw(&without(request, "x-tenant-id")).status, 401);
    assert_eq!(rig.why(), "the token is unknown or expired");

    rig.become_client("sophos-readonly");
    assert_eq!(rig.raw(&without(broken(&rig), "x-tenant-id")).status, 401);
    assert_eq!(rig.why(), "no X-Tenant-ID header");
    let foreign = without(broken(&rig), "x-tenant-id").header("x-tenant-id", NOBODY);
    assert_eq!(rig.raw(&foreign).status, 403);
    assert_eq!(rig.why(), "a foreign tenant");
    assert_eq!(rig.raw(&broken(&rig)).status, 403);
    assert_eq!(rig.why(), "the credential may only read");

    rig.become_client("sophos-client");
    assert_eq!(rig.raw(&broken(&rig)).status, 400);
    let mut request = rig.request("POST", &format!("{GROUPS}/{NOBODY}/users"));
    request.body = json!({"ids": [NOBODY]}).to_string().into();
    assert_eq!(rig.raw(&request).status, 404);
    assert_eq!(rig.why(), "no such group");
}

#[test]
fn body_then_parent_then_refs_then_synced_then_uniqueness() {
    let mut rig = sample();
    let (synced, plain) = (rig.group("Domain Users"), rig.group("All Staff"));
    let synced_user = rig.user("axel.sync@example.com");
    // Query before parent.
    assert_eq!(rig.delete(&format!("{GROUPS}/{NOBODY}/users")).status, 400);
    assert_eq!(rig.get(&format!("{GROUPS}/{NOBODY}/users?page=0")).status, 400);
    assert_eq!(rig.get(&format!("{GROUPS}/{NOBODY}/users")).status, 404);
    // Parent before references.
    rig.post(&format!("{USERS}/{NOBODY}/groups"), json!({"ids": [NOBODY]}));
    assert_eq!(rig.why(), "no such user");
    // References before synced.
    assert_eq!(rig.post(&format!("{GROUPS}/{synced}/users"), json!({"ids": [NOBODY]})).status, 404);
    assert_eq!(
        rig.post(&format!("{GROUPS}/{plain}/users"), json!({"ids": [synced_user, NOBODY]})).status,
        404
    );
    // Body before synced and before the parent.
    assert_eq!(rig.patch(&format!("{USERS}/{synced_user}"), json!({"name": 1})).status, 400);
    assert_eq!(rig.patch(&format!("{USERS}/{NOBODY}"), json!({"name": 1})).status, 400);
    // Synced before uniqueness.
    rig.patch(&format!("{USERS}/{synced_user}"), json!({"email": "ben.adler@example.com"}));
    assert_eq!(rig.why(), "the user is synced");
    rig.patch(&format!("{GROUPS}/{synced}"), json!({"name": "All Staff"}));
    assert_eq!(rig.why(), "the group is synced");
    let body = json!({"name": "x", "email": "ben.adler@example.com", "groupIds": [synced]});
    assert_eq!(rig.post(USERS, body).status, 409);
    assert_eq!(rig.why(), "a group is synced");
    rig.post(GROUPS, json!({"name": "All Staff", "userIds": [synced_user]}));
    assert_eq!(rig.why(), "a user is synced");
    // References before uniqueness.
    let body = json!({"name": "x", "email": "ben.adler@example.com", "groupIds": [NOBODY]});
    assert_eq!(rig.post(USERS, body).status, 404);
    assert_eq!(rig.post(GROUPS, json!({"name": "All Staff", "userIds": [NOBODY]})).status, 404);
}

#[test]
fn read_only_credentials_may_read() {
    let mut rig = sample();
    for client in ["sophos-readonly", "sophos-forensics"] {
        rig.become_client(client);
        for path in [USERS, GROUPS, ADMINS, ROLES] {
            assert_eq!(rig.get(path).status, 200);
            assert_eq!(rig.post(path, json!({})).status, 403);
        }
    }
    rig.become_client("sophos-management");
    rig.new_user("Someone", "someone@example.com");
    rig.become_client("sophos-readonly");
    rig.sophos.switches_mut().read_only_status = 401;
    assert_eq!(rig.post(USERS, json!({})).status, 401);
}

#[test]
fn a_tenant_lives_in_one_region() {
    let mut rig = empty();
    let mut request = rig.request("GET", USERS);
    request.path = request.path.replace("eu01", "us01");
    assert_eq!(rig.raw(&request).status, 403);
    assert_eq!(rig.why(), "the tenant lives in another region");
    rig.sophos.switches_mut().wrong_region_status = 421;
    assert_eq!(rig.raw(&request).status, 421);
    request.path = request.path.replace("us01", "xx99");
    assert_eq!(rig.raw(&request).status, 404);
}

#[test]
fn partners_reach_only_tenants_that_let_them_in() {
    let mut rig = sample();
    rig.become_client("sophos-partner");
    assert_eq!(rig.get(USERS).status, 200);
    let whoami = rig.raw(
        &Request::new("GET", "/global/whoami/v1").header("authorization", &format!("Bearer {}", rig.token)),
    );
    let list = Request::new("GET", "/global/partner/v1/tenants")
        .header("authorization", &format!("Bearer {}", rig.token))
        .header("x-partner-id", whoami.value()["id"].as_str().unwrap());
    let tenants = rig.raw(&list).value();
    let mut outcomes = Vec::new();
    for tenant in tenants["items"].as_array().unwrap() {
        rig.tenant = tenant["id"].as_str().unwrap().to_owned();
        let mut request = rig.request("GET", USERS);
        request.path = request.path.replace("eu01", tenant["dataRegion"].as_str().unwrap());
        outcomes.push((rig.raw(&request).status, rig.why()));
    }
    assert_eq!(
        outcomes,
        [
            (200, ""),
            (200, ""),
            (403, "partner assistance is off"),
            (403, "a partner can't manage a trial tenant"),
            (200, ""),
        ]
    );
    rig.become_client("sophos-org");
    assert_eq!(rig.get(USERS).status, 403);
    rig.tenant = rig.sophos.tenant_id().to_owned();
    assert_eq!(rig.get(USERS).status, 200);
}

#[test]
fn tenants_do_not_share_people() {
    let mut rig = sample();
    rig.become_client("sophos-org");
    let whoami = rig.raw(
        &Request::new("GET", "/global/whoami/v1").header("authorization", &format!("Bearer {}", rig.token)),
    );
    let list = Request::new("GET", "/global/organization/v1/tenants")
        .header("authorization", &format!("Bearer {}", rig.token))
        .header("x-organization-id", whoami.value()["id"].as_str().unwrap());
    rig.tenant = rig.raw(&list).value()["items"][1]["id"].as_str().unwrap().to_owned();
    let mut request =
        rig.request("POST", USERS).json(&json!({"name": "Ben", "email": "ben.adler@example.com"}));
    request.path = request.path.replace("eu01", "us01");
    assert_eq!(rig.raw(&request).status, 201);
    request.method = "GET".to_owned();
    assert_eq!(rig.raw(&request).value()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn unknown_routes_and_methods() {
    let mut rig = sample();
    assert_eq!(rig.get("/common/v1/nothing").status, 404);
    assert_eq!(rig.get(&format!("{USERS}/{NOBODY}/groups/{NOBODY}/x")).status, 404);
    assert_eq!(rig.request("PUT", USERS).method, "PUT");
    let put = rig.request("PUT", USERS);
    assert_eq!(rig.raw(&put).status, 405);
    assert_eq!(rig.patch(&format!("{ADMINS}/{NOBODY}"), json!({})).status, 405);
    assert_eq!(rig.raw(&Request::new("GET", "/nowhere")).status, 404);
    assert_eq!(rig.sophos.journal().last().unwrap().path, "/nowhere");
}

#[test]
fn errors_have_the_vendors_shape() {
    let mut rig = empty();
    let missing = rig.get(&format!("{USERS}/{NOBODY}"));
    let value = missing.value();
    assert_eq!((&value["error"], &value["message"]), (&json!("notFound"), &json!("Resource not found.")));
    assert!(value["correlationId"].is_string());
    assert_eq!(value["requestId"].as_str(), missing.get("x-request-id"));
    rig.become_client("sophos-readonly");
    let value = rig.post(USERS, json!({})).value();
    assert_eq!((&value["error"], &value["message"]), (&json!("forbidden"), &json!("Forbidden")));
    assert!(value["createdAt"].as_str().unwrap().ends_with('Z'));
    rig.token = "old".to_owned();
    let value = rig.get(USERS).value();
    assert_eq!(value["error"], "Unauthorized");
    assert!(value.get("message").is_none());
}

#[test]
fn the_spelling_of_errors_is_a_switch() {
    let mut rig = rig_with(Seed::Empty, |switches| switches.error_style = ErrorStyle::Camel);
    let unknown = format!("{USERS}/{NOBODY}");
    assert_eq!(rig.get(&unknown).value()["error"], "notFound");
    rig.sophos.switches_mut().error_style = ErrorStyle::Pascal;
    assert_eq!(rig.get(&unknown).value()["error"], "NotFound");
    rig.token.clear();
    assert_eq!(rig.get(&unknown).value()["error"], "Unauthorized");
    rig.sophos.switches_mut().error_style = ErrorStyle::Camel;
    assert_eq!(rig.get(&unknown).value()["error"], "notAuthorized");
}
