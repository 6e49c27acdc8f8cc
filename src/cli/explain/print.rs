//! An explanation for people, and what is taken out of texts that may hold a value.

use super::super::output::{Output, Style, WIDTH, wrap};
use super::told::{Answer, Decided, Explanation};
use crate::telemetry::redact;

/// Ids of members are told up to here, then counted.
const LISTED: usize = 8;

/// Prints an explanation.
pub(super) fn print(told: &Explanation, output: Output) {
    output.styled(Style::Bold, &told.request);
    output.line(&format!("  as {} ({}) of {}", told.client, told.profile, told.target));
    let repairs: Vec<String> =
        told.repairs.iter().map(|repair| format!("{} ×{}", repair.name, repair.count)).collect();
    section(output, "Repairs", &repairs, "none");
    if let Some(query) = &told.query {
        let here = match query.here.is_empty() {
            true => "nothing".to_owned(),
            false => format!("the whole filter on each candidate: {}", query.here.join(", ")),
        };
        let bound = query
            .bound
            .map_or_else(|| "none needed".to_owned(), |bound| format!("{bound} objects, then 400 tooMany"));
        let lines = [
            format!("the shadow: {}", query.shadow),
            format!("the product: {}", query.backend),
            format!("here: {here}"),
            format!("the bound: {bound}"),
        ];
        section(output, "Query", &lines, "");
    }
    section(output, "Understood as", &told.decided.iter().map(decided).collect::<Vec<_>>(), "no change");
    let reads: Vec<String> = told
        .reads
        .iter()
        .map(|read| {
            let why = if read.foreseeing { "  (only to foresee what the product would say)" } else { "" };
            format!("{}{why}", read.call)
        })
        .collect();
    section(output, "Native reads, made just now", &reads, "none");
    let writes: Vec<String> = told
        .writes
        .iter()
        .map(|write| {
            let refused = write.refused.as_ref();
            let refused = refused.map(|why| format!("  (would be refused: {why})")).unwrap_or_default();
            let calls = write.calls.join(", then ");
            let fields = write.fields.join(", ");
            let fields = if fields.is_empty() { fields } else { format!("  {{{fields}}}") };
            format!("{calls}{fields}{refused}")
        })
        .collect();
    section(output, "Native writes, not made", &writes, "none");
    let wait = match told.wait_seconds {
        0 => String::new(),
        seconds => format!("; the product's limits cost at least {seconds} s"),
    };
    output.line(&format!("  in all: {} native calls{wait}", told.calls));
    section(output, "Destroyed", &told.destroyed, "nothing");
    section(output, "Kept by the facade alone", &told.shadow_only, "nothing");
    if !told.alarms.is_empty() {
        section(output, "Alarms", &told.alarms, "");
    }
    section(output, "Answer", &answer(&told.answer), "");
    if !told.notes.is_empty() {
        section(output, "Notes", &told.notes, "");
    }
    output.line("");
    output.styled(Style::Dim, "Nothing was written. Ids of what would be made are made up.");
}

fn section(output: Output, title: &str, lines: &[String], none: &str) {
    output.styled(Style::Bold, title);
    if lines.is_empty() {
        output.styled(Style::Dim, &format!("  {none}"));
    }
    for line in lines {
        let mut indent = "  ";
        for part in wrap(line, WIDTH - 4) {
            output.line(&format!("{indent}{part}"));
            indent = "    ";
        }
    }
}

fn decided(decided: &Decided) -> String {
    let Decided { action, kind, id, what, active, outcome, calls } = decided;
    let what = match what.len() {
        0 => String::new(),
        count if count > LISTED => format!(": {count} of them"),
        _ => format!(": {}", what.join(", ")),
    };
    let active = active.map(|(from, to)| format!(" (active: {from} → {to})")).unwrap_or_default();
    let how = match calls.len() {
        0 => ", by the facade alone".to_owned(),
        1 => ", 1 native write".to_owned(),
        count => format!(", {count} native writes"),
    };
    let end = if outcome == "done" { String::new() } else { format!(" → {outcome}") };
    format!("{action} {kind} {id}{what}{active}{how}{end}")
}

fn answer(answer: &Answer) -> Vec<String> {
    let scim_type = answer.scim_type.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let mut lines = vec![format!("{}{scim_type}", answer.status)];
    lines.extend(answer.detail.clone());
    lines.extend(answer.retry_after.as_ref().map(|seconds| format!("Retry-After: {seconds}")));
    lines.extend(answer.total.map(|total| format!("totalResults: {total}")));
    if !answer.ids.is_empty() {
        lines.push(format!("id: {}", answer.ids.join(", ")));
    }
    if !answer.attributes.is_empty() {
        lines.push(format!("attributes: {}", answer.attributes.join(", ")));
    }
    lines
}

/// A text of ours without what the client wrote: what is in quotes stays only if it looks like an attribute's name, and
/// nothing with an @ stays.
pub(super) fn masked(text: &str) -> String {
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
    let word = |segment: &str| match segment {
        "" | "Users" | "Groups" | "scim" | "v2" => segment.to_owned(),
        other => redact::Id(other).to_string(),
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
            assert_eq!(masked(text), told);
        }
    }

    #[test]
    fn a_path_keeps_ids_and_names() {
        let id = "2819c223-7f76-453a-919d-413861904646";
        assert_eq!(masked_path(&format!("/Users/{id}?attributes=x")), format!("/Users/{id}?attributes=…"));
        assert_eq!(masked_path("/Users/ada@example.com"), "/Users/[redacted]");
        assert_eq!(masked_path("/Users?filter=userName eq \"ada\"&count=1"), "/Users?filter=…&count=…");
    }
}
