//! One file for a browser: nothing is loaded from anywhere, nothing runs.

use std::fmt::Write as _;

use super::{escaped, group, told};
use crate::check::Outcome;
use crate::run::{Finding, Report};

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd}\
.pass{color:#176b2c}.fail{color:#b00020;font-weight:bold}.warn{color:#8a5a00}.skip{color:#666}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:.6rem;margin:.3rem 0}code{font-size:.95em}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#222}td,th{border-color:#333}\
.pass{color:#6fce87}.fail{color:#ff7b8a}.warn{color:#e5b567}.skip{color:#999}}";

/// The report.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>SCIM conformance: {0}</title>\
         <style>{STYLE}</style></head><body>\n<h1>SCIM conformance</h1>\n<p><code>{0}</code>, profile {1}</p>",
        escaped(&report.url),
        escaped(&report.profile),
    );
    let counts = Outcome::ALL
        .map(|outcome| format!("<span class=\"{0}\">{1} {0}</span>", outcome.word(), report.count(outcome)));
    let _ = writeln!(
        out,
        "<p>{} of {} checks; {} requests, {} of them again after 429</p>",
        counts.join(", "),
        report.findings.len(),
        report.requests,
        report.retried,
    );
    for note in &report.notes {
        let _ = writeln!(out, "<p>Note: {}</p>", escaped(note));
    }
    for part in report.findings.chunk_by(|one, next| group(&one.name) == group(&next.name)) {
        write_part(&mut out, part);
    }
    out.push_str("</body></html>\n");
    out
}

fn write_part(out: &mut String, part: &[Finding]) {
    let name = part.first().map(|finding| group(&finding.name)).unwrap_or_default();
    let _ = writeln!(out, "<h2>{}</h2>\n<table>", escaped(name));
    for finding in part {
        let _ = writeln!(
            out,
            "<tr><td class=\"{0}\">{0}</td><td><code>{1}</code><br>{2}{5}</td><td>{3} {4}</td></tr>",
            finding.outcome.word(),
            escaped(&finding.name),
            escaped(&finding.title),
            escaped(&finding.section),
            finding.level,
            details(finding),
        );
    }
    out.push_str("</table>\n");
}

fn details(finding: &Finding) -> String {
    let lines = told(finding);
    if lines.is_empty() { String::new() } else { format!("<pre>{}</pre>", escaped(&lines.join("\n"))) }
}
