//! A world as it is seen over HTTP: the whole web in front of its facade, without a socket.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{App, test};
use scim_facade::facade::Target;
use scim_facade::web::{Clients, Credential, Gate, Web, config_app};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::World;

const TOKEN: &str = "token-of-the-tests";

/// An answer, read to its end.
#[derive(Debug)]
pub struct HttpReply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl HttpReply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body; null if there is none.
    pub fn json(&self) -> Value {
        match self.text.is_empty() {
            true => Value::Null,
            false => serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}")),
        }
    }
}

impl World {
    /// Sends a request as this world's client. `headers` are sent besides, or instead of, the token and the type.
    pub async fn http(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Option<String>,
    ) -> HttpReply {
        let mut sent = BTreeMap::from([("authorization".to_owned(), format!("Bearer {TOKEN}"))]);
        if body.is_some() {
            sent.insert("content-type".to_owned(), "application/scim+json".to_owned());
        }
        sent.extend(headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
        answer(self.web(Clients::new([self.credential()])), method, path, sent, body).await
    }

    /// Sends a request with exactly these headers to this world, where discovery is open to all.
    pub async fn opened(&self, method: &str, path: &str, headers: &BTreeMap<String, String>) -> HttpReply {
        let clients = Clients::new([self.credential()]).with_anonymous_discovery([self.target.clone()]);
        answer(self.web(clients), method, path, headers.clone(), None).await
    }

    fn credential(&self) -> Credential {
        Credential {
            client: Arc::new(self.client.clone()),
            tokens: vec![Sha256::digest(TOKEN.as_bytes()).into()],
            targets: BTreeSet::from([self.target.clone()]),
            pace: None,
        }
    }

    fn web(&self, clients: Clients) -> Arc<Web> {
        let target: Arc<dyn Target> = self.facade.clone();
        Arc::new(Web {
            targets: BTreeMap::from([(self.target.clone(), target)]),
            clients,
            deadline: Duration::from_secs(25),
            limits: self.settings.limits,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            telemetry: self.telemetry.clone(),
            gate: Gate::open(),
        })
    }
}

async fn answer(
    web: Arc<Web>,
    method: &str,
    path: &str,
    headers: BTreeMap<String, String>,
    body: Option<String>,
) -> HttpReply {
    let app = test::init_service(App::new().configure(|app| config_app(app, web))).await;
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = test::TestRequest::with_uri(&format!("/t/scim/v2{path}")).method(method);
    if let Some(body) = body {
        request = request.set_payload(body);
    }
    for (name, value) in &headers {
        request = request.insert_header((name.as_str(), value.as_str()));
    }
    let response = match test::try_call_service(&app, request.to_request()).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(e) => ServiceResponse::new(test::TestRequest::default().to_http_request(), e.error_response()),
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body()).await.unwrap();
    HttpReply { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}
