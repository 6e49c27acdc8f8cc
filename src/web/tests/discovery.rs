use rstest::rstest;
use serde_json::json;

use super::*;

async fn get(path: &str) -> Value {
    let got = ask("GET", &format!("/one/scim/v2{path}"), None).await;
    assert_eq!((got.status, got.header("content-type")), (200, "application/scim+json"), "{}", got.text);
    got.json()
}

#[actix_web::test]
async fn the_provider_configuration_is_the_targets() {
    let config = get("/ServiceProviderConfig").await;
    assert_eq!(config["patch"]["supported"], true);
    assert_eq!(config["meta"]["location"], "https://scim.example.com/one/scim/v2/ServiceProviderConfig");
}

#[actix_web::test]
async fn resource_types_come_as_a_list_and_by_name() {
    let list = get("/ResourceTypes").await;
    assert_eq!(list["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"], &list["startIndex"]),
        (&2.into(), &2.into(), &1.into())
    );
    let user = get("/ResourceTypes/User").await;
    assert_eq!(user, list["Resources"][0]);
    assert_eq!(user["endpoint"], "/Users");
    assert_eq!(user["meta"]["location"], "https://scim.example.com/one/scim/v2/ResourceTypes/User");
}

#[actix_web::test]
async fn schemas_come_once_each_and_by_urn_in_any_case() {
    let list = get("/Schemas").await;
    let ids: Vec<&str> =
        list["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    let expected = [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:example:2.0:More",
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
        "urn:ietf:params:scim:schemas:core:2.0:Schema",
    ];
    assert_eq!(ids, expected);
    let more = get("/Schemas/URN:example:2.0:more").await;
    assert_eq!(more, list["Resources"][1]);
    assert_eq!(more["meta"]["location"], "https://scim.example.com/one/scim/v2/Schemas/urn:example:2.0:More");
    assert_eq!(get("/Schemas/urn%3Aexample%3A2.0%3AMore").await, more);
}

#[rstest]
#[case("/ResourceTypes/Device")]
#[case("/ResourceTypes/user")]
#[case("/Schemas/urn:example:2.0:Less")]
#[actix_web::test]
async fn what_is_not_served_is_404(#[case] path: &str) {
    ask("GET", &format!("/one/scim/v2{path}"), None).await.is_error(404);
}

/// RFC 7644 §4: a filter is 403; paging and sorting are ignored.
#[rstest]
#[case("/ServiceProviderConfig")]
#[case("/ResourceTypes")]
#[case("/Schemas")]
#[actix_web::test]
async fn discovery_is_not_filtered(#[case] path: &str) {
    ask("GET", &format!("/one/scim/v2{path}?Filter=id+pr"), None).await.is_error(403);
    assert!(get(&format!("{path}?startIndex=5&count=x&sortBy=id")).await.is_object());
}
