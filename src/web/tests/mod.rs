//! The web against a target that only plays one.

mod auth;
mod bulk;
mod discovery;
mod failures;
mod fake;
mod privacy;
mod server;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::{App, test};
use scim::profile::Profile;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;
use crate::facade::{Client, GroupScope, PatchResponse, Rights, Transient};
use crate::kernel::{ClientName, SeededIds, SystemClock};
use fake::Fake;

pub(super) const TOKEN: &str = "secret-token-of-okta";

/// An answer, read to its end.
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that this is a SCIM error as RFC 7644 §3.12 has it.
    pub(super) fn is_error(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/scim+json");
        let body = self.json();
        assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
        assert_eq!(body["status"], status.to_string());
        assert!(!body["detail"].as_str().unwrap().is_empty());
        assert!(!self.header("x-request-id").is_empty());
    }
}

fn credential(name: &str, token: &str, targets: &[&str]) -> Credential {
    let client = Client {
        name: ClientName::parse(name).unwrap(),
        profile: Profile::Tolerant,
        transient: Transient::TooManyRequests,
        patch_response: PatchResponse::Auto,
        synced_write: None,
        rights: Rights::default(),
        groups: GroupScope::default(),
    };
    Credential {
        client: Arc::new(client),
        tokens: vec![Sha256::digest(token.as_bytes()).into()],
        targets: targets.iter().map(|name| TargetName::parse(name).unwrap()).collect(),
        pace: None,
    }
}

/// A web with the targets `one` and `two`; `okta` may ask `one`.
pub(super) fn web_over(fake: &Arc<Fake>) -> Arc<Web> {
    web_at(fake, Arc::new(SystemClock))
}

/// The same by another clock.
pub(super) fn web_at(fake: &Arc<Fake>, clock: Arc<dyn Clock>) -> Arc<Web> {
    let target = || Arc::clone(fake) as Arc<dyn Target>;
    let targets = ["one", "two"].map(|name| (TargetName::parse(name).unwrap(), target()));
    Arc::new(Web {
        targets: BTreeMap::from(targets),
        clients: Clients::new([
            credential("okta", TOKEN, &["one"]),
            credential("entra", "other", &["one", "two"]),
        ]),
        deadline: Duration::from_secs(25),
        limits: Limits { body_bytes: 10_000, uri_bytes: 5_000, header_bytes: 6_000, ..Limits::default() },
        clock,
        ids: Arc::new(SeededIds::new(1)),
        telemetry: Telemetry::default(),
        gate: Gate::open(),
    })
}

/// Sends a request as `okta`.
pub(super) async fn ask(method: &str, path: &str, body: Option<&str>) -> Got {
    let headers =
        [("authorization", "Bearer secret-token-of-okta"), ("content-type", "application/scim+json")];
    ask_with(&Fake::new(), method, path, &headers, body).await
}

/// Sends a request with exactly these headers.
pub(super) async fn ask_with(
    fake: &Arc<Fake>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Got {
    ask_web(&web_over(fake), method, path, headers, body).await
}

/// Sends a request to a web.
pub(super) async fn ask_web(
    web: &Arc<Web>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Got {
    let app = test::init_service(App::new().configure(|app| config_app(app, Arc::clone(web)))).await;
    let mut request =
        test::TestRequest::with_uri(path).method(Method::from_bytes(method.as_bytes()).unwrap());
    for &header in headers {
        request = request.append_header(header);
    }
    if let Some(body) = body {
        request = request.set_payload(body.to_owned());
    }
    let response = match test::try_call_service(&app, request.to_request()).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => {
            ServiceResponse::new(test::TestRequest::default().to_http_request(), error.error_response())
        }
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body()).await.unwrap();
    Got { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

#[actix_web::test]
async fn health_says_one_word() {
    let web = web_over(&Fake::new());
    let ready = ask_web(&web, "GET", "/health/ready", &[], None).await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ok"));
    web.gate.close();
    let ready = ask_web(&web, "GET", "/health/ready", &[], None).await;
    assert_eq!((ready.status, ready.text.as_str()), (503, "unavailable"));
    let live = ask_web(&web, "GET", "/health/live", &[], None).await;
    assert_eq!((live.status, live.text.as_str()), (200, "ok"));
}

#[actix_web::test]
async fn operators_see_metrics_and_details() {
    let web = web_over(&Fake::new());
    let app = test::init_service(App::new().configure(|app| config_admin(app, Arc::clone(&web)))).await;
    let get = |path: &str| test::TestRequest::get().uri(path).to_request();
    let metrics = test::call_service(&app, get("/metrics")).await;
    assert_eq!(metrics.status(), StatusCode::OK);
    assert!(
        metrics
            .headers()
            .get(CONTENT_TYPE)
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    let details: Value = test::call_and_read_body_json(&app, get("/health/details")).await;
    assert_eq!(details["targets"], serde_json::json!(["one", "two"]));
    assert_eq!(details["read_only_until_reconciled"], serde_json::json!([]));
}
