//! The documents of people and groups that checks make, fitted to what the server's schemas hold and demand.

use serde_json::{Map, Value, json};

use crate::facts::{Attribute, ENTERPRISE, Facts, GROUP, ResourceType, USER};

/// A person of this name: what most servers hold, and everything that this one demands.
#[must_use]
pub fn person(facts: &Facts, of: &ResourceType, name: &str) -> Value {
    let email = format!("{name}@example.com");
    let mut document = bare(facts, of, name);
    let usual = [
        ("name", json!({"givenName": "Ada", "familyName": "Lovelace"})),
        ("displayName", json!(format!("{name} Lovelace"))),
        ("active", json!(true)),
        ("emails", json!([{"value": email, "type": "work", "primary": true}])),
    ];
    for (key, value) in usual {
        if facts.attribute(USER, key).is_some_and(|attribute| attribute.is_writable()) {
            document[key] = value;
        }
    }
    document
}

/// A person of this name with nothing but what the server demands.
#[must_use]
pub fn bare(facts: &Facts, of: &ResourceType, name: &str) -> Value {
    let mut document = json!({"schemas": [of.schema], "userName": format!("{name}@example.com")});
    fill_required(facts, of, name, &mut document);
    document
}

/// A group of this name, with these members.
#[must_use]
pub fn group(facts: &Facts, of: &ResourceType, name: &str, members: &[&str]) -> Value {
    let mut document = json!({"schemas": [of.schema], "displayName": name});
    fill_required(facts, of, name, &mut document);
    if !members.is_empty() && facts.attribute(GROUP, "members").is_some() {
        document["members"] = members.iter().map(|id| json!({"value": id})).collect();
    }
    document
}

/// Puts in what the schemas require and the document has not yet.
fn fill_required(facts: &Facts, of: &ResourceType, name: &str, document: &mut Value) {
    for attribute in facts.attributes(&of.schema) {
        let is_common = Attribute::common(attribute.name()).is_some();
        if needed(&attribute) && !is_common && document.get(attribute.name()).is_none() {
            document[attribute.name()] = value_for(&attribute, name);
        }
    }
    let required = of.extensions.iter().filter(|(_, required)| *required);
    for (urn, _) in required {
        let mut extension = Map::new();
        for attribute in facts.attributes(urn).iter().filter(|attribute| needed(attribute)) {
            extension.insert(attribute.name().to_owned(), value_for(attribute, name));
        }
        document[urn] = Value::Object(extension);
        if let Some(schemas) = document["schemas"].as_array_mut() {
            schemas.push(json!(urn));
        }
    }
}

fn needed(attribute: &Attribute) -> bool {
    attribute.is_required() && attribute.is_writable()
}

/// A value that fits an attribute.
#[must_use]
pub fn value_for(attribute: &Attribute, name: &str) -> Value {
    let one = if let Some(canonical) = attribute.canonical_value() {
        canonical.clone()
    } else {
        single(attribute, name)
    };
    if attribute.is_multi_valued() { json!([one]) } else { one }
}

fn single(attribute: &Attribute, name: &str) -> Value {
    match attribute.kind() {
        "boolean" => json!(true),
        "integer" => json!(1),
        "decimal" => json!(1.5),
        "dateTime" => json!("2024-02-29T12:00:00Z"),
        "reference" => json!("https://example.com/reference"),
        "binary" => json!("AAEC"),
        "complex" => {
            let inner = attribute.sub_attributes();
            let required = inner.iter().filter(|sub| needed(sub) || sub.is_called("value"));
            required.map(|sub| (sub.name().to_owned(), value_for(sub, name))).collect::<Map<_, _>>().into()
        }
        _ => json!(format!("{name}@example.com")),
    }
}

/// The attributes of the three people whom filters, sorting and paging look for, by letter. What the server's schemas
/// don't hold is left out; the checks that need it are skipped.
#[must_use]
pub fn crowd(facts: &Facts, prefix: &str) -> Vec<(String, Value)> {
    let who = [
        ("a", "Alpha", "Ada", "Lovelace", Some("Countess"), "Engines"),
        ("b", "Bravo", "Grace", "Hopper", Some("Admiral"), "Compilers"),
        ("c", "charlie", "Alan", "Turing", None, "Machines"),
    ];
    let holds = |urn: &str, path: &str| facts.attribute(urn, path).is_some_and(|found| found.is_writable());
    who.map(|(letter, display, given, family, title, department)| {
        let mut person = json!({
            "userName": format!("{prefix}-crowd-{letter}@example.com"),
            "externalId": format!("{prefix}-External-{letter}"),
        });
        let mut put = |key: &str, value: Value| {
            if holds(USER, key) {
                person[key] = value;
            }
        };
        put("displayName", json!(format!("{prefix} {display}")));
        put("name", json!({"givenName": given, "familyName": family}));
        put("emails", emails(prefix, letter));
        if let Some(title) = title {
            put("title", json!(title));
        }
        if holds(ENTERPRISE, "department") {
            person[ENTERPRISE] = json!({"department": department});
            person["schemas"] = json!([USER, ENTERPRISE]);
        }
        (letter.to_owned(), person)
    })
    .into()
}

/// Work for everybody, home only for a.
fn emails(prefix: &str, letter: &str) -> Value {
    let mut emails = vec![
        json!({"value": format!("{prefix}-crowd-{letter}@example.com"), "type": "work", "primary": true}),
    ];
    if letter == "a" {
        emails.push(json!({"value": format!("{prefix}-home-{letter}@example.org"), "type": "home"}));
    }
    Value::Array(emails)
}
