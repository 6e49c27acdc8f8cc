//! The way of a request that is the same for every vendor: fault, vendor, distortion, journal.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control;
use crate::faults::Fault;
use crate::http::{Effect, Request, Response};
use crate::instruments::Instruments;
use crate::journal::Entry;
use crate::seed::Seed;

/// What the answer of a vendor's own code was, before any fault.
pub(crate) struct Served {
    pub response: Response,
    /// Why it was refused, for the journal.
    pub why: Option<&'static str>,
    /// It did what was asked, or at least changed something.
    pub applied: bool,
}

/// Where a request goes, for fault rules and the journal.
pub(crate) struct Place<'r> {
    /// The host: a path prefix, or empty where the vendor has one host.
    pub host: String,
    /// The path without that prefix.
    pub path: &'r str,
    /// Whether it asks for a change.
    pub write: bool,
}

/// What a vendor's simulator brings.
pub(crate) trait Vendor {
    type Switches: Serialize + DeserializeOwned;
    type Event: DeserializeOwned;

    fn instruments(&mut self) -> &mut Instruments;
    fn place<'r>(&self, request: &'r Request) -> Place<'r>;
    /// The vendor's answer. It has its effect.
    fn serve(&mut self, now: i64, request: &Request) -> Served;
    /// A failure in the vendor's own words, without effect.
    fn fail(&mut self, now: i64, request: &Request, status: u16, retry_after: Option<u32>) -> Response;
    /// The credential in the request stops working.
    fn revoke(&mut self, request: &Request);
    /// A fault of the vendor's own making, when no rule has one.
    fn own_fault(&mut self) -> Option<Fault> {
        None
    }

    fn switches(&mut self) -> &mut Self::Switches;
    fn happen(&mut self, now: i64, event: Self::Event) -> Result<String, String>;
    fn reseed(&mut self, seed: Seed);
    /// The whole world, for `/_control/state`.
    fn state(&self) -> Value;
    /// Control routes that only this vendor has; nothing for a route it does not know.
    fn control(&mut self, _method: &str, _path: &str, _body: &Value) -> Option<Result<Value, String>> {
        None
    }
}

/// Answers one request.
pub(crate) fn handle<V: Vendor>(vendor: &mut V, now: i64, request: &Request) -> (Response, Effect) {
    if let Some(path) = request.path.strip_prefix("/_control") {
        return (control::answer(vendor, now, request, path), Effect::Send);
    }
    let Place { host, path, write } = vendor.place(request);
    let query = request.query.as_deref().unwrap_or_default();
    let ruled = vendor.instruments().faults.take(&request.method, path, query);
    let fault = ruled.or_else(|| vendor.own_fault());
    if fault == Some(Fault::TokenExpired) {
        vendor.revoke(request);
    }
    let reaches = fault.as_ref().is_none_or(Fault::reaches_vendor);
    let served = reaches.then(|| vendor.serve(now, request));
    let applied = served.as_ref().is_some_and(|served| served.applied);
    let why = served.as_ref().and_then(|served| served.why);
    let truth = served.map(|served| served.response);
    let response = distort(vendor, now, request, fault.as_ref(), truth);
    let effect = fault.as_ref().map_or(Effect::Send, effect);
    vendor.instruments().journal.add(Entry {
        number: 0,
        at_micros: now,
        host,
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

/// What becomes of the vendor's answer on its way. `truth` is nothing when the request never got there.
fn distort<V: Vendor>(
    vendor: &mut V,
    now: i64,
    request: &Request,
    fault: Option<&Fault>,
    truth: Option<Response>,
) -> Response {
    match fault {
        None | Some(Fault::DelayMs { .. } | Fault::TokenExpired) => truth.unwrap_or_default(),
        Some(Fault::TooMany { retry_after }) => vendor.fail(now, request, 429, *retry_after),
        Some(Fault::Status { code, .. }) => vendor.fail(now, request, *code, None),
        Some(Fault::EmptyBody { .. }) => {
            Response { status: truth.map_or(502, |truth| truth.status), ..Response::default() }
        }
        Some(Fault::Garbage { .. }) => gateway_page(),
        Some(Fault::Truncated) => {
            let mut truth = truth.unwrap_or_default();
            truth.body.truncate(truth.body.len() / 2);
            truth
        }
        Some(Fault::ErrorAsOk { .. }) => {
            Response::of_json(200, &json!({"status": "error", "message": "Something went wrong"}))
        }
        Some(Fault::Redirect { location }) => Response {
            status: 302,
            headers: vec![("location".to_owned(), location.clone())],
            ..Response::default()
        },
        Some(Fault::Oversized { bytes }) => {
            let mut truth = truth.unwrap_or_default();
            // Blanks after it, so that only the size is wrong.
            truth.body.resize(truth.body.len().max(*bytes), b' ');
            truth
        }
        Some(Fault::ResetBefore | Fault::ResetAfter | Fault::Hang { .. }) => Response::default(),
    }
}

fn effect(fault: &Fault) -> Effect {
    match fault {
        Fault::DelayMs { ms } => Effect::Delay(Duration::from_millis(*ms)),
        Fault::ResetBefore => Effect::ResetBefore,
        Fault::ResetAfter => Effect::ResetAfter,
        Fault::Hang { applied: false } => Effect::HangBefore,
        Fault::Hang { applied: true } => Effect::HangAfter,
        _ => Effect::Send,
    }
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
