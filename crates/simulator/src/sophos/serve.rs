//! The way of a request: checks, route, answer.

use serde_json::Value;

use super::access::{self, Host};
use super::call::{Answer, Outcome};
use super::errors::{Refusal, token_error};
use super::model::IdType;
use super::query::Query;
use super::tenants::Global;
use super::{Event, Sophos, Switches, auth, routes, state};
use crate::http::{Request, Response};
use crate::instruments::Instruments;
use crate::seed::Seed;
use crate::text;
use crate::vendor::{Place, Served, Vendor};

impl Vendor for Sophos {
    type Switches = Switches;
    type Event = Event;

    fn instruments(&mut self) -> &mut Instruments {
        &mut self.instruments
    }

    fn place<'r>(&self, request: &'r Request) -> Place<'r> {
        let (host, path) = place(request);
        let write = request.method != "GET" && host != Host::Id;
        Place { host: host.name().to_owned(), path, write }
    }

    fn serve(&mut self, now: i64, request: &Request) -> Served {
        let (host, path) = place(request);
        self.serve_on(now, &host, path, request)
    }

    fn fail(&mut self, now: i64, request: &Request, status: u16, retry_after: Option<u32>) -> Response {
        if place(request).0 == Host::Id && status != 429 {
            return token_error(status, "internal_error", &self.serial.uuid());
        }
        self.refuse(now, &Refusal { retry_after, ..Refusal::new(status, "") })
    }

    fn revoke(&mut self, request: &Request) {
        if let Some(token) = access::bearer(request) {
            self.tokens.revoke(token);
        }
    }

    fn switches(&mut self) -> &mut Switches {
        self.switches_mut()
    }

    fn happen(&mut self, now: i64, event: Event) -> Result<String, String> {
        self.event(now, event)
    }

    fn reseed(&mut self, seed: Seed) {
        self.reseed(seed);
    }

    fn state(&self) -> Value {
        state::state(self)
    }
}

fn place(request: &Request) -> (Host, &str) {
    Host::split(&request.path).unwrap_or((Host::Unknown, &request.path))
}

impl Sophos {
    fn serve_on(&mut self, now: i64, host: &Host, path: &str, request: &Request) -> Served {
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
        if client.is_some_and(|client| !self.instruments.limiter.take(now, &client)) {
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
        let segments = text::segments(path);
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
        let segments = text::segments(path);
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
        if self.instruments.limiter.take(now, self.world.principals[principal].client_id) {
            return Ok(());
        }
        Err(self.too_many())
    }

    fn too_many(&self) -> Refusal {
        Refusal { retry_after: self.switches.retry_after, ..Refusal::new(429, "over the rate limit") }
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
