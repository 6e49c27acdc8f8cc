//! The token endpoint.

use serde_json::json;
use simulator::http::Request;

use super::support::{SECOND, empty, rig_with, token_request};
use simulator::sophos::Seed;

#[test]
fn a_token_has_the_vendors_shape() {
    let mut rig = empty();
    let response = rig.raw(&token_request("sophos-client", "sophos-secret"));
    let value = response.value();
    assert_eq!(response.status, 200);
    assert_eq!(value["token_type"], "bearer");
    assert_eq!(value["expires_in"], 3600);
    assert_eq!(value["errorCode"], "success");
    assert_eq!(value["message"], "OK");
    assert!(value["access_token"].as_str().unwrap().starts_with("eyJ"));
    assert_eq!(value["refresh_token"].as_str().unwrap().len(), 64);
    assert!(response.get("x-request-id").is_some());
}

#[test]
fn wrong_credentials_have_their_own_error_shape() {
    let mut rig = empty();
    let cases = [
        ("sophos-client", "wrong", 401, "oauth.invalid_client_secret"),
        ("nobody", "sophos-secret", 401, "oauth.client_app_does_not_exist"),
        ("sophos-disabled", "sophos-secret", 401, "oauth.client_disabled"),
        ("", "", 401, "oauth.client_app_does_not_exist"),
    ];
    for (client, secret, status, code) in cases {
        let response = rig.raw(&token_request(client, secret));
        assert_eq!((response.status, &response.value()["errorCode"]), (status, &json!(code)));
        assert!(response.value()["trackingId"].is_string());
        assert!(response.value().get("error").is_none());
    }
}

#[test]
fn a_malformed_grant_is_400() {
    let mut rig = empty();
    for body in [
        "",
        "grant_type=password&client_id=sophos-client&client_secret=sophos-secret&scope=token",
        "grant_type=client_credentials&client_id=sophos-client&client_secret=sophos-secret&scope=all",
        "grant_type=client_credentials&client_id=sophos-client&client_secret=sophos-secret",
        "grant_type=client_credentials&client_secret=sophos-secret&scope=token",
    ] {
        let mut request = token_request("", "");
        request.body = body.into();
        let response = rig.raw(&request);
        assert_eq!(
            (response.status, &response.value()["errorCode"]),
            (400, &json!("customer.validation")),
            "{body}"
        );
    }
    let as_json = Request::new("POST", "/id/api/v2/oauth2/token").json(&json!({
        "grant_type": "client_credentials", "client_id": "sophos-client", "client_secret": "sophos-secret",
        "scope": "token",
    }));
    assert_eq!(rig.raw(&as_json).status, 400);
}

#[test]
fn a_refresh_token_gives_a_new_token() {
    let mut rig = empty();
    let first = rig.raw(&token_request("sophos-client", "sophos-secret")).value();
    let refresh = |token: &str| {
        Request::new("POST", "/id/api/v2/oauth2/token").json(&json!({
            "grant_type": "refresh_token", "refresh_token": token, "client_id": "sophos-client",
            "client_secret": "sophos-secret",
        }))
    };
    let second = rig.raw(&refresh(first["refresh_token"].as_str().unwrap())).value();
    assert_eq!(second["errorCode"], "success");
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(rig.raw(&refresh("unknown")).status, 400);
}

#[test]
fn tokens_expire() {
    let mut rig = empty();
    let got_at = rig.now;
    rig.now = got_at + 3598 * SECOND;
    assert_eq!(rig.get("/common/v1/roles").status, 200);
    assert_eq!(rig.get("/common/v1/roles").status, 401);
}

#[test]
fn whatever_else_is_on_the_id_host_is_404_or_405() {
    let mut rig = empty();
    assert_eq!(rig.raw(&Request::new("POST", "/id/api/v2/other")).status, 404);
    assert_eq!(rig.raw(&Request::new("GET", "/id/api/v2/oauth2/token")).status, 405);
}

#[test]
fn switches_change_the_statuses() {
    let mut rig = rig_with(Seed::Empty, |switches| {
        switches.unknown_client_status = 400;
        switches.bad_grant_status = 422;
    });
    assert_eq!(rig.raw(&token_request("nobody", "x")).status, 400);
    assert_eq!(rig.raw(&token_request("sophos-disabled", "sophos-secret")).status, 400);
    let mut request = token_request("", "");
    request.body.clear();
    assert_eq!(rig.raw(&request).status, 422);
    rig.sophos.switches_mut().token_errors_as_200 = true;
    let response = rig.raw(&token_request("sophos-client", "wrong"));
    assert_eq!(
        (response.status, &response.value()["errorCode"]),
        (200, &json!("oauth.invalid_client_secret"))
    );
}
