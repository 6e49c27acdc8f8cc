//! A product that answers at once: Netskope's SCIM for people who are made up as they are asked for. All it remembers is who was
//! deactivated. `upstream ADDRESS`.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Path, Query};
use actix_web::{App, HttpResponse, HttpServer};
use passthrough::{PEOPLE, list, made, named, number, row, user};
use serde_json::Value;

#[derive(Default)]
struct Tenant {
    inactive: Mutex<HashSet<u64>>,
    made: AtomicU64,
}

impl Tenant {
    fn is_active(&self, number: u64) -> bool {
        !self.inactive.lock().unwrap_or_else(PoisonError::into_inner).contains(&number)
    }

    fn set_active(&self, number: u64, active: bool) {
        let mut inactive = self.inactive.lock().unwrap_or_else(PoisonError::into_inner);
        if active {
            inactive.remove(&number);
        } else {
            inactive.insert(number);
        }
    }
}

fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).content_type("application/scim+json;charset=utf-8").body(body.to_string())
}

async fn one(tenant: Data<Tenant>, id: Path<String>) -> HttpResponse {
    match number(&id) {
        Some(number) => answer(StatusCode::OK, &user(number, tenant.is_active(number))),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn all(tenant: Data<Tenant>, query: Query<Vec<(String, String)>>) -> HttpResponse {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let shown = |number| row(number, tenant.is_active(number));
    if let Some(filter) = value("filter") {
        let asked = filter.strip_prefix("userName eq \"").and_then(|rest| rest.strip_suffix('"'));
        let rows: Vec<Value> =
            asked.and_then(named).filter(|number| *number < PEOPLE).map(shown).into_iter().collect();
        return answer(StatusCode::OK, &list(rows.len() as u64, 1, rows));
    }
    let number = |name, otherwise| value(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    let (start, count): (u64, u64) = (number("startIndex", 1).max(1), number("count", 100).min(200));
    let rows = (start - 1..(start - 1 + count).min(PEOPLE)).map(shown).collect();
    answer(StatusCode::OK, &list(PEOPLE, start, rows))
}

async fn make(tenant: Data<Tenant>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<Value>(&body) {
        Ok(sent) if sent.is_object() => {
            let number = (1 << 40) + tenant.made.fetch_add(1, Ordering::Relaxed);
            answer(StatusCode::CREATED, &made(number, sent))
        }
        _ => HttpResponse::BadRequest().finish(),
    }
}

/// Every PATCH of somebody is about `active`.
async fn change(tenant: Data<Tenant>, id: Path<String>, body: Bytes) -> HttpResponse {
    let Some(number) = number(&id) else { return HttpResponse::NotFound().finish() };
    let Ok(sent) = serde_json::from_slice::<Value>(&body) else { return HttpResponse::BadRequest().finish() };
    let value = &sent["Operations"][0]["value"];
    let active = value.get("active").unwrap_or(value);
    tenant.set_active(number, active.as_bool().unwrap_or(active.as_str() != Some("false")));
    HttpResponse::NoContent().finish()
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::other("usage: upstream ADDRESS");
    let address = std::env::args().nth(1).ok_or_else(usage)?;
    let tenant = Data::new(Tenant::default());
    let people = || {
        web::scope("/api/v2/scim/Users")
            .service(web::resource("").get(all).post(make))
            .service(web::resource("/{id}").get(one).patch(change))
    };
    HttpServer::new(move || App::new().app_data(tenant.clone()).service(people()))
        .workers(1)
        .bind(address)?
        .run()
        .await
}
