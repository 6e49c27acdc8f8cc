//! A bulk request on its way to the target.

use serde_json::json;

use super::*;

const BULK: &str = "/one/scim/v2/Bulk";

fn bulk(operations: &Value) -> String {
    let urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    json!({"schemas": [urn], "Operations": operations}).to_string()
}

async fn send(web: &Arc<Web>, operations: &Value) -> Value {
    let known = [("authorization", TOKEN), ("content-type", "application/scim+json")];
    let got = ask_web(web, "POST", BULK, &known, Some(&bulk(operations))).await;
    assert_eq!(got.status, 200, "{}", got.text);
    got.json()["Operations"].take()
}

fn titled(id: &str, title: &str) -> Value {
    let operations = json!([{"op": "replace", "path": "title", "value": title}]);
    let data =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": data})
}

/// Each operation is a request of its own, and the same one when the bulk request is sent again, wherever it stands in it.
#[actix_web::test]
async fn each_operation_can_be_recognised() {
    let fake = Fake::new();
    let web = web_over(&fake);
    send(&web, &json!([titled("1", "a"), titled("1", "b"), titled("2", "a"), titled("1", "a")])).await;
    send(&web, &json!([titled("2", "a"), titled("1", "b")])).await;
    let prints = fake.fingerprints.lock().unwrap().clone();
    assert_eq!(prints.len(), 6);
    assert_eq!((&prints[3], &prints[4], &prints[5]), (&prints[0], &prints[2], &prints[1]));
    assert!(prints[0] != prints[1] && prints[0] != prints[2] && prints[1] != prints[2]);
    assert_eq!(fake.seen().first().map(String::as_str), Some("patch User 1 false"));
}

/// What is refused, is missing or panics is one operation's matter.
#[actix_web::test]
async fn whatever_befalls_one_operation_the_others_go_on() {
    let fake = Fake::new();
    let answered =
        send(&web_over(&fake), &json!([titled("missing", "a"), titled("busy", "a"), titled("1", "a")])).await;
    let statuses: Vec<&str> =
        answered.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["404", "429", "200"]);
    assert_eq!(answered[1]["response"]["detail"], "come back Try again in 7 seconds.");
    assert_eq!(answered[2]["location"], "https://scim.example.com/one/scim/v2/Users/1");
    assert_eq!(fake.seen().len(), 3);
}

/// It has its own name in the metrics, and who is asked to come back is counted.
#[actix_web::test]
async fn what_is_counted() {
    let web = web_over(&Fake::new());
    send(&web, &json!([titled("1", "a"), titled("busy", "a")])).await;
    let metrics = web.telemetry.render();
    assert!(metrics.contains(r#"method="POST",endpoint="bulk",status="2xx""#), "{metrics}");
    let asked_back = r#"scim_facade_transient_answers_total{target="one",client="okta"} 1"#;
    assert!(metrics.contains(asked_back), "{metrics}");
}
