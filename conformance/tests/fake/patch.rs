//! PATCH (RFC 7644 §3.5.2).

use serde_json::{Map, Value, json};

use super::discovery::attributes;
use super::filter::{self, Filter};
use super::http::Answer;
use super::store::{ENTERPRISE, error};

/// Where an operation works: an attribute, perhaps some of its values, perhaps a sub-attribute.
struct Target {
    extension: bool,
    name: String,
    filter: Option<Filter>,
    sub: Option<String>,
}

/// Applies one operation to a document.
pub fn apply(document: &mut Value, operation: &Value, schema: &str) -> Result<(), Answer> {
    let op = operation["op"].as_str().unwrap_or_default().to_lowercase();
    if !matches!(op.as_str(), "add" | "replace" | "remove") {
        return Err(error(400, "invalidSyntax", "no such operation"));
    }
    let Some(path) = operation["path"].as_str() else {
        let Some(values) = operation["value"].as_object().filter(|_| op != "remove") else {
            return Err(error(400, "noTarget", "no path"));
        };
        return values.iter().try_for_each(|(path, value)| {
            if path == ENTERPRISE {
                let inner = value.as_object().cloned().unwrap_or_default();
                return inner.iter().try_for_each(|(key, value)| {
                    set(document, &op, &target(&format!("{path}:{key}"), schema)?, value)
                });
            }
            set(document, &op, &target(path, schema)?, value)
        });
    };
    set(document, &op, &target(path, schema)?, &operation["value"])
}

fn target(path: &str, schema: &str) -> Result<Target, Answer> {
    let wrong = || error(400, "invalidPath", "no such path");
    let extension = path.starts_with(ENTERPRISE);
    let rest = if extension { path.strip_prefix(ENTERPRISE) } else { path.strip_prefix(schema) };
    let path = rest.map_or(path, |rest| rest.trim_start_matches(':'));
    let (head, filter, tail) = match path.split_once('[') {
        Some((head, rest)) => {
            let (inner, tail) = rest.rsplit_once(']').ok_or_else(wrong)?;
            let filter = filter::parse(inner).map_err(|()| error(400, "invalidFilter", "no filter"))?;
            (head, Some(filter), tail.trim_start_matches('.'))
        }
        None => path.split_once('.').map_or((path, None, ""), |(head, tail)| (head, None, tail)),
    };
    let urn = if extension { ENTERPRISE } else { schema };
    let named = |all: &[Value], name: &str| {
        all.iter()
            .find(|one| one["name"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(name)))
            .cloned()
    };
    if matches!(head, "id" | "meta" | "groups") {
        return Err(error(400, "mutability", "read-only"));
    }
    if head == "externalId" {
        return Ok(Target { extension, name: head.to_owned(), filter: None, sub: None });
    }
    let attribute = named(attributes(urn), head).ok_or_else(wrong)?;
    let sub = match tail {
        "" => None,
        tail => {
            let inner = attribute["subAttributes"].as_array().cloned().unwrap_or_default();
            Some(named(&inner, tail).ok_or_else(wrong)?["name"].as_str().unwrap().to_owned())
        }
    };
    Ok(Target { extension, name: attribute["name"].as_str().unwrap().to_owned(), filter, sub })
}

fn set(document: &mut Value, op: &str, target: &Target, value: &Value) -> Result<(), Answer> {
    let mut holder = if target.extension { document[ENTERPRISE].take() } else { document.take() };
    if !holder.is_object() {
        holder = json!({});
    }
    let done = set_in(holder.as_object_mut().unwrap(), op, target, value);
    if target.extension {
        document[ENTERPRISE] = holder;
    } else {
        *document = holder;
    }
    done
}

fn set_in(holder: &mut Map<String, Value>, op: &str, target: &Target, value: &Value) -> Result<(), Answer> {
    let name = &target.name;
    if let Some(filter) = &target.filter {
        return set_matching(holder.get_mut(name), op, filter, target.sub.as_deref(), value);
    }
    if let Some(sub) = &target.sub {
        let parent = holder.entry(name).or_insert_with(|| json!({}));
        let parent = parent.as_object_mut().ok_or_else(|| error(400, "invalidPath", "several values"))?;
        if op == "remove" {
            drop(parent.remove(sub));
        } else {
            drop(parent.insert(sub.clone(), value.clone()));
        }
        return Ok(());
    }
    match (op, holder.get_mut(name), value) {
        ("remove", ..) => drop(holder.remove(name)),
        ("add", Some(Value::Array(old)), new) => append(old, new),
        ("add", None, Value::Object(_)) if matches!(name.as_str(), "emails" | "members" | "phoneNumbers") => {
            holder.insert(name.clone(), json!([value]));
        }
        (_, Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
        _ => drop(holder.insert(name.clone(), value.clone())),
    }
    Ok(())
}

/// Appends values that are not there; a new primary one ends the old one's being it.
fn append(old: &mut Vec<Value>, new: &Value) {
    let one = [new.clone()];
    for value in new.as_array().map_or(&one[..], Vec::as_slice) {
        if value["primary"] == true {
            old.iter_mut()
                .filter(|old| old.get("primary").is_some())
                .for_each(|old| old["primary"] = json!(false));
        }
        if !old.iter().any(|old| old["value"] == value["value"]) {
            old.push(value.clone());
        }
    }
}

fn set_matching(
    old: Option<&mut Value>,
    op: &str,
    filter: &Filter,
    sub: Option<&str>,
    value: &Value,
) -> Result<(), Answer> {
    let old = old.and_then(Value::as_array_mut).ok_or_else(|| error(400, "noTarget", "no values"))?;
    if !old.iter().any(|one| filter.matches(one)) {
        return Err(error(400, "noTarget", "no such value"));
    }
    if op == "remove" && sub.is_none() {
        old.retain(|one| !filter.matches(one));
        return Ok(());
    }
    for one in old.iter_mut().filter(|one| filter.matches(one)) {
        match sub {
            Some(sub) if op == "remove" => drop(one.as_object_mut().unwrap().remove(sub)),
            Some(sub) => one[sub] = value.clone(),
            None => *one = value.clone(),
        }
    }
    Ok(())
}
