//! The way of a request: fault, checks, route, answer, journal.

use std::time::Duration;

use serde_json::Value;

use super::access::{self, Host};
use super::call::{Answer, Outcome};
use super::errors::{Refusal, token_error};
use super::model::IdType;
use super::query::Query;
use super::tenants::Global;
use super::{Sophos, auth, control, routes, text};
use crate::Simulator;
use crate::faults::Fault;
use crate::http::{Effect, Request, Response};
use crate::journal::Entry;

impl Simulator for Sophos {
    fn handle(&mut self, now_micros: i64, request: &Request) -> (Response, Effect) {
        if let Some(path) = request.path.strip_prefix("/_control") {
            return (control::answer(self, now_micros, request, path), Effect::Send);
        }
        let (host, path) = Host::split(&request.path).unwrap_or((Host::Unknown, &request.path));
        let fault = self.faults.take(&request.method, path, request.query.as_deref().unwrap_or_default());
        if fault == Some(Fault::TokenExpired)
            && let Some(token) = access::bearer(request)
        {
            self.tokens.revoke(token);
        }
        let served = match &fault {
            Some(fault) if !fault.reaches_vendor() => None,
            _ => Some(self.serve(now_micros, &host, path, request)),
        };
        let applied = served.as_ref().is_some_and(|served| served.applied);
        let why = served.as_ref().and_then(|served| served.why);
        let (response, effect) = self.distort(now_micros, &host, fault.as_ref(), served);
        let write = request.method != "GET" && host != Host::Id;
        self.journal.add(Entry {
            number: 0,
            at_micros: now_micros,
            host: host.name().to_owned(),
            method: request.method.clone(),
            path: path.to_owned(),
            query: request.query.clone(),
            write,
            body: if write { recorded(&request.body) } else { None },
            status: effect.answers().then_some(response.status),
            applied,
            why,
            fault,
        });
        (response, effect)
    }
}

/// What the vendor itself would have answered.
struct Served {
    response: Response,
    why: Option<&'static str>,
    /// It did what was asked, or at least changed something.
    applied: bool,
}

impl Sophos {
    fn serve(&mut self, now: i64, host: &Host, path: &str, request: &Request) -> Served {
        if *host == Host::Id {
            let response = self.token(now, path, request);
            let applied = response.status == 200;
            return Served { response, why: None, applied };
        }
        let before = self.revision();
        let outcome = match host {
            Host::Region(region) => self.regional(now, region, path, request),
            Host::Global => self.global(now, path, request),
            Host::Id | Host::Unknown => Err(routes::unknown()),
        };
        let changed = self.revision() != before;
        match outcome {
            Ok(answer) => Served { response: self.answer(&answer), why: None, applied: true },
            Err(refusal) => {
                let response = self.refuse(now, &refusal);
                Served { response, why: Some(refusal.why), applied: changed }
            }
        }
    }

    /// The token endpoint.
    fn token(&mut self, now: i64, path: &str, request: &Request) -> Response {
        if path != "/api/v2/oauth2/token" {
            return self.refuse(now, &routes::unknown());
        }
        if request.method != "POST" {
            return self.refuse(now, &routes::wrong_method());
        }
        let client = if self.switches.count_token { auth::client_id(request) } else { None };
        if client.is_some_and(|client| !self.limiter.take(now, &client)) {
            return self.refuse(now, &self.too_many());
        }
        let principals = &self.world.principals;
        let (tokens, serial) = (&mut self.tokens, &mut self.serial);
        let mut response = auth::answer(tokens, principals, &self.switches, serial, now, request);
        response.headers.push(("x-request-id".to_owned(), serial.uuid()));
        response
    }

    /// The checks of a regional call in their order, then the route, which does the rest of them.
    fn regional(&mut self, now: i64, region: &str, path: &str, request: &Request) -> Outcome {
        let principal = access::authenticate(&self.tokens, now, request)?;
        self.within_limits(now, principal)?;
        let principal = &self.world.principals[principal];
        let tenant = access::tenant(principal, &self.world.tenants, region, request, &self.switches)?;
        access::role(principal, request, &self.switches)?;
        let segments = segments(path);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        self.call(tenant, now, request.query.as_deref(), &request.body, |call| {
            routes::regional(call, &request.method, &segments)
        })
    }

    fn global(&mut self, now: i64, path: &str, request: &Request) -> Outcome {
        let principal = access::authenticate(&self.tokens, now, request)?;
        if path != "/whoami/v1" || self.switches.count_whoami {
            self.within_limits(now, principal)?;
        }
        let (rules, principal) = (&self.switches, &self.world.principals[principal]);
        let global = Global { principal, tenants: &self.world.tenants, base: &self.base, rules };
        let segments = segments(path);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["whoami", "v1"] if request.method == "GET" => global.whoami(),
            ["whoami", "v1"] => Err(routes::wrong_method()),
            [kind @ ("partner" | "organization"), "v1", rest @ ..] => {
                let kind = if *kind == "partner" { IdType::Partner } else { IdType::Organization };
                access::parent(principal, kind, request, rules)?;
                let query = Query::new(request.query.as_deref(), rules);
                routes::tenants(&global, &request.method, rest, &query)
            }
            _ => Err(routes::unknown()),
        }
    }

    fn within_limits(&mut self, now: i64, principal: usize) -> Result<(), Refusal> {
        if self.limiter.take(now, self.world.principals[principal].client_id) {
            return Ok(());
        }
        Err(self.too_many())
    }

    fn too_many(&self) -> Refusal {
        Refusal { retry_after: self.switches.retry_after, ..Refusal::new(429, "over the rate limit") }
    }

    /// What becomes of the vendor's answer on its way.
    fn distort(
        &mut self,
        now: i64,
        host: &Host,
        fault: Option<&Fault>,
        served: Option<Served>,
    ) -> (Response, Effect) {
        let truth = served.map(|served| served.response);
        let response = match fault {
            None | Some(Fault::DelayMs { .. } | Fault::TokenExpired) => truth.unwrap_or_default(),
            Some(Fault::TooMany { retry_after }) => {
                let refusal = Refusal { retry_after: *retry_after, ..Refusal::new(429, "") };
                self.refuse(now, &refusal)
            }
            Some(Fault::Status { code, .. }) if *host == Host::Id => {
                token_error(*code, "internal_error", &self.serial.uuid())
            }
            Some(Fault::Status { code, .. }) => self.refuse(now, &Refusal::new(*code, "")),
            Some(Fault::EmptyBody { .. }) => {
                Response { status: truth.map_or(502, |truth| truth.status), ..Response::default() }
            }
            Some(Fault::Garbage { .. }) => gateway_page(),
            Some(Fault::ResetBefore | Fault::ResetAfter | Fault::Hang { .. }) => Response::default(),
        };
        let effect = match fault {
            Some(Fault::DelayMs { ms }) => Effect::Delay(Duration::from_millis(*ms)),
            Some(Fault::ResetBefore) => Effect::ResetBefore,
            Some(Fault::ResetAfter) => Effect::ResetAfter,
            Some(Fault::Hang { applied: false }) => Effect::HangBefore,
            Some(Fault::Hang { applied: true }) => Effect::HangAfter,
            _ => Effect::Send,
        };
        (response, effect)
    }

    fn answer(&mut self, answer: &Answer) -> Response {
        let mut response = Response::of_json(answer.status, &answer.body);
        response.headers.push(("x-request-id".to_owned(), self.serial.uuid()));
        response
    }

    fn refuse(&mut self, now: i64, refusal: &Refusal) -> Response {
        let (correlation, request) = (self.serial.uuid(), self.serial.uuid());
        let mut response = refusal.response(now, self.switches.error_style, &correlation, &request);
        response.headers.push(("x-request-id".to_owned(), request));
        response
    }

    fn revision(&self) -> u64 {
        self.world.stores.iter().map(|store| store.revision).sum()
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|segment| text::decode(segment, false)).collect()
}

/// The body of a write, for the journal.
fn recorded(body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    Some(serde_json::from_slice(body).unwrap_or_else(|_| text()))
}

fn gateway_page() -> Response {
    let page =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    Response {
        status: 502,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: page.as_bytes().to_vec(),
    }
}
