//! For people, at a terminal: findings in full, passes by their names.

use std::fmt::Write as _;

use super::group;
use crate::check::Outcome;
use crate::reply::Exchange;
use crate::run::{Finding, Report};

/// The report.
pub(super) fn render(report: &Report, colours: bool) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} (profile {})", report.url, report.profile);
    let mut last = "";
    for finding in &report.findings {
        let now = group(&finding.name);
        if now != last {
            let _ = writeln!(out, "\n{now}");
            last = now;
        }
        write_finding(&mut out, finding, colours);
    }
    out.push('\n');
    for note in &report.notes {
        let _ = writeln!(out, "note: {note}");
    }
    let counts = Outcome::ALL.map(|outcome| format!("{} {}", report.count(outcome), outcome.word()));
    let _ = write!(
        out,
        "{} of {} checks; {} requests",
        counts.join(", "),
        report.findings.len(),
        report.requests
    );
    if report.retried > 0 {
        let _ = write!(out, ", {} of them again after 429", report.retried);
    }
    let _ = writeln!(out, ", {}.{:03} s", report.milliseconds / 1_000, report.milliseconds % 1_000);
    out
}

fn write_finding(out: &mut String, finding: &Finding, colours: bool) {
    let word = painted(finding.outcome, colours);
    let _ = writeln!(
        out,
        "  {word}  {}: {} [{} {}]",
        finding.name, finding.title, finding.section, finding.level
    );
    if finding.outcome == Outcome::Pass {
        return;
    }
    if !finding.expected.is_empty() {
        let _ = writeln!(out, "        expected  {}", finding.expected);
    }
    if !finding.found.is_empty() {
        let label = if finding.outcome == Outcome::Skip { "because " } else { "found   " };
        let _ = writeln!(out, "        {label}  {}", finding.found);
    }
    if let Some(exchange) = &finding.exchange {
        write_exchange(out, exchange);
    }
}

fn write_exchange(out: &mut String, exchange: &Exchange) {
    let _ = writeln!(out, "        request   {}", exchange.request);
    for header in &exchange.request_headers {
        let _ = writeln!(out, "                  {header}");
    }
    if !exchange.request_body.is_empty() {
        let _ = writeln!(out, "                  {}", exchange.request_body);
    }
    if exchange.status == 0 {
        return;
    }
    let _ = writeln!(out, "        answer    {} {}", exchange.status, exchange.answer_headers.join("; "));
    for line in exchange.answer_body.lines().take(12) {
        let _ = writeln!(out, "                  {line}");
    }
}

fn painted(outcome: Outcome, colours: bool) -> String {
    let code = match outcome {
        Outcome::Pass => "32",
        Outcome::Fail => "31",
        Outcome::Warn => "33",
        Outcome::Skip => "2",
    };
    if colours { format!("\x1b[{code}m{}\x1b[0m", outcome.word()) } else { outcome.word().to_owned() }
}
