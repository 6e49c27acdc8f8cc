//! Netskope's answers, as its tenants give them, for people who are made up from their number.

use serde_json::{Value, json};

/// How many people a list tells of.
pub const PEOPLE: u64 = 10_000;

/// The id of somebody.
#[must_use]
pub fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Whose id it is.
#[must_use]
pub fn number(id: &str) -> Option<u64> {
    u64::from_str_radix(id.strip_prefix("00000000-0000-4000-8000-")?, 16).ok()
}

/// Whose user name it is: `user7@example.com` is number 7, in any case.
#[must_use]
pub fn named(name: &str) -> Option<u64> {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("user")?.strip_suffix("@example.com")?.parse().ok()
}

/// A row of a list: without `schemas` and `meta`.
#[must_use]
pub fn row(number: u64, active: bool) -> Value {
    let name = format!("user{number}@example.com");
    json!({
        "id": id(number),
        "externalId": format!("00u{number:017}"),
        "userName": name,
        "active": active,
        "name": {"familyName": format!("Number {number}"), "givenName": "User"},
        "emails": [{"type": "work", "value": name, "primary": true}],
    })
}

/// Somebody who is asked for by id.
#[must_use]
pub fn user(number: u64, active: bool) -> Value {
    let mut user = row(number, active);
    user["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    user["meta"] = json!({"resourceType": "User"});
    user
}

/// Somebody who was just made: what was sent, with an id and a stray `status`.
#[must_use]
pub fn made(number: u64, mut sent: Value) -> Value {
    sent["id"] = id(number).into();
    sent["status"] = 201.into();
    sent
}

/// A list: these people, of so many.
#[must_use]
pub fn list(total: u64, start: u64, rows: Vec<Value>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "itemsPerPage": rows.len(),
        "startIndex": start,
        "Resources": rows,
    })
}
