use rstest::rstest;

use super::*;

const USERS: &str = "/one/scim/v2/Users";

/// Semantics: `Bearer x` in any case, and a bare `x`.
#[rstest]
#[case("Bearer secret-token-of-okta")]
#[case("bearer secret-token-of-okta")]
#[case("BEARER secret-token-of-okta")]
#[case("secret-token-of-okta")]
#[actix_web::test]
async fn known_tokens_pass(#[case] value: &str) {
    let got = ask_with(&Fake::new(), "GET", USERS, &[("authorization", value)], None).await;
    assert_eq!(got.status, 200, "{}", got.text);
}

#[rstest]
#[case(&[])]
#[case(&[("authorization", "non-token")])]
#[case(&[("authorization", "Bearer ")])]
#[case(&[("authorization", "Basic c2VjcmV0LXRva2VuLW9mLW9rdGE=")])]
#[case(&[("authorization", "Bearer secret-token-of-okta"), ("authorization", "Bearer secret-token-of-okta")])]
#[actix_web::test]
async fn anything_else_is_401(#[case] headers: &[(&str, &str)]) {
    let got = ask_with(&Fake::new(), "GET", USERS, headers, None).await;
    got.is_error(401);
    assert_eq!(got.header("www-authenticate"), "Bearer");
}

/// Who is not known learns nothing: not which routes, methods or targets there are, and no slash is forgiven.
#[rstest]
#[case("GET", "/nothing")]
#[case("DELETE", "/one/scim/v2/Schemas")]
#[case("GET", "/none/scim/v2/Users")]
#[case("GET", "//one//scim/v2/Users/")]
#[case("POST", "/one/scim/v2/Bulk")]
#[case("GET", "/one/scim/v2/ServiceProviderConfig")]
#[actix_web::test]
async fn nothing_is_told_before_authentication(#[case] method: &str, #[case] path: &str) {
    let got = ask_with(&Fake::new(), method, path, &[], None).await;
    got.is_error(401);
}

/// A second's worth of requests at once, and then no more than its pace; each client has its own.
#[tokio::test(start_paused = true)]
async fn a_client_that_is_too_fast_is_told_to_come_back() {
    let clock: Arc<dyn Clock> = Arc::new(crate::kernel::TokioClock::starting_at(crate::kernel::Timestamp(0)));
    let mut web = Arc::into_inner(web_at(&Fake::new(), Arc::clone(&clock))).unwrap();
    let slow = Credential { pace: Some(Pace::new(25)), ..credential("okta", TOKEN, &["one"]) };
    web.clients = Clients::new([slow, credential("entra", "other", &["one"])]);
    let web = Arc::new(web);
    let get = async |token| ask_web(&web, "GET", USERS, &[("authorization", token)], None).await;
    for _ in 0..25 {
        assert_eq!(get(TOKEN).await.status, 200);
    }
    let refused = get(TOKEN).await;
    refused.is_error(429);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(get("other").await.status, 200);
    clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(get(TOKEN).await.status, 200);
}

/// Strangers discover what is open to all; of another target they learn nothing, and together they are bounded.
#[tokio::test(start_paused = true)]
async fn strangers_may_look_around_where_that_is_open() {
    let clock: Arc<dyn Clock> = Arc::new(crate::kernel::TokioClock::starting_at(crate::kernel::Timestamp(0)));
    let mut web = Arc::into_inner(web_at(&Fake::new(), Arc::clone(&clock))).unwrap();
    web.clients = web.clients.with_anonymous_discovery([TargetName::parse("one").unwrap()]);
    let web = Arc::new(web);
    let get = async |path| ask_web(&web, "GET", path, &[], None).await;
    for path in ["/two/scim/v2/Schemas", "/three/scim/v2/Schemas", "/one/scim/v1/Schemas", USERS] {
        get(path).await.is_error(401);
    }
    for _ in 0..25 {
        assert_eq!(get("//one/scim/v2/ServiceProviderConfig/").await.status, 200);
    }
    let refused = get("/one/scim/v2/Schemas").await;
    refused.is_error(429);
    assert_eq!(refused.header("retry-after"), "1");
    let known = ask_web(&web, "GET", "/one/scim/v2/Schemas", &[("authorization", TOKEN)], None).await;
    assert_eq!(known.status, 200);
}

#[actix_web::test]
async fn another_clients_target_does_not_exist() {
    let theirs = ask("GET", "/two/scim/v2/Users", None).await;
    let nobodys = ask("GET", "/three/scim/v2/Users", None).await;
    theirs.is_error(404);
    assert_eq!(theirs.text, nobodys.text);
    let method = ask("DELETE", "/two/scim/v2/Users", None).await;
    method.is_error(404);
}
