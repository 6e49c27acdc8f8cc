//! Which paths there are, content types and discovery.

use serde_json::json;
use simulator::http::Request;
use simulator::netskope::switches::{ContentType, Discovery, WrongMethod};

use super::support::{USERS, empty, person, with};

const NO_ROUTE: &str = "no Route matched with those values";

#[test]
fn every_other_path_is_unknown_to_the_gateway_whatever_the_token() {
    let mut rig = empty();
    for path in [
        "/",
        "/api/v2/scim",
        "/api/v2/scim/",
        "/api/v2/scim/users",
        "/api/v2/scim/Users/",
        "/api/v2/scim/Users/a/b",
        "/api/v2/scim/Schemas",
        "/api/v2/scim/ResourceTypes",
        "/api/v2/scim/ServiceProviderConfig",
        "/api/v2/scim/Bulk",
        "/api/v2/scim/Me",
        "/api/v2/platform/administration/scim/Users",
        "/SCIM/V2/key/Users",
    ] {
        let response = rig.raw(&Request::new("GET", path));
        assert_eq!((response.status, response.value()), (404, json!({"message": NO_ROUTE})), "{path}");
    }
}

#[test]
fn a_wrong_method_is_a_switch() {
    let mut rig = empty();
    let response = rig.send("PUT", USERS, json!({}));
    assert_eq!((response.status, response.value()), (404, json!({"message": NO_ROUTE})));
    rig.netskope.switches_mut().wrong_method = WrongMethod::NotAllowed;
    assert_eq!(rig.send("PUT", USERS, json!({})).status, 405);
    assert_eq!(rig.get("/api/v2/users/getusers").status, 405);
}

#[test]
fn the_content_type_is_a_switch_but_not_of_errors() {
    let mut rig = empty();
    let of = |response: simulator::http::Response| response.get("content-type").map(str::to_owned);
    assert_eq!(of(rig.get(USERS)).as_deref(), Some("application/scim+json;charset=utf-8"));
    assert_eq!(of(rig.get(&format!("{USERS}/x"))).as_deref(), Some("application/json"));
    rig.netskope.switches_mut().content_type = ContentType::Json;
    assert_eq!(of(rig.post(USERS, person("a"))).as_deref(), Some("application/json"));
    let path = rig.new_user("b");
    let response = rig.delete(&path);
    assert_eq!((response.status, response.get("content-type"), response.body.len()), (204, None, 0));
}

#[test]
fn bodies_of_both_content_types_are_read() {
    let mut rig = empty();
    let mut request =
        rig.request("POST", USERS).header("content-type", "application/scim+json;charset=utf-8");
    request.body = person("a").to_string().into_bytes();
    assert_eq!(rig.raw(&request).status, 201);
}

#[test]
fn every_answer_has_a_request_id_and_none_a_location() {
    let mut rig = empty();
    for response in [rig.post(USERS, person("a")), rig.get(USERS), rig.get("/nowhere")] {
        assert!(response.get("x-request-id").is_some());
        assert_eq!((response.get("location"), response.get("etag")), (None, None));
    }
}

#[test]
fn discovery_is_a_switch() {
    let config = "/api/v2/scim/ServiceProviderConfig";
    let mut rig = with(|switches| switches.discovery = Discovery::Forbidden);
    let response = rig.get(config);
    assert_eq!(response.status, 403);
    assert!(response.value()["message"].is_string());
    rig.netskope.switches_mut().discovery = Discovery::Present;
    assert_eq!(rig.get(config).value()["filter"]["maxResults"], 200);
    assert_eq!(rig.get("/api/v2/scim/Schemas").status, 404);
}
