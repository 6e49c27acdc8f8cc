//! `/_control`: a simulator's own routes, for tests and people. No token needed, and never faulty.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::Rule;
use crate::http::{Request, Response};
use crate::limiter::Limits;
use crate::seed::Seed;
use crate::vendor::Vendor;

/// Answers a control request; `path` is what follows `/_control`.
pub(crate) fn answer<V: Vendor>(vendor: &mut V, now: i64, request: &Request, path: &str) -> Response {
    match route(vendor, now, request, path) {
        Ok(body) => Response::of_json(200, &body),
        Err(Wrong::Request(why)) => Response::of_json(400, &json!({"error": why})),
        Err(Wrong::Route) => Response::of_json(404, &json!({"error": "no such control route"})),
    }
}

enum Wrong {
    Request(String),
    Route,
}

type Outcome = Result<Value, Wrong>;

fn route<V: Vendor>(vendor: &mut V, now: i64, request: &Request, path: &str) -> Outcome {
    match (request.method.as_str(), path) {
        ("GET", "/switches") => shown(vendor.switches()),
        ("PUT" | "PATCH", "/switches") => {
            *vendor.switches() = merged(vendor.switches(), request)?;
            shown(vendor.switches())
        }
        ("GET", "/faults") => shown(&vendor.instruments().faults.standing()),
        ("POST", "/faults") => {
            for rule in one_or_more::<Rule>(request)? {
                vendor.instruments().faults.add(rule);
            }
            shown(&vendor.instruments().faults.standing())
        }
        ("DELETE", "/faults") => {
            vendor.instruments().faults.clear();
            Ok(json!([]))
        }
        ("GET", "/journal") => shown(&vendor.instruments().journal.entries().collect::<Vec<_>>()),
        ("DELETE", "/journal") => {
            vendor.instruments().journal.clear();
            Ok(json!([]))
        }
        ("GET", "/state") => Ok(vendor.state()),
        ("POST", "/events") => {
            let mut ids = Vec::new();
            for event in one_or_more::<V::Event>(request)? {
                ids.push(vendor.happen(now, event).map_err(Wrong::Request)?);
            }
            Ok(json!({"id": ids.last(), "ids": ids}))
        }
        ("POST", "/seed") => {
            let body = read(request)?;
            let seed: Seed = parsed(body.get("seed").cloned().unwrap_or(body))?;
            vendor.reseed(seed);
            Ok(json!({"seed": seed}))
        }
        ("GET", "/limits") => shown(vendor.instruments().limiter.limits()),
        ("PUT" | "PATCH", "/limits") => {
            let limits: Limits = merged(vendor.instruments().limiter.limits(), request)?;
            vendor.instruments().limiter.set(limits);
            shown(vendor.instruments().limiter.limits())
        }
        (method, path) => {
            let body = read(request).unwrap_or_default();
            vendor.control(method, path, &body).ok_or(Wrong::Route)?.map_err(Wrong::Request)
        }
    }
}

fn read(request: &Request) -> Outcome {
    serde_json::from_slice(&request.body).map_err(|error| Wrong::Request(error.to_string()))
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Wrong> {
    serde_json::from_value(value).map_err(|error| Wrong::Request(error.to_string()))
}

fn shown<T: Serialize>(value: &T) -> Outcome {
    serde_json::to_value(value).map_err(|error| Wrong::Request(error.to_string()))
}

/// The body's fields over those in force.
fn merged<T: Serialize + DeserializeOwned>(current: &T, request: &Request) -> Result<T, Wrong> {
    let (Value::Object(mut fields), Value::Object(new)) = (shown(current)?, read(request)?) else {
        return Err(Wrong::Request("not a JSON object".to_owned()));
    };
    fields.extend(new);
    parsed(Value::Object(fields))
}

/// The body, an object or a list of them.
fn one_or_more<T: DeserializeOwned>(request: &Request) -> Result<Vec<T>, Wrong> {
    match read(request)? {
        Value::Array(list) => list.into_iter().map(parsed).collect(),
        one => Ok(vec![parsed(one)?]),
    }
}
