//! Lists: filter, sort, page, cut (RFC 7644 §3.4.2, §3.9, RFC 9865).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http::{Answer, Question};
use super::store::{Store, error};
use super::{field, filter};

type Asked = BTreeMap<String, String>;

pub fn get(store: &Store, kind: &str, question: &Question) -> Result<Answer, Answer> {
    list(store, &[kind], &question.query)
}

pub fn search(store: &Store, kind: &str, body: &Value) -> Result<Answer, Answer> {
    list(store, &[kind], &asked(body))
}

pub fn search_root(store: &Store, body: &Value) -> Result<Answer, Answer> {
    list(store, &["Users", "Groups"], &asked(body))
}

/// A body as if it were a query.
fn asked(body: &Value) -> Asked {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    body.as_object().unwrap().iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn list(store: &Store, kinds: &[&str], asked: &Asked) -> Result<Answer, Answer> {
    let mut found: Vec<Value> =
        kinds.iter().flat_map(|kind| store.of(kind)).map(|resource| store.shown(resource)).collect();
    if let Some(text) = asked.get("filter") {
        let filter = filter::parse(text).map_err(|()| error(400, "invalidFilter", "no filter"))?;
        found.retain(|resource| filter.matches(resource));
    }
    if let Some(by) = asked.get("sortBy") {
        sort(&mut found, by, asked.get("sortOrder").is_some_and(|order| order == "descending"));
    }
    page(&found, asked)
}

/// RFC 7644 §3.4.2.3: who has no value is last, ascending.
fn sort(found: &mut [Value], by: &str, descending: bool) {
    found.sort_by_cached_key(|resource| {
        let values = filter::values(resource, by);
        let primary = values.iter().find(|value| value["primary"] == true).or(values.first());
        let text = primary
            .map(|value| value.get("value").unwrap_or(value).as_str().unwrap_or_default().to_lowercase());
        (text.is_none(), text)
    });
    if descending {
        found.reverse();
    }
}

fn page(found: &[Value], asked: &Asked) -> Result<Answer, Answer> {
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<i128>().ok());
    let count = usize::try_from(number("count").unwrap_or(100).clamp(0, 100)).unwrap();
    let start = number("startIndex").unwrap_or(1).clamp(1, 1 << 40);
    let cursor = asked.get("cursor");
    let skipped = match cursor.map(String::as_str) {
        Some(_) if asked.contains_key("startIndex") => {
            return Err(error(400, "invalidValue", "one or the other"));
        }
        Some("") => 0,
        Some(cursor) => {
            let at = cursor.strip_prefix("at-").and_then(|at| at.parse().ok());
            at.ok_or_else(|| error(400, "invalidCursor", "no cursor of ours"))?
        }
        None => usize::try_from(start - 1).unwrap(),
    };
    let page: Vec<Value> =
        found.iter().skip(skipped).take(count).map(|resource| cut(resource, asked)).collect();
    let mut body = json!({"schemas": [scim_conformance::reply::LIST], "totalResults": found.len(),
        "itemsPerPage": page.len(), "Resources": page});
    if cursor.is_none() {
        body["startIndex"] = json!(start);
    } else if skipped + count < found.len() {
        body["nextCursor"] = json!(format!("at-{}", skipped + count));
    }
    Ok(Answer::new(200, body))
}

/// A resource with the attributes that were asked for.
pub fn cut(resource: &Value, asked: &Asked) -> Value {
    let names =
        |key: &str| asked.get(key).map(|text| text.split(',').map(ToOwned::to_owned).collect::<Vec<_>>());
    if resource.get("id").is_none() {
        return resource.clone();
    }
    let mut cut = resource.clone();
    for name in names("excludedAttributes").unwrap_or_default() {
        if !matches!(name.as_str(), "id" | "schemas") {
            take(&mut cut, &name);
        }
    }
    let Some(wanted) = names("attributes") else { return cut };
    let mut kept = json!({"id": resource["id"], "schemas": resource["schemas"]});
    for name in wanted {
        let (urn, name) = name.rsplit_once(':').map_or(("", name.as_str()), |(urn, name)| (urn, name));
        let extension = Some(urn).filter(|urn| urn.contains(":extension:"));
        let from = extension.map_or(Some(resource), |urn| field(resource, urn));
        let (head, sub) = name.split_once('.').map_or((name, None), |(head, sub)| (head, Some(sub)));
        let Some((key, value)) = from
            .and_then(Value::as_object)
            .and_then(|all| all.iter().find(|(key, _)| key.eq_ignore_ascii_case(head)))
        else {
            continue;
        };
        let value = sub.map_or(value.clone(), |sub| json!({sub: field(value, sub)}));
        match extension {
            Some(urn) => kept[urn] = json!({key: value}),
            None => kept[key] = value,
        }
    }
    kept
}

fn take(from: &mut Value, name: &str) {
    let (head, sub) = name.split_once('.').map_or((name, None), |(head, sub)| (head, Some(sub)));
    let Some(from) = from.as_object_mut() else { return };
    match sub {
        Some(sub) => from.get_mut(head).into_iter().for_each(|inner| take(inner, sub)),
        None => drop(from.remove(head)),
    }
}
