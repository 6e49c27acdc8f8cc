use rstest::rstest;

use super::*;

const BASE: &str = "/one/scim/v2";
const BODY: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;

async fn post(headers: &[(&str, &str)], body: &str) -> Got {
    let all: Vec<(&str, &str)> = [("authorization", TOKEN)].iter().chain(headers).copied().collect();
    ask_with(&Fake::new(), "POST", "/one/scim/v2/Users", &all, Some(body)).await
}

#[rstest]
#[case("/")]
#[case("/nothing")]
#[case("/one")]
#[case("/one/scim/v2")]
#[case("/one/scim/v2/Nothing")]
#[case("/one/scim/v2/users")]
#[case("/one/scim/v2/Users/1/2")]
#[case("/one/scim/v1/Users")]
#[case("/one/scim/v3/Users")]
#[case("/ONE/scim/v2/Users")]
#[case("/one/scim/v2/Users/missing")]
#[actix_web::test]
async fn what_is_not_there_is_404(#[case] path: &str) {
    ask("GET", path, None).await.is_error(404);
}

#[rstest]
#[case("DELETE", "/Users", "GET, HEAD, POST")]
#[case("POST", "/Users/1", "GET, HEAD, PUT, PATCH, DELETE")]
#[case("TRACE", "/Groups/1", "GET, HEAD, PUT, PATCH, DELETE")]
#[case("OPTIONS", "/Groups", "GET, HEAD, POST")]
#[case("PROPFIND", "/Groups", "GET, HEAD, POST")]
#[case("POST", "/ServiceProviderConfig", "GET, HEAD")]
#[case("PUT", "/Schemas/urn:example:2.0:More", "GET, HEAD")]
#[case("DELETE", "/ResourceTypes", "GET, HEAD")]
#[actix_web::test]
async fn a_wrong_method_is_405_with_the_right_ones(
    #[case] method: &str,
    #[case] path: &str,
    #[case] allow: &str,
) {
    let got = ask(method, &format!("{BASE}{path}"), None).await;
    got.is_error(405);
    assert_eq!(got.header("allow"), allow);
}

#[rstest]
#[case("GET", "/Me")]
#[case("HEAD", "/Me")]
#[case("POST", "/Me")]
#[case("PUT", "/Me")]
#[case("PATCH", "/Me")]
#[case("DELETE", "/Me")]
#[case("OPTIONS", "/Me")]
#[actix_web::test]
async fn what_is_not_served_is_501(#[case] method: &str, #[case] path: &str) {
    ask(method, &format!("{BASE}{path}"), Some("{}")).await.is_error(501);
}

#[rstest]
#[case(&[("content-type", "text/plain")])]
#[case(&[("content-type", "application/x-www-form-urlencoded")])]
#[case(&[("content-type", "application/json; charset=iso-8859-1")])]
#[case(&[("content-type", "application/json"), ("content-encoding", "gzip")])]
#[actix_web::test]
async fn a_body_of_another_type_is_415(#[case] headers: &[(&str, &str)]) {
    post(headers, BODY).await.is_error(415);
}

/// RFC 7644 §3.8: answers are `application/scim+json`, which is `application/json`, too.
#[rstest]
#[case("application/scim+json")]
#[case("application/json")]
#[case("Application/SCIM+JSON; charset=utf-8")]
#[case("*/*")]
#[case("application/*")]
#[case("text/html, application/xhtml+xml, */*;q=0.8")]
#[case("application/scim+json;q=0, application/json")]
#[case("application/json;q=0, */*;q=0.1")]
#[case("")]
#[case("what is this?")]
#[actix_web::test]
async fn whoever_takes_json_is_answered(#[case] accept: &str) {
    for (method, path) in [("GET", "/Users/1"), ("GET", "/Schemas"), ("DELETE", "/Users/1")] {
        let headers = [("authorization", TOKEN), ("accept", accept)];
        let got = ask_with(&Fake::new(), method, &format!("{BASE}{path}"), &headers, None).await;
        assert!(matches!(got.status, 200 | 204), "{accept}: {}", got.text);
    }
    assert_eq!(post(&[("accept", accept)], BODY).await.status, 201);
}

/// Before anything is done. A DELETE is answered with nothing: it ends what it is to end.
#[rstest]
#[case("text/html")]
#[case("application/xml, text/*")]
#[case("application/scim+xml")]
#[case("application/json;q=0, application/scim+json;q=0, */*")]
#[case("*/*;q=0")]
#[actix_web::test]
async fn whoever_takes_no_json_is_406(#[case] accept: &str) {
    let fake = Fake::new();
    let headers = [("authorization", TOKEN), ("accept", accept)];
    for (method, path) in [("GET", "/Users/1"), ("POST", "/Users"), ("PUT", "/Users/1"), ("GET", "/Schemas")]
    {
        let path = format!("{BASE}{path}");
        ask_with(&fake, method, &path, &headers, Some(BODY)).await.is_error(406);
    }
    assert_eq!(fake.seen(), Vec::<String>::new());
    let gone = ask_with(&fake, "DELETE", &format!("{BASE}/Users/1"), &headers, None).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
}

#[actix_web::test]
async fn an_address_that_is_too_long_is_414() {
    let get = async |length: usize| {
        let path = format!("{BASE}/Users?x=");
        ask("GET", &format!("{path}{}", "x".repeat(length - path.len())), None).await
    };
    assert_eq!(get(5_000).await.status, 200);
    get(5_001).await.is_error(414);
}

#[actix_web::test]
async fn headers_that_are_too_long_are_431() {
    let get = async |length: usize| {
        let (one, two) = ("x".repeat(length / 2), "y".repeat(length / 2));
        let headers = [("authorization", TOKEN), ("x-one", one.as_str()), ("x-two", two.as_str())];
        ask_with(&Fake::new(), "GET", &format!("{BASE}/Users"), &headers, None).await
    };
    assert_eq!(get(5_900).await.status, 200);
    get(6_000).await.is_error(431);
}

/// Bytes that are no UTF-8 name nothing, and are no filter.
#[rstest]
#[case("GET", "/Users?filter=%FF", 400)]
#[case("GET", "/%FF", 404)]
#[case("GET", "/Schemas/%FF", 404)]
#[actix_web::test]
async fn addresses_are_utf_8(#[case] method: &str, #[case] path: &str, #[case] status: u16) {
    ask(method, &format!("{BASE}{path}"), None).await.is_error(status);
}

#[rstest]
#[case(&[("content-type", "application/scim+json")])]
#[case(&[("content-type", "application/scim+json; charset=utf-8")])]
#[case(&[("content-type", "application/json")])]
#[case(&[("content-type", "Application/JSON;charset=\"UTF-8\"")])]
#[case(&[])]
#[actix_web::test]
async fn these_types_are_taken(#[case] headers: &[(&str, &str)]) {
    let got = post(headers, BODY).await;
    assert_eq!(got.status, 201, "{}", got.text);
    assert_eq!(got.header("content-type"), "application/scim+json");
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_413() {
    let large = format!(r#"{{"userName":"{}"}}"#, "x".repeat(20_000));
    post(&[], &large).await.is_error(413);
}

#[rstest]
#[case("")]
#[case("{")]
#[case("[]")]
#[case("\u{feff}{}")]
#[actix_web::test]
async fn a_body_that_is_no_resource_is_400(#[case] body: &str) {
    let got = post(&[], body).await;
    got.is_error(400);
    assert_eq!(got.json()["scimType"], "invalidSyntax");
}

#[actix_web::test]
async fn contradicting_parameters_are_400() {
    let got = ask("GET", &format!("{BASE}/Users?attributes=userName&excludedAttributes=title"), None).await;
    got.is_error(400);
    assert_eq!(got.json()["scimType"], "invalidValue");
}

#[rstest]
#[case("busy", 429, "7")]
#[case("forever", 503, "3600")]
#[case("hasty", 429, "1")]
#[case("vague", 503, "5")]
#[actix_web::test]
async fn a_transient_answer_says_when_to_come_back(
    #[case] id: &str,
    #[case] status: u16,
    #[case] after: &str,
) {
    let got = ask("GET", &format!("{BASE}/Users/{id}"), None).await;
    got.is_error(status);
    assert_eq!(got.header("retry-after"), after);
}

#[actix_web::test]
async fn a_panic_is_500_without_the_inside() {
    let web = web_over(&Fake::new());
    let got = ask_web(&web, "GET", "/one/scim/v2/Users/panic", &[("authorization", TOKEN)], None).await;
    got.is_error(500);
    assert!(!got.text.contains("inside") && !got.text.contains("ada"), "{}", got.text);
    let metrics = web.telemetry.render();
    assert!(metrics.contains(r#"alarms_total{kind="panicked"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"endpoint="users",status="5xx"} 1"#), "{metrics}");
}

/// Semantics: a doubled or trailing slash and unknown parameters are accepted.
#[rstest]
#[case("/one/scim/v2/Users/")]
#[case("//one/scim//v2///Users//")]
#[case("/one/scim/v2/Users?aadOptscim062020")]
#[case("/one/scim/v2/Users/?aadOptscim062020&x=1&filter=userName+eq+%22a%22")]
#[case("/one/scim/v2//Users//1/")]
#[case("/one/scim/v2/Schemas/")]
#[actix_web::test]
async fn odd_but_clear_addresses_are_taken(#[case] path: &str) {
    let got = ask("GET", path, None).await;
    assert_eq!(got.status, 200, "{}", got.text);
}

/// It is told in the metrics which endpoint it was that a client asked wrongly.
#[rstest]
#[case("DELETE", "/Users", "users")]
#[case("POST", "/Schemas", "discovery")]
#[case("GET", "/Bulk", "bulk")]
#[actix_web::test]
async fn a_wrong_method_is_counted_where_it_was_asked(
    #[case] method: &str,
    #[case] path: &str,
    #[case] endpoint: &str,
) {
    let web = web_over(&Fake::new());
    let path = format!("{BASE}{path}");
    ask_web(&web, method, &path, &[("authorization", TOKEN)], None).await.is_error(405);
    let metrics = web.telemetry.render();
    assert!(metrics.contains(&format!("endpoint=\"{endpoint}\"")), "{metrics}");
}
