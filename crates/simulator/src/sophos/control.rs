//! `/_control`: the simulator's own routes, for tests and people. No token needed, and never faulty.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::events::Event;
use super::seed::Seed;
use super::switches::Switches;
use super::{Sophos, render};
use crate::faults::Rule;
use crate::http::{Request, Response};
use crate::limiter::Limits;

/// Answers a control request; `path` is what follows `/_control`.
pub(crate) fn answer(sophos: &mut Sophos, now: i64, request: &Request, path: &str) -> Response {
    match route(sophos, now, request, path) {
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

fn route(sophos: &mut Sophos, now: i64, request: &Request, path: &str) -> Outcome {
    match (request.method.as_str(), path) {
        ("GET", "/switches") => shown(sophos.switches()),
        ("PUT" | "PATCH", "/switches") => {
            *sophos.switches_mut() = merged::<Switches>(sophos.switches(), request)?;
            shown(sophos.switches())
        }
        ("GET", "/faults") => shown(&sophos.faults()),
        ("POST", "/faults") => {
            for rule in one_or_more::<Rule>(request)? {
                sophos.add_fault(rule);
            }
            shown(&sophos.faults())
        }
        ("DELETE", "/faults") => {
            sophos.clear_faults();
            shown(&sophos.faults())
        }
        ("GET", "/journal") => shown(&sophos.journal()),
        ("DELETE", "/journal") => {
            sophos.clear_journal();
            shown(&sophos.journal())
        }
        ("GET", "/state") => Ok(state(sophos)),
        ("POST", "/events") => {
            let mut ids = Vec::new();
            for event in one_or_more::<Event>(request)? {
                ids.push(sophos.event(now, event).map_err(Wrong::Request)?);
            }
            Ok(json!({"id": ids.last(), "ids": ids}))
        }
        ("POST", "/seed") => {
            let body = read(request)?;
            let seed: Seed = parsed(body.get("seed").cloned().unwrap_or(body))?;
            sophos.reseed(seed);
            Ok(json!({"seed": seed}))
        }
        ("GET", "/limits") => shown(sophos.limits()),
        ("PUT" | "PATCH", "/limits") => {
            let limits = merged::<Limits>(sophos.limits(), request)?;
            sophos.set_limits(limits);
            shown(sophos.limits())
        }
        _ => Err(Wrong::Route),
    }
}

/// The whole directory of the main tenant, as the API writes it but with nothing left out.
fn state(sophos: &Sophos) -> Value {
    let rules = Switches { embedded_limit: usize::MAX, ..sophos.switches().clone() };
    let (tenant, directory) = sophos.main();
    let renderer = render::Renderer { directory, tenant, rules: &rules };
    let users: Vec<Value> = directory.users.values().map(|user| renderer.user(user)).collect();
    let groups: Vec<Value> = directory.groups.values().map(|group| renderer.group(group)).collect();
    let admins: Vec<Value> = directory.admins.values().map(|admin| renderer.admin(admin)).collect();
    let roles: Vec<Value> = directory.roles.values().map(render::role).collect();
    let memberships: Vec<Value> = directory
        .groups
        .keys()
        .flat_map(|group| directory.members(group).map(move |user| json!({"groupId": group, "userId": user})))
        .collect();
    json!({
        "tenant": {"id": tenant.id, "name": tenant.name, "region": tenant.region},
        "users": users,
        "groups": groups,
        "memberships": memberships,
        "admins": admins,
        "roles": roles,
    })
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
