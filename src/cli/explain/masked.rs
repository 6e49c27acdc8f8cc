//! What is taken out of texts that may hold a value.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::telemetry::redact;

/// The words of a request that may be personal: what its body gives as values, and whatever its path has for an id.
pub(super) struct Words(BTreeSet<String>);

impl Words {
    /// The words of a path and a body. A body that is no JSON has none that an answer could repeat.
    pub fn of(path: &str, body: Option<&[u8]>) -> Self {
        let mut words = BTreeSet::new();
        let path = path.split('?').next().unwrap_or_default();
        words.extend(path.split('/').filter(|word| !PLAIN.contains(word)).map(decoded));
        if let Some(json) = body.and_then(|body| serde_json::from_slice::<Value>(body).ok()) {
            values(&json, &mut words);
        }
        // Ids are told.
        words.retain(|word| word.len() > 2 && redact::Id(word).to_string() != *word);
        Self(words)
    }

    /// A text of ours without the client's words: what is in quotes stays only if it looks like an attribute's name,
    /// and nothing with an @ stays.
    pub fn masked(&self, text: &str) -> String {
        let mut longest_first: Vec<&String> = self.0.iter().collect();
        longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let text = longest_first.into_iter().fold(text.to_owned(), |text, word| text.replace(word, "…"));
        unquoted(&text)
    }
}

/// What a path has besides ids.
const PLAIN: [&str; 6] = ["", "Users", "Groups", ".search", "scim", "v2"];
/// Members of a message whose values are no data.
const NAMES: [&str; 4] = ["op", "path", "schemas", "type"];

fn decoded(word: &str) -> String {
    percent_encoding::percent_decode_str(word).decode_utf8_lossy().into_owned()
}

fn values(json: &Value, words: &mut BTreeSet<String>) {
    match json {
        Value::String(text) => drop(words.replace(text.clone())),
        Value::Array(list) => list.iter().for_each(|value| values(value, words)),
        Value::Object(map) => {
            let data = map.iter().filter(|(name, _)| !NAMES.contains(&name.as_str()));
            data.for_each(|(_, value)| values(value, words));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text without quotations that are no attribute's name, and without addresses.
fn unquoted(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quote, quoted)) = next_quoted(rest) {
        told.push_str(before);
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '$' | '-');
        let (shown, after) = match quoted.split_once(quote) {
            Some((inside, after)) if inside.chars().all(name) => (inside, after),
            // What is no name may hold the quote itself: all up to the last one is taken for it.
            _ => ("…", quoted.rsplit_once(quote).map_or("", |(_, after)| after)),
        };
        told.extend([quote.to_string().as_str(), shown, quote.to_string().as_str()]);
        rest = after;
    }
    told.push_str(rest);
    told.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// What stands before the next quotation, its quote, and what follows that. An apostrophe within a word is none.
fn next_quoted(text: &str) -> Option<(&str, char, &str)> {
    let mut last = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, '\'' | '"') && !last.is_alphanumeric() {
            return Some((&text[..at], c, &text[at + 1..]));
        }
        last = c;
    }
    None
}

/// A request's path without what may be personal: ids stay, and the names of parameters.
pub(super) fn masked_path(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let word = |segment: &str| match PLAIN.contains(&segment) {
        true => segment.to_owned(),
        false => redact::Id(segment).to_string(),
    };
    let path = path.split('/').map(word).collect::<Vec<_>>().join("/");
    let name = |pair: &str| format!("{}=…", pair.split('=').next().unwrap_or_default());
    match query {
        Some(query) => format!("{path}?{}", query.split('&').map(name).collect::<Vec<_>>().join("&")),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_out_of_texts() {
        for (text, told) in [
            ("'userName' is required", "'userName' is required"),
            ("active can't be false, it can't", "active can't be false, it can't"),
            ("'emails[value eq \"Ada O'Brien\"]' names no attribute", "'…' names no attribute"),
            ("it says \"never closed", "it says \"…\""),
            ("User ada@example.com not found", "User … not found"),
            ("'ü' and 'eq'", "'…'"),
        ] {
            assert_eq!(unquoted(text), told);
        }
    }

    #[test]
    fn the_words_of_a_request_are_taken_out() {
        let body =
            br#"{"Operations":[{"op":"add","path":"title","value":"Ada Byron"}],"ids":["4711","ada"]}"#;
        let words = Words::of("/Users/ada%20b?x=y", Some(body));
        let told = words.masked("User ada b is no Ada Byron: title can't be added by ada; 4711 stays");
        assert_eq!(told, "User … is no …: title can't be added by …; 4711 stays");
    }

    #[test]
    fn a_path_keeps_ids_and_names() {
        let id = "2819c223-7f76-453a-919d-413861904646";
        assert_eq!(masked_path(&format!("/Users/{id}?attributes=x")), format!("/Users/{id}?attributes=…"));
        assert_eq!(masked_path("/Users/ada@example.com"), "/Users/[redacted]");
        assert_eq!(masked_path("/Users?filter=userName eq \"ada\"&count=1"), "/Users?filter=…&count=…");
    }
}
