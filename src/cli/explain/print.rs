//! An explanation for people.

use super::super::output::{Output, Style, WIDTH, wrap};
use super::told::{Answer, Decided, Explanation, NativeRead, NativeWrite};
use crate::facade::QueryPlan;

/// Ids of members are told up to here, then counted.
const LISTED: usize = 8;

/// Prints an explanation.
pub(super) fn print(told: &Explanation, output: Output) {
    output.styled(Style::Bold, &told.request);
    output.line(&format!("  as {} ({}) of {}", told.client, told.profile, told.target));
    let repairs: Vec<String> =
        told.repairs.iter().map(|repair| format!("{} ×{}", repair.name, repair.count)).collect();
    section(output, "Repairs", &repairs, "none");
    for query in &told.query {
        section(output, &format!("Query of {}", query.of), &planned(query), "");
    }
    section(output, "Understood as", &told.decided.iter().map(decided).collect::<Vec<_>>(), "no change");
    let reads: Vec<String> = told.reads.iter().map(read).collect();
    section(output, "Native reads, made just now", &reads, "none");
    let writes: Vec<String> = told.writes.iter().map(write).collect();
    section(output, "Native writes, not made", &writes, "none");
    let wait = match told.wait_seconds {
        0 => String::new(),
        seconds => format!("; the product's limits cost at least {seconds} s"),
    };
    output.line(&format!("  native calls in all: {}{wait}", told.calls));
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

fn planned(query: &QueryPlan) -> Vec<String> {
    let here = match query.here.is_empty() {
        true => "nothing".to_owned(),
        false => format!("the whole filter on each candidate: {}", query.here.join(", ")),
    };
    let bound = query
        .bound
        .map_or_else(|| "none needed".to_owned(), |bound| format!("{bound} objects, then 400 tooMany"));
    let sorted = query.sorted_by.as_ref().map(|name| format!("sorted here by: {name}"));
    let lines = [
        format!("the shadow: {}", query.shadow),
        format!("the product: {}", query.backend),
        format!("here: {here}"),
        format!("the page: {}", query.page),
        format!("the bound: {bound}"),
    ];
    lines.into_iter().chain(sorted).collect()
}

fn read(read: &NativeRead) -> String {
    let why = if read.foreseeing { "  (only to foresee what the product would say)" } else { "" };
    format!("{}{why}", read.call)
}

fn write(write: &NativeWrite) -> String {
    let refused = write.refused.as_ref();
    let refused = refused.map(|why| format!("  (would be refused: {why})")).unwrap_or_default();
    let calls = write.calls.join(", then ");
    let fields = write.fields.join(", ");
    let fields = if fields.is_empty() { fields } else { format!("  {{{fields}}}") };
    format!("{calls}{fields}{refused}")
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
