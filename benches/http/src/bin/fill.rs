//! Makes people through SCIM: `fill ADDRESS BASE TOKEN COUNT`, their ids in order of making on standard output.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Connection, request};
use serde_json::{Value, json};

const CONNECTIONS: usize = 16;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, base, token, count] = args.as_slice() else {
        return Err(io::Error::other("usage: fill ADDRESS BASE TOKEN COUNT"));
    };
    let count: usize = count.parse().map_err(io::Error::other)?;
    let (next, made) = (AtomicUsize::new(0), Mutex::new(vec![String::new(); count]));
    let work = || -> io::Result<()> {
        let mut connection = Connection::open(address)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            let body = person(number).to_string();
            let answer = connection.ask(&request("POST", &format!("{base}/Users"), token, &body))?;
            let text = String::from_utf8_lossy(&answer.body);
            let json: Value = serde_json::from_slice(&answer.body).map_err(io::Error::other)?;
            let id =
                json["id"].as_str().ok_or_else(|| io::Error::other(format!("{}: {text}", answer.status)))?;
            if let Ok(mut made) = made.lock() {
                made[number] = id.to_owned();
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(io::Error::other("panicked"))))
    })?;
    let made = made.into_inner().map_err(|_| io::Error::other("panicked"))?;
    made.iter().try_for_each(|id| writeln!(io::stdout(), "{id}"))
}

/// Somebody as an identity provider makes them.
fn person(number: usize) -> Value {
    let name = format!("user{number}@example.com");
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "externalId": format!("00u{number:017}"),
        "name": {"givenName": "User", "familyName": format!("Number {number}")},
        "displayName": format!("User {number}"),
        "emails": [{"value": name, "type": "work", "primary": true}],
        "title": "Engineer",
        "active": true,
    })
}
