//! A world as it is seen over HTTP: the whole web in front of its facade, without a socket.

use std::collections::{BTreeMap, BTreeSet, HashMap};
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
        let web = self.web();
        let app = test::init_service(App::new().configure(|app| config_app(app, web))).await;
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = test::TestRequest::with_uri(&format!("/t/scim/v2{path}")).method(method);
        let mut sent = BTreeMap::from([("authorization", format!("Bearer {TOKEN}"))]);
        if let Some(body) = body {
            sent.insert("content-type", "application/scim+json".to_owned());
            request = request.set_payload(body);
        }
        let names: Vec<String> = headers.keys().map(|name| name.to_ascii_lowercase()).collect();
        sent.extend(names.iter().map(String::as_str).zip(headers.values().cloned()));
        for header in sent {
            request = request.insert_header(header);
        }
        let response = match test::try_call_service(&app, request.to_request()).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(e) => {
                ServiceResponse::new(test::TestRequest::default().to_http_request(), e.error_response())
            }
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.unwrap();
        HttpReply { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    fn web(&self) -> Arc<Web> {
        let credential = Credential {
            client: Arc::new(self.client.clone()),
            tokens: vec![Sha256::digest(TOKEN.as_bytes()).into()],
            targets: BTreeSet::from([self.target.clone()]),
            pace: None,
        };
        let target: Arc<dyn Target> = self.facade.clone();
        Arc::new(Web {
            targets: HashMap::from([(self.target.clone(), target)]),
            clients: Clients::new([credential]),
            deadline: Duration::from_secs(25),
            limits: self.settings.limits,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            telemetry: self.telemetry.clone(),
            gate: Gate::open(),
        })
    }
}
