use super::*;

const ADA: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
const PATCH: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations":[{"op":"Replace","path":"title","value":"Dr"}]}"#;

/// RFC 7644 §3.3.
#[actix_web::test]
async fn a_created_resource_is_201_with_its_address_and_version() {
    let got = ask("POST", "/one/scim/v2/Users", Some(ADA)).await;
    assert_eq!(got.status, 201, "{}", got.text);
    assert_eq!(got.header("location"), "https://scim.example.com/one/scim/v2/Users/ada");
    assert_eq!(got.header("etag"), "W/\"1\"");
    assert_eq!(got.json()["id"], "ada");
}

#[actix_web::test]
async fn get_put_and_list_are_200() {
    for (method, body) in [("GET", None), ("PUT", Some(ADA))] {
        let got = ask(method, "/one/scim/v2/Users/1", body).await;
        assert_eq!((got.status, got.header("etag")), (200, "W/\"1\""), "{method}: {}", got.text);
    }
    let got = ask("GET", "/one/scim/v2/Groups?startIndex=3", None).await;
    let list = got.json();
    assert_eq!(
        (&list["totalResults"], &list["startIndex"], &list["Resources"][0]["id"]),
        (&1.into(), &3.into(), &"1".into())
    );
}

/// RFC 7644 §3.5.2: 200 with the resource or 204 without, as the target decides.
#[actix_web::test]
async fn a_patch_is_200_or_204() {
    let got = ask("PATCH", "/one/scim/v2/Users/1", Some(PATCH)).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let got = ask("PATCH", "/one/scim/v2/Users/silent", Some(PATCH)).await;
    assert_eq!((got.status, got.text.as_str(), got.header("etag")), (204, "", "W/\"1\""));
}

#[actix_web::test]
async fn a_delete_is_204_without_a_body() {
    let got = ask("DELETE", "/one/scim/v2/Groups/1", None).await;
    assert_eq!((got.status, got.text.as_str()), (204, ""));
}

/// RFC 7644 §3.4.3. It changes nothing, so that a second one is no repetition of the first.
#[actix_web::test]
async fn a_search_reaches_the_target_as_a_read() {
    for (path, kinds) in
        [("/Users/.search", "User"), ("/Groups/.search", "Group"), ("/.search", "User+Group")]
    {
        let fake = Fake::new();
        let headers = [("authorization", TOKEN), ("content-type", "application/scim+json")];
        let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"id pr"}"#;
        let got = ask_with(&fake, "POST", &format!("/one/scim/v2{path}"), &headers, Some(body)).await;
        assert_eq!((got.status, &got.json()["totalResults"]), (200, &1.into()), "{}", got.text);
        assert_eq!(fake.seen(), [format!("list {kinds} Some(\"id pr\")")]);
        assert_eq!(*fake.fingerprints.lock().unwrap(), [""]);
    }
}

/// RFC 7644 §3.9: the choice of attributes comes with every method that answers with a resource.
#[actix_web::test]
async fn the_choice_of_attributes_reaches_the_target() {
    let fake = Fake::new();
    let headers = [("authorization", TOKEN)];
    ask_with(&fake, "PATCH", "/one/scim/v2/Users/1?attributes=title", &headers, Some(PATCH)).await;
    ask_with(&fake, "PATCH", "/one/scim/v2/Users/1", &headers, Some(PATCH)).await;
    assert_eq!(fake.seen(), ["patch User 1 false", "patch User 1 true"]);
}

#[actix_web::test]
async fn an_id_loses_its_percent_encoding_once() {
    let fake = Fake::new();
    for path in ["a%20b", "a%2Fb", "100%2525", "ada@example.com", "%C3%A4"] {
        ask_with(&fake, "GET", &format!("/one/scim/v2/Users/{path}"), &[("authorization", TOKEN)], None)
            .await;
    }
    let expected =
        ["get User a b", "get User a/b", "get User 100%25", "get User ada@example.com", "get User ä"];
    assert_eq!(fake.seen(), expected);
}

#[actix_web::test]
async fn a_write_is_recognised_when_it_comes_again() {
    let fake = Fake::new();
    let okta = [("authorization", TOKEN)];
    let entra = [("authorization", "other")];
    for (headers, path) in
        [(&okta, "Users"), (&okta, "Users/"), (&entra, "Users"), (&okta, "Users?attributes=title")]
    {
        ask_with(&fake, "POST", &format!("/one/scim/v2/{path}"), headers, Some(ADA)).await;
    }
    ask_with(&fake, "GET", "/one/scim/v2/Users/1", &okta, None).await;
    let seen = fake.fingerprints.lock().unwrap().clone();
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
    assert_ne!(seen[0], seen[3]);
    assert_eq!((seen[0].len(), seen[4].as_str()), (64, ""));
}

#[actix_web::test]
async fn repairs_are_counted() {
    let web = web_over(&Fake::new());
    ask_web(&web, "PATCH", "/one/scim/v2/Users/1", &[("authorization", TOKEN)], Some(PATCH)).await;
    let metrics = web.telemetry.render();
    assert!(metrics.contains(r#"repairs_total{client="okta",repair="op_case"} 1"#), "{metrics}");
}

#[actix_web::test]
async fn every_answer_has_an_id_of_ours_and_is_not_for_caches() {
    let headers = [("authorization", TOKEN), ("x-request-id", "theirs")];
    let got = ask_with(&Fake::new(), "GET", "/one/scim/v2/Users/1", &headers, None).await;
    assert_eq!(got.header("x-request-id"), "00000000-0000-0001-0000-000000000001");
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!((got.header("server"), got.header("x-powered-by")), ("", ""));
}

/// What arrives together with `active: false` is never a reason not to deactivate.
#[actix_web::test]
async fn an_end_of_access_stands_although_the_rest_is_refused() {
    let unreadable = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"userName","value":5},{"op":"replace","path":"active","value":false}]}"#;
    for (method, body) in [("PATCH", unreadable), ("PUT", r#"{"userName":5,"active":false}"#)] {
        let fake = Fake::new();
        let headers = [("authorization", TOKEN), ("content-type", "application/scim+json")];
        let got = ask_with(&fake, method, "/one/scim/v2/Users/1", &headers, Some(body)).await;
        assert_eq!(got.status, 400, "{}", got.text);
        assert!(got.text.contains("The user was deactivated, but"), "{}", got.text);
        assert_eq!(fake.seen(), ["patch User 1 true"]);
        // A group has no access to lose, and an end that fails is told as it is.
        let busy = ask_with(&fake, method, "/one/scim/v2/Users/busy", &headers, Some(body)).await;
        assert_eq!(busy.status, 429, "{}", busy.text);
        let group = ask_with(&fake, method, "/one/scim/v2/Groups/1", &headers, Some(body)).await;
        assert!(!group.text.contains("deactivated"), "{}", group.text);
    }
}
