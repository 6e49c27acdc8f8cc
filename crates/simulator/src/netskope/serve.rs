//! The way of a request: route, token, rate limit, service; as a gateway does it.

use serde_json::{Value, json};

use super::auth::{Family, sent};
use super::call::{Answer, Call, Outcome};
use super::errors::Refusal;
use super::profiles::Profile;
use super::query::Query;
use super::routes::Route;
use super::switches::{ContentType, RateScope, Switches};
use super::{Event, Netskope, state};
use crate::faults::Fault;
use crate::http::{Request, Response};
use crate::instruments::Instruments;
use crate::seed::Seed;
use crate::text;
use crate::vendor::{Place, Served, Vendor};

impl Vendor for Netskope {
    type Switches = Switches;
    type Event = Event;

    fn instruments(&mut self) -> &mut Instruments {
        &mut self.instruments
    }

    fn place<'r>(&self, request: &'r Request) -> Place<'r> {
        let path = request.path.as_str();
        // The User-Management API reads with POST.
        let write = request.method != "GET" && !path.starts_with("/api/v2/users/get");
        Place { host: String::new(), path, write }
    }

    fn serve(&mut self, now: i64, request: &Request) -> Served {
        self.turn += 1;
        let before = self.store.revision;
        let mut limit = None;
        let outcome = self.pass(now, request, &mut limit);
        let applied = outcome.is_ok() || self.store.revision != before;
        let why = outcome.as_ref().err().map(|refusal| refusal.why);
        let mut response = match outcome {
            Ok(answer) => self.written(answer),
            Err(refusal) => refusal.response(&self.switches),
        };
        self.rate_headers(limit.as_deref(), &mut response);
        self.identify(&mut response);
        Served { response, why, applied }
    }

    fn fail(&mut self, _now: i64, _request: &Request, status: u16, retry_after: Option<u32>) -> Response {
        let mut response = Refusal::of_status(status, retry_after).response(&self.switches);
        self.identify(&mut response);
        response
    }

    fn revoke(&mut self, request: &Request) {
        if let Some(token) = sent(request, &self.switches) {
            self.tokens.revoke(token);
        }
    }

    /// Every so many requests one goes wrong, each time in another way.
    fn own_fault(&mut self) -> Option<Fault> {
        let every = u64::from(self.switches.fault_every?.max(1));
        self.asked += 1;
        if !self.asked.is_multiple_of(every) {
            return None;
        }
        let faults = [
            Fault::Status { code: 501, applied: false },
            Fault::Garbage { applied: false },
            Fault::Truncated,
            Fault::ErrorAsOk { applied: false },
            Fault::Redirect { location: "https://elsewhere.example.com/api/v2/scim/Users".to_owned() },
            Fault::ResetAfter,
            Fault::EmptyBody { applied: false },
            Fault::TooMany { retry_after: Some(1) },
            Fault::ResetBefore,
        ];
        let turn = usize::try_from(self.asked / every - 1).unwrap_or_default() % faults.len();
        faults.into_iter().nth(turn)
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

    fn control(&mut self, method: &str, path: &str, body: &Value) -> Option<Result<Value, String>> {
        match (method, path) {
            ("PUT", "/profile") => Some(self.choose(body)),
            _ => None,
        }
    }
}

impl Netskope {
    /// The checks in their order, then the route. `limit` becomes the name of the bucket, once it is known.
    fn pass(&mut self, now: i64, request: &Request, limit: &mut Option<String>) -> Outcome {
        let segments = text::segments(&request.path);
        let route = Route::of(&segments, &self.switches)?;
        let token = self.tokens.check(now, request, route.family(), &self.switches)?;
        let bucket = match self.switches.rate_scope {
            RateScope::PerFamily => format!("{token}/{}", Family::name(route.family())),
            RateScope::Shared => token,
        };
        let within = self.instruments.limiter.take(now, &bucket);
        let reset = self.instruments.limiter.left(&bucket).map(|left| left.reset_secs.max(1));
        *limit = Some(bucket);
        if !within {
            return Err(Refusal::too_many(reset.filter(|_| self.switches.retry_after)));
        }
        self.store.catch_up(now, self.switches.read_lag_ms);
        let mut call = Call {
            now,
            rules: &self.switches,
            store: &mut self.store,
            ids: &mut self.ids,
            query: Query::new(request.query.as_deref()),
            body: &request.body,
            turn: self.turn,
        };
        route.run(&mut call, &request.method)
    }

    fn written(&self, answer: Answer) -> Response {
        let Some(body) = answer.body else {
            return Response { status: answer.status, ..Response::default() };
        };
        let kind = match self.switches.content_type {
            ContentType::ScimJson => "application/scim+json;charset=utf-8",
            ContentType::Json => "application/json",
        };
        Response {
            status: answer.status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    fn rate_headers(&self, bucket: Option<&str>, response: &mut Response) {
        let limiter = &self.instruments.limiter;
        let left = bucket.and_then(|bucket| limiter.left(bucket)).filter(|_| self.switches.rate_headers);
        let Some(left) = left else {
            return;
        };
        let numbers = [
            ("ratelimit-limit", limiter.limits().burst),
            ("ratelimit-remaining", left.requests),
            ("ratelimit-reset", left.reset_secs),
        ];
        response.headers.extend(numbers.map(|(name, number)| (name.to_owned(), number.to_string())));
    }

    fn identify(&mut self, response: &mut Response) {
        response.headers.push(("x-request-id".to_owned(), self.serial.uuid()));
    }

    /// `{"profile":"hostile"}`: all switches of a profile.
    fn choose(&mut self, body: &Value) -> Result<Value, String> {
        let name = body.get("profile").and_then(Value::as_str).unwrap_or_default();
        let profile = Profile::named(name).ok_or_else(|| format!("no profile {name}"))?;
        self.switches = profile.switches();
        Ok(json!({"profile": profile}))
    }
}
