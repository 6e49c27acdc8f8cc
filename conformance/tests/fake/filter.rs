//! Filters (RFC 7644 §3.4.2.2), read and answered in the plainest way.

use serde_json::Value;

use super::field;

/// A filter.
pub enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Has(String),
    Compare(String, String, Value),
    Within(String, Box<Filter>),
}

/// Reads a filter; an error if it is none.
pub fn parse(text: &str) -> Result<Filter, ()> {
    if text.len() > 5_000 {
        return Err(());
    }
    let mut words = words(text)?;
    words.reverse();
    let filter = or(&mut words, 0)?;
    if words.is_empty() { Ok(filter) } else { Err(()) }
}

fn words(text: &str) -> Result<Vec<String>, ()> {
    let (mut words, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            stream.next().ok_or(())?.map_err(drop)?;
            stream.byte_offset()
        } else if "()[]".contains(first) {
            1
        } else {
            rest.find(|c: char| " ()[]\"".contains(c)).unwrap_or(rest.len())
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

fn next_is(words: &[String], word: &str) -> bool {
    words.last().is_some_and(|last| last.eq_ignore_ascii_case(word))
}

fn or(words: &mut Vec<String>, depth: usize) -> Result<Filter, ()> {
    let mut left = and(words, depth)?;
    while next_is(words, "or") {
        words.pop();
        left = Filter::Or(Box::new(left), Box::new(and(words, depth)?));
    }
    Ok(left)
}

fn and(words: &mut Vec<String>, depth: usize) -> Result<Filter, ()> {
    let mut left = one(words, depth)?;
    while next_is(words, "and") {
        words.pop();
        left = Filter::And(Box::new(left), Box::new(one(words, depth)?));
    }
    Ok(left)
}

fn one(words: &mut Vec<String>, depth: usize) -> Result<Filter, ()> {
    let word = words.pop().ok_or(())?;
    if depth > 50 {
        return Err(());
    }
    if word.eq_ignore_ascii_case("not") {
        return if next_is(words, "(") { Ok(Filter::Not(Box::new(one(words, depth + 1)?))) } else { Err(()) };
    }
    if word == "(" {
        let inner = or(words, depth + 1)?;
        return if words.pop().as_deref() == Some(")") { Ok(inner) } else { Err(()) };
    }
    if next_is(words, "[") {
        words.pop();
        let inner = or(words, depth + 1)?;
        return if words.pop().as_deref() == Some("]") {
            Ok(Filter::Within(word, Box::new(inner)))
        } else {
            Err(())
        };
    }
    let operator = words.pop().ok_or(())?.to_lowercase();
    match operator.as_str() {
        "pr" => Ok(Filter::Has(word)),
        "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le" => {
            let value: Value = serde_json::from_str(&words.pop().ok_or(())?).map_err(drop)?;
            let ordered = matches!(operator.as_str(), "gt" | "ge" | "lt" | "le");
            if ordered && value.is_boolean() { Err(()) } else { Ok(Filter::Compare(word, operator, value)) }
        }
        _ => Err(()),
    }
}

impl Filter {
    /// Whether a resource matches.
    pub fn matches(&self, resource: &Value) -> bool {
        match self {
            Self::And(left, right) => left.matches(resource) && right.matches(resource),
            Self::Or(left, right) => left.matches(resource) || right.matches(resource),
            Self::Not(inner) => !inner.matches(resource),
            Self::Has(path) => !values(resource, path).is_empty(),
            Self::Compare(path, operator, wanted) => {
                let found = values(resource, path);
                let exact = matches!(path.as_str(), "id" | "externalId");
                if operator == "ne" {
                    return !found.iter().any(|value| compare(value, "eq", wanted, exact));
                }
                found.iter().any(|value| compare(value, operator, wanted, exact))
            }
            Self::Within(path, inner) => values(resource, path).iter().any(|value| inner.matches(value)),
        }
    }
}

/// The values at a path, through arrays.
pub fn values<'a>(resource: &'a Value, path: &str) -> Vec<&'a Value> {
    let (mut found, path) = match path.rsplit_once(':') {
        Some((urn, rest)) if urn.contains(":extension:") => {
            (field(resource, urn).into_iter().collect(), rest)
        }
        Some((_, rest)) => (vec![resource], rest),
        None => (vec![resource], path),
    };
    for name in path.split('.') {
        let inner = found.into_iter().filter_map(|value| field(value, name));
        found = inner
            .flat_map(|value| value.as_array().map_or(vec![value], |all| all.iter().collect()))
            .collect();
    }
    found
}

fn compare(value: &Value, operator: &str, wanted: &Value, exact: bool) -> bool {
    let value = value.get("value").unwrap_or(value);
    let (Some(found), Some(wanted)) = (value.as_str(), wanted.as_str()) else {
        return operator == "eq" && value == wanted;
    };
    let fold = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
    let (found, wanted) = (fold(found), fold(wanted));
    match operator {
        "eq" => found == wanted,
        "co" => found.contains(&wanted),
        "sw" => found.starts_with(&wanted),
        "ew" => found.ends_with(&wanted),
        "gt" => found > wanted,
        "ge" => found >= wanted,
        "lt" => found < wanted,
        _ => found <= wanted,
    }
}
