//! The bodies of errors.

use serde_json::json;
use simulator::netskope::switches::{ErrorStatusText, ErrorTextKey};

use super::support::{NOBODY, USERS, empty, keys};

#[test]
fn a_400_has_a_description_and_no_scim_type() {
    let mut rig = empty();
    let body = rig.post(USERS, json!({})).value();
    assert_eq!(keys(&body), ["status", "description", "schemas"]);
    assert_eq!(body["status"], "400");
    assert!(body["schemas"].is_array());
}

#[test]
fn status_and_text_are_switches() {
    let mut rig = empty();
    rig.netskope.switches_mut().error_status_text = ErrorStatusText::Failed;
    rig.netskope.switches_mut().error_text_key = ErrorTextKey::Detail;
    let body = rig.post(USERS, json!({})).value();
    assert_eq!((&body["status"], keys(&body)), (&json!("failed"), vec!["status", "detail", "schemas"]));
}

#[test]
fn a_501_is_an_internal_error_whose_schemas_are_a_string() {
    let mut rig = empty();
    rig.netskope.switches_mut().unknown_id_status = 501;
    let response = rig.get(&format!("{USERS}/{NOBODY}"));
    assert_eq!(response.status, 501);
    let body = response.value();
    assert_eq!(keys(&body), ["status", "schemas", "detail"]);
    assert!(body["schemas"].is_string());
    assert_eq!(body["status"], "501");
    rig.netskope.switches_mut().error_status_text = ErrorStatusText::Failed;
    assert_eq!(rig.get(&format!("{USERS}/{NOBODY}")).value()["status"], "failed");
}

#[test]
fn a_body_that_is_no_object_is_a_switch() {
    let mut rig = empty();
    for status in [400, 501] {
        rig.netskope.switches_mut().bad_body_status = status;
        for body in [&b"{oops"[..], b"[]", b""] {
            let mut request = rig.request("POST", USERS);
            request.body = body.to_vec();
            assert_eq!(rig.raw(&request).status, status);
        }
    }
}
