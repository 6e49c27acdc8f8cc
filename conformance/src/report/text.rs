//! For people, at a terminal: findings in full, passes by their names.

use std::fmt::Write as _;

use super::{group, told};
use crate::check::Outcome;
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
    for line in told(finding) {
        let _ = writeln!(out, "        {line}");
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
