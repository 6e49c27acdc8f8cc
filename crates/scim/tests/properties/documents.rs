//! Valid documents of a resource type, generated from its schemas.

use std::collections::HashSet;

use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::{collection, option, sample};
use scim::resource::{Document, Required};
use scim::schema::{Attribute, AttributeType, Attributes, Mutability, ResourceType};
use scim::{Limits, Repairs};
use serde_json::{Map, Value, json};

use crate::support::S;

/// A document that the strict profile reads without a repair.
pub fn document(rt: &ResourceType) -> impl Strategy<Value = Document> + use<> {
    let mut parts = vec![object(&rt.schema.attributes, &["members"])];
    let mut urns = Vec::new();
    for extension in &rt.extensions {
        urns.push(extension.schema.id.clone());
        parts.push(object(&extension.schema.attributes, &[]));
    }
    let (rt, core) = (rt.clone(), rt.schema.id.clone());
    (parts, option::of(sample::select(vec!["ext-1", "ext-2"]))).prop_map(move |(mut parts, name)| {
        let mut body = parts.remove(0);
        body.extend(name.map(|name| ("externalId".to_owned(), json!(name))));
        let filled = urns.iter().zip(parts).filter(|(_, data)| !data.is_empty());
        let filled: Vec<_> = filled.map(|(urn, data)| (urn.clone(), Value::Object(data))).collect();
        let schemas = [&core].into_iter().chain(filled.iter().map(|(urn, _)| urn));
        body.insert("schemas".to_owned(), schemas.map(String::as_str).collect());
        body.extend(filled);
        let mut repairs = Repairs::new();
        let read =
            Document::parse(Value::Object(body), &rt, S, &Limits::default(), Required::Check, &mut repairs);
        assert!(repairs.is_empty());
        read.expect("a valid document").document
    })
}

/// Some of the writable attributes, with values; all that are required.
fn object(attributes: &Attributes, without: &[&str]) -> BoxedStrategy<Map<String, Value>> {
    let writable = |a: &&Attribute| {
        matches!(a.mutability, Mutability::ReadWrite | Mutability::Immutable) && !without.contains(&&*a.name)
    };
    let member = |attribute: &Attribute| {
        let value = if attribute.multi_valued { list(attribute) } else { single(attribute) };
        let name = attribute.name.clone();
        let value = match attribute.required {
            true => value.prop_map(Some).boxed(),
            false => option::weighted(0.4, value).boxed(),
        };
        value.prop_map(move |value| Some((name.to_string(), value?))).boxed()
    };
    let members: Vec<_> = attributes.iter().filter(writable).map(member).collect();
    members.prop_map(|members| members.into_iter().flatten().collect()).boxed()
}

fn single(attribute: &Attribute) -> BoxedStrategy<Value> {
    let text = sample::select(vec!["a", "B", "é ü", "x\"y\\", "bulkId", "work", "[1]", "2", "true"]);
    match attribute.r#type {
        AttributeType::Binary => {
            sample::select(vec!["MIIB", "TUlJQg==", "TUlJ\nQg"]).prop_map(Value::from).boxed()
        }
        AttributeType::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        AttributeType::Integer => any::<i32>().prop_map(Value::from).boxed(),
        AttributeType::Decimal => (-1000..1000_i32).prop_map(|n| json!(f64::from(n) / 8.0)).boxed(),
        AttributeType::DateTime => Just(json!("2026-11-22T00:00:00Z")).boxed(),
        AttributeType::Complex => object(&attribute.sub_attributes, &[])
            .prop_filter("a complex value has something in it", |map| !map.is_empty())
            .prop_filter("and a value, where it is known by it", |map| {
                !map.contains_key("$ref") || map.contains_key("value")
            })
            .prop_map(Value::Object)
            .boxed(),
        _ => text.prop_map(Value::from).boxed(),
    }
}

/// Up to four elements, each another, at most one of them primary (RFC 7643 §2.4).
fn list(attribute: &Attribute) -> BoxedStrategy<Value> {
    let elements = collection::vec(single(attribute), 1..5);
    elements
        .prop_map(|elements| {
            let (mut seen, mut has_primary) = (HashSet::new(), false);
            let mut kept = Vec::new();
            for mut element in elements {
                if element.get("primary") == Some(&json!(true)) && std::mem::replace(&mut has_primary, true) {
                    element["primary"] = json!(false);
                }
                let folded = |name: &str| element.get(name).map(|part| part.to_string().to_lowercase());
                let known_by = match folded("value") {
                    Some(value) => (Some(value), folded("type")),
                    None => (None, Some(element.to_string())),
                };
                if !seen.insert(known_by) {
                    continue;
                }
                kept.push(element);
            }
            Value::Array(kept)
        })
        .boxed()
}
