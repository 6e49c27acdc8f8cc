//! Evaluating a compiled filter over ten thousand people.

use std::sync::Arc;

use filters::median::in_turn;
use scim::schema::{ResourceType, Schema};
use scim::{Limits, Profile, Repairs, filter};
use serde_json::{Map, Value, json};

const PEOPLE: usize = 10_000;
/// What the project promises, in people a second on one core.
const PROMISED: f64 = 2e6;

fn main() {
    let schemas = [
        include_str!("../../../scim-schemas/core/User.json"),
        include_str!("../../../scim-schemas/enterprise/User.json"),
    ];
    let schemas = schemas.map(|text| Arc::new(Schema::from_json(text).unwrap()));
    let rt = include_str!("../../../scim-schemas/core/ResourceTypes/User.json");
    let rt = ResourceType::from_json(rt, &schemas).unwrap();
    let people: Vec<Map<String, Value>> = (0..PEOPLE).map(person).collect();
    println!("\n| filter | people/s |\n|---|---|");
    for text in [
        r#"userName eq "user9999@example.com""#,
        r#"userName eq "USER9999@example.com" and active eq true"#,
        r#"emails[type eq "work" and value eq "user9999@example.com"]"#,
        r#"meta.lastModified gt "2026-11-01T00:00:00Z""#,
    ] {
        let mut repairs = Repairs::new();
        let filter = filter::parse(text, Profile::Strict, &Limits::default(), &mut repairs).unwrap();
        let bound = filter.bind(&rt, Profile::Strict, &mut repairs).unwrap();
        let mut found = 0;
        let count = || found = people.iter().filter(|person| bound.matches(*person)).count();
        let ns = in_turn("evaluate", &mut [("userName", Box::new(count))])[0];
        assert_eq!(found, 1, "{text}");
        println!("| `{text}` | {:.1} million |", PEOPLE as f64 / ns * 1e3);
    }
    println!("\nuserName eq: promised {:.0} million", PROMISED / 1e6);
}

/// A person as one is rendered.
fn person(number: usize) -> Map<String, Value> {
    let name = format!("user{number}@example.com");
    let modified = if number == PEOPLE - 1 { "2026-11-02T00:00:00Z" } else { "2026-10-02T00:00:00Z" };
    let person = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": format!("{number:08}-0000-4000-8000-000000000000"),
        "externalId": format!("00u{number}"),
        "userName": name,
        "name": {"givenName": "User", "familyName": format!("Number {number}")},
        "displayName": format!("User {number}"),
        "emails": [{"value": name, "type": "work", "primary": true}, {"value": format!("u{number}@example.org"), "type": "home"}],
        "active": true,
        "meta": {"resourceType": "User", "created": "2026-10-01T00:00:00Z", "lastModified": modified},
    });
    person.as_object().cloned().unwrap_or_default()
}
